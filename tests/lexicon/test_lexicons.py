"""Lexicon files agree with the codebook and with themselves: what they name exists, and dates make sense."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from communique.codebook import actor_codes, auxiliary_modes, check, contexts, sectors
from communique.errors import CodebookMismatch
from communique.lexicon import load_actors, load_events
from communique.lexicon.source import load_section, load_sections
from communique.text import place_key

Entry = dict[str, Any]

LEXICONS = Path(__file__).resolve().parents[2] / "lexicons"
EVENT_FILES = {name: content for name, content in load_sections("events/").items() if "noun_classes" not in name}
NOUN_CLASSES = {key for name, content in load_sections("events/").items() if "noun_classes" in name for key in content}
COUNTRY_FILES = load_sections("actors/countries/")
PERSON_FILES = load_sections("actors/persons/")
ACTOR_FILES = sorted(path.relative_to(LEXICONS).as_posix() for path in (LEXICONS / "actors").rglob("*.yml"))

ENTITY_CLASSES = {"person", "org", "country", "place", "number", "money", "date", "actor"}
FRAME_KEYS = {"verb", "noun", "adjective", "code", "actor", "recipient", "roles", "number", "firm"}
GRAMMAR_SLOTS = {"subject", "object", "indirect", "attribute", "possessor", "modifier", "then"}
PREPOSITIONS = set(
    "about across against along among around as at before behind between by during for from in inside into near of off "
    "on onto out outside over through to together toward towards under upon via with within without".split()
)
# offices of a state that one person holds at a time, and what some states call them
SINGLE_HOLDER = {"president", "prime minister", "foreign minister", "defence minister"}
SAME_OFFICE = {
    "AUT chancellor": "prime minister",
    "CHN premier": "prime minister",
    "DEU chancellor": "prime minister",
    "GBR defence secretary": "defence minister",
    "GBR foreign secretary": "foreign minister",
    "IRL taoiseach": "prime minister",
    "PHL defence secretary": "defence minister",
    "PHL foreign secretary": "foreign minister",
    "USA secretary of defence": "defence minister",
    "USA secretary of state": "foreign minister",
}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _frames() -> Iterator[tuple[str, Entry]]:
    return ((f"{name}: {entry}", entry) for name, content in EVENT_FILES.items() for entry in content)


def _persons() -> Iterator[tuple[str, Entry]]:
    return ((f"{name}: {entry['name']}", entry) for name, content in PERSON_FILES.items() for entry in content)


def _offices() -> Iterator[tuple[str, Entry]]:
    return (
        (f"{where}, {office.get('office')}", office)
        for where, entry in _persons()
        for office in entry.get("offices", ())
    )


def _roles() -> Iterator[tuple[str, Entry]]:
    """Whatever in the actor lexicons has a code or a sector."""
    for name, content in COUNTRY_FILES.items():
        for entry in content:
            yield f"{name}: {entry['name']}", entry
            for body in (*entry.get("bodies", ()), *entry.get("government", ())):
                if isinstance(body, dict):
                    yield f"{name}: {body['name']}", body
    for entry in load_section("actors/organisations"):
        yield f"actors/organisations: {entry['name']}", entry
    yield from _offices()
    agents = load_section("actors/agents")
    for group in agents["agents"]:
        yield f"actors/agents: {group['nouns'][0]}", group
    for group in agents["titles"]:
        yield f"actors/agents: {group['words'][0]}", group


def _day(office: Entry, key: str, otherwise: date) -> date:
    return date.fromisoformat(office[key]) if office.get(key) else otherwise


def _term(office: Entry) -> tuple[date, date]:
    """First day, and the day after the last one."""
    return _day(office, "from", date.min), _day(office, "until", date.max)


# --- event frames


def test_frames_name_only_types_and_modes_of_the_codebook() -> None:
    wrong = []
    for where, frame in _frames():
        event_type, _, modes = frame["code"].partition("/")
        if frame["code"] != "none":
            try:
                check(event_type, modes.split("+") if modes else ())
            except CodebookMismatch as error:
                wrong.append(f"{where}: {error}")
    assert wrong == []


def test_a_frame_has_one_or_more_lower_case_words_of_one_part_of_speech() -> None:
    wrong = []
    for where, frame in _frames():
        words = [str(word) for part in ("verb", "noun", "adjective") for word in _listed(frame.get(part))]
        if not words or any(word != word.lower() or word != word.strip() for word in words):
            wrong.append(where)
    assert wrong == []


def test_noun_classes_that_frames_ask_for_exist() -> None:
    asked = {
        word[1:]
        for _, frame in _frames()
        for key, value in frame.items()
        if key not in FRAME_KEYS
        for word in map(str, _listed(value))
        if word.startswith("@")
    }
    assert asked - NOUN_CLASSES - ENTITY_CLASSES == set()


def test_noun_classes_do_not_take_the_names_of_kinds_of_entities() -> None:
    assert not NOUN_CLASSES & ENTITY_CLASSES


def test_slots_of_frames_are_grammar_or_prepositions() -> None:
    known = GRAMMAR_SLOTS | PREPOSITIONS
    wrong = []
    for where, frame in _frames():
        slots = {key for key in frame if key not in FRAME_KEYS}
        slots |= {slot for role in ("actor", "recipient") for slot in _listed(frame.get(role))}
        if unknown := slots - known:
            wrong.append(f"{where}: {sorted(unknown)}")
    assert wrong == []


def test_frames_say_number_and_roles_in_known_words() -> None:
    assert {frame.get("number", "plural") for _, frame in _frames()} <= {"singular", "plural"}
    assert {frame.get("roles", "mutual") for _, frame in _frames()} == {"mutual"}


def test_every_type_has_frames() -> None:
    lexicon = load_events()
    named = {frame.event_type for frames in lexicon.frames.values() for frame in frames}
    assert len(named - {"none"}) == 16


# --- actors


def test_codes_are_the_codebooks_or_empty_for_what_is_never_coded() -> None:
    known = {*actor_codes(), ""}
    assert [f"{where}: {entry['code']}" for where, entry in _roles() if entry.get("code", "") not in known] == []
    assert [where for where, office in _offices() if not office["code"]] == []


def test_sectors_are_the_codebooks() -> None:
    known = set(sectors())
    wrong = [
        f"{where}: {entry['sector']}" for where, entry in _roles() if not known >= set(_listed(entry.get("sector")))
    ]
    wrong += [
        f"{where}: otherwise {person['otherwise']}"
        for where, person in _persons()
        if person.get("otherwise", "ELI") not in known
    ]
    assert wrong == []


def test_every_state_of_the_codebook_has_an_entry() -> None:
    written = {entry["code"] for content in COUNTRY_FILES.values() for entry in content}
    states = {code for code in actor_codes() if code not in {"UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC"}}
    assert states - written == set()


def test_wikidata_identifiers_are_a_q_and_digits_and_name_one_entry_each() -> None:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for where, entry in (*_persons(), *_roles()):
        if "wikidata" in entry:
            owners[entry["wikidata"]].add(where)
    assert [name for name in owners if not re.fullmatch(r"Q[1-9]\d*", name)] == []
    assert {name: sorted(where) for name, where in owners.items() if len(where) > 1} == {}


@pytest.mark.parametrize("name", ACTOR_FILES)
def test_an_actor_file_names_its_source_in_its_first_lines(name: str) -> None:
    first = (LEXICONS / name).read_text(encoding="utf-8").splitlines()[:4]
    assert any(line.startswith("#") and re.search(r"[Ss]ources?:|[Ww]ritten from", line) for line in first)


# --- persons


def test_days_are_iso_and_an_office_ends_after_it_begins() -> None:
    wrong = []
    for where, role in (*_offices(), *_roles()):
        days = [str(role[key]) for key in ("from", "until") if role.get(key)]
        if any(not re.fullmatch(r"\d{4}-\d\d-\d\d", day) for day in days):
            wrong.append(f"{where}: {days}")
            continue
        first, until = _term(role)
        if first >= until:
            wrong.append(f"{where}: {first} is not before {until}")
    assert wrong == []


def test_a_person_stands_in_the_lexicons_once() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for where, person in _persons():
        places[place_key(person["name"])].append(where)
    assert [where for where in places.values() if len(where) > 1] == []


def test_an_office_for_one_is_not_held_by_two_at_once() -> None:
    holders: defaultdict[tuple[str, str], list[tuple[str, Entry]]] = defaultdict(list)
    for where, office in _offices():
        title = str(office.get("office")).lower().replace("defense", "defence")
        title = SAME_OFFICE.get(f"{office['code']} {title}", title)
        of_the_state = "PRE" not in _listed(office.get("sector"))  # a breakaway entity has offices of its own
        if title in SINGLE_HOLDER and of_the_state:
            holders[office["code"], title].append((where, office))
    overlaps = [
        f"{code} {title}: {one} {_span(a)} and {other} {_span(b)}"
        for (code, title), held in sorted(holders.items())
        for (one, a), (other, b) in combinations(held, 2)
        if max(_term(a)[0], _term(b)[0]) < min(_term(a)[1], _term(b)[1]) and not (_is_marked(a) and _is_marked(b))
    ]
    assert overlaps == []


def _is_marked(office: Entry) -> bool:
    return bool(office.get("approx") or office.get("disputed"))


def _span(office: Entry) -> str:
    return f"{office.get('from', '…')} to {office.get('until', '…')}"


# --- language and topics


def test_every_context_of_the_codebook_has_words() -> None:
    assert set(load_section("topics/contexts")) == set(contexts())


def test_embedding_words_have_known_effects_and_one_each() -> None:
    sections = dict(load_section("language/embedding"))
    assert all(word.islower() for word in sections.pop("unfulfilled"))
    for part, effects in sections.items():
        assert set(effects) <= {*auxiliary_modes(), "future_committed", "drop", "drop_if_not", "purpose"}
        seen: defaultdict[str, set[str]] = defaultdict(set)
        for effect, words in effects.items():
            for word in words:
                seen[word].add(effect)
        assert {word: sorted(found) for word, found in seen.items() if len(found) > 1} == {}, part


def test_an_agent_noun_has_one_role() -> None:
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for group in load_section("actors/agents")["agents"]:
        for noun in group["nouns"]:
            seen[noun.lower()].append(str(group.get("sector")))
    assert {noun: roles for noun, roles in seen.items() if len(roles) > 1} == {}


def test_what_is_never_an_actor_is_no_agent_noun() -> None:
    lexicon = load_actors()
    assert lexicon.not_actors & set(lexicon.agents) == set()
