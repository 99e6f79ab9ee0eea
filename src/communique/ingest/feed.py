"""RSS and Atom → `Article`s, one an entry."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from communique.ingest.decode import mark_of, signature_of
from communique.ingest.fields import EXPECTED_DATE, day_in_markup, language_of, objection, shown
from communique.ingest.html import looks_like_html, text_of_markup
from communique.ingest.language import language_of_page
from communique.ingest.settings import Settings
from communique.ingest.text import read_head
from communique.records import Article, Rejection

EXPECTED_FEED = "an RSS or Atom feed"
MAX_FEED_BYTES = 50_000_000
_MAX_DEPTH = 200  # of elements within elements
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]{0,60})")
_PROLOGUE = re.compile(rb"(?:<!--.*?-->|<\?.*?\?>|<!doctype[^>\[]*(?:\[.*?\]\s*)?>|\s)*", re.I | re.S)
_ROOTS = frozenset({"rss", "rdf", "feed", "channel", "item", "entry"})
_LOOKED_AT = 4096
_MAX_UNCLOSED = 20_000
_TITLE = re.compile(rb"<title[^>]*>\s*([^<]{1,80})", re.I)
_TAG = re.compile(rb"<(/?)[A-Za-z_][^<>]{0,10000}?(/?)>")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed.

    Attributes:
        number: Its place in the feed, from 1.
        key: What tells it apart from the feed's others: its id, else its link, else its title.
        text: What the feed itself gives of the report, in plain text: the whole, a summary, or only the headline.
    """

    number: int
    key: str
    url: str | None
    title: str | None
    author: str | None
    day: date | None
    wrong_date: str | None
    text: str
    publication: str | None
    language: str | None


def read_feed(stream: io.BufferedReader, where: str, settings: Settings) -> Iterator[tuple[str, Article | Rejection]]:
    """Make an article of each entry, with its number from 1 (`where:17`).

    Its text is what the feed gives: the whole report where it has that, else the summary, else the headline.

    Args:
        stream: The feed, in whichever encoding it declares.
        where: Its name.
        settings: How to read.
    """
    data = stream.read(MAX_FEED_BYTES + 1)
    entries = parse_feed(data, where)
    if isinstance(entries, Rejection):
        yield where, entries
        return
    for entry in entries:
        place = f"{where}:{entry.number}"
        yield place, article_of_entry(entry, place, settings.default_date)


def article_of_entry(entry: Entry, where: str, default_date: date | None = None) -> Article | Rejection:
    """Make an article of what the feed gives of a report."""
    if entry.wrong_date:
        return Rejection(where, f"date {shown(entry.wrong_date)}", f"{EXPECTED_DATE}, or as in mail")
    if not entry.text:
        return Rejection(where, "an entry without text or title", "an entry of a feed with a text")
    language = language_of_page(entry.language, entry.text)
    if reason := objection(entry.text, language):
        return Rejection(where, *reason)
    head = read_head(entry.text)
    return Article(
        text=entry.text,
        date=entry.day or head.date or default_date,
        title=entry.title,
        url=entry.url,
        publication=entry.publication or head.agency,
        language=language,
        place=head.place,
        author=entry.author,
    )


def parse_feed(
    data: bytes, where: str, content_type: str | None = None, url: str | None = None
) -> list[Entry] | Rejection:
    """The entries of a feed, however broken its XML; or why there are none.

    Args:
        data: The feed as it came.
        where: Its name.
        content_type: The server's `Content-Type`, which may tell the encoding.
        url: Where it came from; links in it may be relative to that.
    """
    if wrong := _objection(data):
        return Rejection(where, wrong, EXPECTED_FEED)
    import feedparser

    headers = {"content-type": content_type or "application/xml", **({"content-location": url} if url else {})}
    try:
        parsed = feedparser.parse(io.BytesIO(data), response_headers=headers, sanitize_html=False)
    except (ValueError, LookupError, AssertionError, RecursionError, KeyError, TypeError, AttributeError) as error:
        return Rejection(where, f"XML that cannot be read ({type(error).__name__})", EXPECTED_FEED)
    fault = " ".join(str(parsed.get("bozo_exception") or "").split())[:120]
    if "amplification" in fault:
        return Rejection(where, "XML whose entities multiply, as in an attack", EXPECTED_FEED)
    if not parsed.entries:
        what = "a feed without entries" if parsed.get("version") else "no feed"
        return Rejection(where, f"{what} ({fault})" if fault else what, f"{EXPECTED_FEED} with entries")
    return [_entry(entry, number, parsed.feed) for number, entry in enumerate(parsed.entries, start=1)]


