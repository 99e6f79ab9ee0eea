"""Coded events against gold events: counts of each article, and the figures made of them, with intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from communique.evaluate.facts import CodedEvent, GoldDocument, GoldEvent, Party, Point
from communique.evaluate.matching import (
    align,
    codes,
    found_pairs,
    is_forbidden,
    matches,
    one_to_one,
    parties_right,
    profile_of_coded,
    profile_of_gold,
    rest,
    side_right,
)
from communique.evaluate.statistics import DEFAULT_SEED, N_RESAMPLES, Bootstrap, Estimate

ATTRIBUTES = (
    "type", "quad", "aux", "actor_code", "recipient_code", "actor_sector", "recipient_sector", "mode", "date",
    "place_country", "place_50km", "numbers", "attribution",
)  # fmt: skip
OF_ALIGNED = ATTRIBUTES[:5]  # judged wherever an event's words were coded; the others where the event was found
NEAR_KM = 50.0
_EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether one attribute of one event is right; `expected`: the gold has a value, `given`: the coding has one."""

    attribute: str
    right: bool
    expected: bool
    given: bool
    found: str = ""
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that differs from the gold. `kind`: missed, extra, forbidden, or the attribute that is wrong."""

    kind: str
    document_id: str
    message: str


@dataclass(frozen=True, slots=True)
class Detection:
    """How well events are found: of all, or of one type, quad category or auxiliary mode."""

    name: str
    required: int
    found: int
    coded: int
    right: int
    recall: Estimate
    precision: Estimate
    f1: Estimate


@dataclass(frozen=True, slots=True)
class AttributeScore:
    """How often an attribute is right, of the `n` events on which it was judged.

    Attributes:
        share: Right, of all judged.
        precision: Right, of those that the coder gave a value.
        recall: Right, of those that the gold has a value for.
        f1: Of these two.
    """

    name: str
    n: int
    right: int
    share: Estimate
    precision: Estimate
    recall: Estimate
    f1: Estimate


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of a coding. `one_to_one`: recall if no coded event may stand for two gold events."""

    n_documents: int
    seed: int
    n_resamples: int
    overall: Detection
    one_to_one: Estimate
    forbidden: int
    types: tuple[Detection, ...]
    quads: tuple[Detection, ...]
    auxiliary_modes: tuple[Detection, ...]
    attributes: tuple[AttributeScore, ...]


def count_document(
    document: GoldDocument,
    coded: Sequence[CodedEvent],
    quads: Mapping[str, int],
    report: Callable[[Difference], None] = lambda _difference: None,
    locate: Callable[[int], Point | None] = lambda _geonameid: None,
) -> Counter[str]:
    """Compare one article's coded events with its gold events.

    Args:
        document: The gold article.
        coded: Its coded events, in any order.
        quads: Quad category by event type.
        report: Told each difference.
        locate: Gives the coordinates of a GeoNames id.

    Returns:
        Counts by name, to be added up over articles: `required`, `found`, `apart`, `coded`, `right`, `forbidden`; the
        same by group, such as `type:ASSAULT:found`; and `attribute:date:n` with `right`, `expected`, `given` and
        `recalled` and `precise`, the right ones among these two.
    """
    counts: Counter[str] = Counter()
    required = [gold for gold in document.events if not gold.optional]
    counts["apart"] += one_to_one([[j for j, e in enumerate(coded) if matches(gold, e)] for gold in required])
    for gold in required:
        found = any(matches(gold, event) for event in coded)
        for group in ("", *_groups(gold.types[:1], gold.auxiliary[:1], quads)):
            counts[f"{group}required"] += 1
            counts[f"{group}found"] += found
        if not found:
            report(Difference("missed", document.id, str(gold)))
    right = [any(matches(gold, event) for gold in document.events) for event in coded]
    for gold, event, is_found in _pairs(required, coded, right):
        for judgement in judge(gold, event, quads, found=is_found, locate=locate):
            _count_judgement(counts, judgement)
            if not judgement.right:
                message = f"{event}: found {judgement.found or 'none'}, expected {judgement.wanted or 'none'}"
                report(Difference(judgement.attribute, document.id, message))
    for event, is_right in zip(coded, right, strict=True):
        for group in ("", *_groups(sorted(event.types), sorted(event.auxiliary), quads)):
            counts[f"{group}coded"] += 1
            counts[f"{group}right"] += is_right
        if not is_right:
            report(Difference("extra", document.id, f"{event} in {event.sentence.strip()[:140]!r}"))
    for rule in document.must_not:
        for event in (event for event in coded if is_forbidden(rule, event)):
            counts["forbidden"] += 1
            report(Difference("forbidden", document.id, f"{event} by {rule}"))
    return counts


