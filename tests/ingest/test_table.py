"""CSV and TSV: each row an article, or a rejection that names its line; the rows around it are read."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.ingest.settings import Settings
from communique.ingest.table import read_table
from communique.records import Article, Rejection
from tests.ingest.made import FRENCH, REPORTS, items_of, located, written

GOOD = f'id,date,text\n1,2024-03-07,"{REPORTS[0]}"\n2,2024-03-08,"{REPORTS[1]}"\n'


def test_a_table_gives_an_article_a_row(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a.csv", "Text,Date,Title,author,place,ignored\nMinisters met.,2024-03-07,Talks,A. B.,LIMA,x\n"
    )
    assert items_of(path) == [
        Article("Ministers met.", date=date(2024, 3, 7), title="Talks", author="A. B.", place="LIMA")
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", GOOD),
        (
            "semicolons.csv",
            GOOD.replace(",2024", ";2024").replace(",text", ";text").replace("id,", "id;").replace(',"', ';"'),
        ),
        (
            "a.tsv",
            GOOD.replace(",2024", "\t2024").replace(",text", "\ttext").replace("id,", "id\t").replace(',"', '\t"'),
        ),
        ("excel.csv", b"\xef\xbb\xbfsep=,\r\n" + GOOD.replace("\n", "\r\n").encode()),
        ("utf16.csv", GOOD.encode("utf-16")),
        ("old.mac.csv", GOOD.replace("\n", "\r")),
        ("blank.lines.csv", GOOD.replace("\n", "\n\n")),
        ("no.last.newline.csv", GOOD.rstrip("\n")),
    ],
)
def test_a_table_is_read_in_the_forms_that_programs_write(tmp_path: Path, name: str, data: bytes | str) -> None:
    articles = items_of(written(tmp_path, name, data))
    assert [(item.id, item.text) for item in articles if isinstance(item, Article)] == [
        ("1", REPORTS[0]),
        ("2", REPORTS[1]),
    ]
    assert len(articles) == 2


def test_a_text_over_several_lines_is_placed_at_its_first(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", 'text\n"Ministers met.\n\nThey ""parted""."\nPolice came.\n')
    found, _ = located(path)
    assert [(where, item.text) for where, item in found if isinstance(item, Article)] == [
        (":2", 'Ministers met.\n\nThey "parted".'), (":5", "Police came."),
    ]  # fmt: skip


def test_a_legacy_encoding_is_read_where_it_is_plain(tmp_path: Path) -> None:
    (item,) = items_of(written(tmp_path, "a.csv", "text\nThe café “closed”.\n".encode("cp1252")))
    assert isinstance(item, Article) and item.text == "The café “closed”."


def test_columns_are_named_with_fields(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "Body,published,text\nMinisters met.,2024-03-07,abstract\n")
    (item,) = items_of(path, {"text": "Body", "date": "published"})
    assert isinstance(item, Article) and (item.text, item.date) == ("Ministers met.", date(2024, 3, 7))


@pytest.mark.parametrize(
    ("data", "fields", "where", "found", "expected"),
    [
        (b"", {}, "", "an empty file", "column names"),
        (b"text,date\n", {}, "", "a table without rows", "a row for each"),
        ("headline,body\nA,B\n", {}, "", "no 'text' among the columns ('headline', 'body')", "--fields text=NAME"),
        ("headline,body\nA,B\n", {"text": "boddy"}, "", "no 'boddy' among the columns", "'body' (did you mean that?)"),
        ("text,Text\nA,B\n", {}, "", "two columns named 'text'", "each name once"),
        (b"PK\x03\x04\x14\x00rest", {}, "", "a zip archive or an office document", "a table"),
        ("id,text\n1,A,B\n", {}, ":2", "3 cells", "2, as the first row has"),
        ("id,text\n1\n", {}, ":2", "1 cells", "2"),
        ('id,text\n1,"He said "no" to it"\n', {}, ":2", "expected after", "quotation marks"),
        ('id,text\n1,"never closed\n', {}, ":2", "unexpected end of data", "quotation marks"),
        ("text,date\nA,12/03/24\n", {}, ":2", "date '12/03/24'", "ISO 8601"),
        ("text\n\x00\x01binary\n", {}, ":2", "NUL", "text"),
        ("text\nZażółć gęślą jaźń.\n".encode("iso-8859-2"), {}, ":2", "not UTF-8", "UTF-8"),
        ("text\n" + "a" * 10_000_001 + "\n", {}, ":2", "a row of more than", "a shorter row"),
        ("text,language\nBonjour.,fr\n", {}, ":2", "language: fr", "English"),
        (f'text\n"{FRENCH}"\n', {}, ":2", "language: fr", "English"),
        ("a" * 20_000_000, {}, "", "a first line that names no columns", "column names"),
        ("text\n" + '"' + ("line " * 200 + "\n") * 20_000, {}, ":2", "were not read", "quotation marks that close"),
    ],
)  # fmt: skip
def test_a_broken_table_says_where_and_what(
    tmp_path: Path, data: bytes | str, fields: dict[str, str], where: str, found: str, expected: str
) -> None:
    path = written(tmp_path, "a.csv", data)
    rejection = items_of(path, fields)[0]
    assert isinstance(rejection, Rejection)
    assert rejection.where == f"{path}{where}"
    assert found in rejection.found and expected in rejection.expected


@pytest.mark.parametrize(
    "row",
    ['3,"He said "no" to it"', "3", "3,a,b,c,d", '3,2024-03-09,"never closed', "3,yesterday,a", "3,2024-03-09,\0"],
)
def test_the_rows_around_a_broken_one_are_read(tmp_path: Path, row: str) -> None:
    first, *rest = GOOD.splitlines()
    found, _ = located(written(tmp_path, "a.csv", "\n".join([first, rest[0], row, rest[1]])))
    assert [where for where, _ in found] == [":2", ":3", ":4"]
    assert [isinstance(item, Article) for _, item in found] == [True, False, True]


def test_a_file_of_nothing_but_broken_rows_is_given_up_with_a_word_on_the_rest(tmp_path: Path) -> None:
    items = items_of(written(tmp_path, "a.csv", "text\n" + '"a"b\n' * 5000))
    assert len(items) == 101
    assert isinstance(items[-1], Rejection) and "the rest was not read" in items[-1].found


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(lambda text: f"x{text}")


@settings(deadline=None)  # machines may be busy
@given(st.lists(TEXTS, min_size=1, max_size=5), st.sampled_from([",", ";", "\t"]))
def test_what_python_writes_comes_back_unchanged(texts: list[str], delimiter: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerows([["id", "text"], *([str(number), text] for number, text in enumerate(texts))])
    stream = io.BufferedReader(io.BytesIO(buffer.getvalue().encode()))  # type: ignore[type-var]
    items = [item for _, item in read_table(stream, "here", "csv", Settings())]
    assert [item.text for item in items if isinstance(item, Article)] == texts


@settings(deadline=None)  # machines may be busy
@given(st.binary())
def test_any_bytes_give_articles_or_reasons(data: bytes) -> None:
    stream = io.BufferedReader(io.BytesIO(b"text\n" + data))  # type: ignore[type-var]
    assert all(isinstance(item, Article | Rejection) for _, item in read_table(stream, "here", "csv", Settings()))
