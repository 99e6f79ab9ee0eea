"""What evaluation compares of an event: as a coder coded it, and as a gold standard wants it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Span = tuple[int, int]  # half-open, in code points of an article's text
Bounds = tuple[int, int]  # a number as [low, high]
Point = tuple[float, float]  # latitude and longitude in degrees
HAPPENED = ""  # the auxiliary mode of an event that happened


@dataclass(frozen=True, slots=True)
class Party:
    """One actor or recipient: its code, and the sector that comes first."""

    code: str
    sector: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where an event stands in its article.

    Attributes:
        words: The event words, where their offsets are not known.
        spans: Their offsets; a pattern may match in several places.
        sentence: Offsets of the sentence.
        sequence: Number of the sentence.
    """

    words: str = ""
    spans: tuple[Span, ...] = ()
    sentence: Span | None = None
    sequence: int | None = None

    @property
    def known(self) -> bool:
        """Whether it says anything."""
        return bool(self.words or self.spans or self.sentence) or self.sequence is not None

    def shared(self, other: Anchor) -> int | None:
        """How many characters of event words two have in common; `None` if one does not tell.

        >>> Anchor(spans=((0, 8),)).shared(Anchor(spans=((4, 20),)))
        4
        >>> Anchor(words="held talks").shared(Anchor(words="talks"))
        5
        """
        if self.spans and other.spans:
            return max(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in self.spans for b in other.spans)
        if self.words and other.words:
            common = set(_tokens(self.words)) & set(_tokens(other.words))
            return sum(map(len, common))
        return None

    def same_sentence(self, other: Anchor) -> bool | None:
        """Whether two stand in one sentence, or one's words in the other's sentence; `None` if neither tells."""
        if self.sequence is not None and other.sequence is not None:
            return self.sequence == other.sequence
        mine, theirs = self._extent(), other._extent()
        if mine and theirs and (self.sentence or other.sentence):
            return any(a[0] < b[1] and b[0] < a[1] for a in mine for b in theirs)
        return None

    def _extent(self) -> tuple[Span, ...]:
        return (self.sentence,) if self.sentence else self.spans


def _tokens(words: str) -> list[str]:
    return re.findall(r"\w+", words.casefold())


@dataclass(frozen=True, slots=True)
class CodedEvent:
    """An event as coded. `auxiliary` holds `HAPPENED` alone where no auxiliary mode was coded."""

    types: frozenset[str]
    auxiliary: frozenset[str]
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    modes: frozenset[str] = frozenset()
    date: str = ""
    country: str = ""
    point: Point | None = None
    geonameid: int | None = None
    attribution: str = ""
    words: str = ""
    sentence: str = ""
    size: tuple[tuple[str, Bounds], ...] = ()
    anchor: Anchor = Anchor()

    @property
    def evidence(self) -> str:
        """What a gold event's pattern is looked for in."""
        return f"{self.words} {self.sentence}"

    def __str__(self) -> str:
        kind = "/".join((*sorted(self.types), *sorted(self.modes)))
        auxiliary = f" ({', '.join(sorted(self.auxiliary))})" if self.auxiliary != {HAPPENED} else ""
        return f"{kind}{auxiliary} {_named(self.actors)} -> {_named(self.recipients)} {self.words!r}"


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """An event as a gold standard has it; lists hold all that is accepted, best first.

    An attribute that is `None` is not judged; `""` among the values accepts that there is none.

    Attributes:
        types: Accepted event types.
        auxiliary: Accepted auxiliary modes.
        actors: Codes, all of which must be there (one, with `partial_actor`).
        recipients: The same of recipients.
        flags: `optional`, `symmetric`, `any_aux`, and `any_`, `optional_` or `partial_` with `actor` or `recipient`.
        modes: Accepted modes.
        actor_sectors: Accepted leading sectors.
        recipient_sectors: The same of recipients.
        days: First and last day, ISO, on which the event may begin; `("", "")` wants no date.
        countries: Accepted codes of the country it took place in.
        point: Where it took place.
        geonameid: The GeoNames id of that place.
        attributions: Accepted codes of who reported it.
        size: Numbers by kind, each as bounds within which the coded one must lie.
        pattern: Regular expression that must match in event words or sentence; "" where `anchor` tells the place.
        anchor: Where it stands, as far as is known.
    """

    types: tuple[str, ...]
    auxiliary: tuple[str, ...] = (HAPPENED,)
    actors: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    modes: tuple[str, ...] | None = None
    actor_sectors: tuple[str, ...] | None = None
    recipient_sectors: tuple[str, ...] | None = None
    days: tuple[str, str] | None = None
    countries: tuple[str, ...] | None = None
    point: Point | None = None
    geonameid: int | None = None
    attributions: tuple[str, ...] | None = None
    size: dict[str, Bounds] | None = None
    pattern: str = ""
    anchor: Anchor = Anchor()

    @property
    def optional(self) -> bool:
        """Whether it is right if coded and not missed if not."""
        return "optional" in self.flags

    @property
    def open_auxiliary(self) -> bool:
        """Whether it leaves open if it happened."""
        return "any_aux" in self.flags

    @property
    def symmetric(self) -> bool:
        """Whether actors and recipients may be swapped or pooled."""
        return "symmetric" in self.flags

    def sides(self, side: str) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
        """Codes and accepted sectors of the actors or the recipients."""
        return (self.actors, self.actor_sectors) if side == "actor" else (self.recipients, self.recipient_sectors)

    def __str__(self) -> str:
        return _described(self.types, self.auxiliary, self.actors, self.recipients, self.pattern or self.anchor.words)


@dataclass(frozen=True, slots=True)
class ForbiddenCoding:
    """A coding that is wrong: any event of these types and auxiliary modes (by one of the actors) on this evidence."""

    types: tuple[str, ...]
    auxiliary: tuple[str, ...] = (HAPPENED,)
    actors: tuple[str, ...] = ()
    pattern: str = ""

    def __str__(self) -> str:
        return _described(self.types, self.auxiliary, self.actors, (), self.pattern)


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A gold article: its text where it is known, the events in it, and what must not be coded."""

    id: str
    events: tuple[GoldEvent, ...] = ()
    must_not: tuple[ForbiddenCoding, ...] = ()
    text: str = field(default="", repr=False)
    date: str = ""


def _named(parties: tuple[Party, ...]) -> str:
    return "+".join(f"{party.code} {party.sector}".strip() for party in parties) or "-"


def _described(
    types: tuple[str, ...], auxiliary: tuple[str, ...], actors: tuple[str, ...], recipients: tuple[str, ...], words: str
) -> str:
    kinds = "|".join(name or "happened" for name in auxiliary)
    return f"{'|'.join(types)} ({kinds}) {'+'.join(actors) or '-'} -> {'+'.join(recipients) or '-'} {words!r}"
