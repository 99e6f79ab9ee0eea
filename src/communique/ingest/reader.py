"""Whatever the user names → articles, one after the other: nothing is held in memory but digests of ids and texts."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from communique.ingest.documents import MAX_DOCUMENT_BYTES, read_document
from communique.ingest.extras import missing_reader
from communique.ingest.feed import read_feed
from communique.ingest.fields import EXPECTED_LANGUAGE, MAX_BYTES
from communique.ingest.files import find_sources
from communique.ingest.html import looks_like_html
from communique.ingest.jsonl import read_jsonl
from communique.ingest.language import foreign_language
from communique.ingest.parquet import read_parquet
from communique.ingest.seen import NearDuplicates, Seen
from communique.ingest.settings import Settings
from communique.ingest.streams import READ_ERRORS, Source, open_source, unreadable
from communique.ingest.table import read_table
from communique.records import Article, Rejection

_EXPECTED_ID = "an id of its own, or none: then one is made from the content"


def read_articles(
    inputs: Iterable[str],
    date: date | None = None,
    exclude: Collection[Path] = (),
    fields: Mapping[str, str] | None = None,
) -> Iterator[Article | Rejection]:
    """Read all articles of files, folders, globs and `-` (standard input), in the order given.

    Files are told by their names: one article each are `.txt`, `.html` and `.pdf`, many are `.jsonl`, `.csv`, `.tsv`,
    `.parquet`, feeds (`.rss`, `.atom`, `.xml`) and web archives (`.warc`); each also as `.gz` or `.zst`. A folder is
    read with its sub-folders, sorted by name. Rejected are an article in another language than English, and one whose
    id an earlier one has: their events could not be told apart. See docs/inputs.md.

    Args:
        inputs: What to read.
        date: Day of publication for articles that do not tell theirs.
        exclude: Files to pass over in folders and globs, such as the output of an earlier run.
        fields: Names of columns and keys that hold an article's fields, such as `{"text": "body"}`.

    Yields:
        An article, or what could not be read and why; never an error.
    """
    return (item for _, item in read_located(inputs, date, exclude, Settings(date, fields or {})))


def read_located(
    inputs: Iterable[str],
    default_date: date | None = None,
    exclude: Collection[Path] = (),
    settings: Settings | None = None,
) -> Iterator[tuple[str, Article | Rejection]]:
    """Read as `read_articles` does, each article with where it stood (`articles.jsonl:17`), for messages.

    Args:
        inputs: What to read.
        default_date: Day of publication, where `settings` are not given.
        exclude: Files to pass over.
        settings: How to read.
    """
    settings = settings or Settings(default_date)
    ids, texts = Seen(), NearDuplicates()
    for source in find_sources(inputs, exclude):
        if isinstance(source, Rejection):
            yield source.where, source
            continue
        for where, item in read_source(source, settings):
            if isinstance(item, Article):
                if ids.add(item.id.encode("utf-8", "surrogatepass")):
                    item = in_english(item, where)
                else:
                    item = Rejection(where, "an id that an earlier article has", _EXPECTED_ID, item.id)
            if isinstance(item, Article):
                texts.add(item.text)
            yield where, item
    if texts.count:
        settings.remark(f"near-duplicates: about {texts.count:,} articles repeat an earlier one. All are coded.")


def in_english(article: Article, where: str) -> Article | Rejection:
    """The article, unless its text is in another language."""
    language = foreign_language(article.text)
    if language is None:
        return article
    found = f"language: {language}" + (f", declared as {article.language}" if article.language else "")
    return Rejection(where, found, EXPECTED_LANGUAGE, article.id)


def read_source(source: Source, settings: Settings) -> Iterator[tuple[str, Article | Rejection]]:
    """Read the articles of one source, each with where it stood; whatever goes wrong comes as a rejection."""
    where = source.where
    if missing := missing_reader(source.kind, where):
        yield where, missing
        return
    try:
        if source.kind == "parquet":
            yield from _read_parquet(source, settings)
            return
        with open_source(source) as stream:
            kind = source.kind if source.kind != "unknown" else _kind_of_content(stream)
            if missing := missing_reader(kind, where):
                yield where, missing
            elif kind == "jsonl":
                yield from read_jsonl(stream, where, settings)
            elif kind in {"csv", "tsv"}:
                yield from read_table(stream, where, kind, settings)
            elif kind == "feed":
                yield from read_feed(stream, where, settings)
            elif kind == "warc":
                from communique.ingest.warc import read_warc

                yield from read_warc(stream, where, settings)
            elif kind == "parquet":
                yield (
                    where,
                    Rejection(where, "Parquet in a stream", "a Parquet file by its name: its end is read first"),
                )
            else:
                data = stream.read(MAX_DOCUMENT_BYTES.get(kind, MAX_BYTES) + 1)
                yield where, read_document(data, where, kind, settings)
    except READ_ERRORS as error:
        yield where, unreadable(where, error)


def _read_parquet(source: Source, settings: Settings) -> Iterator[tuple[str, Article | Rejection]]:
    if source.path is None or source.path.suffix.lower() != ".parquet":
        found = "Parquet in another packing"
        yield source.where, Rejection(source.where, found, "a .parquet file as it is: it is packed inside")
    else:
        open_source(source).close()  # says what is wrong with the file as such
        yield from read_parquet(source.path, source.where, settings)


def _kind_of_content(stream: io.BufferedReader) -> str:
    """Tell what standard input holds by its first characters."""
    first = stream.peek(4096)[:4096]
    for magic, kind in ((b"%PDF-", "pdf"), (b"WARC/", "warc"), (b"PAR1", "parquet")):
        if first.startswith(magic):
            return kind
    first = first.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")  # UTF-16 too
    if first.startswith((b"{", b"[")):
        return "jsonl"
    if first.startswith((b"<?xml", b"<rss", b"<feed")) and any(
        root in first for root in (b"<rss", b"<feed", b"<rdf:RDF")
    ):
        return "feed"
    return "html" if looks_like_html(first) else "text"
