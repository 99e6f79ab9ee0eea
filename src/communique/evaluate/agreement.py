"""How far two coders of the same articles agree: on which events there are, and field by field beyond chance."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from communique.evaluate.facts import GoldDocument, GoldEvent
from communique.evaluate.matching import align, profile_of_gold, rest
from communique.evaluate.scores import Difference
from communique.evaluate.statistics import cohen_kappa, f1_score, krippendorff_alpha

FIELDS = (
    "type", "quad", "mode", "aux", "actor_code", "actor_sector", "recipient_code", "recipient_sector", "date",
    "place_country", "attribution", "number_kinds", "numbers",
)  # fmt: skip
_RATIO_FIELDS = frozenset({"numbers"})  # alpha by relative difference; all others are names


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two coders coded one field of one event. `accepted`: what both accept has something in common."""

    field: str
    first: Hashable
    second: Hashable
    accepted: bool


@dataclass(frozen=True, slots=True)
class FieldAgreement:
    """Agreement on one field.

    Attributes:
        name: The field.
        n: Events of which both coders tell it.
        same: On how many of them their first choices are the same.
        accepted: The same, or among what the other accepts.
        kappa: Cohen's; `None` if all is one value.
        alpha: Krippendorff's; nominal, but for numbers by their ratio.
    """

    name: str
    n: int
    same: int
    accepted: int
    kappa: float | None
    alpha: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two coders.

    Attributes:
        n_documents: Articles that both coded.
        only_first: Articles that only the first has, and that were left out.
        only_second: The same of the second.
        first: Events of the first coder that are not optional.
        first_found: How many of them the second has too.
        second: The same of the second.
        second_found: How many of them the first has too.
        optional: Events that a coder has as optional; they may be another's partner, and are not missed.
        f1: Harmonic mean of the two shares.
        fields: Field by field, over the events that both have.
    """

    n_documents: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    first: int
    first_found: int
    second: int
    second_found: int
    optional: int
    f1: float | None
    fields: tuple[FieldAgreement, ...]


def agreement(
    first: Sequence[GoldDocument],
    second: Sequence[GoldDocument],
    quads: Mapping[str, int],
    report: Callable[[Difference], None] = lambda _difference: None,
    *,
    every_article: bool = False,
) -> Agreement:
    """Compare two codings.

    Args:
        first: One coder's articles with their events, as `read_gold` gives them.
        second: The other's.
        quads: Quad category by event type.
        report: Told each event that only one has, and each field on which they differ.
        every_article: Whether an article that only one file has was coded by the other too, without any event: files of
            plain records do not tell. Else such articles are left out.
    """
    ones, others = ({document.id: document for document in coder} for coder in (first, second))
    names = [*ones, *(name for name in others if name not in ones)]
    both = [name for name in names if every_article or (name in ones and name in others)]
    numbers_told = all(any(event.size for document in coder for event in document.events) for coder in (first, second))
    silent = () if numbers_told else ("number_kinds", "numbers")  # a coder who gives no number at all did not code them
    comparisons: list[Comparison] = []
    n_first = n_second = first_found = second_found = optional = 0
    for name in both:
        one, other = (coder.get(name, GoldDocument(name)).events for coder in (ones, others))
        pairs = align([profile_of_gold(event) for event in one], [profile_of_gold(event) for event in other])
        n_first += sum(not event.optional for event in one)
        n_second += sum(not event.optional for event in other)
        optional += sum(event.optional for event in (*one, *other))
        first_found += sum(not one[i].optional for i, _ in pairs)
        second_found += sum(not other[j].optional for _, j in pairs)
        for kind, events, taken in (
            ("only first", one, {i for i, _ in pairs}),
            ("only second", other, {j for _, j in pairs}),
        ):
            for event in (events[i] for i in rest(len(events), taken) if not events[i].optional):
                report(Difference(kind, name, str(event)))
        for i, j in pairs:
            for each in compare(one[i], other[j], quads):
                if each.field in silent:
                    continue
                comparisons.append(each)
                if each.first != each.second:
                    words = other[j].anchor.words or one[i].anchor.words or other[j].pattern
                    report(Difference(each.field, name, f"{_shown(each.first)} / {_shown(each.second)} {words!r}"))
    return Agreement(
        n_documents=len(both),
        only_first=tuple(name for name in ones if name not in others),
        only_second=tuple(name for name in others if name not in ones),
        first=n_first,
        first_found=first_found,
        second=n_second,
        second_found=second_found,
        optional=optional,
        f1=f1_score(_share(first_found, n_first), _share(second_found, n_second)),
        fields=tuple(_field(name, comparisons) for name in FIELDS),
    )


def compare(first: GoldEvent, second: GoldEvent, quads: Mapping[str, int]) -> Iterator[Comparison]:
    """Compare two codings of one event field by field; a field that a coder leaves open is left out.

    Modes are compared if both have the same type, countries and days where both tell one. Both sides of a mutual act
    are pooled, and told as its actors.
    """
    yield _choice("type", first.types, second.types)
    kinds = [tuple(dict.fromkeys(quads[name] for name in event.types if name in quads)) for event in (first, second)]
    if all(kinds):
        yield _choice("quad", *kinds)
    if first.types[0] == second.types[0] and first.modes and second.modes:
        yield _choice("mode", first.modes, second.modes)
    if not first.open_auxiliary and not second.open_auxiliary:
        yield _choice("aux", *([name or "happened" for name in event.auxiliary] for event in (first, second)))
    yield from _compare_sides(first, second)
    if first.days and second.days and all((*first.days, *second.days)):
        overlap = first.days[0] <= second.days[1] and second.days[0] <= first.days[1]
        yield Comparison("date", _day(first.days), _day(second.days), overlap)
    if first.countries and second.countries and first.countries[0] and second.countries[0]:
        yield _choice("place_country", first.countries, second.countries)
    if first.attributions and second.attributions:
        yield _choice("attribution", first.attributions, second.attributions)
    if first.size is not None and second.size is not None and (first.size or second.size):
        kinds_of = (frozenset(first.size), frozenset(second.size))
        yield Comparison("number_kinds", kinds_of[0], kinds_of[1], kinds_of[0] == kinds_of[1])
        for kind in sorted(kinds_of[0] & kinds_of[1]):
            (low, high), (low2, high2) = first.size[kind], second.size[kind]
            yield Comparison("numbers", (low + high) / 2, (low2 + high2) / 2, low <= high2 and low2 <= high)


def _compare_sides(first: GoldEvent, second: GoldEvent) -> Iterator[Comparison]:
    pooled = first.symmetric or second.symmetric
    for side in ("actor",) if pooled else ("actor", "recipient"):
        sides = ("actor", "recipient") if pooled else (side,)
        own, other = (_pool(event, sides) for event in (first, second))
        if not any(f"any_{name}" in event.flags for event in (first, second) for name in sides):
            codes = (frozenset(own[0]), frozenset(other[0]))
            partial = any(f"partial_{name}" in event.flags for event in (first, second) for name in sides)
            more = all(codes) and (codes[0] <= codes[1] or codes[1] <= codes[0])  # more parties are no error
            same = codes[0] == codes[1] or more
            lenient = partial and bool(codes[0] & codes[1])
            optional = any(
                not got and f"optional_{name}" in event.flags
                for event, got in ((first, codes[1]), (second, codes[0]))
                for name in sides
            )
            yield Comparison(f"{side}_code", codes[0], codes[1], same or lenient or optional)
        if own[1] and other[1]:
            yield _choice(f"{side}_sector", own[1], other[1])


def _pool(event: GoldEvent, sides: Sequence[str]) -> tuple[list[str], list[str]]:
    """Codes and sectors of one side, or of both."""
    codes: list[str] = []
    sectors: list[str] = []
    for side in sides:
        own_codes, own_sectors = event.sides(side)
        codes += own_codes
        sectors += own_sectors or ()
    return codes, sectors


def _choice(field: str, first: Sequence[Hashable], second: Sequence[Hashable]) -> Comparison:
    return Comparison(field, first[0], second[0], bool(set(first) & set(second)))


def _field(name: str, comparisons: Sequence[Comparison]) -> FieldAgreement:
    pairs = [(each.first, each.second) for each in comparisons if each.field == name]
    return FieldAgreement(
        name=name,
        n=len(pairs),
        same=sum(a == b for a, b in pairs),
        accepted=sum(each.accepted for each in comparisons if each.field == name),
        kappa=cohen_kappa(pairs),
        alpha=krippendorff_alpha(pairs, "ratio" if name in _RATIO_FIELDS else "nominal"),
    )


def _day(days: tuple[str, str]) -> str:
    return days[0] if days[0] == days[1] else f"{days[0]} to {days[1]}"


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _shown(value: Hashable) -> str:
    return ("+".join(sorted(value)) if isinstance(value, frozenset) else str(value)) or "none"
