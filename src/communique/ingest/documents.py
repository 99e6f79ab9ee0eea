"""Bytes of one document – plain text, a web page, a PDF – → `Article`."""

from __future__ import annotations

from communique.ingest.decode import decode
from communique.ingest.extras import missing_reader
from communique.ingest.fields import MAX_BYTES
from communique.ingest.html import declared_encoding, read_html
from communique.ingest.page import extractor
from communique.ingest.settings import Settings
from communique.ingest.text import read_text
from communique.records import Article, Rejection

MAX_DOCUMENT_BYTES = {"pdf": 100_000_000}  # pictures in them weigh; of others, `MAX_BYTES`


def read_document(
    data: bytes, where: str, kind: str, settings: Settings, declared: str | None = None
) -> Article | Rejection:
    """Make an article of a document.

    Args:
        data: The whole document.
        where: Its name.
        kind: `text`, `html` or `pdf`.
        settings: How to read.
        declared: Encoding that came with it, as in an HTTP header.
    """
    most = MAX_DOCUMENT_BYTES.get(kind, MAX_BYTES)
    if len(data) > most:
        return Rejection(where, f"more than {most // 10**6} MB", f"one article of at most {most // 10**6} MB")
    if kind == "pdf":
        if missing := missing_reader(kind, where):
            return missing
        from communique.ingest.pdf import read_pdf

        return read_pdf(data, where, settings.default_date)
    text = decode(data, where, (declared or declared_encoding(data)) if kind == "html" else declared)
    if isinstance(text, Rejection):
        return text
    if kind == "html":
        return read_html(text, where, settings.default_date, extractor())
    return read_text(text, where, settings.default_date)
