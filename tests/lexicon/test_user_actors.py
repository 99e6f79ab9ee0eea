"""A user's own actors: every format, every fault, and that they win."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from communique.errors import InputError
from communique.lexicon import Name, Office, load_actors
from communique.lexicon.user_actors import from_cameo, read_actors, with_user_actors

YAML = """\
- name: Northern Front
  names: [NF, Front of the North]
  code: SDN
  sector: REB
- name: Ama Serwaa
  offices:
    - {code: GHA, sector: GOV, office: harbour minister, from: 2019-02, until: 2023-06-30}
  otherwise: OPP
- role: boda driver
  names: [boda drivers]
  sector: LAB
"""
CSV = """\
name,names,code,sector,from,until,office,kind
Northern Front,NF|Front of the North,SDN,REB,,,,
Ama Serwaa,,GHA,GOV,2019-02-01,2023-06-30,harbour minister,person
Ama Serwaa,,GHA,OPP,2023-06-30,,party leader,person
"""
PETRARCH = """\
# a comment
UNITED_KINGDOM_ [GBR] ; another
+BRITISH_
+GREAT_BRITAIN
AMA_SERWAA_  ; harbour minister
+MINISTER_SERWAA
\t[GHAGOV 20190201-20230629]
\t[GHAOPP >230630]
UN_REFUGEE_BODY [IGOUNO]
RED_DAWN [SYRREBMUS]
NOBODY_ [---]
"""
AGENTS = """\
!PERSON! = MAN, MEN, WOMAN, WOMEN
BODA_DRIVER {BODA_DRIVERS} [~LAB]
CLERGY_!PERSON! [~REL]
DEPUTY [~LEG]
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def names(path: Path, words: str) -> list[Name]:
    found = with_user_actors(load_actors(), [path]).find_names(words)
    return [name for match in found for name in match.names if name.source]


@pytest.mark.parametrize(("suffix", "text"), [("a.yml", YAML), ("a.csv", CSV)])
def test_lists_give_names_synonyms_and_dated_offices(tmp_path: Path, suffix: str, text: str) -> None:
    path = write(tmp_path, suffix, text)
    (front,) = names(path, "Front of the North")
    assert (front.text, front.code, front.sectors, front.source) == ("Northern Front", "SDN", ("REB",), suffix)
    (person,) = names(path, "Ama Serwaa")
    assert person.offices[0] == Office("GHA", ("GOV",), "harbour minister", "2019-02-01", "2023-06-30")


def test_petrarch_actors_are_read_as_they_are(tmp_path: Path) -> None:
    path = write(tmp_path, "my.actors.txt", PETRARCH)
    (person,) = names(path, "Minister Serwaa")
    assert [(o.code, o.sectors, o.first, o.until) for o in person.offices] == [
        ("GHA", ("OPP",), "2023-06-30", ""),
        ("GHA", ("GOV",), "2019-02-01", "2023-06-30"),
    ]
    assert names(path, "Great Britain")[0].kind == "country"
    assert names(path, "UN Refugee Body")[0].code == "UNO"
    assert names(path, "Red Dawn")[0].sectors == ("REB",)
    assert names(path, "Nobody") == []


def test_petrarch_agents_are_read_with_plurals_and_macros(tmp_path: Path) -> None:
    lexicon = with_user_actors(load_actors(), [write(tmp_path, "my.agents.txt", AGENTS)])
    for noun, sector in {"boda drivers": "LAB", "clergy women": "REL", "deputies": "LEG"}.items():
        agent = lexicon.agent(noun)
        assert agent is not None
        assert (agent.sectors, agent.source) == ((sector,), "my.agents.txt")


