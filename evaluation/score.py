"""Score the coder on the gold articles of this folder.

    python evaluation/score.py                           code the gold articles with the installed package, and score
    … --floors evaluation/floors.json                    the same as a gate: exit 1 below a floor
    … --write-inputs in.jsonl                            the articles, for `communique code in.jsonl -o out.jsonl`
    … --events out.jsonl                                 score records that were coded before

What counts as right is told in DATA_CARD.md, and decided by `communique.evaluate`; `communique evaluate` gives one gold
file's figures with their intervals.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from communique import Article, Coder
from communique.evaluate.coded import coded_event, coded_event_of
from communique.evaluate.facts import CodedEvent, GoldDocument
from communique.evaluate.gazetteer import locate
from communique.evaluate.gold import read_gold
from communique.evaluate.scores import Difference, Scores, count_document, scores
from communique.evaluate.vocabulary import vocabulary

HERE = Path(__file__).parent
DEFAULT_GOLD = (HERE / "gold" / "examples.yaml", HERE / "gold" / "articles.yaml")
ATTRIBUTES = {  # as floors and figures name them
    "dates": "date", "modes": "mode", "actor_sectors": "actor_sector", "recipient_sectors": "recipient_sector",
    "places": "place_country", "places_50km": "place_50km", "attributions": "attribution", "numbers": "numbers",
}  # fmt: skip


def coded_by_package(documents: Iterable[GoldDocument], coder: Coder | None = None) -> dict[str, list[CodedEvent]]:
    """Code the articles with the installed package, by default as it is shipped."""
    coder = coder or Coder()
    return {
        document.id: [
            coded_event_of(event)
            for event in coder.code(Article(text=document.text, id=document.id, date=date.fromisoformat(document.date)))
        ]
        for document in documents
    }


def coded_in_file(path: Path, documents: Iterable[GoldDocument]) -> dict[str, list[CodedEvent]]:
    """Read records that `communique code` wrote as JSONL."""
    texts = {document.id: document.text for document in documents}
    coded: dict[str, list[CodedEvent]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            if (name := record["document_id"]) in texts:
                coded[name].append(coded_event(record, texts[name]))
    return coded


def figures_of(result: Scores) -> dict[str, float]:
    """All figures a floor may be set for. Those without any case are left out."""
    overall = result.overall
    figures = {
        "recall": overall.recall.value or 0.0,
        "recall_one_to_one": result.one_to_one.value or 0.0,
        "precision": overall.precision.value or 0.0,
        "f1": overall.f1.value or 0.0,
        "must_not": float(result.forbidden),
    }
    by_name = {each.name: each for each in result.attributes}
    shares = {name: by_name[attribute].share.value for name, attribute in ATTRIBUTES.items()}
    return figures | {name: share for name, share in shares.items() if share is not None}


def _print_scores(name: str, result: Scores) -> None:
    figures, overall = figures_of(result), result.overall
    print(
        f"{name}: recall {figures['recall']:.3f} ({overall.found}/{overall.required}; "
        f"one to one {figures['recall_one_to_one']:.3f})  precision {figures['precision']:.3f} "
        f"({overall.right}/{overall.coded})  F1 {figures['f1']:.3f}  must-not violations {result.forbidden}"
    )
    counts = {each.name: each.n for each in result.attributes}
    shown = (f"{key} {figures.get(key, 0.0):.3f} (n={counts[ATTRIBUTES[key]]})" for key in ATTRIBUTES)
    print(f"  {'  '.join(shown)}")


def _print_types(result: Scores) -> None:
    print("type        required  recall   coded  precision")
    for row in result.types:
        recall, precision = ("-" if each.value is None else f"{each.value:.2f}" for each in (row.recall, row.precision))
        print(f"{row.name:<10} {row.required:>9} {recall:>7} {row.coded:>7} {precision:>10}")


def _print_difference(difference: Difference) -> None:
    print(f"{difference.kind:<16} {difference.document_id}: {difference.message}")


def below_floors(figures: Mapping[str, Mapping[str, float]], floors: Mapping[str, Mapping[str, float]]) -> list[str]:
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

    names = vocabulary()
    by_file = {path.name: read_gold(path, names).documents for path in options.gold}
    documents = [document for group in by_file.values() for document in group]
    if options.write_inputs:
        lines = (json.dumps({"id": d.id, "date": d.date, "text": d.text}, ensure_ascii=False) for d in documents)
        options.write_inputs.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return 0

    coded = coded_in_file(options.events, documents) if options.events else coded_by_package(documents)
    report = _print_difference if options.verbose else lambda _difference: None
    results: dict[str, Scores] = {}
    total: list[Counter[str]] = []
    for name, group in by_file.items():
        counts = [count_document(each, coded.get(each.id, []), names.quads, report, locate) for each in group]
        results[name] = scores(counts, n_resamples=0)
        total += counts
    results["all"] = scores(total, n_resamples=0)
    for name, result in results.items():
        _print_scores(name, result)
    _print_types(results["all"])

    figures = {name: figures_of(result) for name, result in results.items()}
    broken = below_floors(figures, json.loads(options.floors.read_text(encoding="utf-8"))) if options.floors else []
    for line in broken:
        print(f"below floor: {line}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
