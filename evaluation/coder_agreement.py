"""How far two coders agree: the gold records, and a second coding of the same texts.

    python evaluation/coder_agreement.py
    … --verbose      list the events that only one coder has, and where the two differ

The second coding (`gold/second_coding.yaml`) holds one decision each; a gold record may accept several. So agreement is
told twice: with the first coder's own choice, which a record names first, and with anything that the record accepts.
Articles that only one of the two has coded are left out. `communique agreement` compares any two codings; it pairs events
alike, but does not tell optional events and days that only one coder gives apart.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from communique.evaluate.statistics import cohen_kappa

HERE = Path(__file__).parent
FIRST = (HERE / "gold" / "examples.yaml", HERE / "gold" / "articles.yaml")
SECOND = HERE / "gold" / "second_coding.yaml"
EVENT_TYPES = HERE.parent / "codebook" / "plover" / "event_types.yml"
ASPECTS = (
    "event type", "quad category", "mode", "auxiliary mode", "actor codes", "actor sector", "recipient codes",
    "recipient sector", "date told", "day", "place",
)  # fmt: skip

Record = dict[str, Any]  # one event, as its file has it
Span = tuple[int, int]  # [start, end) in an article's text


@dataclass(frozen=True, slots=True)
class Article:
    """An article that both have coded."""

    id: str
    published_on: date
    text: str
    first: tuple[Record, ...]
    second: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How two coders coded one aspect of one event, and whether the first one's record accepts what the second has."""

    aspect: str
    first: Hashable
    second: Hashable
    accepted: bool


@dataclass(frozen=True, slots=True)
class Detection:
    """How many of each coder's events the other has too."""

    required: int
    required_found: int
    optional: int
    optional_found: int
    second: int
    second_found: int

    @property
    def f1(self) -> float:
        """Harmonic mean of the two shares."""
        if not self.required_found or not self.second_found:
            return 0.0
        return 2 / (self.required / self.required_found + self.second / self.second_found)


def load_articles(first: Sequence[Path] = FIRST, second: Path = SECOND) -> list[Article]:
    """Read the articles that both have coded, in the order of the first coder's files."""
    coded = {entry["id"]: tuple(entry["events"]) for entry in yaml.safe_load(second.read_text(encoding="utf-8"))}
    articles = []
    for path in first:
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            if entry["id"] not in coded:
                continue
            text = (path.parent / entry["file"]).read_text(encoding="utf-8") if "file" in entry else entry["text"]
            articles.append(
                Article(entry["id"], _day(entry["date"]), text, tuple(entry["events"]), coded.pop(entry["id"]))
            )
    if coded:
        raise ValueError(f"{second.name}: no gold article has the id {', '.join(sorted(coded))}. Correct the id.")
    return articles


def align(article: Article) -> list[tuple[int, int]]:
    """Pair the events of two codings whose evidence overlaps: positions in `first` and in `second`.

    An event has one partner at most. Where several overlap, those of one type come first, then those that the first
    coder accepts the type of, then a shared actor (a pattern may match at two places), then the same auxiliary mode,
    then the longest overlap.
    """
    wanted = [_spans_of_pattern(event["evidence"], article.text) for event in article.first]
    told = [_span_of_words(event["evidence"], article) for event in article.second]
    candidates = []
    for i, event in enumerate(article.first):
        for j, other in enumerate(article.second):
            shared = max((_overlap(span, told[j]) for span in wanted[i]), default=0)
            if shared:
                rank = (
                    event["type"][0] == other["type"],
                    other["type"] in event["type"],
                    bool(set(event.get("actor", ())) & set(other["actor"])),
                    other["aux"] in event.get("aux", [""]),
                    shared,
                )
                candidates.append((rank, -i, -j))
    pairs: list[tuple[int, int]] = []
    for _, i, j in sorted(candidates, reverse=True):
        if all(-i != a and -j != b for a, b in pairs):
            pairs.append((-i, -j))
    return sorted(pairs)


def detection(articles: Sequence[Article]) -> Detection:
    """Count how many of the first coder's required events the second has, and how many of the second's the first has.

    An event that the first coder has as optional counts for the second coder, and is not missed if not coded.
    """
    counts = Counter[str]()
    for article in articles:
        partners = dict(align(article))
        for i, event in enumerate(article.first):
            kind = "optional" if event.get("optional") else "required"
            counts[kind] += 1
            counts[f"{kind}_found"] += i in partners
        counts["second"] += len(article.second)
        counts["second_found"] += len(partners)
    return Detection(**{name: counts[name] for name in Detection.__dataclass_fields__})


def judge(first: Record, second: Record, quads: dict[str, int], published_on: date) -> Iterator[Judgement]:
    """Compare two codings of one event, aspect by aspect; an aspect that a coder leaves open is left out."""
    own = first["type"][0]
    yield Judgement("event type", own, second["type"], second["type"] in first["type"])
    quad = quads[second["type"]]
    yield Judgement("quad category", quads[own], quad, quad in {quads[name] for name in first["type"]})
    if first.get("mode") and own == second["type"]:
        yield Judgement("mode", first["mode"][0], second["mode"], second["mode"] in first["mode"])
    auxiliary = first.get("aux", [""])
    yield Judgement("auxiliary mode", auxiliary[0], second["aux"], second["aux"] in auxiliary)
    yield from _judge_parties(first, second)
    yield from _judge_date(first, second, published_on)
    if "place" in first and second.get("place"):
        places = _as_list(first["place"])
        yield Judgement("place", places[0], second["place"], second["place"] in places)


def load_quads(path: Path = EVENT_TYPES) -> dict[str, int]:
    """Quad category by event type."""
    return {entry["name"]: entry["quad"] for entry in yaml.safe_load(path.read_text(encoding="utf-8"))}


