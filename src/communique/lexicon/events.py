"""Event words and their frames: which type a word has, by the company it keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from communique.lexicon.source import load_section, load_sections

_FIELDS = {"verb", "noun", "adjective", "code", "actor", "recipient", "roles", "number", "firm"}
_ENTITY_CLASSES = {
    "@person": {"person"}, "@org": {"org"}, "@country": {"country"}, "@place": {"place", "country"},
    "@number": {"number"}, "@money": {"money"}, "@date": {"date"},
    "@actor": {"person", "org", "country", "agent", "pronoun"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """What must stand in a slot: given words, words of a class, anything, or nothing."""

    slot: str
    lemmas: frozenset[str]
    kinds: frozenset[str]
    present: bool = True
    any: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One reading of an event word: its conditions, and the codebook's name for it."""

    event_type: str
    modes: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    actor: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    mutual: bool = False
    firm: bool = False
    number: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class EventLexicon:
    """All frames, by part of speech and lemma, with the word lists that extraction needs."""

    frames: dict[tuple[str, str], tuple[Frame, ...]]
    phrasal: dict[str, tuple[tuple[str, ...], ...]]  # first verb lemma -> the words that follow it
    classes: dict[str, frozenset[str]] = field(default_factory=dict)
    light_verbs: frozenset[str] = frozenset()

    def look_up(self, part: str, lemma: str) -> tuple[Frame, ...]:
        """Frames of a lemma; an empty tuple if it is not an event word."""
        return self.frames.get((part, lemma), ())


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _condition(slot: str, value: Any, classes: dict[str, frozenset[str]]) -> Condition:
    words = _listed(value)
    if words == ["any"]:
        return Condition(slot, frozenset(), frozenset(), any=True, weight=1.0)
    if words == ["none"]:
        return Condition(slot, frozenset(), frozenset(), present=False, weight=0.5)
    lemmas: set[str] = set()
    kinds: set[str] = set()
    weight = 2.0
    for word in words:
        if word in _ENTITY_CLASSES:
            kinds |= _ENTITY_CLASSES[word]
        elif word.startswith("@"):
            lemmas |= classes[word[1:]]
        else:
            lemmas.add(word.lower())
            weight = 3.0
    if kinds and not lemmas:
        weight = 1.5
    return Condition(slot, frozenset(lemmas), frozenset(kinds), weight=weight)


def _frame(entry: dict[str, Any], classes: dict[str, frozenset[str]], source: str) -> Frame:
    event_type, _, modes = str(entry["code"]).partition("/")
    return Frame(
        event_type=event_type,
        modes=tuple(modes.split("+")) if modes else (),
        conditions=tuple(
            _condition(slot, value, classes) for slot, value in entry.items() if slot not in _FIELDS
        ),
        actor=tuple(_listed(entry.get("actor"))),
        recipient=tuple(_listed(entry.get("recipient"))),
        mutual=entry.get("roles") == "mutual",
        firm=bool(entry.get("firm")),
        number=entry.get("number", ""),
        source=source,
    )  # fmt: skip


def build_events(
    sections: Iterable[tuple[str, list[dict[str, Any]]]],
    classes: dict[str, frozenset[str]],
    light_verbs: Iterable[str] = (),
) -> EventLexicon:
    """Index entries (as `lexicons/README.md` describes them) by part of speech and lemma."""
    frames: defaultdict[tuple[str, str], list[Frame]] = defaultdict(list)
    phrasal: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for source, entries in sections:
        for entry in entries:
            frame = _frame(entry, classes, source)
            for part in ("verb", "noun", "adjective"):
                for word in _listed(entry.get(part)):
                    lemma = word.lower()
                    frames[part, lemma].append(frame)
                    if part == "verb" and " " in lemma:
                        first, *rest = lemma.split()
                        phrasal[first].add(tuple(rest))
    return EventLexicon(
        frames={key: tuple(value) for key, value in frames.items()},
        phrasal={key: tuple(sorted(value, key=lambda rest: (-len(rest), rest))) for key, value in phrasal.items()},
        classes=classes,
        light_verbs=frozenset(light_verbs),
    )


@cache
def load_events() -> EventLexicon:
    """The event lexicon of the package."""
    classes: dict[str, frozenset[str]] = {}
    sections = []
    for name, content in load_sections("events/").items():
        if "noun_classes" in name:
            for key, words in content.items():
                classes[key] = classes.get(key, frozenset()) | {str(word).lower() for word in words}
        else:
            sections.append((name, content))
    return build_events(sections, classes, load_section("language/light_verbs")["light"])
