"""Hostile files: `python benchmarks/hostile.py` prints what becomes of each, in how many processor seconds and how much memory.

Each file stands between two good ones, and is read in a process of its own, as `communique code` reads it. The exit code
is 1 if a process fails, a good article is missing, or a limit of seconds or memory is passed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from proc import peak_mib

MEGABYTE = 1 << 20
GOOD = {"id": "good", "text": "Kenyan police arrested ten protesters in Nairobi.", "date": "2024-03-07"}


def gz_bomb(path: Path, head: bytes, megabytes: int) -> None:
    """Write a head and blanks, packed by gzip."""
    with gzip.open(path, "wb") as file:
        file.write(head)
        for _ in range(megabytes):
            file.write(b" " * MEGABYTE)


def zst_bomb(path: Path, head: bytes, megabytes: int) -> None:
    """Write a head and blanks, packed by zstd."""
    import zstandard

    with path.open("wb") as raw, zstandard.ZstdCompressor().stream_writer(raw) as file:
        file.write(head)
        for _ in range(megabytes):
            file.write(b" " * MEGABYTE)


def zip_bomb(path: Path, megabytes: int) -> None:
    """Write a zip archive of one member of blanks."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.jsonl", "w") as file:
        for _ in range(megabytes):
            file.write(b" " * MEGABYTE)


def endless_line(path: Path, megabytes: int) -> None:
    """Write one line of JSON that does not end."""
    with path.open("wb") as file:
        file.write(b'{"text": "')
        for _ in range(megabytes):
            file.write(b"a" * MEGABYTE)


