"""A user's own actors: YAML or CSV lists, and the dictionaries of PETRARCH and TABARI as they are.

Whatever the format, a file becomes entries in the shape of the package's own lexicons: names with a code, sectors and
dates, and nouns for roles. They win over the package's entries of the same words.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from communique.codebook import codebook
from communique.errors import InputError
from communique.lexicon.actors import ActorLexicon, Agent, Name, Office, name_words
from communique.lexicon.source import load_section

COLUMNS = ("name", "names", "code", "sector", "from", "until", "kind", "office", "wikidata")
_KEYS = frozenset({*COLUMNS, "offices", "otherwise", "role"})
_KINDS = ("body", "person", "country")
_SMALL = frozenset("of the and for in on de del la el al bin ibn von van der to".split())
_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_CODED = re.compile(r"\[([^\]]*)\]")
_RESTRICTION = re.compile(r"(?:([<>])\s*(\d{6}|\d{8})|(\d{6}|\d{8})\s*-\s*(\d{6}|\d{8}))")
_MACRO = re.compile(r"!(\w+)!")


@dataclass
class _Entry:
    """One actor or role as it was read.

    Attributes:
        where: File and line, for errors.
        roles: Nouns, where this is a role and no name.
    """

    where: str
    name: str
    names: list[str] = field(default_factory=list)
    kind: str = "body"
    offices: list[Office] = field(default_factory=list)
    otherwise: str = ""
    wikidata: str = ""
    roles: list[str] = field(default_factory=list)


def read_actors(path: Path) -> list[_Entry]:
    """All entries of a file; its format goes by its name.

    Args:
        path: `.yml`, `.yaml` or `.csv` as docs/actors.md describes them, or a PETRARCH `.actors.txt` or `.agents.txt`.

    Raises:
        InputError: The file cannot be read, or an entry is wrong; says where, what was found and what was expected.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); expected a file of actors") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8; expected a file of actors in UTF-8") from None
    name = path.name.lower()
    if name.endswith((".yml", ".yaml")):
        entries = list(_from_yaml(path, text))
    elif name.endswith(".csv"):
        entries = list(_from_csv(path, text))
    elif "agents" in name and name.endswith(".txt"):
        entries = list(_from_agents(path, text))
    elif name.endswith(".txt"):
        entries = list(_from_petrarch(path, text))
    else:
        raise InputError(f"{path}: expected a name that ends in .yml, .csv, .actors.txt or .agents.txt")
    if not entries:
        raise InputError(f"{path}: holds no actor")
    return entries


def with_user_actors(lexicon: ActorLexicon, paths: Sequence[Path]) -> ActorLexicon:
    """The lexicon with the entries of some files before its own; of two files the later one wins.

    Raises:
        InputError: As `read_actors`.
    """
    names, longest, agents = dict(lexicon.names), dict(lexicon.longest), dict(lexicon.agents)
    for path in paths:
        for entry in read_actors(path):
            for noun in entry.roles:
                agents[noun] = Agent(entry.offices[0].sectors, source=path.name)
            for word, name in _names(entry, path.name):
                key = name_words(word)
                if key:
                    names[key] = (name, *names.get(key, ()))
                    longest[key[0]] = max(longest.get(key[0], 0), len(key))
    most = max((len(noun.split()) for noun in agents), default=1)
    return replace(lexicon, names=names, longest=longest, agents=agents, longest_agent=max(most, lexicon.longest_agent))


def _names(entry: _Entry, source: str) -> Iterator[tuple[str, Name]]:
    if entry.roles:
        return
    undated = [office for office in entry.offices if not office.first and not office.until]
    code, sectors = (undated[0].code, undated[0].sectors) if undated and entry.kind != "person" else ("", ())
    name = Name(
        entry.name, entry.kind, code, sectors, tuple(entry.offices) if entry.kind != "country" else (),
        entry.otherwise, entry.wikidata, source,
    )  # fmt: skip
    for word in dict.fromkeys([entry.name, *entry.names]):
        yield word, name
    if entry.kind == "person" and " " in entry.name:
        yield entry.name.split()[-1], replace(name, kind="surname")


