"""What it costs to search articles' texts, by the app's index and by a scan in DuckDB: `python benchmarks/web_texts.py`.

Texts are made of 60,000 made-up words, as frequent as words are. Times are processor seconds.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from communique.web.flat import _INDEX, articles_with

N_WORDS, WORDS_A_TEXT = 60_000, 430
RANKS = (5, 500, 20_000)


def made_texts(n_texts: int, seed: int = 1) -> tuple[list[str], list[str]]:
    """Texts of about 3,000 characters, and their words, the commonest first."""
    draw = np.random.default_rng(seed)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = np.array(["".join(draw.choice(letters, draw.integers(2, 11))) for _ in range(N_WORDS)])
    shares = 1 / (np.arange(N_WORDS) + 2.7)
    drawn = words[draw.choice(N_WORDS, size=(n_texts, WORDS_A_TEXT), p=shares / shares.sum())]
    return [" ".join(row) for row in drawn], words.tolist()


def spent(call: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of a call, and what it gives."""
    begin = time.process_time()
    result = call()
    return time.process_time() - begin, result


def main() -> int:
    """Print what each costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=40_000)
    texts, words = made_texts(parser.parse_args().texts)
    n_mb = sum(map(len, texts)) / 1e6
    print(f"{len(texts):,} texts, {n_mb:.0f} MB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "index.sqlite")
        index = sqlite3.connect(path)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -100000"):
            index.execute(f"PRAGMA {pragma}")
        index.execute(_INDEX)
        with index:
            built, _ = spent(
                lambda: index.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", enumerate(texts))
            )
        print(f"index: {built:.1f} s, {path.stat().st_size / 1e6:.0f} MB")
        scanned = Path(folder, "scan.duckdb")
        table = pa.table({"number": range(len(texts)), "text": texts})
        with duckdb.connect(str(scanned)) as scan:
            scan.register("made", table)
            copied, _ = spent(lambda: scan.execute("CREATE TABLE t AS SELECT number, lower(text) AS text FROM made"))
            scan.execute("CHECKPOINT")
            print(f"scan:  {copied:.1f} s, {scanned.stat().st_size / 1e6:.0f} MB")
            for rank in RANKS:
                word = words[rank]
                by_index, bits = spent(lambda word=word: articles_with(index, word, len(texts)))  # type: ignore[misc]
                by_scan, _ = spent(
                    lambda word=word: scan.execute("SELECT number FROM t WHERE contains(text, $1)", [word]).fetchall()  # type: ignore[misc]
                )
                n_found = bits.count("1")
                print(f"a word in {n_found:,} texts: index {by_index * 1000:.1f} ms, scan {by_scan * 1000:.0f} ms")
        index.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
