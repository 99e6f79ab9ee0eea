"""Feeds: every entry an article with what the feed gives of it; what is no feed is rejected with what it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from communique.records import Article, Rejection
from tests.ingest.made import FRENCH, REPORTS, items_of, located, page, written

RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Daily</title><link>https://daily.example/</link><language>en-gb</language>
<item><title>Ten held in Nairobi</title><link>https://daily.example/1</link><guid isPermaLink="false">d-1</guid>
<dc:creator>A. Writer</dc:creator><pubDate>Thu, 07 Mar 2024 23:30:00 +0300</pubDate>
<description>Police arrested ten.</description>
<content:encoded><![CDATA[<p>{REPORTS[0]}</p><p>{REPORTS[1]}</p>]]></content:encoded></item>
<item><title>EU condemns arrests</title><link>https://daily.example/2</link><pubDate>Fri, 08 Mar 2024 10:00:00 GMT</pubDate>
<description>&lt;p&gt;{REPORTS[2]}&lt;/p&gt;</description></item>
<item><title>Police arrest ten protesters in Nairobi</title></item>
</channel></rss>"""
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Daily</title>
<entry><id>tag:daily.example,2024:1</id><title type="html">Ten &lt;b&gt;held&lt;/b&gt;</title>
<link rel="enclosure" href="https://daily.example/1.mp3"/><link rel="alternate" href="https://daily.example/1"/>
<author><name>A. Writer</name></author><published>2024-03-07T23:30:00+03:00</published><updated>2024-03-09T00:00:00Z</updated>
<content type="html">&lt;p&gt;{REPORTS[0]}&lt;/p&gt;</content></entry></feed>"""


def test_an_rss_feed_gives_an_article_an_entry(tmp_path: Path) -> None:
    found, _ = located(written(tmp_path, "a.rss", RSS))
    assert [where for where, _ in found] == [":1", ":2", ":3"]
    first, second, third = (item for _, item in found)
    assert isinstance(first, Article) and isinstance(second, Article) and isinstance(third, Article)
    assert first.text == f"{REPORTS[0]}\n\n{REPORTS[1]}"
    assert (first.date, first.title, first.author) == (date(2024, 3, 7), "Ten held in Nairobi", "A. Writer")
    assert (first.url, first.publication, first.language) == ("https://daily.example/1", "The Daily", "en")
    assert (second.text, second.date) == (REPORTS[2], date(2024, 3, 8))
    assert (third.text, third.date) == ("Police arrest ten protesters in Nairobi", None)


def test_an_atom_feed_gives_the_day_of_publication_in_the_publishers_time(tmp_path: Path) -> None:
    (item,) = items_of(written(tmp_path, "a.atom", ATOM))
    assert isinstance(item, Article)
    assert (item.text, item.title, item.url) == (REPORTS[0], "Ten held", "https://daily.example/1")
    assert (item.date, item.author) == (date(2024, 3, 7), "A. Writer")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xml", RSS.encode()),
        ("latin.xml", RSS.replace("UTF-8", "windows-1252").replace("Ten held", "Café “Ten” held").encode("cp1252")),
        ("utf16.rss", RSS.replace("UTF-8", "UTF-16").encode("utf-16")),
        ("cut.rss", RSS[: RSS.index("<item><title>Police")].encode()),
        ("ampersand.rss", RSS.replace("The Daily", "News & Views").encode()),
        ("entity.rss", RSS.replace("Police arrested", "Police&nbsp;arrested").encode()),
        ("unclosed.rss", RSS.replace("</channel></rss>", "").encode()),
        ("blank.first.rss", b"\n\n  " + RSS.encode()),
    ],
)
def test_broken_xml_is_read_as_far_as_it_can_be(tmp_path: Path, name: str, data: bytes) -> None:
    items = items_of(written(tmp_path, name, data))
    assert next(item.text for item in items if isinstance(item, Article)) == f"{REPORTS[0]}\n\n{REPORTS[1]}"
    assert len(items) >= 2


BOMB = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9)
)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b"  \n ", "an empty file"),
        (page([], head="").replace(b"Ten held", b"404 Not Found"), "a web page ('404 Not Found')"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b'{"items": []}', "JSON"),
        (b"Service unavailable", "text that is not XML"),
        (b'<?xml version="1.0"?><urlset><url><loc>https://daily.example</loc></url></urlset>', "XML whose root is <urlset>"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>', "a feed without entries"),
        (RSS[:60].encode(), ""),
        (b"<rss><channel><item>" + b"<div>" * 50_000, "nested"),
        (b"<rss><channel><item><title>" + b"<" * 1_000_000, "nested"),
        (b"<rss>" + b" " * 60_000_000, "more than 50 MB"),
        (f"{BOMB}]><rss version='2.0'><channel><item><title>&a8;</title></item></channel></rss>".encode(), "multiply"),
        (RSS.replace("07 Mar 2024 23:30:00 +0300", "the other day").encode(), "date 'Thu, the other day'"),
        (RSS.replace(REPORTS[0], FRENCH).replace(REPORTS[1], FRENCH).encode(), "language: fr"),
        (b"<rss version='2.0'><channel><item><link>https://daily.example/1</link></item></channel></rss>", "without text"),
    ],
)  # fmt: skip
def test_what_is_no_feed_or_no_entry_is_rejected_with_what_it_is(tmp_path: Path, data: bytes, found: str) -> None:
    items = items_of(written(tmp_path, "a.xml", data))
    assert isinstance(items[0], Rejection), items[0]
    assert found in items[0].found
    assert sum(len(item.text) for item in items if isinstance(item, Article)) < 1000