# ---- YAML and CSV -----------------------------------------------------------------------------------------------------


def _from_yaml(path: Path, text: str) -> Iterator[_Entry]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not YAML: {str(error).replace(chr(10), ' ')}") from None
    if content is None:
        return
    if not isinstance(content, list):
        raise InputError(
            f"{path}: found {type(content).__name__}; expected a list of actors, each with `name` and `code`"
        )
    for number, item in enumerate(content, 1):
        where = f"{path}: entry {number}"
        if not isinstance(item, dict):
            raise InputError(f"{where}: found {item!r}; expected keys and values such as `name: …`")
        yield _entry(where, item)


def _from_csv(path: Path, text: str) -> Iterator[_Entry]:
    rows = csv.DictReader(io.StringIO(text))
    unknown = sorted({*(rows.fieldnames or ())} - {*COLUMNS, "role"})
    if unknown or not {"name", "code"} <= {*(rows.fieldnames or ())} | {"code"}:
        raise InputError(
            f"{path}:1: found columns {', '.join(rows.fieldnames or ())}; expected some of {', '.join(COLUMNS)}"
        )
    entries: dict[str, _Entry] = {}
    for row in rows:
        item: dict[str, Any] = {key: value.strip() for key, value in row.items() if key and value and value.strip()}
        if not item:
            continue
        for key, splitter in (("names", r"\s*\|\s*"), ("sector", r"[\s;|,]+")):
            if key in item:
                item[key] = re.split(splitter, item[key])
        entry = _entry(f"{path}:{rows.line_num}", item)
        if (known := entries.get(entry.name)) is not None and not entry.roles:
            known.offices += entry.offices  # another office of the same actor
            known.names += entry.names
        else:
            entries[entry.name] = entry
    yield from entries.values()


def _entry(where: str, item: dict[str, Any]) -> _Entry:
    unknown = sorted(str(key) for key in item if key not in _KEYS)
    if unknown:
        raise InputError(f"{where}: unknown key {unknown[0]!r}; expected some of {', '.join(sorted(_KEYS))}")
    if role := item.get("role"):
        nouns = [str(noun).lower() for noun in [role, *_strings(where, item, "names")]]
        office = Office("", _sectors(where, item), "")
        if not office.sectors:
            raise InputError(
                f"{where}: role {role!r} has no sector; expected one of {', '.join(sorted(_sector_codes()))}"
            )
        return _Entry(where, str(role), offices=[office], roles=nouns)
    name = item.get("name")
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"{where}: found no name; expected `name: …` in words")
    kind = item.get("kind", "person" if "offices" in item or "office" in item else "body")
    if kind not in _KINDS:
        raise InputError(f"{where}: kind {kind!r}; expected {', '.join(_KINDS)}")
    given = item.get("offices", [item])
    if not isinstance(given, list) or not given or not all(isinstance(office, dict) for office in given):
        raise InputError(f"{where}: offices {given!r}; expected a list of `{{code: …, sector: …, from: …, until: …}}`")
    return _Entry(
        where, name.strip(), _strings(where, item, "names"), kind, [_read_office(where, office) for office in given],
        _checked(where, item.get("otherwise", ""), _sector_codes(), "sector"), str(item.get("wikidata", "")),
    )  # fmt: skip


def _read_office(where: str, item: dict[str, Any]) -> Office:
    code = _checked(where, item.get("code"), _actor_codes(), "code")
    first, until = (_day(where, item.get(key)) for key in ("from", "until"))
    if first and until and first >= until:
        raise InputError(f"{where}: from {first} is not before until {until}")
    return Office(code, _sectors(where, item), str(item.get("office", "")), first, until)


def _strings(where: str, item: dict[str, Any], key: str) -> list[str]:
    value = item.get(key, [])
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(part, str) for part in values):
        raise InputError(f"{where}: {key} {value!r}; expected words or a list of them")
    return values


