"""Whatever a file holds: an article or a reason, never an error, and the same twice."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from communique.ingest.reader import read_located
from communique.records import Article, Rejection
from tests.fuzz.conftest import FUZZ

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Raid</title><meta property="article:published_time" content="2024-03-07">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Raid", "datePublished": "2024-03-07"}</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>Raid</h1><p>Kenyan police arrested ten protesters in Nairobi.</p>
<p>Officials said on Tuesday that they would be charged.</p></article></body></html>"""
LINE = json.dumps({"id": "a1", "text": "Kenyan police arrested ten protesters.", "date": "2024-03-07", "title": None})
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>Raid</title>
<description>Kenyan police arrested ten protesters.</description><pubDate>Thu, 07 Mar 2024 10:00:00 GMT</pubDate>
</item></channel></rss>"""
SEEDS = {
    "txt": b"LIMA, March 3, 2024 (Agency) - Ministers met.\n\nThey signed.\n",
    "html": PAGE.encode(),
    "jsonl": f"{LINE}\n{LINE}\n".encode(),
    "csv": b'id,date,text\n1,2024-03-07,"Kenyan police arrested ten protesters, it said."\n',
    "tsv": b"id\tdate\ttext\n1\t2024-03-07\tKenyan police arrested ten protesters.\n",
    "xml": FEED.encode(),
    "parquet": b"PAR1" + bytes(40) + b"PAR1",
    "warc": b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    + PAGE.encode(),
    "pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
}
PIECES = st.sampled_from(
    [b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r", b"\n", b'"', b"{", b"[" * 2000, b"<", b"<p>" * 300, b"</html>",
     b"\\ud800", b"&#xD800;", b"&amp;", b"date 99/99/99 ", b"1e999", b"\x1a", b"]]>", b"<!--", b",", b"\t"]
)  # fmt: skip
CHANGE = st.tuples(st.floats(0, 1), st.integers(0, 12), st.one_of(PIECES, st.binary(max_size=12)))


def read(folder: Path, name: str, data: bytes) -> list[Article | Rejection]:
    """Read a file twice, and check what every reader promises."""
    path = folder / name
    path.write_bytes(data)
    items = [item for _, item in read_located([str(path)])]
    assert items == [item for _, item in read_located([str(path)])]
    for item in items:
        if isinstance(item, Article):
            assert item.text.strip() and item.id
        else:
            assert item.where.startswith(str(path)) and item.found and item.expected
            assert len(str(item)) < 2000 + len(str(path))
    return items


def mutated(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """Data with some bytes put in the place of others."""
    for where, length, new in changes:
        at = int(where * len(data))
        data = data[:at] + new + data[at + length :]
    return data


@FUZZ
@given(st.sampled_from(sorted(SEEDS)), st.lists(CHANGE, max_size=6), st.sampled_from(["", ".gz", ".zst"]))
def test_a_damaged_file_gives_articles_or_reasons(
    tmp_path: Path, kind: str, changes: list[tuple[float, int, bytes]], packed: str
) -> None:
    data = mutated(SEEDS[kind], changes)
    packing = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}
    read(tmp_path, f"a.{kind}{packed}", packing[packed](data))


@FUZZ
@given(st.sampled_from(sorted(SEEDS)), st.binary(max_size=400), st.sampled_from(["", ".gz", ".zst"]))
def test_any_bytes_under_any_name_give_articles_or_reasons(tmp_path: Path, kind: str, data: bytes, packed: str) -> None:
    magic = {"": b"", ".gz": b"\x1f\x8b\x08", ".zst": b"\x28\xb5\x2f\xfd"}[packed]
    read(tmp_path, f"a.{kind}{packed}", magic + data)


KEYS = st.sampled_from(["id", "text", "date", "title", "url", "publication", "language", "place", "author", "other"])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40), st.just("2024-03-07")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


@FUZZ
@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=6), max_size=5))
def test_any_json_gives_articles_or_reasons(tmp_path: Path, objects: list[dict[str, object]]) -> None:
    lines = [json.dumps(values) for values in objects]
    items = read(tmp_path, "a.jsonl", "\n".join(lines).encode())
    assert len(items) == max(1, len(lines))


@FUZZ
@given(st.text(max_size=300))
def test_a_plain_text_is_kept_as_it_is(tmp_path: Path, text: str) -> None:
    (item,) = read(tmp_path, "a.txt", text.encode("utf-8", "surrogatepass"))
    if isinstance(item, Article) and not text.startswith("\ufeff"):
        assert item.text == text.replace("\r\n", "\n").replace("\r", "\n")


MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("deep.jsonl", b'{"text":' + b"[" * MEGABYTE),
        ("deep_object.jsonl", b'{"text":' * 100_000),
        ("nul.txt", bytes(MEGABYTE)),
        ("nul.jsonl", b'{"text": "' + bytes(MEGABYTE) + b'"}'),
        ("surrogate.jsonl", b'{"text": "Kenyan police \\ud800 arrested"}'),
        ("quotes.csv", b"text\n" + b'"' * MEGABYTE),
        ("nested.html", b"<div>" * 200_000),
        ("open.html", b"<p " + b"a=" * MEGABYTE),
        ("comment.html", b"<html><!--" + b"-" * MEGABYTE),
        ("script.html", b'<html><script type="application/ld+json">' + b"[" * MEGABYTE + b"</script>"),
        ("entity.xml", b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "' + b"&a;" * 100_000 + b'">]><rss>&b;</rss>'),
        ("spaces.txt", b" " * (4 * MEGABYTE)),
        ("long.txt", b"a" * (11 * MEGABYTE)),
        ("date.txt", b"date " * 200_000),
        ("dateline.txt", b"LIMA, " * 200_000),
    ],
)  # fmt: skip
def test_hostile_files_are_read_or_rejected(tmp_path: Path, name: str, data: bytes) -> None:
    read(tmp_path, name, data)


def endless(packer: object, n_bytes: int, head: bytes) -> bytes:
    """Packed data that unpacks to so many spaces, made without holding them."""
    block = b" " * MEGABYTE
    parts = [packer.compress(head)]  # type: ignore[attr-defined]
    parts += [packer.compress(block) for _ in range(n_bytes // MEGABYTE)]  # type: ignore[attr-defined]
    return b"".join([*parts, packer.flush()])  # type: ignore[attr-defined]


@pytest.mark.parametrize(("kind", "packed"), [("jsonl", ".zst"), ("csv", ".gz"), ("html", ".gz")])
def test_a_bomb_is_stopped(tmp_path: Path, kind: str, packed: str) -> None:
    packer = zlib.compressobj(wbits=31) if packed == ".gz" else zstandard.ZstdCompressor().compressobj()
    data = endless(packer, 300 * MEGABYTE, b"id,text\n1,a" if kind == "csv" else b'{"text": "')
    assert len(data) < MEGABYTE
    path = tmp_path / f"bomb.{kind}{packed}"
    path.write_bytes(data)
    items = [item for _, item in read_located([str(path)])]
    assert items and all(isinstance(item, Rejection) for item in items)
