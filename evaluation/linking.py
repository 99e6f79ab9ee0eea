"""How well records of one event are found: `python evaluation/linking.py` codes `linking/articles.jsonl`, links it, and prints the figures.

The set is split: weights and threshold were chosen on the half `tune`, and `test` was only ever printed. Figures are given for mentions that
the coder coded (linking alone) and for all (a mention that was not coded counts as linked to none).

    --no-text     link by what records quote, without the articles' texts
    --errors      list pairs that were wrongly linked or missed (of the half `tune` only)
    --neighbours  what it would change to compare records of two types as well, pair by pair (on `tune`)
    --fit         fit the weights anew on `tune`, and write them into the package
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from communique import Article, Coder, event_record
from communique.link import Facts, LinkedEvent, facts_of_record, find_reprints, link_mentions
from communique.link.blocking import candidate_pairs
from communique.link.scoring import FEATURES, Scorer, Weights, load_weights
from communique.link.within import first_mentions

SET = Path(__file__).parent / "linking" / "articles.jsonl"
WEIGHTS = Path(__file__).parent.parent / "src" / "communique" / "link" / "weights.json"
WITHIN = SET.with_name("within.jsonl")
HALVES = ("tune", "test")
PRIOR = {
    "constant": -4.0, "type": 1.0, "mode": 0.5, "mode_differs": -1.5, "actors": 1.5, "recipients": 1.5, "differs": -2.0,
    "same_day": 1.5, "days_apart": -1.5, "place": 1.5, "place_differs": -3.0, "words": 0.5, "text": 4.0, "size": 1.0, "number": 1.0, "numbers_differ": -0.5,
}  # fmt: skip
PRIOR_STRENGTH = 0.3  # what a weight costs that leaves its prior: the tuning half is small
LEAST = 0.25  # of its prior that a weight keeps: what is shared speaks for one event, even if the set is too small to show it
N_STEPS = 20_000
THRESHOLDS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
N_NEIGHBOURS_SHOWN = 12


@dataclass(frozen=True)
class Half:
    """One half of the set: its articles, its records, and gold mentions with the record that codes each, or None."""

    articles: list[dict[str, Any]]
    mentions: list[Facts]
    gold: list[tuple[str, str, str | None]]  # event, article, record

    def originals(self) -> dict[str, str]:
        """By article, the article that it reprints, as found in the texts."""
        return find_reprints((article["id"], article["text"]) for article in self.articles)


def code_half(coder: Coder, articles: list[dict[str, Any]], *, with_text: bool) -> Half:
    """Code the articles, and find the record of each gold mention: the surest one whose event words overlap it."""
    inputs = [Article(a["text"], a["id"], a["date"], a["title"], publication=a["publication"]) for a in articles]
    records = [event_record(event, with_text=with_text) for event in coder.code_many(inputs)]
    by_article: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        by_article[str(record["document_id"])].append(record)
    gold: list[tuple[str, str, str | None]] = []
    taken: set[str] = set()
    for article in articles:
        for mention in article["mentions"]:
            fitting = [
                record for record in by_article[article["id"]] if record["id"] not in taken
                and any(start < mention["end"] and mention["start"] < end for start, end in record["event_spans"])
            ]  # fmt: skip
            best = max(fitting, key=lambda record: (record["confidence"], record["id"]), default=None)
            taken.add(best["id"] if best else "")
            gold.append((mention["event"], article["id"], best["id"] if best else None))
    return Half(articles, [facts_of_record(record) for record in records], gold)


def figures(events: Sequence[str], links: Sequence[str]) -> dict[str, float]:
    """Pairwise and B-cubed precision and recall of predicted links against gold events, mention by mention."""
    pairs = Counter[str]()
    for (event_1, link_1), (event_2, link_2) in combinations(zip(events, links, strict=True), 2):
        pairs["gold"] += event_1 == event_2
        pairs["found"] += link_1 == link_2
        pairs["right"] += event_1 == event_2 and link_1 == link_2
    both, by_event, by_link = Counter(zip(events, links, strict=True)), Counter(events), Counter(links)
    items = list(zip(events, links, strict=True))
    return {
        "precision": pairs["right"] / (pairs["found"] or 1),
        "recall": pairs["right"] / (pairs["gold"] or 1),
        "B3 precision": sum(both[item] / by_link[item[1]] for item in items) / len(items),
        "B3 recall": sum(both[item] / by_event[item[0]] for item in items) / len(items),
        "pairs": pairs["gold"],
    }


def links_of(events: Sequence[LinkedEvent]) -> dict[str, str]:
    """By record, its link."""
    return {mention: event.link for event in events for mention in event.mentions}


def half_figures(half: Half, links: Mapping[str, str]) -> tuple[dict[str, float], dict[str, float]]:
    """Figures of the mentions that were coded, and of all."""
    coded = [(event, links[record]) for event, _, record in half.gold if record is not None]
    everything = [
        (event, links[record] if record is not None else f"missed {number}")
        for number, (event, _, record) in enumerate(half.gold)
    ]
    return (
        figures([event for event, _ in coded], [link for _, link in coded]),
        figures([event for event, _ in everything], [link for _, link in everything]),
    )


def print_half(name: str, half: Half, weights: Weights) -> None:
    """Link one half and print its figures."""
    originals = half.originals()
    events = link_mentions(half.mentions, originals, weights)
    n_coded = sum(record is not None for _, _, record in half.gold)
    print(f"{name}: {len(half.articles)} articles, {len(half.gold)} mentions, {n_coded} coded")
    for title, found in zip(("coded mentions", "all mentions"), half_figures(half, links_of(events)), strict=True):
        print(f"  {title:15}", ", ".join(f"{key} {value:.3g}" for key, value in found.items()))
    wanted = {(a["id"], a["reprint_of"]) for a in half.articles if "reprint_of" in a}
    found_reprints = {
        tuple(sorted((a, b))) for a, b in combinations(sorted(originals), 2) if originals[a] == originals[b]
    }
    right = found_reprints & {tuple(sorted(pair)) for pair in wanted}
    print(f"  reprints: {len(right)} of {len(wanted)} found, {len(found_reprints) - len(right)} found wrongly")
    deniers = {
        record
        for event, article, record in half.gold
        if event[-1].isdigit() and (event + "d", article) in {(e, a) for e, a, _ in half.gold}
    }
    disputed = [event for event in events if event.disputed and deniers & set(event.denials)]
    print(f"  denied events linked to the claim: {len(disputed)} of {len(deniers)}")


def print_within(name: str, half: Half) -> None:
    """Print how well the rule for one article finds its mentions of one event."""
    by_article: dict[str, list[Facts]] = defaultdict(list)
    for facts in half.mentions:
        by_article[facts.document_id].append(facts)
    links = {
        facts.id: mentions[first].id
        for mentions in by_article.values()
        for facts, first in zip(mentions, first_mentions(mentions), strict=True)
    }
    found = half_figures(half, links)[0]
    n_coded = sum(record is not None for _, _, record in half.gold)
    print(f"{name}, within articles: {len(half.articles)} articles, {n_coded} of {len(half.gold)} mentions coded")
    print("  coded mentions ", ", ".join(f"{key} {value:.3g}" for key, value in found.items()))
    if name == "tune":
        print_errors(half, links)


def print_errors(half: Half, links: Mapping[str, str]) -> None:
    """List pairs wrongly linked, and gold pairs missed."""
    coded = [(event, record) for event, _, record in half.gold if record is not None]
    for (event_1, record_1), (event_2, record_2) in combinations(coded, 2):
        if (event_1 == event_2) != (links[record_1] == links[record_2]):
            print("  missed" if event_1 == event_2 else "  WRONG ", event_1, record_1, event_2, record_2)


def fit(half: Half, weights: Weights) -> Weights:
    """Logistic regression on the pairs that blocking gives, drawn to the weights that were set by hand."""
    gold = {record: event for event, _, record in half.gold if record is not None}
    scorer = Scorer(half.mentions, weights)
    pairs = [
        (half.mentions[one], half.mentions[other]) for one, other in candidate_pairs(half.mentions, scorer)
        if half.mentions[one].id in gold and half.mentions[other].id in gold
    ]  # fmt: skip
    pairs = [(one, other) for one, other in pairs if scorer.comparable(one, other)]
    features = np.array([scorer.features(one, other) for one, other in pairs])
    same = np.array([gold[one.id] == gold[other.id] for one, other in pairs], dtype=float)
    prior = np.array([PRIOR[name] for name in FEATURES])
    found = prior.copy()
    step = 4 / (np.linalg.norm(features, 2) ** 2 + PRIOR_STRENGTH)
    for _ in range(N_STEPS):
        probability = 1 / (1 + np.exp(-features @ found))
        found += step * (features.T @ (same - probability) - PRIOR_STRENGTH * (found - prior))
        found = np.where(found / prior < LEAST, LEAST * prior, found)
    chosen = f"evaluation/linking.py --fit: {len(pairs)} pairs of the tuning half, {int(same.sum())} of one event"
    values = {name: round(float(value), 3) for name, value in zip(FEATURES, found, strict=True)}
    return msgspec.convert({**msgspec.to_builtins(weights), "weights": values, "chosen": chosen}, Weights)


def choose_threshold(half: Half, weights: Weights) -> Weights:
    """The threshold with the greatest F0.5 of pairs: an event joined wrongly misleads more than one left in two parts."""
    originals = half.originals()
    scores = []
    for threshold in THRESHOLDS:
        changed = replace(weights, threshold=threshold)
        found = half_figures(half, links_of(link_mentions(half.mentions, originals, changed)))[0]
        precision, recall = found["precision"], found["recall"]
        scores.append((1.25 * precision * recall / (0.25 * precision + recall or 1.0), threshold))
        print(f"  threshold {threshold}: precision {precision:.3f}, recall {recall:.3f}")
    return replace(weights, threshold=max(scores)[1])


def print_neighbours(half: Half, weights: Weights) -> None:
    """What each pair of types would change."""
    originals = half.originals()
    base = half_figures(half, links_of(link_mentions(half.mentions, originals, weights)))[0]
    rows = []
    for pair in combinations(sorted({facts.event_type for facts in half.mentions}), 2):
        changed = replace(weights, neighbours=[list(pair)])
        after = half_figures(half, links_of(link_mentions(half.mentions, originals, changed)))[0]
        rows.append((after["recall"] - base["recall"], after["precision"] - base["precision"], "/".join(pair)))
    for recall, precision, name in sorted(rows, reverse=True, key=lambda row: (row[0], row[1]))[:N_NEIGHBOURS_SHOWN]:
        print(f"  {name:22} recall {recall:+.3f} precision {precision:+.3f}")
    print(f"  no change: {sum(not recall and not precision for recall, precision, _ in rows)} of {len(rows)} pairs")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="How well records of one event are found.")
    parser.add_argument("--no-text", action="store_true", help="without the articles' texts")
    parser.add_argument("--errors", action="store_true", help="list errors of the tuning half")
    parser.add_argument("--neighbours", action="store_true", help="try pairs of types")
    parser.add_argument("--fit", action="store_true", help="fit the weights anew")
    options = parser.parse_args()
    within = [json.loads(line) for line in WITHIN.read_text(encoding="utf-8").splitlines()]
    articles = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    coder = Coder()
    halves = {
        name: code_half(coder, [a for a in articles if a["half"] == name], with_text=not options.no_text)
        for name in HALVES
    }
    weights = load_weights()
    if options.fit:
        weights = fit(halves["tune"], weights)
        weights = choose_threshold(halves["tune"], weights)
        WEIGHTS.write_bytes(msgspec.json.format(msgspec.json.encode(weights), indent=2) + b"\n")
    for name, half in halves.items():
        print_half(name, half, weights)
    for name in HALVES:
        print_within(name, code_half(coder, [a for a in within if a["half"] == name], with_text=True))
    if options.errors:
        print_errors(
            halves["tune"], links_of(link_mentions(halves["tune"].mentions, halves["tune"].originals(), weights))
        )
    if options.neighbours:
        print_neighbours(halves["tune"], weights)


if __name__ == "__main__":
    main()
