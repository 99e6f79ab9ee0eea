"""Score the coder on the gold articles of this folder.

    python evaluation/score.py                           code the gold articles with the installed package, and score
    … --floors evaluation/floors.json                    the same as a gate: exit 1 below a floor
    … --write-inputs in.jsonl                            the articles, for `communique code in.jsonl -o out.jsonl`
    … --events out.jsonl                                 score records that were coded before

What counts as right is told in DATA_CARD.md.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from communique import Event

HERE = Path(__file__).parent
DEFAULT_GOLD = (HERE / "gold" / "examples.yaml", HERE / "gold" / "articles.yaml")
ATTRIBUTES = ("dates", "modes", "actor_sectors", "recipient_sectors", "places", "attributions", "numbers")

Rule = dict[str, Any]  # one gold event, or one must_not rule, as the file has it


@dataclass(frozen=True, slots=True)
class Document:
    """A gold article: its text, the events that are in it, and what must not be coded."""

    id: str
    date: str
    text: str
    events: tuple[Rule, ...]
    must_not: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """One actor or recipient: its code, and the sector that comes first."""

    code: str
    sector: str


@dataclass(frozen=True, slots=True)
class Coded:
    """What is scored of a coded event. `words` are the event words, `sentence` is where they stand."""

    types: frozenset[str]
    auxiliary: frozenset[str]
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    modes: frozenset[str]
    date: str
    place: str
    attribution: str
    words: str
    sentence: str
    size: tuple[tuple[str, int, int], ...] = ()

    @property
    def evidence(self) -> str:
        """What a gold event's `evidence` is looked for in."""
        return f"{self.words} {self.sentence}"

    def __str__(self) -> str:
        kind = "/".join((*sorted(self.types), *sorted(self.modes)))
        auxiliary = f" ({', '.join(sorted(self.auxiliary))})" if self.auxiliary != {""} else ""
        return f"{kind}{auxiliary} {_named(self.actors)} -> {_named(self.recipients)} {self.words!r}"