def _sectors(where: str, item: dict[str, Any]) -> tuple[str, ...]:
    return tuple(_checked(where, part, _sector_codes(), "sector") for part in _strings(where, item, "sector"))


def _checked(where: str, value: Any, allowed: frozenset[str], what: str) -> str:
    if value == "" and what == "sector":
        return ""
    if value not in allowed:
        expected = (
            "an ISO 3166-1 alpha-3 code or one of UNO, EUR, IGO, NGO, ISM, IMG, MNC"
            if what == "code"
            else ", ".join(sorted(allowed))
        )
        raise InputError(f"{where}: {what} {value!r}; expected {expected}")
    return str(value)


def _day(where: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    text = value.isoformat() if isinstance(value, date) else str(value)
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        full = text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text
        return date.fromisoformat(full).isoformat()
    except ValueError:
        raise InputError(f"{where}: date {text!r}; expected a day such as 2019-03-31, a month or a year") from None


@cache
def _actor_codes() -> frozenset[str]:
    codes = codebook().codes
    return frozenset((*codes.states, *(body.code for body in codes.non_states)))


@cache
def _sector_codes() -> frozenset[str]:
    return frozenset(sector.code for sector in codebook().sectors)


# ---- PETRARCH ---------------------------------------------------------------------------------------------------------


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        bare = re.split(r"[;#]", line, maxsplit=1)[0].rstrip()
        if bare.strip() and not bare.lstrip().startswith("<!--"):
            yield number, bare


def _from_petrarch(path: Path, text: str) -> Iterator[_Entry]:
    """`NAME_ [CODE dates]`, further codes on lines that start with blanks, synonyms on lines that start with `+`."""
    entry: _Entry | None = None
    for number, line in _lines(text):
        where = f"{path}:{number}"
        words = _CODED.sub("", line).strip().lstrip("+").strip()
        offices = [office for code in _CODED.findall(line) if (office := _coded(where, code)) is not None]
        if line[0] in " \t" and not words:
            if entry is None:
                raise InputError(f"{where}: found a code; expected a name before it")
        elif line.lstrip().startswith("+"):
            if entry is None:
                raise InputError(f"{where}: found the synonym {words!r}; expected a name before it")
            entry.names += _spellings(words)
        else:
            if entry is not None and entry.offices:
                yield _ready(entry)
            spelled = _spellings(words)
            if not spelled:
                raise InputError(f"{where}: found {line.strip()!r}; expected NAME [CODE]")
            entry = _Entry(where, spelled[0], spelled)
        assert entry is not None
        entry.offices += offices
    if entry is not None and entry.offices:
        yield _ready(entry)


def _ready(entry: _Entry) -> _Entry:
    """In PETRARCH the first restriction that holds counts, here the last office; undated codes are for all other days."""
    entry.offices.sort(key=lambda office: bool(office.first or office.until))
    undated = [office for office in entry.offices if not (office.first or office.until)]
    dated = [office for office in entry.offices if office.first or office.until]
    entry.offices = [*undated[:1], *reversed(dated)]
    if not dated and len(undated) == 1 and not undated[0].sectors and len(undated[0].code) == 3:
        entry.kind = "country" if undated[0].code in codebook().codes.states else "body"
    return entry


def _spellings(words: str) -> list[str]:
    """A name in capitals as news reports write it."""
    parts = [part for part in words.replace("_", " ").split() if part]
    titled = [part.capitalize() for part in parts]
    usual = [
        part.lower() if number and part.lower() in _SMALL else part.capitalize() for number, part in enumerate(parts)
    ]
    short = [part if len(part) <= 3 and part.lower() not in _SMALL else part.capitalize() for part in parts]  # UN, EU
    return list(dict.fromkeys(" ".join(way) for way in (usual, titled, short, parts) if way))


def _coded(where: str, text: str) -> Office | None:
    """A code with its restriction; `None` for the code that means "not an actor" (`---`, empty)."""
    code, _, restriction = text.strip().partition(" ")
    if not code.strip("-~"):
        return None
    actor, sectors = from_cameo(where, code)
    first = until = ""
    if restriction.strip():
        found = _RESTRICTION.fullmatch(restriction.strip())
        if not found:
            raise InputError(
                f"{where}: restriction {restriction.strip()!r}; expected <date, >date or date-date, as 20190331 or 190331"
            )
        if found[1] == "<":
            until = _compact(where, found[2]).isoformat()
        elif found[1] == ">":
            first = _compact(where, found[2]).isoformat()
        else:
            first = _compact(where, found[3]).isoformat()
            until = (_compact(where, found[4]) + timedelta(days=1)).isoformat()
    return Office(actor, sectors, "", first, until)


def _compact(where: str, digits: str) -> date:
    """20190331 or 190331; two-digit years from 30 on are of the 1900s, as in TABARI."""
    if len(digits) == 6:
        digits = ("19" if digits >= "30" else "20") + digits
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise InputError(f"{where}: date {digits}; expected year, month and day in digits") from None


def from_cameo(where: str, code: str) -> tuple[str, tuple[str, ...]]:
    """The codebook's code and sectors for a CAMEO actor code such as `GBRGOVMIL`.

    Raises:
        InputError: A part of the code is not CAMEO's.
    """
    table = load_section("actors/cameo_codes")
    actor, sectors = "", list[str]()
    parts = [code[at : at + 3].upper() for at in range(0, len(code), 3)]
    for number, part in enumerate(parts):
        found = part if part in codebook().codes.states else table["codes"].get(part, "")
        if found and not (number and part in table["sectors"]):
            if not actor or actor == "IGO":
                actor = found
        elif part in table["sectors"]:
            sectors.append(table["sectors"][part])
        elif part not in table["silent"] and not actor:
            raise InputError(f"{where}: code {code!r}: {part!r} is no state, body or role of CAMEO")
    return actor, tuple(dict.fromkeys(sectors))


def _from_agents(path: Path, text: str) -> Iterator[_Entry]:
    """`NOUN {PLURAL} [~CODE]`, with macros `!NAME! = ONE, TWO`."""
    macros: dict[str, list[str]] = {}
    for number, line in _lines(text):
        where = f"{path}:{number}"
        if found := re.fullmatch(r"\s*!(\w+)!\s*=\s*(.+)", line):
            macros[found[1]] = [word.strip().strip("_") for word in found[2].split(",") if word.strip()]
            continue
        codes = _CODED.findall(line)
        words = re.sub(r"\[[^\]]*\]|\{[^}]*\}", "", line).strip()
        if not codes or not words:
            raise InputError(f"{where}: found {line.strip()!r}; expected NOUN [~CODE]")
        _, sectors = from_cameo(where, codes[0].strip().split(" ")[0].strip("~"))
        if not sectors:
            continue  # only a code of an actor, which nouns do not carry here
        plurals = re.findall(r"\{([^}]*)\}", line)
        nouns = [noun for word in _expand(where, words, macros) for noun in _with_plural(word, plurals)]
        yield _Entry(where, nouns[0], offices=[Office("", sectors, "")], roles=nouns)


def _expand(where: str, words: str, macros: dict[str, list[str]]) -> list[str]:
    found = _MACRO.search(words)
    if not found:
        return [words]
    if found[1] not in macros:
        raise InputError(f"{where}: macro !{found[1]}! is not defined before this line")
    return [words[: found.start()] + value + words[found.end() :] for value in macros[found[1]]]


def _with_plural(word: str, plurals: list[str]) -> list[str]:
    fixed = word.endswith("_")
    noun = " ".join(word.replace("_", " ").split()).lower()
    given = [" ".join(plural.replace("_", " ").split()).lower() for plural in plurals if plural.strip()]
    if given or fixed or plurals:
        return [noun, *given]
    return [noun, noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else noun + "s"]
