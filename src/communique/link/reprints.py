"""Near-duplicate articles: one agency story, printed by several papers with another headline, dateline or a word changed.

A reprint is no second source. Texts are compared as sets of three-word sequences: MinHash signatures find the likely pairs without
comparing all, and the sets themselves decide. It needs no coding, so that reprints are known before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from communique.text import place_key

WORDS = 3  # in a sequence
LIKENESS = 0.5  # shared sequences of all, from which texts are one story …
CONTAINED = 0.8  # … or shared of the shorter text's, where that was cut
LEAST = 12  # sequences without which a text says too little to be known again
_BANDS, _ROWS = 32, 3
_COMPARED = 8  # texts of one bucket that a text is compared with
_TOKEN = re.compile(r"[^\W_]+")


def find_reprints(articles: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Find texts that tell the same story in nearly the same words.

    Args:
        articles: Pairs of id and text. Ids sort as papers came out, or anyhow: the first of a group counts as its original.

    Returns:
        Each id with the id of its original: its own, if it is none's reprint. The order of the articles does not matter.

    >>> story = "Rebels attacked a convoy near the border on Monday and killed four soldiers, the army said in a short statement."
    >>> find_reprints([("b", "(Wire) - " + story), ("a", story), ("c", story.replace("soldiers", "policemen in the town of X"))])
    {'a': 'a', 'b': 'a', 'c': 'a'}
    """
    ordered = sorted(articles)
    shingles = [_shingles(text) for _, text in ordered]
    parents = list(range(len(ordered)))
    buckets: dict[tuple[int, bytes], list[int]] = {}
    for number, sequences in enumerate(shingles):
        if len(sequences) < LEAST:
            continue
        signature = _signature(sequences)
        compared: set[int] = set()
        for band in range(_BANDS):
            key = band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes()
            bucket = buckets.setdefault(key, [])
            for other in bucket:
                if other not in compared and _root(parents, other) != _root(parents, number):
                    compared.add(other)
                    if _alike(sequences, shingles[other]):
                        roots = sorted((_root(parents, other), _root(parents, number)))
                        parents[roots[1]] = roots[0]
            if len(bucket) < _COMPARED:
                bucket.append(number)
    return {name: ordered[_root(parents, number)][0] for number, (name, _) in enumerate(ordered)}


def _shingles(text: str) -> NDArray[np.uint64]:
    """Numbers of all three-word sequences of a text, sorted."""
    words = _TOKEN.findall(place_key(text))
    sequences = {" ".join(words[start : start + WORDS]) for start in range(len(words) - WORDS + 1)}
    numbers = [int.from_bytes(blake2b(sequence.encode(), digest_size=8).digest()) for sequence in sequences]
    return np.unique(np.array(numbers, dtype=np.uint64))


def _signature(sequences: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The least of many hashes of a set: sets that share much share many of them."""
    hashes: NDArray[np.uint64] = (sequences[:, None] * _FACTORS + _OFFSETS).min(axis=0)
    return hashes


def _alike(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> bool:
    shared = len(np.intersect1d(first, second, assume_unique=True))
    shorter, longer = sorted((len(first), len(second)))
    return shared >= LIKENESS * (shorter + longer - shared) or (shared >= CONTAINED * shorter and 3 * shorter > longer)


def _root(parents: Sequence[int], number: int) -> int:
    while parents[number] != number:
        number = parents[number]
    return number


# what overflows 64 bits is dropped, which mixes the bits; odd factors keep different numbers different
_generator = np.random.Generator(np.random.PCG64(20240305))
_FACTORS = _generator.integers(0, 1 << 63, _BANDS * _ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_OFFSETS = _generator.integers(0, 1 << 63, _BANDS * _ROWS, dtype=np.uint64)
