"""Which ids and texts were met before, in some ten bytes each: a corpus of ten million articles is no trouble."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_KEY_BYTES = 8
_WORD = re.compile(r"\w+")
_SHINGLE_WORDS = 4
_BANDS, _ROWS = 4, 5  # of two texts that share 0.9 of their shingles 97 in 100 are found, of 0.8 80, of 0.5 12
_MAX_WORDS = 400  # of a text, from its start
_LEAST_SHINGLES = 20  # in shorter texts everything is alike
_random = np.random.default_rng(1)
_FACTORS = _random.integers(1, 2**63, (_BANDS * _ROWS, 1), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_SUMMANDS = _random.integers(0, 2**63, (_BANDS * _ROWS, 1), dtype=np.uint64)


class Seen:
    """A set of byte strings of which 80 bits of a digest are kept: of ten million, none is taken for another."""

    def __init__(self) -> None:
        self._buckets: defaultdict[bytes, bytearray] = defaultdict(bytearray)

    def add(self, key: bytes) -> bool:
        """Add a key; returns whether it is new."""
        digest = hashlib.blake2b(key, digest_size=2 + _KEY_BYTES).digest()
        bucket, rest = self._buckets[digest[:2]], digest[2:]
        at = bucket.find(rest)
        while at >= 0:
            if at % _KEY_BYTES == 0:
                return False
            at = bucket.find(rest, at + 1)
        bucket += rest
        return True


class NearDuplicates:
    """Counts texts that repeat an earlier one nearly word for word."""

    def __init__(self) -> None:
        self._bands = Seen()
        self.count = 0

    def add(self, text: str) -> None:
        """Look at a text."""
        new = [self._bands.add(band) for band in _signature(text)]
        self.count += bool(new) and not all(new)


def _signature(text: str) -> Iterator[bytes]:
    """Keys of which texts that are nearly the same share one (MinHash in bands)."""
    words = _WORD.findall(text.lower())[:_MAX_WORDS]
    codes = np.array([hash_of(word) for word in words], dtype=np.uint64)
    if len(codes) < _LEAST_SHINGLES + _SHINGLE_WORDS:
        return
    shingles: NDArray[np.uint64] = np.zeros(len(codes) - _SHINGLE_WORDS + 1, dtype=np.uint64)
    for shift in range(_SHINGLE_WORDS):
        shingles = shingles * np.uint64(0x9E3779B97F4A7C15) + codes[shift : shift + len(shingles)]
        shingles ^= shingles >> np.uint64(29)
    mixed = shingles * _FACTORS + _SUMMANDS
    least = (mixed ^ (mixed >> np.uint64(31))).min(axis=1)
    for band in range(_BANDS):
        yield bytes([band]) + least[band * _ROWS : (band + 1) * _ROWS].tobytes()


@lru_cache(1 << 16)
def hash_of(word: str) -> int:
    """64 bits of a word, the same in every run."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "big")