def test_the_users_entry_comes_before_the_packages(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yml", "- {name: Hezbollah, code: LBN, sector: PTY}\n")
    (match,) = with_user_actors(load_actors(), [path]).find_names("Hezbollah")
    assert match.names[0].sectors == ("PTY",)
    assert len(match.names) > 1
    assert load_actors().find_names("Hezbollah")[0].names[0].source == ""  # the package's own is untouched


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.yml", "- {name: X, code: XXX}", "entry 1: code 'XXX'; expected an ISO"),
        ("a.yml", "- {name: X, code: KEN, sector: ARMY}", "sector 'ARMY'"),
        ("a.yml", "- {name: X, code: KEN, from: soon}", "date 'soon'"),
        ("a.yml", "- {name: X, code: KEN, from: 2020, until: 2019}", "is not before"),
        ("a.yml", "- {nmae: X, code: KEN}", "unknown key 'nmae'"),
        ("a.yml", "- [X]", "expected keys and values"),
        ("a.yml", "name: X", "expected a list of actors"),
        ("a.yml", "- {name: [", "not YAML"),
        ("a.yml", "", "holds no actor"),
        ("a.csv", "name,kode\nX,KEN\n", "a.csv:1: found columns name, kode"),
        ("a.csv", "name,code\nX,KEN\nY,ZZZ\n", "a.csv:3: code 'ZZZ'"),
        ("a.actors.txt", "X_ [QQQ]\n", "a.actors.txt:1: code 'QQQ'"),
        ("a.actors.txt", "\t[GBR]\n", "expected a name before it"),
        ("a.actors.txt", "X [GBR 2019]\n", "restriction '2019'"),
        ("a.actors.txt", "X [GBR >20191399]\n", "date 20191399"),
        ("a.agents.txt", "!NO! [~GOV]\n", "macro !NO! is not defined"),
        ("a.agents.txt", "DRIVER\n", "expected NOUN"),
        ("a.doc", "X", "expected a name that ends in"),
    ],
)
def test_a_fault_says_where_and_what_was_expected(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        read_actors(write(tmp_path, name, text))
    assert says in str(error.value)
    assert name in str(error.value)


def test_a_file_that_is_missing_or_not_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_actors(tmp_path / "none.yml")
    (tmp_path / "bytes.yml").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(InputError, match="not UTF-8"):
        read_actors(tmp_path / "bytes.yml")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("GBR", ("GBR", ())),
        ("GBRGOVMIL", ("GBR", ("GOV", "MIL"))),
        ("IGOUNO", ("UNO", ())),
        ("IGOEUREEC", ("EUR", ())),
        ("SYRREBISI", ("SYR", ("REB",))),
        ("USAMED", ("USA", ("JRN",))),
        ("COP", ("", ("COP",))),
    ],
)
def test_cameo_codes(code: str, expected: tuple[str, tuple[str, ...]]) -> None:
    assert from_cameo("here", code) == expected


def test_offices_are_those_of_the_day(tmp_path: Path) -> None:
    from communique import Coder  # slow to load: only here

    coder = Coder(actors=[write(tmp_path, "mine.yml", YAML)])
    from communique import Article

    def coded(day: date) -> tuple[str | None, tuple[str, ...], str]:
        text = "ACCRA, Ghana (AP) — Ama Serwaa visited Togo on Monday. The Northern Front attacked a Chadian base."
        events = coder.code(Article(id="a", text=text, date=day))
        visit = next(event for event in events if event.coding.event_type == "CONSULT")
        attack = next(event for event in events if event.coding.event_type == "ASSAULT")
        assert attack.actors[0].reason.startswith("mine.yml: ")
        actor = visit.actors[0]
        return actor.code, actor.sectors, actor.reason

    assert coded(date(2020, 5, 5))[:2] == ("GHA", ("GOV",))
    assert coded(date(2024, 5, 5))[:2] == ("GHA", ("OPP",))
    assert coded(date(2020, 5, 5))[2].startswith("mine.yml: ")


def test_the_examples_of_the_documentation_are_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "actors.md").read_text(encoding="utf-8")
    endings = {"yaml": "a.yml", "csv": "a.csv", "text": "a.actors.txt"}
    blocks = re.findall(r"```(yaml|csv|text)\n(.*?)```", page, re.S)
    assert len(blocks) == 3
    for language, text in blocks:
        assert names(write(tmp_path, endings[language], text), "Ama Serwaa")
