"""Polls feeds and fetches the pages that they link to → articles, each once, whatever breaks in between."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import msgspec

from communique.ingest.documents import MAX_DOCUMENT_BYTES, read_document
from communique.ingest.extras import missing_reader
from communique.ingest.feed import MAX_FEED_BYTES, Entry, article_of_entry, parse_feed
from communique.ingest.fields import MAX_BYTES
from communique.ingest.reader import in_english
from communique.ingest.settings import Settings
from communique.records import Article, Rejection
from communique.watch.config import Feed, WatchList
from communique.watch.fetch import Answer, Fetcher, FetchError
from communique.watch.state import State, WaitingItem

_FEED_TYPES = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
_PAGE_TYPES = "text/html, application/xhtml+xml, text/plain;q=0.8, application/pdf;q=0.5, */*;q=0.1"
_KINDS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "application/pdf": "pdf",
    "": "html",
}
_LONGEST_WAIT_S = 24 * 3600
_FIRST_RETRY_S = 300
_BLOCK_S = 600  # after a 429 or 503 that does not say how long
_GONE = 410


@dataclass(frozen=True, slots=True)
class Found:
    """What became of an entry of a feed.

    Attributes:
        item: Feed and key, to be given to `State.finish` when the result is on disk.
        where: Address of the page, or the feed and the entry's key.
        result: The article, or why there is none.
    """

    item: tuple[str, str]
    where: str
    result: Article | Rejection


class Watcher:
    """Watches the feeds of a list.

    Args:
        watched: The list.
        state: What is remembered.
        tell: Is told of feeds that cannot be read, and of what is done instead.
        fetcher: Asks servers.
        now: The time, in seconds since 1970.
    """

    def __init__(
        self,
        watched: WatchList,
        state: State,
        tell: Callable[[str], None],
        fetcher: Fetcher | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._watched, self._state, self._tell, self._now = watched, state, tell, now
        self._fetcher = fetcher or Fetcher(watched.contact, watched.delay_s, watched.timeout_s)
        self._feeds = {feed.url: feed for feed in watched.feeds}
        self.n_polled = self.n_failed = self.n_new = 0

    def poll(self, *, all_feeds: bool = False) -> None:
        """Ask for the feeds that are due, and remember what is new in them.

        Args:
            all_feeds: Also those whose interval is not over; never those whose servers want to be left alone.
        """
        for feed in self._watched.feeds:
            known, now = self._state.feed(feed.url), self._now()
            blocked = max(known.blocked_until, self._state.blocked_until(_host(feed.url)))
            if blocked > now:
                if all_feeds:
                    self.n_failed += 1
                    self._tell(
                        f"{feed.url}: not asked for, since its server is to be left alone for {blocked - now:,.0f} s."
                    )
                continue
            if known.next_at <= now or all_feeds:
                self._poll(feed)

    def found(self) -> Iterator[Found]:
        """Fetch what waits, and make articles of it. What may be otherwise later is left waiting."""
        seen: set[tuple[str, str]] = set()
        while waiting := [item for item in self._state.waiting(self._now()) if (item.feed, item.key) not in seen]:
            for item in _in_turn(waiting):
                seen.add((item.feed, item.key))
                found = self._read(item)
                if found is not None:
                    yield found

    def next_at(self) -> float:
        """When there is something to do again."""
        times = [max(state.next_at, state.blocked_until) for state in map(self._state.feed, self._feeds)]
        item_at = self._state.next_item_at()
        return min([*times, *([item_at] if item_at is not None else [])])

    def _poll(self, feed: Feed) -> None:
        known = self._state.feed(feed.url)
        try:
            answer = self._fetcher.get(
                feed.url, accept=_FEED_TYPES, most=MAX_FEED_BYTES, etag=known.etag, modified=known.modified
            )
        except FetchError as error:
            self._feed_failed(feed, error)
            return
        if answer.body is not None:
            entries = parse_feed(answer.body, feed.url, answer.content_type, answer.url)
            if isinstance(entries, Rejection):
                self._feed_failed(feed, FetchError(entries.found, passing=True))
                return
            items = [(entry.key, entry.url, msgspec.json.encode(entry)) for entry in entries if entry.key]
            self.n_new += self._state.add_items(feed.url, items, self._now())
        self.n_polled += 1
        known = replace(known, etag=answer.etag, modified=answer.modified, n_failures=0, blocked_until=0.0)
        self._state.save_feed(replace(known, next_at=self._now() + feed.interval_s))

    def _feed_failed(self, feed: Feed, error: FetchError) -> None:
        self.n_failed += 1
        known = self._state.feed(feed.url)
        wait = _back_off(feed.interval_s, known.n_failures, error)
        until = self._now() + wait
        self._note_block(feed.url, error)
        blocked = until if error.retry_after_s is not None or error.status in {429, 503, _GONE} else 0.0
        self._state.save_feed(replace(known, n_failures=known.n_failures + 1, next_at=until, blocked_until=blocked))
        self._tell(f"{feed.url}: found {error.found}, expected an RSS or Atom feed. Tried again in {wait:,.0f} s.")

    def _note_block(self, url: str, error: FetchError) -> None:
        if error.status in {429, 503}:
            wait = error.retry_after_s if error.retry_after_s is not None else _BLOCK_S
            self._state.block_host(_host(url), self._now() + wait)

    def _read(self, item: WaitingItem) -> Found | None:
        feed = self._feeds.get(item.feed, Feed(item.feed))
        entry = msgspec.json.decode(item.entry, type=Entry)
        where = item.url or f"{item.feed} (entry {item.key[:80]!r})"
        if not feed.pages or item.url is None:
            return self._of_entry(item, feed, entry, where)
        if (blocked := self._state.blocked_until(_host(item.url))) > self._now():
            self._state.postpone(item, blocked, item.n_tries)
            return None
        try:
            if not self._fetcher.may_get(item.url, feed.url):
                return self._of_entry(item, feed, entry, where, "robots.txt, which asks that the page be left alone")
            most = MAX_DOCUMENT_BYTES["pdf"] if item.url.lower().endswith(".pdf") else MAX_BYTES
            answer = self._fetcher.get(item.url, accept=_PAGE_TYPES, most=most, near=feed.url)
        except FetchError as error:
            self._note_block(item.url, error)
            if error.passing and item.n_tries + 1 < self._watched.tries:
                wait = _back_off(_FIRST_RETRY_S, item.n_tries, error)
                self._state.postpone(item, self._now() + wait, item.n_tries + 1)
                self._tell(f"{where}: found {error.found}. Tried again in {wait:,.0f} s.")
                return None
            return self._of_entry(item, feed, entry, where, error.found)
        page = _page(answer, where)
        if isinstance(page, Rejection):
            return self._of_entry(item, feed, entry, where, page.found)
        return self._given(item, feed, where, _joined(page, entry, answer.url))

    def _of_entry(self, item: WaitingItem, feed: Feed, entry: Entry, where: str, instead: str | None = None) -> Found:
        """What the feed itself gives of a report, if it is more than a headline; else why the page gives nothing."""
        if instead is not None and len(entry.text) <= len(entry.title or ""):
            return Found((item.feed, item.key), where, Rejection(where, instead, "a page with an article"))
        if instead is not None:
            self._tell(f"{where}: found {instead}. Coded is what the feed gives of it.")
        result = article_of_entry(entry, where)
        if isinstance(result, Rejection):
            return Found((item.feed, item.key), where, result)
        return self._given(item, feed, where, result)

    def _given(self, item: WaitingItem, feed: Feed, where: str, article: Article) -> Found:
        article = replace(article, publication=feed.publication or article.publication)
        if feed.language:
            article = replace(article, language=feed.language)
        return Found((item.feed, item.key), where, in_english(article, where))


def _page(answer: Answer, where: str) -> Article | Rejection:
    media, _, parameters = (answer.content_type or "").partition(";")
    kind = _KINDS.get(media.strip().lower())
    if kind is None:
        return Rejection(where, f"a document of type {media.strip()[:60]!r}", "a web page, plain text or PDF")
    if missing := missing_reader(kind, where):
        return missing
    name, _, value = parameters.strip().partition("=")
    charset = value.strip("\"' ") if name.strip().lower() == "charset" else None
    return read_document(answer.body or b"", where, kind, Settings(), charset)


def _joined(page: Article, entry: Entry, url: str) -> Article:
    """A page with what the feed tells of it; of two texts the longer, since some feeds give all and some pages a part."""
    text = entry.text if len(entry.text) > len(page.text) and entry.text != entry.title else page.text
    return Article(
        text=text,
        date=page.date or entry.day,
        title=page.title or entry.title,
        url=page.url or url,
        publication=page.publication or entry.publication,
        language=page.language,
        place=page.place,
        author=page.author or entry.author,
    )


def _back_off(first_s: float, n_failures: int, error: FetchError) -> float:
    """Seconds until the next try: what the server asks for, else twice as long each time, never in step with others."""
    if error.status == _GONE:
        return _LONGEST_WAIT_S
    wait = min(first_s * 2.0 ** min(n_failures, 20), _LONGEST_WAIT_S) * random.uniform(0.9, 1.1)
    return max(wait, error.retry_after_s or 0.0)


def _in_turn(items: list[WaitingItem]) -> Iterator[WaitingItem]:
    """Items of the hosts in turn, so that the pause between two of one host is filled with others."""
    hosts: dict[str, list[WaitingItem]] = {}
    for item in items:
        hosts.setdefault(_host(item.url or item.feed), []).append(item)
    while hosts:
        for host in list(hosts):
            yield hosts[host].pop(0)
            if not hosts[host]:
                del hosts[host]


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