def _judge_parties(first: Record, second: Record) -> Iterator[Judgement]:
    """Codes as sets, leading sectors as names. Both sides of a mutual act are pooled, and told as the actor."""
    symmetric = first.get("symmetric", False)
    for side in ("actor",) if symmetric else ("actor", "recipient"):
        sides = ("actor", "recipient") if symmetric else (side,)
        if not any(first.get(f"any_{name}") for name in sides):
            wanted = [code for name in sides for code in first.get(name, ())]
            got = {code for name in sides for code in second[name]}
            yield _judge_codes(side, first, wanted, got)
        sectors = [code for name in sides for code in first.get(f"{name}_sector", ())]
        told = [code for name in sides for code in second[f"{name}_sector"]]
        if sectors and told:
            yield Judgement(f"{side} sector", sectors[0], told[0], told[0] in sectors)


def _judge_codes(side: str, first: Record, wanted: list[str], got: set[str]) -> Judgement:
    partial = first.get(f"partial_{side}", False)
    own = frozenset(wanted[:1] if partial else wanted)
    accepted = bool(got & set(wanted)) if partial else own <= got and (bool(own) or not got)
    return Judgement(
        f"{side} codes", own, frozenset(got), accepted or (not got and bool(first.get(f"optional_{side}")))
    )


def _judge_date(first: Record, second: Record, published_on: date) -> Iterator[Judgement]:
    """Whether a day is told; and where the two tell one, how many days from publication."""
    low, high = (first.get("date") or first.get(f"date_{end}") for end in ("from", "to"))
    own, told = first.get("date"), second.get("date")
    yield Judgement("date told", bool(own), bool(told), bool(own) == bool(told) or bool(low and told))
    if low and high and told:
        day = _day(told)
        inside = _day(low) <= day <= _day(high)
        start = day if inside and not own else _day(low)
        yield Judgement("day", (start - published_on).days, (day - published_on).days, inside)


def _spans_of_pattern(pattern: str, text: str) -> list[Span]:
    return [match.span() for match in re.finditer(pattern, text)]


def _span_of_words(words: str, article: Article) -> Span:
    """Where event words stand, whatever the line breaks between them."""
    found = re.search(r"\s+".join(map(re.escape, words.split())), article.text)
    if found is None:
        raise ValueError(f"{article.id}: evidence {words!r} is not in the text, expected its very words. Correct it.")
    return found.span()


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _described(event: Record) -> str:
    kinds, auxiliary = (_as_list(event.get(key, "")) for key in ("type", "aux"))
    parties = (f"{'+'.join(event.get(side, ())) or '-'}" for side in ("actor", "recipient"))
    return f"{'|'.join(kinds)} ({'|'.join(name or 'happened' for name in auxiliary)}) {' -> '.join(parties)}"


def _report(article: Article, judged: list[tuple[int, int, list[Judgement]]], report: Callable[[str], None]) -> None:
    """List what only one of the two has, and where they differ."""
    for i, event in enumerate(article.first):
        if not event.get("optional") and i not in {a for a, _, _ in judged}:
            report(f"only first   {article.id}: {_described(event)} {event['evidence']!r}")
    for j, event in enumerate(article.second):
        if j not in {b for _, b, _ in judged}:
            report(f"only second  {article.id}: {_described(event)} {event['evidence']!r}")
    for _, j, judgements in judged:
        for each in (each for each in judgements if not each.accepted):
            words = article.second[j]["evidence"]
            report(f"{each.aspect:<16} {article.id}: {_shown(each.first)} / {_shown(each.second)} {words!r}")


def _shown(value: Hashable) -> str:
    return ("+".join(sorted(value)) if isinstance(value, frozenset) else str(value)) or "none"


def _print_share(name: str, found: int, n: int) -> None:
    print(f"{name}: {found / n:.1%} ({found}/{n})")


def _print_table(judgements: list[Judgement]) -> None:
    print(f"{'of events that both have':<26} {'n':>4} {'same':>7} {'kappa':>7} {'accepted':>9}")
    for aspect in ASPECTS:
        chosen = [each for each in judgements if each.aspect == aspect]
        if not chosen:
            continue
        kappa = cohen_kappa([(each.first, each.second) for each in chosen])
        same = sum(each.first == each.second for each in chosen) / len(chosen)
        accepted = sum(each.accepted for each in chosen) / len(chosen)
        told = "-" if kappa is None else f"{kappa:.2f}"
        print(f"{aspect:<26} {len(chosen):>4} {same:>7.1%} {told:>7} {accepted:>9.1%}")


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="How far the first and the second coder of the gold articles agree.")
    parser.add_argument("--verbose", action="store_true", help="list what only one has, and where they differ")
    options = parser.parse_args(arguments)
    report: Callable[[str], None] = print if options.verbose else lambda _line: None

    articles, quads = load_articles(), load_quads()
    judgements: list[Judgement] = []
    for article in articles:
        judged = [
            (i, j, list(judge(article.first[i], article.second[j], quads, article.published_on)))
            for i, j in align(article)
        ]
        _report(article, judged, report)
        judgements += [each for _, _, group in judged for each in group]

    found = detection(articles)
    print(f"{len(articles)} articles that both have coded")
    _print_share("first coder's required events that the second has", found.required_found, found.required)
    _print_share("first coder's optional events that the second has", found.optional_found, found.optional)
    _print_share("second coder's events that the first has", found.second_found, found.second)
    print(f"F1 of required and second: {found.f1:.3f}")
    _print_table(judgements)
    return 0


if __name__ == "__main__":
    sys.exit(main())
