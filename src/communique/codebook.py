"""The codebook: which event types, modes, contexts, sectors and codes there are, and what follows from each.

The facts are in `codebook/plover/*.yml`; the build turns them into `data/codebook.json`, which is read here once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources

import msgspec

from communique.errors import CodebookMismatch, MissingDataError

CODEBOOK_VERSION = "plover-2024.02"


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event. `quad` is the number of its quad category, `score` its place on the PLOVER scale."""

    name: str
    quad: int
    score: float
    needs_recipient: bool
    definition: str


@dataclass(frozen=True, slots=True)
class Mode:
    """How an event of a type was done; without a `score` it takes its type's."""

    name: str
    definition: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A name of the codebook with what it means: a context or an auxiliary mode."""

    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class Sector:
    """A role. `rank` is primary (power or arms), other, or second (stands beside another sector)."""

    code: str
    rank: str
    definition: str


@dataclass(frozen=True, slots=True)
class QuadCategory:
    """One of the four groups of event types."""

    code: int
    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class NonState:
    """A code for what is no state."""

    code: str
    definition: str


@dataclass(frozen=True, slots=True)
class PartialState:
    """A partially recognised entity and the code it carries."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of actors and recipients; `dependencies` gives the sovereign state of a territory's ISO code."""

    states: tuple[str, ...]
    dependencies: dict[str, str]
    non_states: tuple[NonState, ...]
    partially_recognised: tuple[PartialState, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A CAMEO code and the event type that took its place, if any."""

    cameo: str
    event_type: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """What was decided where rules meet; `codes` are the codings it decides between (`TYPE` or `TYPE/mode`)."""

    name: str
    codes: tuple[str, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Codebook:
    """All of it, one attribute a file."""

    event_types: tuple[EventType, ...]
    modes: dict[str, tuple[Mode, ...]]
    contexts: tuple[Term, ...]
    sectors: tuple[Sector, ...]
    auxiliary_modes: tuple[Term, ...]
    quad_categories: tuple[QuadCategory, ...]
    codes: Codes
    crosswalk: tuple[Crossing, ...]
    rules: tuple[Rule, ...]


@cache
def codebook() -> Codebook:
    """The whole codebook with its definitions.

    Raises:
        MissingDataError: The package was not built.
    """
    path = resources.files("communique") / "data" / "codebook.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Codebook)
    except FileNotFoundError:
        raise MissingDataError(
            f"{path} is missing: the package was not built. Run `python tools/build_data.py` in a checkout, "
            "or install with `pip install .`."
        ) from None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A codebook of a user's own event types; everything else (roles, codes, contexts) stays PLOVER's.

    Attributes:
        name: The user's name for it.
        version: The user's edition of it.
        event_types: In the user's order.
        modes: By event type, for the types that have any.
        roots: By event type, the PLOVER type that it is a kind of, for the types that name one.
        digest: Of the trained model that codes by it, as records name it; "" before there is one.
    """

    name: str
    version: str
    event_types: tuple[EventType, ...]
    modes: dict[str, tuple[Mode, ...]]
    roots: dict[str, str]
    digest: str = ""

    @property
    def label(self) -> str:
        """Name and edition, as records give their codebook."""
        return f"{self.name}-{self.version}"

    def names(self) -> tuple[str, ...]:
        """The event types."""
        return tuple(entry.name for entry in self.event_types)

    def quad_code(self, event_type: str) -> int:
        """The type's quad category.

        Raises:
            CodebookMismatch: There is no such event type.
        """
        return self._type(event_type).quad

    def needs_recipient(self, event_type: str) -> bool:
        """Whether a record of this type must have a recipient (or several actors).

        Raises:
            CodebookMismatch: There is no such event type.
        """
        return self._type(event_type).needs_recipient

    def event_scale(self, event_type: str, event_modes: Iterable[str] = ()) -> float:
        """Score of an event from -10 to 10: its first mode's if that has one, else its type's.

        Raises:
            CodebookMismatch: There is no such event type, or it has no such mode.
        """
        known = {mode.name: mode for mode in self.modes.get(event_type, ())}
        found = [known[_known(f"mode of {event_type}", mode, tuple(known), self.label)].score for mode in event_modes]
        first = found[0] if found else None
        return self._type(event_type).score if first is None else first

    def _type(self, name: str) -> EventType:
        by_name = {entry.name: entry for entry in self.event_types}
        return by_name[_known("event type", name, tuple(by_name), self.label)]


@cache
def _types() -> dict[str, EventType]:
    return {entry.name: entry for entry in codebook().event_types}


@cache
def _modes(event_type: str) -> dict[str, Mode]:
    return {entry.name: entry for entry in codebook().modes.get(_type(event_type).name, ())}


@cache
def event_types() -> tuple[str, ...]:
    """The sixteen event types, in the codebook's order."""
    return tuple(_types())


@cache
def modes(event_type: str) -> tuple[str, ...]:
    """The modes that an event type may have; `()` for AGREE, SUPPORT, CONCEDE, COOPERATE and AID."""
    return tuple(_modes(event_type))


@cache
def contexts() -> tuple[str, ...]:
    """All contexts."""
    return tuple(entry.name for entry in codebook().contexts)


@cache
def sectors() -> tuple[str, ...]:
    """All sectors of actors and recipients."""
    return tuple(entry.code for entry in codebook().sectors)


@cache
def auxiliary_modes() -> tuple[str, ...]:
    """What says that an event did not simply happen."""
    return tuple(entry.name for entry in codebook().auxiliary_modes)


@cache
def actor_codes() -> frozenset[str]:
    """All codes an actor or recipient may have: of states and of what is no state."""
    codes = codebook().codes
    return frozenset(codes.states) | {entry.code for entry in codes.non_states}


def quad_code(event_type: str) -> int:
    """1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict.

    Raises:
        CodebookMismatch: There is no such event type.
    """
    return _type(event_type).quad


def needs_recipient(event_type: str) -> bool:
    """Whether a record of this type must have a recipient (or several actors).

    Raises:
        CodebookMismatch: There is no such event type.
    """
    return _type(event_type).needs_recipient


def event_scale(event_type: str, event_modes: Iterable[str] = ()) -> float:
    """Score of an event on the PLOVER scale, from -10 to 10: its first mode's if that has one, else its type's.

    Raises:
        CodebookMismatch: There is no such event type, or it has no such mode.

    >>> event_scale("ASSAULT", ["drone"]), event_scale("PROTEST", ["vandalize"]), event_scale("AID")
    (-9.5, -5.0, 10.0)
    """
    scores = [
        _modes(event_type)[_known(f"mode of {event_type}", mode, modes(event_type))].score for mode in event_modes
    ]
    first = scores[0] if scores else None
    return _type(event_type).score if first is None else first


def check(
    event_type: str, event_modes: Iterable[str] = (), event_contexts: Iterable[str] = (), auxiliary: Iterable[str] = ()
) -> None:
    """Make sure that all names of a coding are the codebook's.

    Raises:
        CodebookMismatch: One is not; the message names the nearest that is.
    """
    _type(event_type)
    for mode in event_modes:
        _known(f"mode of {event_type}", mode, modes(event_type))
    for context in event_contexts:
        _known("context", context, contexts())
    for mode in auxiliary:
        _known("auxiliary mode", mode, auxiliary_modes())


def _type(name: str) -> EventType:
    return _types()[_known("event type", name, event_types())]


def _known(what: str, name: str, names: tuple[str, ...], edition: str = CODEBOOK_VERSION) -> str:
    if name in names:
        return name
    same = [known for known in names if known.casefold() == name.casefold()]
    near = same or get_close_matches(name, names, 1, 0.4)
    hint = f" (did you mean {near[0]!r}?)" if near else f", expected one of: {', '.join(names) or 'none'}"
    raise CodebookMismatch(f"{what} {name!r} is not in codebook {edition}{hint}")