def judge(
    gold: GoldEvent,
    event: CodedEvent,
    quads: Mapping[str, int],
    *,
    found: bool,
    locate: Callable[[int], Point | None] = lambda _geonameid: None,
) -> Iterator[Judgement]:
    """Each attribute that the gold event tells, and whether the coded event has it right.

    Args:
        gold: A gold event.
        event: The coded event that is taken for it.
        quads: Quad category by event type.
        found: Whether the coded event matches it; if only their words are the same, the attributes that would make
            it match are judged and no others.
        locate: Gives the coordinates of a GeoNames id.
    """
    yield _one_of("type", gold.types, event.types)
    yield _one_of("quad", _quad_names(gold.types, quads), frozenset(_quad_names(event.types, quads)))
    yield _one_of(
        "aux", [name or "happened" for name in gold.auxiliary], {name or "happened" for name in event.auxiliary}
    )
    yield from _judge_codes(gold, event)
    if not found:
        return
    yield from _judge_sectors(gold, event)
    if gold.modes is not None and gold.types[0] in event.types:
        yield _one_of("mode", gold.modes, event.modes or {""})
    if gold.days is not None:
        low, high = gold.days
        wanted = low if low == high else f"{low} to {high}"
        yield Judgement("date", low <= event.date <= high, bool(low), bool(event.date), event.date, wanted)
    if gold.countries is not None:
        yield _one_of("place_country", gold.countries, {event.country})
    point = gold.point or (locate(gold.geonameid) if gold.geonameid is not None else None)
    if point or gold.geonameid is not None:
        yield _judge_point(gold, event, point, locate)
    yield from _judge_numbers(gold, event)
    if gold.attributions is not None:
        yield _one_of("attribution", gold.attributions, {event.attribution})


def scores(documents: Sequence[Counter[str]], seed: int = DEFAULT_SEED, n_resamples: int = N_RESAMPLES) -> Scores:
    """Make figures of the counts of all articles, with bootstrap intervals by article.

    Args:
        documents: What `count_document` gave for each.
        seed: Of the bootstrap.
        n_resamples: Of the bootstrap; 0 gives figures without intervals.
    """
    drawn = Bootstrap(documents, seed, n_resamples)
    names = sorted({name for counts in documents for name in counts})

    def group(kind: str) -> tuple[Detection, ...]:
        found = sorted({name.split(":")[1] for name in names if name.startswith(f"{kind}:")})
        return tuple(_detection(drawn, name, f"{kind}:{name}:") for name in found)

    return Scores(
        n_documents=len(documents),
        seed=seed,
        n_resamples=n_resamples,
        overall=_detection(drawn, "all", ""),
        one_to_one=drawn.share("apart", "required"),
        forbidden=drawn.count("forbidden"),
        types=group("type"),
        quads=group("quad"),
        auxiliary_modes=group("aux"),
        attributes=tuple(_attribute(drawn, name) for name in ATTRIBUTES),
    )


def distance_km(one: Point, other: Point) -> float:
    """Great-circle distance.

    >>> round(distance_km((-1.2864, 36.8172), (-1.0333, 37.0693)))  # Nairobi to Thika
    40
    """
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    a = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(min(1.0, sqrt(a)))


def _pairs(
    required: Sequence[GoldEvent], coded: Sequence[CodedEvent], right: Sequence[bool]
) -> Iterator[tuple[GoldEvent, CodedEvent, bool]]:
    """Gold events with a coded event each, and whether it was found: first those found, then those of the same words."""
    found = found_pairs(required, coded)
    for i, j in found:
        yield required[i], coded[j], True
    missed = [required[i] for i in rest(len(required), (i for i, _ in found))]
    wrong = [event for event, is_right in zip(coded, right, strict=True) if not is_right]
    for i, j in align([profile_of_gold(gold) for gold in missed], [profile_of_coded(event) for event in wrong]):
        yield missed[i], wrong[j], False


def _judge_codes(gold: GoldEvent, event: CodedEvent) -> Iterator[Judgement]:
    """Codes of both sides; those of a mutual act are judged together, as its actors."""
    if gold.symmetric:
        if not gold.flags & {"any_actor", "any_recipient"}:
            got, wanted = _sides(event), set(gold.actors) | set(gold.recipients)
            yield Judgement(
                "actor_code", parties_right(gold, event), bool(wanted), bool(got), _joined(got), _joined(wanted)
            )
        return
    for side, parties in (("actor", event.actors), ("recipient", event.recipients)):
        if f"any_{side}" not in gold.flags:
            wanted, got = set(gold.sides(side)[0]), codes(parties)
            expected = bool(wanted) and f"optional_{side}" not in gold.flags
            right = side_right(gold, side, wanted, got)
            yield Judgement(f"{side}_code", right, expected, bool(got), _joined(got), _joined(wanted))


