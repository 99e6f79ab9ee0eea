"""A PDF with text → `Article`: its lines joined to paragraphs, without page numbers and running heads."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from communique.ingest.fields import MAX_CHARACTERS, objection
from communique.ingest.text import read_head
from communique.records import Article, Rejection

if TYPE_CHECKING:
    from pypdf import PdfReader

_EXPECTED = "a PDF with text"
_MAX_PAGES = 2_000
_LEAST_LETTERS = 20  # on all pages together: with fewer, the pages are pictures
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"[\s–—-]*(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?[\s–—-]*", re.I)
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00ad": "", "\xa0": " "}
_LIGATURE = re.compile("|".join(_LIGATURES))
_HYPHEN = re.compile(r"[a-z]-$")
_END = re.compile(r"[.!?:][\"'”’»)\]]*$")
_SHORT = 0.75  # of a full line: where a sentence ends on a shorter one, a paragraph does
_EDGE = 2  # lines at the top and at the bottom of a page where heads and numbers run
_JUNK_TITLE = re.compile(r"microsoft|untitled|\.(?:docx?|indd|pdf|qxd|rtf|tex)\b|^\W*$|^.{200}", re.I)


def read_pdf(data: bytes, where: str, default_date: date | None = None) -> Article | Rejection:
    """Make an article of a PDF.

    The day on which a PDF was made is not taken for the day of publication: reports are made into PDF years later.

    Args:
        data: The file.
        where: Its name.
        default_date: Day of publication if the text does not give one.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it finds wrong is told as a rejection
    if not data:
        return Rejection(where, "an empty file", _EXPECTED)
    if b"%PDF-" not in data[:1024]:
        return Rejection(where, "bytes that are not PDF (no '%PDF-' at the start)", _EXPECTED)
    try:
        reader = _open(data)
        pages = list(_pages(reader))
        title, author = _information(reader)
    except _Refused as refused:
        return Rejection(where, *refused.args)
    text = "\n\n".join(_paragraphs(_without_running_heads(pages)))
    if len(re.findall(r"[^\W\d_]", text)) < _LEAST_LETTERS:
        found = f"{len(pages):,} page{'s' if len(pages) != 1 else ''} without text, say pictures of pages"
        return Rejection(where, found, f"{_EXPECTED}; a program such as OCRmyPDF adds it")
    if reason := objection(text, None):
        return Rejection(where, *reason)
    head = read_head(text)
    return Article(
        text=text,
        date=head.date or default_date,
        title=title or head.title,
        publication=head.agency,
        place=head.place,
        author=author,
    )


class _Refused(Exception):
    """A PDF that is not read: `_Refused(found, expected)`."""


def _open(data: bytes) -> PdfReader:
    """Open a PDF, also one that is encrypted without a password.

    Raises:
        _Refused: It asks for a password, or is no whole PDF.
    """
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        opened = not reader.is_encrypted or bool(reader.decrypt(""))
        n_pages = len(reader.pages) if opened else 0
    except Exception as error:  # the parser meets anything in a broken file
        cut_off = b"%%EOF" not in data[-2048:]
        what = "an encrypted PDF" if b"/Encrypt" in data else "a PDF that is cut off" if cut_off else "a damaged PDF"
        raise _Refused(f"{what} ({_said(error)})", "a whole PDF that opens without a password") from error
    if not opened:
        raise _Refused("an encrypted PDF that asks for a password", "a PDF that opens without one")
    if not n_pages:
        raise _Refused("a PDF without pages", _EXPECTED)
    if n_pages > _MAX_PAGES:
        raise _Refused(f"a PDF of {n_pages:,} pages", f"one article, of at most {_MAX_PAGES:,} pages")
    return reader


def _pages(reader: PdfReader) -> Iterator[list[str]]:
    """Lines of each page; their spaces are single.

    Raises:
        _Refused: A page cannot be read: a report with a hole in it is not coded.
    """
    n_characters = 0
    for number, page in enumerate(reader.pages, start=1):
        try:
            text = page.extract_text()
        except Exception as error:  # the parser meets anything in a broken file
            raise _Refused(f"a damaged page {number} ({_said(error)})", "a whole PDF") from error
        n_characters += len(text)
        if n_characters > MAX_CHARACTERS:
            raise _Refused(f"more than {MAX_CHARACTERS:,} characters", "one article")
        text = _LIGATURE.sub(lambda match: _LIGATURES[match[0]], text)
        yield [" ".join(line.split()) for line in text.split("\n")]


def _information(reader: PdfReader) -> tuple[str | None, str | None]:
    """Title and author, where they are more than a file's name."""
    try:
        known = reader.metadata
        title, author = (known.title, known.author) if known else (None, None)
    except Exception:  # it is not worth a report
        return None, None
    title = None if not isinstance(title, str) or _JUNK_TITLE.search(title) else " ".join(title.split())
    return title or None, " ".join(author.split()) or None if isinstance(author, str) else None


def _without_running_heads(pages: list[list[str]]) -> list[list[str]]:
    """Pages without their numbers, and without lines that stand at the edge of most of three pages or more."""
    seen = Counter(head for page in pages for head in {_DIGITS.sub("#", line) for line in _edges(page)})
    running = {head for head, count in seen.items() if count >= 3 and count * 2 > len(pages)}
    return [list(_body(page, running)) for page in pages]


def _edges(page: list[str]) -> list[str]:
    lines = [line for line in page if line]
    return lines[:_EDGE] + lines[-_EDGE:] if len(lines) > 2 * _EDGE else []


def _body(page: list[str], running: set[str]) -> Iterator[str]:
    filled = [index for index, line in enumerate(page) if line]
    edges = {*filled[:_EDGE], *filled[-_EDGE:]}
    for index, line in enumerate(page):
        is_head = _PAGE_NUMBER.fullmatch(line) or _DIGITS.sub("#", line) in running
        if not (index in edges and line and is_head):
            yield line


def _paragraphs(pages: list[list[str]]) -> Iterator[str]:
    """Join lines; a paragraph ends at an empty line, or where a sentence ends on a line that is not full."""
    lengths = sorted(len(line) for page in pages for line in page if line)
    full = lengths[int(len(lengths) * 0.9)] if lengths else 0
    paragraph = ""
    for line in (line for page in pages for line in page):
        if not line:
            if paragraph and _END.search(paragraph):  # at the foot of a page a sentence may go on
                yield paragraph
                paragraph = ""
            continue
        if _HYPHEN.search(paragraph) and line[:1].islower():
            paragraph = paragraph[:-1] + line
        else:
            paragraph = f"{paragraph} {line}" if paragraph else line
        if len(line) < _SHORT * full and _END.search(line):
            yield paragraph
            paragraph = ""
    if paragraph:
        yield paragraph


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:100]