@dataclass(slots=True)
class Tally:
    """Counts of one gold file, or of all."""

    required: int = 0
    found: int = 0
    found_apart: int = 0
    coded: int = 0
    right: int = 0
    forbidden: int = 0
    attributes: dict[str, tuple[int, int]] = field(default_factory=lambda: dict.fromkeys(ATTRIBUTES, (0, 0)))
    by_type: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0]))

    def add(self, other: Tally) -> None:
        """Add the counts of another."""
        for name in ("required", "found", "found_apart", "coded", "right", "forbidden"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, (right, n) in other.attributes.items():
            self.count(name, right, n)
        for name, counts in other.by_type.items():
            self.by_type[name] = [a + b for a, b in zip(self.by_type[name], counts, strict=True)]

    def count(self, attribute: str, right: int, n: int = 1) -> None:
        """Count judgements of one attribute."""
        before, of = self.attributes[attribute]
        self.attributes[attribute] = (before + right, of + n)

    def figures(self) -> dict[str, float]:
        """All figures a floor may be set for. Those without any case are left out."""
        recall, precision = _share(self.found, self.required), _share(self.right, self.coded)
        result = {
            "recall": recall,
            "recall_one_to_one": _share(self.found_apart, self.required),
            "precision": precision,
            "f1": 2 * recall * precision / (recall + precision) if recall + precision else 0.0,
            "must_not": float(self.forbidden),
        }
        return result | {name: right / n for name, (right, n) in self.attributes.items() if n}


def load_gold(path: Path) -> list[Document]:
    """Read a gold file; a text that lies in a file of its own is read from there."""
    documents = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        text = (path.parent / entry["file"]).read_text(encoding="utf-8") if "file" in entry else entry["text"]
        documents.append(
            Document(
                id=entry["id"],
                date=str(entry["date"]),
                text=text,
                events=tuple(entry["events"]),
                must_not=tuple(entry.get("must_not", ())),
            )
        )
    return documents


def coded_by_package(documents: Iterable[Document]) -> dict[str, list[Coded]]:
    """Code the articles with the installed package."""
    from datetime import date

    from communique import Article, Coder

    coder = Coder()
    return {
        document.id: [
            _of_event(event, document.text)
            for event in coder.code(Article(text=document.text, id=document.id, date=date.fromisoformat(document.date)))
        ]
        for document in documents
    }


def coded_in_file(path: Path, documents: Iterable[Document]) -> dict[str, list[Coded]]:
    """Read records that `communique code` wrote as JSONL."""
    texts = {document.id: document.text for document in documents}
    coded: dict[str, list[Coded]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if (name := record["document_id"]) in texts:
                coded[name].append(_of_record(record, texts[name]))
    return coded


def score(document: Document, coded: list[Coded], report: Callable[[str], None]) -> Tally:
    """Compare one article's coded events with its gold events, and report each difference."""
    tally = Tally(coded=len(coded))
    required = [gold for gold in document.events if not gold.get("optional")]
    tally.required = len(required)
    tally.found_apart = _one_to_one([[i for i, e in enumerate(coded) if matches(gold, e)] for gold in required])
    for gold in required:
        found = any(matches(gold, event) for event in coded)
        tally.found += found
        counts = tally.by_type[gold["type"][0]]
        counts[0] += 1
        counts[1] += found
        if not found:
            report(f"missed     {document.id}: {_described(gold)}")
    for gold, event in _pairs(required, coded):
        for attribute, right in judge_attributes(gold, event):
            tally.count(attribute, right)
            if not right:
                report(f"{attribute:<10} {document.id}: {event}: {_found_and_wanted(attribute, gold, event)}")
    for event in coded:
        right = any(matches(gold, event) for gold in document.events)
        tally.right += right
        for name in event.types:
            tally.by_type[name][2] += 1
            tally.by_type[name][3] += right
        if not right:
            report(f"extra      {document.id}: {event} in {event.sentence.strip()[:140]!r}")
    for rule in document.must_not:
        for event in (event for event in coded if is_forbidden(rule, event)):
            tally.forbidden += 1
            report(f"forbidden  {document.id}: {event} by {_described(rule)}")
    return tally


def matches(gold: Rule, event: Coded) -> bool:
    """Whether a coded event is the gold event: type, auxiliary mode, evidence, actors and recipients.

    >>> event = Coded(frozenset({"CONSULT"}), frozenset({""}), (Party("HUN", "GOV"), Party("AZE", "GOV")), (),
    ...               frozenset(), "", "", "", "met", "They met.")
    >>> matches({"type": ["CONSULT"], "actor": ["HUN"], "recipient": ["AZE"], "symmetric": True}, event)
    True
    >>> matches({"type": ["CONSULT"], "actor": ["HUN"], "recipient": ["AZE"]}, event)
    False
    """
    if not event.types & set(gold["type"]) or not event.auxiliary & set(gold.get("aux", [""])):
        return False
    if gold.get("evidence") and not re.search(gold["evidence"], event.evidence):
        return False
    actors, recipients = _codes(event.actors), _codes(event.recipients)
    wanted_actors, wanted_recipients = set(gold.get("actor", ())), set(gold.get("recipient", ()))
    if _parties_right(gold, wanted_actors, wanted_recipients, actors, recipients):
        return True
    return bool(gold.get("symmetric")) and (
        _parties_right(gold, wanted_recipients, wanted_actors, actors, recipients)
        or wanted_actors | wanted_recipients <= actors | recipients
    )


def is_forbidden(rule: Rule, event: Coded) -> bool:
    """Whether a must_not rule is broken: type, auxiliary mode, one of the actors if it names any, evidence."""
    if not event.types & set(rule["type"]) or not event.auxiliary & set(rule.get("aux", [""])):
        return False
    if rule.get("actor") and not set(rule["actor"]) & _codes(event.actors):
        return False
    return not rule.get("evidence") or bool(re.search(rule["evidence"], event.evidence))


def judge_attributes(gold: Rule, event: Coded) -> Iterator[tuple[str, bool]]:
    """Each attribute that the gold event tells, and whether the coded event has it right."""
    low, high = _days(gold)
    if low:
        yield "dates", low <= event.date <= high
    if "mode" in gold and gold["type"][0] in event.types:
        yield "modes", bool((event.modes or {""}) & set(gold["mode"]))
    symmetric = gold.get("symmetric", False)
    for side, parties in (("actor", event.actors), ("recipient", event.recipients)):
        accepted = set(gold.get(f"{side}_sector", ()))
        wanted = set(gold.get(side, ()))
        if symmetric:  # either party may stand on either side
            accepted |= {name for other in ("actor", "recipient") for name in gold.get(f"{other}_sector", ())}
            wanted |= {code for other in ("actor", "recipient") for code in gold.get(other, ())}
        judged = [party for party in parties if not wanted or party.code in wanted]
        if gold.get(f"{side}_sector") and judged:
            yield f"{side}_sectors", all(party.sector in accepted for party in judged)
    if "place" in gold:
        yield "places", event.place in _as_list(gold["place"])
    if "attribution" in gold:
        yield "attributions", event.attribution in _as_list(gold["attribution"])
    found = {kind: (low, high) for kind, low, high in event.size}
    wanted = {kind: _bounds(size) for kind, size in gold.get("size", {}).items()}
    for kind in sorted(found.keys() | wanted.keys()):  # a number that the gold does not give is wrong
        low, high = wanted.get(kind, (0, -1))
        yield "numbers", kind in found and low <= found[kind][0] and found[kind][1] <= high


def _bounds(size: int | list[int]) -> tuple[int, int]:
    return (size[0], size[1]) if isinstance(size, list) else (size, size)


def _parties_right(gold: Rule, want_a: set[str], want_r: set[str], actors: set[str], recipients: set[str]) -> bool:
    return _side_right(gold, "actor", want_a, actors) and _side_right(gold, "recipient", want_r, recipients)


def _side_right(gold: Rule, side: str, wanted: set[str], got: set[str]) -> bool:
    if gold.get(f"any_{side}"):
        return True
    if gold.get(f"partial_{side}"):
        return bool(wanted & got)
    if not wanted:
        return not got
    return (not got and bool(gold.get(f"optional_{side}"))) or wanted <= got


def _pairs(required: list[Rule], coded: list[Coded]) -> Iterator[tuple[Rule, Coded]]:
    """Gold events with a coded event of their own each: first where the event words themselves are the evidence."""
    free = dict(enumerate(coded))
    left = list(enumerate(required))
    for own_words in (True, False):
        for place, gold in list(left):
            for i, event in free.items():
                if matches(gold, event) and (not own_words or re.search(gold.get("evidence", ""), event.words)):
                    yield gold, event
                    del free[i]
                    left.remove((place, gold))
                    break


def _one_to_one(hits: list[list[int]]) -> int:
    """How many gold events can be told by a coded event of their own: a largest matching.

    >>> _one_to_one([[0], [0, 1], [1]])
    2
    """
    owner: dict[int, int] = {}

    def place(gold: int, tried: set[int]) -> bool:
        for event in hits[gold]:
            if event in tried:
                continue
            tried.add(event)
            if event not in owner or place(owner[event], tried):
                owner[event] = gold
                return True
        return False

    return sum(place(gold, set()) for gold in range(len(hits)))


def _of_record(record: dict[str, Any], text: str) -> Coded:
    info, place, attribution = record["text_info"], record.get("event_loc") or {}, record.get("attribution") or {}
    return Coded(
        types=frozenset(record["event"]),
        auxiliary=frozenset(record["auxiliary_mode"]) or frozenset({""}),
        actors=_parties(record["actor"]),
        recipients=_parties(record["recipient"]),
        modes=frozenset(record["mode"]),
        date=record.get("date") or "",
        place=place.get("country_code") or "",
        attribution=attribution.get("code") or "",
        words=" ".join(record["event_text"]),
        sentence=text[info["start"] : info["end"]],
        size=tuple((kind, *_bounds(size)) for kind, size in (record.get("size") or {}).items()),
    )


def _of_event(event: Event, text: str) -> Coded:
    return Coded(
        types=frozenset({event.coding.event_type}),
        auxiliary=frozenset(event.coding.auxiliary_modes) or frozenset({""}),
        actors=tuple(Party(e.code, e.sectors[0] if e.sectors else "") for e in event.actors if e.code),
        recipients=tuple(Party(e.code, e.sectors[0] if e.sectors else "") for e in event.recipients if e.code),
        modes=frozenset(event.coding.modes),
        date=event.when.first.isoformat() if event.when else "",
        place=event.place.country if event.place else "",
        attribution=(event.attribution.code or "") if event.attribution else "",
        words=" ".join(mention.text for mention in event.trigger),
        sentence=text[event.sentence.start : event.sentence.end],
        size=tuple((kind, *(size if isinstance(size, tuple) else (size, size))) for kind, size in event.size.items()),
    )


def _parties(entities: list[dict[str, Any]]) -> tuple[Party, ...]:
    return tuple(Party(e["code"], (e.get("sector") or [""])[0]) for e in entities if e.get("code"))


def _codes(parties: Iterable[Party]) -> set[str]:
    return {party.code for party in parties}


def _days(gold: Rule) -> tuple[str, str]:
    """First and last day on which the event may begin; empty where the gold does not say."""
    return str(gold.get("date") or gold.get("date_from") or ""), str(gold.get("date") or gold.get("date_to") or "")


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _named(parties: Iterable[Party]) -> str:
    return "+".join(f"{party.code} {party.sector}".strip() for party in parties) or "-"


def _described(gold: Rule) -> str:
    auxiliary = [name or "happened" for name in gold.get("aux", [""])]
    parties = f"{'+'.join(gold.get('actor', [])) or '-'} -> {'+'.join(gold.get('recipient', [])) or '-'}"
    return f"{'|'.join(gold['type'])} ({'|'.join(auxiliary)}) {parties} {gold.get('evidence', '')!r}"


def _found_and_wanted(attribute: str, gold: Rule, event: Coded) -> str:
    if attribute == "dates":
        low, high = _days(gold)
        return f"found {event.date or 'none'}, expected {low if low == high else f'{low} to {high}'}"
    if attribute.endswith("_sectors"):
        return f"expected {gold[attribute.removesuffix('s')]}"
    if attribute == "numbers":
        found_sizes = {kind: size for kind, *size in event.size}
        return f"found {found_sizes}, expected {gold.get('size', {})}"
    found = {"modes": "/".join(sorted(event.modes)), "places": event.place, "attributions": event.attribution}
    return f"found {found[attribute] or 'none'}, expected {gold[attribute.removesuffix('s')]}"


def _print_tally(name: str, tally: Tally) -> None:
    figures = tally.figures()
    print(
        f"{name}: recall {figures['recall']:.3f} ({tally.found}/{tally.required}; "
        f"one to one {figures['recall_one_to_one']:.3f})  precision {figures['precision']:.3f} "
        f"({tally.right}/{tally.coded})  F1 {figures['f1']:.3f}  must-not violations {tally.forbidden}"
    )
    shown = (f"{key} {_share(right, n):.3f} (n={n})" for key, (right, n) in tally.attributes.items())
    print(f"  {'  '.join(shown)}")


def _print_types(tally: Tally) -> None:
    print("type        required  recall   coded  precision")
    for name, (required, found, coded, right) in sorted(tally.by_type.items()):
        recall = f"{found / required:.2f}" if required else "-"
        precision = f"{right / coded:.2f}" if coded else "-"
        print(f"{name:<10} {required:>9} {recall:>7} {coded:>7} {precision:>10}")


def below_floors(figures: dict[str, dict[str, float]], floors: dict[str, dict[str, float]]) -> list[str]:
    """Every floor that is broken, said for a reader. `must_not` is a ceiling.

    >>> below_floors({"all": {"f1": 0.5, "must_not": 2.0}}, {"all": {"f1": 0.6, "must_not": 1}})
    ['all: f1 is 0.500, floor 0.6', 'all: must_not is 2, at most 1']
    """
    broken = []
    for name, wanted in floors.items():
        for key, floor in wanted.items():
            value = figures.get(name, {}).get(key)
            if value is None:
                broken.append(f"{name}: {key} was not measured, floor {floor}")
            elif key == "must_not":
                if value > floor:
                    broken.append(f"{name}: {key} is {value:.0f}, at most {floor}")
            elif value < floor:
                broken.append(f"{name}: {key} is {value:.3f}, floor {floor}")
    return broken


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is 1 if a floor is broken."""
    parser = argparse.ArgumentParser(description="Score the coder on gold articles.")
    parser.add_argument("gold", nargs="*", type=Path, default=list(DEFAULT_GOLD), help="gold files (YAML)")
    parser.add_argument("--events", type=Path, help="records as `communique code` wrote them (JSONL)")
    parser.add_argument("--write-inputs", type=Path, help="write the articles as JSONL, and stop")
    parser.add_argument("--floors", type=Path, help="least figures by gold file and for all (JSON)")
    parser.add_argument("--verbose", action="store_true", help="list what was missed, extra, forbidden or wrong")
    options = parser.parse_args(arguments)

    by_file = {path.name: load_gold(path) for path in options.gold}
    documents = [document for group in by_file.values() for document in group]
    if options.write_inputs:
        lines = (json.dumps({"id": d.id, "date": d.date, "text": d.text}, ensure_ascii=False) for d in documents)
        options.write_inputs.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return 0

    coded = coded_in_file(options.events, documents) if options.events else coded_by_package(documents)
    report: Callable[[str], None] = print if options.verbose else lambda _line: None
    total = Tally()
    figures = {}
    tallies = {}
    for name, group in by_file.items():
        tallies[name] = Tally()
        for document in group:
            tallies[name].add(score(document, coded.get(document.id, []), report))
        figures[name] = tallies[name].figures()
        total.add(tallies[name])
    figures["all"] = total.figures()
    for name, tally in (*tallies.items(), ("all", total)):
        _print_tally(name, tally)
    _print_types(total)

    broken = below_floors(figures, json.loads(options.floors.read_text(encoding="utf-8"))) if options.floors else []
    for line in broken:
        print(f"below floor: {line}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
