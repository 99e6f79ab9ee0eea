"""What the user names is read whole, in order, with what its own head says of day, place and publication."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import sys
from datetime import date
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.ingest import read_articles
from communique.ingest.decode import decode
from communique.ingest.jsonl import read_jsonl
from communique.ingest.reader import read_located
from communique.ingest.settings import Settings
from communique.records import Article, Rejection

TEXT = "Kenyan police arrested ten protesters in Nairobi – “by mistake”.\n"


def articles_of(*inputs: Path | str, published_on: date | None = None) -> list[Article]:
    items = list(read_articles([str(name) for name in inputs], published_on))
    assert all(isinstance(item, Article) for item in items), items
    return [item for item in items if isinstance(item, Article)]


def test_a_folder_is_read_with_its_sub_folders_sorted_by_name(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("c.txt", "b/z.htm", "b/a.jsonl", "a.TXT"):
        (tmp_path / name).write_text('{"text": "a.jsonl"}' if name.endswith("jsonl") else f"<p>{name}</p>")
    for passed_over in (".hidden.txt", "notes.md", "events.jsonl.rejects.jsonl"):
        (tmp_path / passed_over).write_text("x")
    places = [where for where, _ in read_located([str(tmp_path)])]
    assert [Path(place).relative_to(tmp_path).as_posix() for place in places] == [
        "a.TXT", "b/a.jsonl:1", "b/z.htm", "c.txt",
    ]  # fmt: skip


def test_a_glob_is_read_sorted_and_an_earlier_output_in_it_passed_over(tmp_path: Path) -> None:
    for name in ("2.jsonl", "1.jsonl", "out.jsonl"):
        (tmp_path / name).write_text(json.dumps({"id": name, "text": name}))
    items = read_articles([str(tmp_path / "*.jsonl")], exclude=[tmp_path / "out.jsonl"])
    assert [item.id for item in items] == ["1.jsonl", "2.jsonl"]


@pytest.mark.parametrize("name", ["report[1].txt", "was it?.txt", "a*.txt"])
def test_a_file_whose_name_looks_like_a_glob_is_read_as_the_file_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TEXT)
    assert [article.text for article in articles_of(tmp_path / name)] == [TEXT]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", TEXT.encode()),
        ("a.txt.gz", gzip.compress(TEXT.encode())),
        ("a.txt.zst", zstandard.compress(TEXT.encode())),
        ("two-members.txt.gz", gzip.compress(TEXT[:20].encode()) + gzip.compress(TEXT[20:].encode())),
        ("two-frames.txt.zst", zstandard.compress(TEXT[:20].encode()) + zstandard.compress(TEXT[20:].encode())),
        ("mark.txt", codecs.BOM_UTF8 + TEXT.encode()),
        ("utf-16.txt", TEXT.encode("utf-16")),
        ("utf-16-be.txt", codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be")),
        ("utf-32.txt", TEXT.encode("utf-32")),
        ("windows.txt", TEXT.encode("cp1252")),
        ("newlines.txt", TEXT.replace("\n", "\r\n").encode()),
    ],
)
def test_packing_and_encoding_leave_the_text_as_it_was(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert [article.text for article in articles_of(tmp_path / name)] == [TEXT]


@settings(deadline=None)  # machines may be busy
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
    st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]),
)
def test_a_text_with_a_byte_order_mark_comes_back_unchanged(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "here") == text


@settings(deadline=None)  # machines may be busy
@given(st.binary())
def test_any_bytes_give_a_text_or_a_reason(data: bytes) -> None:
    assert isinstance(decode(data, "here"), str | Rejection)


@settings(deadline=None)  # machines may be busy
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_text_of_a_json_object_is_never_changed(text: str) -> None:
    line = json.dumps({"text": f"x{text}"}).encode()
    stream = io.BufferedReader(io.BytesIO(line))  # type: ignore[type-var]
    ((_, item),) = read_jsonl(stream, "here", Settings())
    assert isinstance(item, Article) and item.text == f"x{text}"


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"text": TEXT}).encode(),
        json.dumps({"text": TEXT}).encode("utf-16"),
        gzip.compress(json.dumps({"text": TEXT}).encode()),
        TEXT.encode(),
        zstandard.compress(TEXT.encode()),
    ],
)
def test_standard_input_is_known_by_its_first_characters(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert [article.text for article in articles_of("-")] == [TEXT]


def test_standard_input_may_be_a_web_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"<!DOCTYPE html><p>Ministers met.</p>")))
    assert [article.text for article in articles_of("-")] == ["Ministers met."]


def test_the_second_article_of_an_id_is_rejected_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1", "text": "a"}\n{"id": 1, "text": "b"}\n{"id": "2", "text": "a"}')
    first, second, third = read_articles([str(path)])
    assert isinstance(first, Article) and isinstance(third, Article)
    assert isinstance(second, Rejection)
    assert (second.where, second.id) == (f"{path}:2", "1")
    assert "an earlier article" in second.found


def test_the_same_text_twice_is_one_article_unless_its_day_differs(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"text": "a", "date": "2024-03-07"}\n{"text": "a", "date": "2024-03-08"}\n{"text": "a", "id": null}'
    )
    assert len({article.id for article in articles_of(path)}) == 3


@pytest.mark.parametrize(
    ("text", "day", "place", "publication", "title"),
    [
        ("LIMA - Ministers met.", None, "LIMA", None, None),
        ("LIMA, March 3, 2024 (Agency) - Ministers met.", date(2024, 3, 3), "LIMA", "Agency", None),
        (" date 2021-01-16 By A. Writer\n\nMinisters met.", date(2021, 1, 16), None, None, None),
        ("Ministers meet\n\nLIMA, March 3, 2024 (Agency) - Met.", date(2024, 3, 3), "LIMA", "Agency", "Ministers meet"),
        ("Ministers met in Lima.", None, None, None, None),
    ],
)
def test_a_plain_text_tells_day_place_and_agency_in_its_own_head(
    tmp_path: Path, text: str, day: date | None, place: str | None, publication: str | None, title: str | None
) -> None:
    (tmp_path / "a.txt").write_text(text)
    (article,) = articles_of(tmp_path / "a.txt")
    assert (article.date, article.place, article.publication, article.title) == (day, place, publication, title)
    assert article.text == text


def test_the_given_day_serves_only_articles_that_do_not_tell_theirs(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"text": "a"}\n{"text": "b", "date": "2024-03-08"}\n{"text": "date 2024-03-09 By A. Writer\\n\\nMet."}'
    )
    days = [article.date for article in articles_of(path, published_on=date(2020, 1, 1))]
    assert days == [date(2020, 1, 1), date(2024, 3, 8), date(2024, 3, 9)]


@pytest.mark.parametrize(("name", "text"), [("a.txt", "Ministers met."), ("a.jsonl", '{"text": "Met.", "date": ""}')])
def test_an_article_without_a_day_has_none_and_never_today(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert articles_of(tmp_path / name)[0].date is None


def test_all_that_a_json_object_knows_of_an_article_is_kept(tmp_path: Path) -> None:
    known = {
        "id": "AFP-1", "text": "Ministers met.", "date": "2024-03-07T23:30:00+03:00", "title": "Talks", "place": "LIMA",
        "url": "https://example.org/1", "publication": "Agency", "language": "en-GB", "keywords": ["ignored"],
    }  # fmt: skip
    (tmp_path / "a.jsonl").write_text(json.dumps(known))
    assert articles_of(tmp_path / "a.jsonl") == [
        Article(
            id="AFP-1", text="Ministers met.", date=date(2024, 3, 7), title="Talks", place="LIMA",
            url="https://example.org/1", publication="Agency", language="en",
        )
    ]  # fmt: skip
