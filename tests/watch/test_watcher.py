"""Feeds are asked politely, their pages fetched once, and whatever a server does, nothing is lost."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from communique.errors import InputError, OutputError
from communique.records import Article, Rejection
from communique.watch import Feed, Found, Watcher, WatchList, read_watch_list
from communique.watch.fetch import Fetcher, FetchError
from communique.watch.state import State
from tests.ingest.made import FRENCH, REPORTS, page
from tests.watch.server import Reply, Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as made:
        yield made


class Watch:
    """A watch with a clock of its own, that says what it found and tells."""

    def __init__(self, folder: Path, *feeds: Feed, tries: int = 3) -> None:
        self.state = State(folder / "state")
        self.told: list[str] = []
        self.slept: list[float] = []
        self.time = 1_700_000_000.0
        listed = WatchList(feeds, "mailto:a@b.example", delay_s=0, timeout_s=1, tries=tries)
        fetcher = Fetcher(listed.contact, listed.delay_s, listed.timeout_s, self.slept.append)
        self.watcher = Watcher(listed, self.state, self.told.append, fetcher, lambda: self.time)

    def round(self, after_s: float = 0) -> list[Article | Rejection]:
        self.time += after_s
        self.watcher.poll()
        found: list[Found] = []
        for item in self.watcher.found():
            found.append(item)
            self.state.finish([item.item])
        return [item.result for item in found]


@pytest.fixture
def watch(tmp_path: Path, site: Site) -> Iterator[Watch]:
    made = Watch(tmp_path, Feed(f"{site.url}/feed.xml"))
    with closing(made.state):
        yield made


def test_new_pages_are_fetched_once_and_told_with_what_the_feed_knows(site: Site, watch: Watch) -> None:
    site.feed("/1", "/2")
    site.put("/1", page(REPORTS[:1]))
    site.put("/2", page(REPORTS[1:]))
    first, second = watch.round()
    assert isinstance(first, Article) and isinstance(second, Article)
    assert (first.text, first.url, first.publication) == (REPORTS[0], f"{site.url}/1", "The Daily")
    assert first.date == date(2024, 3, 7)
    site.feed("/1", "/2", "/3")
    site.put("/3", page(REPORTS[2:]))
    assert watch.round() == []  # its interval is not over
    assert [item.text for item in watch.round(1000) if isinstance(item, Article)] == [REPORTS[2]]
    assert site.n_asked("/1") == 1


def test_who_asks_says_who_it_is(site: Site, watch: Watch) -> None:
    site.feed()
    watch.round()
    agent = site.asked[0][1]["User-Agent"]
    assert agent.startswith("Communique/") and "mailto:a@b.example" in agent


def test_etag_and_last_modified_are_sent_back_and_304_is_no_news(site: Site, watch: Watch) -> None:
    site.feed("/1", ETag='"a1"', **{"Last-Modified": "Thu, 07 Mar 2024 10:00:00 GMT"})
    site.put("/1", page())
    assert len(watch.round()) == 1
    assert watch.round(1000) == [] and watch.told == []
    headers = site.asked[-1][1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"a1"', "Thu, 07 Mar 2024 10:00:00 GMT")


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_to_wait_is_left_alone_for_so_long(site: Site, watch: Watch, status: int) -> None:
    site.put("/feed.xml", Reply(b"", status, {"Retry-After": "7200"}))
    watch.round()
    watch.round(7000)
    assert site.n_asked("/feed.xml") == 1
    watch.watcher.poll(all_feeds=True)  # as --once does: not even then
    assert site.n_asked("/feed.xml") == 1 and "left alone" in watch.told[-1]
    site.feed("/1")
    site.put("/1", page())
    assert len(watch.round(300)) == 1


def test_a_host_that_is_asked_too_much_gets_a_rest_and_its_pages_later(site: Site, watch: Watch) -> None:
    site.feed("/1", "/2")
    site.put("/1", Reply(b"", 429, {"Retry-After": "600"}), page(REPORTS[:1]))
    site.put("/2", page(REPORTS[1:]))
    assert watch.round() == []
    assert site.n_asked("/2") == 0
    assert len(watch.round(700)) == 2


def test_a_feed_that_fails_is_asked_ever_less_often_and_then_again_as_ever(site: Site, watch: Watch) -> None:
    site.put("/feed.xml", Reply(b"", 500))
    asked = []
    for _ in range(40):
        watch.round(900)
        asked.append(site.n_asked("/feed.xml"))
    assert asked[:2] == [1, 2] or asked[:3] == [1, 1, 2]
    assert asked[-1] <= 6
    site.feed("/1")
    site.put("/1", page())
    assert len(watch.round(24 * 3600)) == 1
    assert watch.state.feed(f"{site.url}/feed.xml").n_failures == 0


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b"", 404), "status 404"),
        (Reply(b"", 410), "status 410"),
        (Reply(b"<html><title>Sorry</title></html>"), "a web page ('Sorry')"),
        (Reply(b""), "an empty file"),
        (Reply(b"<rss", length=5000), "cut off"),
        (Reply(b"x", after_s=1.5), "within 1 s"),
        (Reply(b"x" * 40, slowly_s=0.1), "within 1 s"),
        (Reply(b"no gzip", headers={"Content-Encoding": "gzip"}), "damaged gzip content"),
        (
            Reply(gzip.compress(bytes(60_000_000)), headers={"Content-Encoding": "gzip"}),
            "more than 50 MB when unpacked",
        ),
        (Reply(b"", 302, {"Location": "/feed.xml"}), "status 302"),
        (Reply(b"", 302, {"Location": "file:///etc/passwd"}), ""),
        (Reply(b'<?xml version="1.0"?><urlset></urlset>'), "XML whose root is <urlset>"),
    ],
)
def test_a_feed_that_cannot_be_read_is_told_and_asked_again(site: Site, watch: Watch, reply: Reply, told: str) -> None:
    site.put("/feed.xml", reply)
    assert watch.round() == []
    assert told in watch.told[0] and "Tried again" in watch.told[0]
    site.feed("/1")
    site.put("/1", page())
    assert len(watch.round(2 * 24 * 3600)) == 1


def test_broken_xml_and_wrong_encodings_are_read_as_far_as_they_can_be(site: Site, watch: Watch) -> None:
    body = (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Café & Co</title>'
        f"<item><title>“Ten” held</title><link>{site.url}/1</link></item><item>"
    )
    site.put("/feed.xml", Reply(body.encode("cp1252"), headers={"Content-Type": "application/rss+xml"}))
    french = page(["The café in Malmö “closed” on Monday, the owner said in the town."]).decode().encode("cp1252")
    site.put("/1", Reply(french, headers={"Content-Type": "text/html; charset=utf-8"}))
    (article,) = watch.round()
    assert isinstance(article, Article) and "café in Malmö “closed”" in article.text


def test_redirects_are_followed_to_the_page(site: Site, watch: Watch) -> None:
    site.feed("/1")
    site.put("/1", Reply(b"", 301, {"Location": "/moved"}))
    site.put("/moved", Reply(b"", 307, {"Location": f"{site.url}/here"}))
    site.put("/here", page())
    (article,) = watch.round()
    assert isinstance(article, Article) and article.url == f"{site.url}/here"


def test_a_page_that_fails_is_tried_again_and_at_last_rejected(site: Site, watch: Watch) -> None:
    site.feed("/1")
    site.put("/1", Reply(b"", 500), Reply(b"x", after_s=1.5), Reply(b"", 502))
    assert watch.round() == []
    assert watch.round(10) == []
    assert watch.round(400) == []
    (rejection,) = watch.round(4000)
    assert isinstance(rejection, Rejection)
    assert rejection.where == f"{site.url}/1" and "status 502" in rejection.found
    assert watch.round(90_000) == [] and site.n_asked("/1") == 3


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (Reply(b"", 404), "status 404"),
        (Reply(b"\x89PNG", headers={"Content-Type": "image/png"}), "type 'image/png'"),
        (Reply(page([])), "a page without paragraphs"),
        (Reply(page([FRENCH], lang="fr")), "language: fr"),
        (Reply(b"<p>" + b"a" * 11_000_000), "more than 10 MB"),
        (Reply(b"", 302, {"Location": "ftp://daily.example/1"}), ""),
    ],
)
def test_a_page_that_is_no_report_is_rejected_with_what_came(
    site: Site, watch: Watch, reply: Reply, found: str
) -> None:
    site.feed("/1")
    site.put("/1", reply)
    (rejection,) = watch.round()
    assert isinstance(rejection, Rejection) and found in rejection.found


def test_where_a_page_cannot_be_had_the_text_of_the_feed_is_coded(site: Site, watch: Watch) -> None:
    site.feed("/1", text=REPORTS[0])
    site.put("/1", Reply(b"", 403))
    (article,) = watch.round()
    assert isinstance(article, Article) and article.text == REPORTS[0]
    assert "what the feed gives" in watch.told[0]


def test_robots_txt_is_heeded(site: Site, watch: Watch) -> None:
    site.put(
        "/robots.txt",
        Reply(b"User-agent: *\nDisallow: /private/\nCrawl-delay: 7", headers={"Content-Type": "text/plain"}),
    )
    site.feed("/private/1", "/2")
    site.put("/2", page())
    first, second = watch.round()
    assert isinstance(first, Rejection) and "robots.txt" in first.found
    assert isinstance(second, Article)
    assert site.n_asked("/private/1") == 0 and site.n_asked("/robots.txt") == 1
    assert max(watch.slept) > 6


def test_a_page_that_two_feeds_lead_to_is_coded_once(site: Site, tmp_path: Path) -> None:
    site.feed("/1")
    site.feed("/1", path="/other.xml")
    site.put("/1", page())
    both = Watch(tmp_path, Feed(f"{site.url}/feed.xml"), Feed(f"{site.url}/other.xml"))
    with closing(both.state):
        assert len(both.round()) == 1


def test_a_feed_without_pages_gives_its_own_text(site: Site, tmp_path: Path) -> None:
    site.feed("/1", text=REPORTS[0])
    alone = Watch(tmp_path, Feed(f"{site.url}/feed.xml", publication="Agency", pages=False))
    with closing(alone.state):
        (article,) = alone.round()
    assert isinstance(article, Article)
    assert (article.text, article.publication, site.n_asked("/1")) == (REPORTS[0], "Agency", 0)


def test_what_was_not_finished_is_found_again_by_the_next_run(site: Site, tmp_path: Path) -> None:
    site.feed("/1")
    site.put("/1", page())
    for _ in range(2):
        run = Watch(tmp_path, Feed(f"{site.url}/feed.xml"))
        with closing(run.state):
            run.watcher.poll()
            assert len(list(run.watcher.found())) == 1  # and is killed before it is on disk


def test_a_feed_on_the_net_does_not_lead_into_ones_own_network(site: Site) -> None:
    site.put("/secret", b"secret")
    with pytest.raises(FetchError, match="private network"):
        Fetcher(delay_s=0).get(f"{site.url}/secret", accept="*/*", most=100, near="https://8.8.8.8/feed.xml")
    assert site.asked == []


def test_two_watches_do_not_share_a_state(tmp_path: Path) -> None:
    with closing(State(tmp_path / "state")), pytest.raises(OutputError, match="no other watch has open"):
        State(tmp_path / "state")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no feeds"),
        ("[[feed]]\n", "url of feed 1 is None"),
        ("feed = 3", "no feeds"),
        ("[[feed]\n", "expected TOML"),
        ('[[feed]]\nurl = "daily.example/rss"', "url of feed 1 is 'daily.example/rss'"),
        ('[[feed]]\nurl = "https://a.example/"\nintervall = 3', "did you mean 'interval'?"),
        ('[[feed]]\nurl = "https://a.example/"\ninterval = "soon"', "such as '15m'"),
        ('[[feed]]\nurl = "https://a.example/"\npages = "no"', "expected true or false"),
        ('[watch]\ntries = 0\n[[feed]]\nurl = "https://a.example/"', "tries is 0"),
        ('[[feed]]\nurl = "https://a.example/"\n' * 2, "twice"),
    ],
)
def test_a_list_of_feeds_that_is_not_understood_is_told(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "FEEDS.toml"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read_watch_list(path)
    assert message in str(error.value) and str(path) in str(error.value)


def test_a_list_of_feeds(tmp_path: Path) -> None:
    path = tmp_path / "FEEDS.toml"
    path.write_text(
        '[watch]\ninterval = "1h"\ndelay = 5\n[[feed]]\nurl = "https://a.example/"\ninterval = "10m"\n[[feed]]\nurl = "https://b.example/"'
    )
    watched = read_watch_list(path)
    assert [feed.interval_s for feed in watched.feeds] == [600, 3600] and watched.delay_s == 5