def _objection(data: bytes) -> str | None:
    """What stands in the place of a feed, where that can be seen from its first bytes or its shape."""
    if not data.strip():
        return "an empty file"
    if len(data) > MAX_FEED_BYTES:
        return f"more than {MAX_FEED_BYTES // 10**6} MB"
    if binary := signature_of(data):
        return binary
    first = data[:_LOOKED_AT].replace(b"\0", b"") if mark_of(data) else data[:_LOOKED_AT]
    first = first.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if first.startswith((b"{", b"[")):
        return "JSON"
    if looks_like_html(first):
        title = _TITLE.search(data[:_LOOKED_AT])
        return f"a web page ({' '.join(title[1].decode('utf-8', 'replace').split())!r})" if title else "a web page"
    start = _PROLOGUE.match(first)
    root = _ROOT.match(first, start.end() if start else 0)
    name = root[1].decode("ascii", "replace") if root else None
    if name is None and b"<" not in first:
        return "text that is not XML"
    if name is not None and name.split(":")[-1].lower() not in _ROOTS:
        return f"XML whose root is <{name}>"
    return "XML nested some hundred deep" if _is_deep(data) else None


def _is_deep(data: bytes) -> bool:
    """Whether elements nest so deep, or angle brackets stand so thick, that it is no feed but an attack."""
    depth = deepest = 0
    for tag in _TAG.finditer(data):
        if tag[1]:
            depth = max(0, depth - 1)
        elif not tag[2]:
            depth += 1
            deepest = max(deepest, depth)
    unclosed = data.count(b"<") - data.count(b">")
    return unclosed > _MAX_UNCLOSED or (deepest > _MAX_DEPTH and depth > _MAX_DEPTH)


def _entry(entry: Any, number: int, feed: Any) -> Entry:
    url = next((link for link in _links(entry) if link.lower().startswith(("http://", "https://"))), None)
    title = _plain(entry.get("title")) or None
    bodies = [text_of_markup(str(content.get("value") or "")) for content in entry.get("content") or ()]
    summary = text_of_markup(str(entry.get("summary") or ""))
    body = max(bodies, key=len, default="")
    text = (body if len(body) >= len(summary) else summary) or title or ""
    name = next((name for name in ("published", "created", "updated") if dict.get(entry, name)), None)
    given = str(entry[name]) if name else None
    day = day_in_markup(given) if given else None
    if given and day is None and (parsed := dict.get(entry, f"{name}_parsed")):
        day = date(*parsed[:3])
    return Entry(
        number=number,
        key=str(entry.get("id") or url or title or text[:200]),
        url=url,
        title=title,
        author=_plain(entry.get("author")) or None,
        day=day,
        wrong_date=given if given and day is None else None,
        text=text,
        publication=_plain((entry.get("source") or {}).get("title")) or _plain(feed.get("title")) or None,
        language=language_of(str(feed["language"])) if feed.get("language") else None,
    )


def _links(entry: Any) -> Iterator[str]:
    """Where the report is said to stand: the alternate link first."""
    yield str(entry.get("feedburner_origlink") or "")
    for link in entry.get("links") or ():
        if link.get("rel") in (None, "alternate"):
            yield str(link.get("href") or "")
    yield str(entry.get("link") or "")


def _plain(value: object) -> str:
    return " ".join(text_of_markup(str(value)).split()) if value else ""
