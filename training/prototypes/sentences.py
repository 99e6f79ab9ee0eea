"""Sentences with spaCy's tags and dependencies, laid on word pieces: what the joint model is taught.

python -m training.prototypes.sentences parses all training texts once into a cache.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from training.corpus import part_of, read_pair_rows, read_rows
from training.encoding import pad
from training.parse import MODEL

CACHE = Path("/work/train-out/proto/sentences.jsonl")
TOKENIZER = Path(__file__).parents[2] / "src/communique/models/tokenizer.json"
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Parsed:
    """A sentence: its pieces, and for each of its words the pieces that hold its first and last character, tag, head, label.

    `heads` count from 1; 0 is the root.
    """

    ids: list[int]
    first: list[int]
    last: list[int]
    tags: list[str]
    heads: list[int]
    labels: list[str]


def rows_of(texts: Iterable[str], nlp: Any) -> Iterable[dict[str, Any]]:
    """Each sentence with its words as [start, end, tag, head, label]."""
    for doc in nlp.pipe(texts, batch_size=32):
        for sentence in doc.sents:
            words = [token for token in sentence if not token.is_space]
            at = {token.i: number for number, token in enumerate(words, 1)}
            yield {
                "text": sentence.text,
                "words": [
                    [
                        t.idx - sentence.start_char,
                        t.idx - sentence.start_char + len(t),
                        t.tag_,
                        0 if t.head.i == t.i else at.get(t.head.i, 0),
                        t.dep_,
                    ]
                    for t in words
                ],
            }


def read(part: str, cache: Path) -> list[dict[str, Any]]:
    """The cached sentences of a part: train, validation, test."""
    with cache.open(encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if row["part"] == part]


def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(TOKENIZER))


def laid(rows: Sequence[dict[str, Any]]) -> list[Parsed]:
    """The rows on word pieces; sentences of more than `LONGEST` pieces are left out."""
    encodings = tokenizer().encode_batch([row["text"] for row in rows])
    pairs = zip(encodings, rows, strict=True)
    return [_lay(encoding, row["words"]) for encoding, row in pairs if row["words"] and len(encoding.ids) <= LONGEST]


def _lay(encoding: Encoding, words: list[Any]) -> Parsed:
    at = {c: i for i, (start, end) in enumerate(encoding.offsets) for c in range(start, end)}
    first = [at.get(start, 0) for start, *_ in words]
    last = [at.get(end - 1, 0) for _, end, *_ in words]
    tags, heads, labels = ([word[k] for word in words] for k in (2, 3, 4))
    return Parsed(encoding.ids, first, last, tags, heads, labels)


def batches(sentences: Sequence[Parsed], size: int) -> list[list[Parsed]]:
    """Batches of sentences of about one length, shortest first."""
    ordered = sorted(sentences, key=lambda s: len(s.ids))
    return [ordered[i : i + size] for i in range(0, len(ordered), size)]


def arrays(batch: Sequence[Parsed], tags: dict[str, int], labels: dict[str, int]) -> dict[str, Tensor]:
    """Pieces, words and what they should be taken for; -100 where there is no word or its tag or label is not known."""
    ids, mask = pad([s.ids for s in batch])
    first, word_mask = pad([[i + 1 for i in s.first] for s in batch])
    last, _ = pad([s.last for s in batch])
    out = {"ids": ids, "mask": mask, "first": (first - 1).clamp(min=0), "last": last, "words": (word_mask > 0).long()}
    found = {"tags": [[tags.get(t, -100) for t in s.tags] for s in batch], "heads": [s.heads for s in batch]}
    found["labels"] = [[labels.get(t, -100) for t in s.labels] for s in batch]
    for name, rows in found.items():
        padded, _ = pad(rows)
        out[name] = torch.where(out["words"] > 0, padded, -100)
    return out


def main() -> None:
    """Parse all training texts."""
    import spacy

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cache", type=Path, default=CACHE)
    cache: Path = options.parse_args().cache
    parts = {row["t"]: part_of(row["t"]) for row in read_rows()}
    parts |= {row["t"]: part_of(row.get("g") or row["t"]) for row in read_pair_rows()}
    nlp = spacy.load(MODEL, exclude=["ner", "lemmatizer", "attribute_ruler"])
    with cache.open("w", encoding="utf-8") as out:
        for part in ("train", "validation", "test"):
            for row in rows_of(sorted(t for t, p in parts.items() if p == part), nlp):
                out.write(json.dumps({"part": part, **row}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
