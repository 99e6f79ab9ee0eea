"""Web archives: every page an article; what is broken is told with its record, and the records behind it are read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import zstandard

from communique.ingest import extras
from communique.records import Article, Rejection
from tests.ingest.made import FRENCH, REPORTS, chunked, http, items_of, located, page, warc, warc_record, written

GOOD = warc_record(http(page(REPORTS[:1])))
LAST = warc_record(http(page(REPORTS[1:])), url="https://daily.example/last")


def test_the_pages_of_an_archive_are_read_and_the_rest_is_remarked_on(tmp_path: Path) -> None:
    archive = warc(
        warc_record(b"GET / HTTP/1.1\r\nHost: daily.example\r\n\r\n", "request"),
        GOOD,
        warc_record(http(b"\x89PNG", content_type="image/png"), url="https://daily.example/a.png"),
        warc_record(http(b"", "301 Moved Permanently", Location="/1")),
        warc_record(http(b"User-agent: *", content_type="text/plain"), url="https://daily.example/robots.txt"),
        warc_record(REPORTS[1].encode(), "conversion", "https://daily.example/2", Content_Type="text/plain"),
    )
    found, remarks = located(written(tmp_path, "a.warc", archive))
    assert [(where, item.text, item.url) for where, item in found if isinstance(item, Article)] == [
        (":3", REPORTS[0], "https://daily.example/1"), (":7", REPORTS[1], "https://daily.example/2"),
    ]  # fmt: skip
    assert len(found) == 2
    assert (
        "5 records passed over" in remarks[0]
        and "1 pictures" in remarks[0]
        and "1 answers with status 301" in remarks[0]
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.warc.gz", warc(GOOD, LAST, packed=True)),
        ("one.member.warc.gz", gzip.compress(warc(GOOD, LAST))),
        ("a.warc.zst", zstandard.compress(warc(GOOD, LAST))),
        ("lf.warc", warc(GOOD, LAST).replace(b"\r\n\r\nWARC/", b"\n\nWARC/")),
        ("chunked.warc", warc(warc_record(http(chunked(page(REPORTS[:1])), Transfer_Encoding="chunked")), LAST)),
        ("gzip.warc", warc(warc_record(http(gzip.compress(page(REPORTS[:1])), Content_Encoding="gzip")), LAST)),
    ],
)
def test_an_archive_is_read_in_the_forms_that_crawlers_write(tmp_path: Path, name: str, data: bytes) -> None:
    items = items_of(written(tmp_path, name, data))
    assert [item.text for item in items if isinstance(item, Article)] == [REPORTS[0], "\n\n".join(REPORTS[1:])]


def test_the_encoding_of_the_http_header_is_used(tmp_path: Path) -> None:
    body = (
        page(["The café in Malmö “closed” on Monday."])
        .replace(b'<meta charset="utf-8">', b"")
        .decode()
        .encode("cp1252")
    )
    record = warc_record(http(body, content_type="text/html; charset=windows-1252"))
    (item,) = items_of(written(tmp_path, "a.warc", warc(record)))
    assert isinstance(item, Article) and item.text == "The café in Malmö “closed” on Monday."


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (b"", ""),
        (GOOD.replace(b"Content-Length: ", b"Content-Length: 9"), "a record that is cut off"),
        (warc_record(http(page()), length=40), "at whose end the record does not end"),
        (warc_record(http(page()), length=len(http(page())) + 30), "at whose end the record does not end"),
        (warc_record(http(page()), length="many"), "Content-Length 'many'"),
        (warc_record(http(page()), length=-5), "Content-Length '-5'"),
        (GOOD.replace(b"Content-Length", b"Content-Lenght"), "no Content-Length"),
        (b"<html>404 Not Found</html>\r\n\r\n", "where a record should begin"),
        (b"WARC/1.0\r\n" + b"X: y\r\n" * 2000, "headers without end"),
        (b"WARC/1.0\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n", "headers without end"),
        (b"\0\xff" * 100_000 + b"\n", "where a record should begin"),
        (warc_record(b"not HTTP at all\r\n\r\n"), "broken HTTP"),
        (warc_record(http(gzip.compress(page())[:-30], Content_Encoding="gzip")), ""),
        (warc_record(http(b"no gzip", Content_Encoding="br")), "content encoding 'br'"),
        (warc_record(http(gzip.compress(b"<p>" + b"a" * 50_000_000), Content_Encoding="gzip")), "more than 10 MB"),
        (warc_record(http(b"<p>" + b"a" * 30_000_000)), "a page of 28 MB"),
        (warc_record(http(page([FRENCH], lang="fr"))), "language: fr"),
        (warc_record(http(b"")), "an empty file"),
    ],
)  # fmt: skip
def test_a_broken_record_is_told_and_the_next_ones_are_read(tmp_path: Path, broken: bytes, found: str) -> None:
    items = items_of(written(tmp_path, "a.warc", warc(GOOD, broken, LAST)))
    articles = [item for item in items if isinstance(item, Article)]
    rejections = [item for item in items if isinstance(item, Rejection)]
    assert [articles[0].text, articles[-1].text] == [REPORTS[0], "\n\n".join(REPORTS[1:])]
    if found:
        assert found in rejections[0].found and rejections[0].where.startswith(f"{tmp_path}/a.warc:3")


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.warc", b"", "no records"),
        ("a.warc", b"text that is no archive", "where a record should begin"),
        ("a.warc", warc(GOOD)[:-200], "a record that is cut off"),
        ("a.warc.gz", warc(GOOD, LAST, packed=True)[:-20], "cut off"),
        ("a.warc.gz", warc(GOOD), "bytes that are not gzip"),
        (
            "bomb.warc.gz",
            gzip.compress(b"WARC/1.0\r\nContent-Length: 900000000\r\n\r\n" + bytes(280_000_000)),
            "unpacks to",
        ),
    ],
)
def test_a_broken_archive_is_told(tmp_path: Path, name: str, data: bytes, found: str) -> None:
    items = items_of(written(tmp_path, name, data))
    assert any(isinstance(item, Rejection) and found in item.found for item in items), items


@pytest.mark.parametrize("name", ["a.warc", "a.pdf"])
def test_without_the_extra_the_rejection_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    (item,) = items_of(written(tmp_path, name, b"WARC/1.0"))
    assert isinstance(item, Rejection)
    assert "not installed" in item.found and "pip install 'communique[ingest]'" in item.expected
