"""What the screen before parsing lets pass: python evaluation/screen.py [--floors evaluation/screen_floors.json]

Recall: the share of gold and sample articles with events that are parsed, and the share of their events. What it saves: the
share of non-political articles that is set aside. These are put together from `training/data/screen/heldout.jsonl`,
texts from which nothing was learned and nothing chosen.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from communique.evaluate.facts import GoldDocument
from communique.evaluate.gold import read_gold
from communique.evaluate.vocabulary import vocabulary
from communique.lexicon import load_actors
from communique.screen import Screen, load_screen
from communique.screen.screen import load_weights

HERE = Path(__file__).resolve().parent
GOLD = (HERE / "gold" / "examples.yaml", HERE / "gold" / "articles.yaml")
HELD_OUT = HERE.parent / "training" / "data" / "screen" / "heldout.jsonl"


def held_out_texts() -> dict[str, list[str]]:
    """Non-political texts that were kept out of training, by field."""
    texts: dict[str, list[str]] = {}
    with HELD_OUT.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            texts.setdefault(row["f"], []).append(row["t"])
    return texts


def non_political_articles(n_articles: int, n_words: int) -> list[str]:
    """Articles of about so many words, each of one held-out field as far as it has texts, then of others; the same at every run."""
    chooser = random.Random(20240306)
    by_field = held_out_texts()
    articles = []
    for _ in range(n_articles):
        fields = chooser.sample(sorted(by_field), len(by_field))
        text: list[str] = []
        for part in (part for field in fields for part in chooser.sample(by_field[field], len(by_field[field]))):
            if sum(len(each.split()) for each in text) >= n_words:
                break
            text.append(part)
        articles.append("\n\n".join(text))
    return articles


def share_set_aside(screen: Screen, texts: Sequence[str]) -> float:
    """The share of texts that are not parsed."""
    return sum(screen.set_aside(text) is not None for text in texts) / len(texts)


def recall(screen: Screen, documents: Iterable[GoldDocument]) -> tuple[float, float, int, int]:
    """Shares of articles with required events that pass, and of these events; and how many of both there are."""
    with_events = [
        document for document in documents if any("optional" not in event.flags for event in document.events)
    ]
    passed = [document for document in with_events if screen.set_aside(document.text) is None]
    n_events, n_passed = (
        sum("optional" not in event.flags for document in group for event in document.events)
        for group in (with_events, passed)
    )
    return len(passed) / len(with_events), n_passed / n_events, len(with_events), n_events


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is 1 if a floor is broken."""
    parser = argparse.ArgumentParser(description="Measure the screen before parsing.")
    parser.add_argument("--floors", type=Path, help="least figures (JSON)")
    options = parser.parse_args(arguments)
    screen, names = load_screen(load_actors()), vocabulary()
    documents = [document for path in GOLD for document in read_gold(path, names).documents]
    articles, events, n_articles, n_events = recall(screen, documents)
    figures = {"articles_passed": articles, "events_passed": events}
    print(
        f"recall: {articles:.3f} of {n_articles} gold articles with events pass, with {events:.3f} of {n_events} events"
    )
    margins = sorted(screen.likeliest(document.text) for document in documents if document.events)[:5]
    print(
        f"lowest scores of articles with events: {', '.join(f'{score:.1f}' for score in margins)}; needed: {load_weights().threshold}"
    )
    for n_words in (100, 300, 600):
        figures[f"set_aside_{n_words}"] = share_set_aside(screen, non_political_articles(300, n_words))
        print(f"set aside: {figures[f'set_aside_{n_words}']:.3f} of 300 non-political articles of {n_words} words")
    short = [text for texts in held_out_texts().values() for text in texts]
    figures["set_aside_short"] = share_set_aside(screen, short)
    print(
        f"set aside: {figures['set_aside_short']:.3f} of {len(short)} non-political texts of {sum(len(text.split()) for text in short) // len(short)} words"
    )
    floors = json.loads(options.floors.read_text(encoding="utf-8")) if options.floors else {}
    broken = [
        f"{name} is {figures[name]:.3f}, floor {floor}" for name, floor in floors.items() if figures[name] < floor
    ]
    for line in broken:
        print(f"below floor: {line}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
