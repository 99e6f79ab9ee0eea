"""Whatever the user names → articles, one after the other: nothing is held in memory but the ids seen so far."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from pathlib import Path

from communique.ingest.decode import decode
from communique.ingest.fields import MAX_BYTES
from communique.ingest.files import find_sources
from communique.ingest.html import declared_encoding, looks_like_html, read_html
from communique.ingest.jsonl import read_jsonl
from communique.ingest.streams import READ_ERRORS, Source, open_source, unreadable
from communique.ingest.text import read_text
from communique.records import Article, Rejection

_EXPECTED_ID = "an id of its own, or none: then one is made from the content"


def read_articles(
    inputs: Iterable[str], date: date | None = None, exclude: Collection[Path] = ()
) -> Iterator[Article | Rejection]:
    """Read all articles of files, folders, globs and `-` (standard input), in the order given.

    Files are `.txt`, `.html`, `.htm` (one article each) and `.jsonl` (one a line), each also as `.gz` or `.zst`; a
    folder is read with its sub-folders, sorted by name. An article whose id an earlier one has is rejected: their
    events could not be told apart.

    Args:
        inputs: What to read.
        date: Day of publication for articles that do not tell theirs.
        exclude: Files to pass over in folders and globs, such as the output of an earlier run.

    Yields:
        An article, or what could not be read and why; never an error.
    """
    return (item for _, item in read_located(inputs, date, exclude))


def read_located(
    inputs: Iterable[str], default_date: date | None = None, exclude: Collection[Path] = ()
) -> Iterator[tuple[str, Article | Rejection]]:
    """Read as `read_articles` does, each article with where it stood (`articles.jsonl:17`), for messages."""
    seen: set[str] = set()
    for source in find_sources(inputs, exclude):
        if isinstance(source, Rejection):
            yield source.where, source
            continue
        for where, item in _read_source(source, default_date):
            if isinstance(item, Article):
                if item.id in seen:
                    item = Rejection(where, "an id that an earlier article has", _EXPECTED_ID, item.id)
                else:
                    seen.add(item.id)
            yield where, item


def _read_source(source: Source, default_date: date | None) -> Iterator[tuple[str, Article | Rejection]]:
    try:
        with open_source(source) as stream:
            kind = source.kind if source.kind != "unknown" else _kind_of_content(stream)
            if kind == "jsonl":
                yield from read_jsonl(stream, source.where, default_date)
            else:
                yield source.where, _read_document(stream, source.where, kind, default_date)
    except READ_ERRORS as error:
        yield source.where, unreadable(source.where, error)


def _kind_of_content(stream: io.BufferedReader) -> str:
    """Tell JSONL, HTML and plain text apart by their first characters."""
    first = stream.peek(512)[:512].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")  # UTF-16 too
    if first.startswith((b"{", b"[")):
        return "jsonl"
    return "html" if looks_like_html(first) else "text"


def _read_document(stream: io.BufferedReader, where: str, kind: str, default_date: date | None) -> Article | Rejection:
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return Rejection(where, f"more than {MAX_BYTES // 10**6} MB", f"one article of at most {MAX_BYTES // 10**6} MB")
    text = decode(data, where, declared_encoding(data) if kind == "html" else None)
    if isinstance(text, Rejection):
        return text
    read: Callable[[str, str, date | None], Article | Rejection] = read_html if kind == "html" else read_text
    return read(text, where, default_date)
