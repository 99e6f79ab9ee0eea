"""Bad input: a clear message each (where, what, what was expected), and the rest is read."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
import zstandard

from communique.ingest import read_articles, streams
from communique.records import Article, Rejection

GOOD = "Kenyan police arrested ten protesters in Nairobi."
GOOD_LINE = json.dumps({"id": "good", "text": GOOD, "date": "2024-03-07"}).encode()


def rejection_of(path: Path) -> Rejection:
    (item,) = read_articles([str(path)])
    assert isinstance(item, Rejection)
    return item


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("empty.txt", b"", "an empty file"),
        ("blank.txt", b" \n\n\t", "an empty text"),
        ("empty.jsonl", b"", "an empty file"),
        ("empty.html", b"", "an empty file"),
        ("empty.txt.gz", gzip.compress(b""), "an empty file"),
        ("scan.txt", b"%PDF-1.7\n%\xe2\xe3", "a PDF file"),
        ("photo.html", b"\x89PNG\r\n\x1a\n\0\0", "a PNG image"),
        ("report.txt", b"PK\x03\x04\x14\x00", "a zip archive"),
        ("nul.txt", b"Police arrested\0 protesters.", "a NUL byte at 15"),
        ("noise.txt", b"\x01\x02\x03\x04\x05 some \x07\x08 bytes", "binary data"),
        ("packed.txt", gzip.compress(b"text"), "gzip data under a name without .gz"),
        ("plain.txt.gz", b"text", "bytes that are not gzip"),
        ("plain.txt.zst", b"text", "bytes that are not zstd"),
        ("cut.txt.gz", gzip.compress(GOOD.encode() * 99)[:-20], "cut off"),
        ("cut.txt.zst", zstandard.compress(GOOD.encode() * 99)[:-5], "cut off"),
        ("spoilt.txt.gz", gzip.compress(GOOD.encode())[:-8] + b"\0" * 8, "damaged compressed data"),
        ("half.txt", "Ministros españoles se reunieron en Málaga".encode()[:-5], "UTF-8 that breaks at byte"),
        ("half16.txt", b"\xff\xfe" + GOOD.encode("utf-16-le")[:-1], "UTF-16-LE that breaks at byte"),
        ("dated.txt", b"date 12/03/24 By A. Writer\n\nMinisters met.", "date '12/03/24'"),
        ("navigation.html", b"<html><body><nav>Home</nav></body></html>", "a page without paragraphs"),
        ("deutsch.html", b"<html lang=de><body><p>Die Polizei nahm zehn Menschen fest.", "language: de"),
    ],
)
def test_a_file_that_holds_no_article_is_rejected_with_what_was_found(
    tmp_path: Path, name: str, data: bytes, found: str
) -> None:
    rejection = rejection_of(written(tmp_path, name, data))
    assert found in rejection.found
    assert rejection.where.startswith(str(tmp_path / name))
    assert rejection.expected


@pytest.mark.parametrize(
    ("line", "found", "expected"),
    [
        (b'{"id": "x", "text": "Police arr', "JSON cut off after", "one JSON object a line"),
        (b"Police arrested protesters.", "malformed JSON", "one JSON object a line"),
        (b'["text"]', "a JSON array", "one JSON object a line"),
        (b"null", "null", "one JSON object a line"),
        (b'{"id": "x"}', "no 'text' among the keys ('id')", "a string for text"),
        (b"{}", "no 'text' among the keys (none)", "a string for text"),
        (b'{"text": 7}', "the number 7 for text", "a string"),
        (b'{"text": ""}', "an empty text", "an article"),
        (b'{"text": "a", "id": 1.5}', "the number 1.5 for id", "a string or a whole number"),
        (b'{"text": "a", "id": true}', "true for id", "a string or a whole number"),
        (b'{"text": "a", "title": ["b"]}', "a JSON array for title", "a string or null"),
        (b'{"text": "a", "date": "12/03/24"}', "date '12/03/24'", "ISO 8601 such as '2024-03-12'"),
        (b'{"text": "a", "date": "2024-02-30"}', "date '2024-02-30'", "ISO 8601 such as '2024-03-12'"),
        (b'{"text": "a", "date": 20240312}', "the number 20240312 for date", "a string or null"),
        (b'{"text": "a", "language": "fr"}', "language: fr", "English"),
        (b'{"text": "half \\ud83d"}', "a lone surrogate", "one JSON object a line"),
        (b'{"text": "caf\xe9"}', "byte 0xe9, which is not UTF-8", "JSON in UTF-8"),
        (b'{"text": "a\0b"}', "binary data (a NUL byte)", "one JSON object a line"),
        (b"[" * 100_000, "the start of a JSON array", "one JSON object a line"),
        (b'{"a":' * 100_000, "JSON", "one JSON object a line"),
    ],
)
def test_a_line_that_is_no_article_is_rejected_and_the_lines_around_it_are_read(
    tmp_path: Path, line: bytes, found: str, expected: str
) -> None:
    path = written(tmp_path, "a.jsonl", b'{"text": "first"}\n' + line + b"\n\n" + GOOD_LINE)
    first, rejection, last = read_articles([str(path)])
    assert isinstance(first, Article) and isinstance(last, Article)
    assert isinstance(rejection, Rejection)
    assert rejection.where == f"{path}:2"
    assert found in rejection.found
    assert expected in rejection.expected


def test_a_rejected_line_keeps_its_id_where_one_can_be_read(tmp_path: Path) -> None:
    rejection = rejection_of(written(tmp_path, "a.jsonl", b'{"id": "AFP-0031", "text": "a", "date": "yesterday"}'))
    assert rejection.id == "AFP-0031"
    assert str(rejection).startswith(f"{tmp_path}/a.jsonl:1 (id 'AFP-0031'): found date 'yesterday', expected ISO 8601")


def test_a_json_array_over_many_lines_gives_one_message(tmp_path: Path) -> None:
    rejection = rejection_of(written(tmp_path, "a.jsonl", b'[\n{"text": "a"},\n{"text": "b"}\n]'))
    assert rejection.where.endswith(":1")


def test_what_was_read_before_a_compressed_file_breaks_off_is_kept(tmp_path: Path) -> None:
    lines = b"".join(b'{"text": "Article %d."}\n' % number for number in range(5000))
    *articles, rejection = read_articles([str(written(tmp_path, "a.jsonl.gz", gzip.compress(lines)[:-99]))])
    assert len(articles) > 1000 and all(isinstance(item, Article) for item in articles)
    assert isinstance(rejection, Rejection) and "cut off" in rejection.found


@pytest.mark.parametrize(
    ("given", "found"),
    [("missing.txt", "nothing of that name"), ("*.jsonl", "no file that matches"), ("notes.docx", "ending in '.docx'")],
)
def test_a_name_that_leads_to_no_article_is_rejected(tmp_path: Path, given: str, found: str) -> None:
    written(tmp_path, "notes.docx", b"")
    assert found in rejection_of(tmp_path / given).found


def test_a_folder_without_articles_says_which_names_would_be_read(tmp_path: Path) -> None:
    written(tmp_path, "notes.docx", b"")
    assert ".jsonl" in rejection_of(tmp_path).expected


def test_a_file_that_may_not_be_read_is_rejected_and_the_next_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    barred, free = written(tmp_path, "a.txt", b"secret"), written(tmp_path, "b.txt", GOOD.encode())
    open_file = streams.CountedFile  # tests may run as root, for whom nothing is barred

    def opened(path: Path) -> io.FileIO:
        if path == barred:
            raise PermissionError(13, "Permission denied", str(path))
        return open_file(path)

    monkeypatch.setattr(streams, "CountedFile", opened)
    rejection, article = read_articles([str(tmp_path)])
    assert isinstance(rejection, Rejection) and "no permission" in rejection.found and rejection.where == str(barred)
    assert isinstance(article, Article) and free.exists()


def test_a_file_of_absurd_size_is_rejected_without_being_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000_000)  # a sparse file: it takes no room
    assert "more than 10 MB" in rejection_of(path).found


def test_an_article_of_5_mb_is_read(tmp_path: Path) -> None:
    text = (GOOD + "\n") * 100_000
    (article,) = read_articles([str(written(tmp_path, "long.txt", text.encode()))])
    assert isinstance(article, Article) and article.text == text


def test_ten_thousand_articles_in_one_file_are_read_in_order(tmp_path: Path) -> None:
    lines = b"".join(b'{"id": %d, "text": "Article."}\n' % number for number in range(10_000))
    articles = read_articles([str(written(tmp_path, "a.jsonl", lines))])
    assert [item.id for item in articles] == [str(number) for number in range(10_000)]