def pdf_bomb(path: Path, megabytes: int) -> None:
    """Write a PDF whose only page is a stream that unpacks to so much."""
    packer = zlib.compressobj(9)
    packed = b"".join([*(packer.compress(b" " * MEGABYTE) for _ in range(megabytes)), packer.flush()])
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
    ]  # fmt: skip
    body = b"".join(b"%d 0 obj%s\nendobj\n" % (number, one) for number, one in enumerate(objects, 1))
    path.write_bytes(b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF")


def parquet_bomb(path: Path, megabytes: int) -> None:
    """Write a table of one text again and again, which Parquet keeps once."""
    import pyarrow as pa
    from pyarrow import parquet

    words = pa.array(["a " * 50_000])
    column = pa.DictionaryArray.from_arrays(pa.array([0] * (megabytes * 10), pa.int32()), words)
    parquet.write_table(pa.table({"text": column.cast(pa.large_string())}), path, compression="zstd")


def warc(path: Path, length: str, body: bytes) -> None:
    """Write an archive whose only record tells that length."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nContent-Length: {length}\r\n\r\n"
    path.write_bytes(head.encode() + http + b"\r\n\r\n")


def laughs(path: Path) -> None:
    """Write a feed with entities of entities."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    path.write_text(f'<!DOCTYPE rss [<!ENTITY e0 "ha">{entities}]><rss><channel><title>&e11;</title></channel></rss>')


PAGE = b"<html><body><p>Kenyan police arrested ten protesters.</p></body></html>"
LINE = b'{"text": "'
HOSTILE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "gzip bomb, 2 GB of blanks in a line": ("a.jsonl.gz", lambda path: gz_bomb(path, LINE, 2000)),
    "gzip bomb, a web page": ("a.html.gz", lambda path: gz_bomb(path, b"<p>", 2000)),
    "zstd bomb, 2 GB in a line": ("a.jsonl.zst", lambda path: zst_bomb(path, LINE, 2000)),
    "zstd bomb, a table": ("a.csv.zst", lambda path: zst_bomb(path, b"id,text\n1,", 2000)),
    "gzip bomb, a WARC record": ("a.warc.gz", lambda path: gz_bomb(path, b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 9999999999\r\n\r\n", 2000)),
    "zip bomb": ("a.zip", lambda path: zip_bomb(path, 1000)),
    "zip bomb under another name": ("a.jsonl", lambda path: zip_bomb(path, 1000)),
    "PDF, a stream of 2 GB": ("a.pdf", lambda path: pdf_bomb(path, 2000)),
    "Parquet, one text 2 GB long in all": ("a.parquet", lambda path: parquet_bomb(path, 2000)),
    "a line of 1 GB": ("a.jsonl", lambda path: endless_line(path, 1000)),
    "a cell of 1 GB": ("a.csv", lambda path: path.write_bytes(b'text\n"' + b"a" * 1000 * MEGABYTE)),
    "a page of 300 MB": ("a.html", lambda path: path.write_bytes(b"<p>" + b"a " * 150 * MEGABYTE)),
    "WARC, a length far too large": ("a.warc", lambda path: warc(path, "9" * 18, PAGE)),
    "WARC, a length far too small": ("a.warc", lambda path: warc(path, "3", PAGE)),
    "WARC, a length below zero": ("a.warc", lambda path: warc(path, "-1", PAGE)),
    "WARC, a length that is no number": ("a.warc", lambda path: warc(path, "1e9", PAGE)),
    "WARC, a page of 500 MB": ("a.warc", lambda path: warc(path, str(500 * MEGABYTE + 45), PAGE + b"a" * (500 * MEGABYTE - len(PAGE)))),
    "entities of entities, 200 GB": ("a.xml", laughs),
    "JSON nested 50 million deep": ("a.jsonl", lambda path: path.write_bytes(LINE[:-1] + b"[" * 50_000_000)),
}  # fmt: skip


def read(folder: str) -> None:
    """In the child: read a folder, and print what came of it."""
    from communique.ingest.reader import read_located
    from communique.records import Article

    n_good, reasons, n_articles = 0, list[str](), 0
    started = time.process_time()
    for _, item in read_located([folder]):
        if isinstance(item, Article):
            n_articles += 1
            n_good += item.text == GOOD["text"]
        else:
            reasons.append(item.found)
    peak = peak_mib(os.getpid())
    told = {"good": n_good, "articles": n_articles, "reasons": reasons[:1], "n": len(reasons)}
    print(json.dumps(told | {"seconds": time.process_time() - started, "mib": peak}))


def outcome(folder: Path) -> dict[str, object] | None:
    """Read a folder in a process of its own; `None` if that fails."""
    arguments = [sys.executable, __file__, "--read", str(folder)]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if ended.returncode:
        print(ended.stderr[-300:], file=sys.stderr)
        return None
    return dict(json.loads(ended.stdout))


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="What becomes of hostile files.")
    parser.add_argument("--read", help=argparse.SUPPRESS)
    parser.add_argument("--limit-s", type=float, default=60.0)
    parser.add_argument("--limit-mib", type=float, default=700.0)
    options = parser.parse_args()
    if options.read:
        read(options.read)
        return
    print("| file | bytes | what comes of it | processor s | peak MiB |\n|---|---|---|---|---|")
    n_bad = 0
    for title, (name, write) in HOSTILE.items():
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            write(folder / name)
            for good in ("0.jsonl", "z.jsonl"):
                (folder / good).write_text(json.dumps(GOOD | {"id": good}), encoding="utf-8")
            size = (folder / name).stat().st_size
            told = outcome(folder)
        good_ones = told is not None and told["good"] == 2
        within = told is not None and told["seconds"] <= options.limit_s and told["mib"] <= options.limit_mib  # type: ignore[operator]
        n_bad += not (good_ones and within)
        if told is None:
            print(f"| {title} | {size:,} | FAILED | | |", flush=True)
            continue
        what = f"rejected: {told['reasons'][0]}" if told["reasons"] else f"{told['articles'] - 2} articles"  # type: ignore[index,operator]
        note = "" if good_ones and within else " **BAD**"
        print(f"| {title} | {size:,} | {what}{note} | {told['seconds']:.1f} | {told['mib']:.0f} |", flush=True)
    print(
        f"\n{len(HOSTILE)} files, {n_bad} not as they should be; both good articles were read each time"
        if not n_bad
        else f"\n{n_bad} BAD"
    )
    sys.exit(n_bad > 0)


if __name__ == "__main__":
    main()