def _judge_sectors(gold: GoldEvent, event: CodedEvent) -> Iterator[Judgement]:
    sides: tuple[tuple[str, tuple[Party, ...]], ...] = (("actor", event.actors), ("recipient", event.recipients))
    for side, parties in sides:
        side_codes, sectors = gold.sides(side)
        if not sectors:
            continue
        wanted, accepted = set(side_codes), set(sectors)
        if gold.symmetric:  # either party may stand on either side
            wanted = set(gold.actors) | set(gold.recipients)
            accepted = {*(gold.actor_sectors or ()), *(gold.recipient_sectors or ())}
        judged = [party for party in parties if not wanted or party.code in wanted]
        if judged:
            got = {party.sector for party in judged}
            yield Judgement(
                f"{side}_sector", got <= accepted, "" not in accepted, got != {""}, _joined(got), "|".join(sectors)
            )


def _judge_point(
    gold: GoldEvent, event: CodedEvent, point: Point | None, locate: Callable[[int], Point | None]
) -> Judgement:
    """Right within 50 km, or if it is the very place."""
    found = event.point or (locate(event.geonameid) if event.geonameid is not None else None)
    same = gold.geonameid is not None and gold.geonameid == event.geonameid
    near = bool(point and found and distance_km(point, found) <= NEAR_KM)
    told = f"{found[0]:.2f} {found[1]:.2f}" if found else ""
    wanted = f"{point[0]:.2f} {point[1]:.2f}" if point else f"GeoNames {gold.geonameid}"
    return Judgement("place_50km", same or near, True, bool(found or same), told, wanted)


def _judge_numbers(gold: GoldEvent, event: CodedEvent) -> Iterator[Judgement]:
    """Each kind of number by itself; one that the gold does not give is wrong."""
    if gold.size is None:
        return
    found = dict(event.size)
    for kind in sorted(found.keys() | gold.size.keys()):
        got, wanted = found.get(kind), gold.size.get(kind)
        right = got is not None and wanted is not None and wanted[0] <= got[0] and got[1] <= wanted[1]
        yield Judgement(
            "numbers", right, wanted is not None, got is not None,
            f"{kind} {got[0]} to {got[1]}" if got else "", f"{kind} {wanted[0]} to {wanted[1]}" if wanted else "",
        )  # fmt: skip


def _one_of(attribute: str, accepted: Sequence[str], got: frozenset[str] | set[str]) -> Judgement:
    right = bool(got & set(accepted))
    return Judgement(attribute, right, "" not in accepted, got != {""}, _joined(got), "|".join(accepted))


def _count_judgement(counts: Counter[str], judgement: Judgement) -> None:
    prefix = f"attribute:{judgement.attribute}:"
    counts[f"{prefix}n"] += 1
    counts[f"{prefix}right"] += judgement.right
    counts[f"{prefix}expected"] += judgement.expected
    counts[f"{prefix}given"] += judgement.given
    counts[f"{prefix}recalled"] += judgement.right and judgement.expected
    counts[f"{prefix}precise"] += judgement.right and judgement.given


def _groups(types: Sequence[str], auxiliary: Sequence[str], quads: Mapping[str, int]) -> Iterator[str]:
    """Prefixes of the counts that an event goes to."""
    yield from (f"type:{name}:" for name in types)
    yield from (f"quad:{name}:" for name in _quad_names(types, quads))
    yield from (f"aux:{name or 'happened'}:" for name in auxiliary)


def _quad_names(types: Sequence[str] | frozenset[str], quads: Mapping[str, int]) -> list[str]:
    return list(dict.fromkeys(str(quads[name]) for name in types if name in quads))


def _detection(drawn: Bootstrap, name: str, prefix: str) -> Detection:
    required, found, coded, right = (f"{prefix}{each}" for each in ("required", "found", "coded", "right"))
    return Detection(
        name, drawn.count(required), drawn.count(found), drawn.count(coded), drawn.count(right),
        drawn.share(found, required), drawn.share(right, coded), drawn.f1(found, required, right, coded),
    )  # fmt: skip


def _attribute(drawn: Bootstrap, name: str) -> AttributeScore:
    n, right, expected, given, recalled, precise = (
        f"attribute:{name}:{each}" for each in ("n", "right", "expected", "given", "recalled", "precise")
    )
    return AttributeScore(
        name, drawn.count(n), drawn.count(right), drawn.share(right, n),
        drawn.share(precise, given), drawn.share(recalled, expected), drawn.f1(recalled, expected, precise, given),
    )  # fmt: skip


def _sides(event: CodedEvent) -> set[str]:
    return codes(event.actors) | codes(event.recipients)


def _joined(values: set[str] | frozenset[str]) -> str:
    return "+".join(sorted(values))
