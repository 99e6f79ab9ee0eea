"""PDF with text: lines become paragraphs; what is no such PDF is rejected with what it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from communique.records import Article, Rejection
from tests.ingest.made import FRENCH, items_of, pdf, written

LINES = (
    "LIMA, March 3, 2024 (Agency) - Peruvian police arrested ten pro-",
    "testers on Sunday, a government spokesman told reporters here.",
    "The opposition condemned it.",
    "It called on the president to release them at once, and said that it",
    "would march again on Friday in the capital.",
)
TEXT = (
    "LIMA, March 3, 2024 (Agency) - Peruvian police arrested ten protesters on Sunday, a government spokesman told "
    "reporters here. The opposition condemned it.\n\nIt called on the president to release them at once, and said that "
    "it would march again on Friday in the capital."
)


def test_lines_are_joined_to_paragraphs(tmp_path: Path) -> None:
    (item,) = items_of(written(tmp_path, "a.pdf", pdf([LINES], title="Ten held", author="A. Writer")))
    assert isinstance(item, Article)
    assert item.text == TEXT
    assert (item.date, item.place, item.title, item.author) == (date(2024, 3, 3), "LIMA", "Ten held", "A. Writer")


def test_page_numbers_and_running_heads_are_left_out(tmp_path: Path) -> None:
    towns = ("Lima", "Cusco", "Puno", "Tacna")
    sheets = [
        ("The Daily, 3 March", *(f"Ministers met in {town} for talk {n}." for n in "abcd"), f"Page {number} of 4")
        for number, town in enumerate(towns, start=1)
    ]
    (item,) = items_of(written(tmp_path, "a.pdf", pdf(sheets)))
    assert isinstance(item, Article)
    assert "Daily" not in item.text and "Page" not in item.text and item.text.count("Ministers") == 16


def test_a_pdf_encrypted_without_a_password_is_read(tmp_path: Path) -> None:
    (item,) = items_of(written(tmp_path, "a.pdf", pdf([LINES], encrypted="")))
    assert isinstance(item, Article) and item.text == TEXT


WHOLE = pdf([LINES])


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b"<html><h1>404 Not Found</h1></html>", "bytes that are not PDF"),
        (b"%PDF-1.7\n", "a PDF"),
        (WHOLE[: len(WHOLE) // 4], "a PDF"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 50, "a PDF"),
        (WHOLE.replace(b"/Pages", b"/Pigs"), "a"),
        (pdf([LINES], encrypted="secret"), "an encrypted PDF that asks for a password"),
        (pdf([()]), "1 page without text"),
        (pdf([(), (), ()]), "3 pages without text"),
        (pdf([[FRENCH[:90], FRENCH[90:180]]]), "language: fr"),
        (pdf([["Date"]]), "1 page without text"),
        (WHOLE.replace(b"/FlateDecode", b"/JBIG2Decode"), "a"),
    ],
)
def test_a_pdf_that_gives_no_article_is_rejected(tmp_path: Path, data: bytes, found: str) -> None:
    (item,) = items_of(written(tmp_path, "a.pdf", data))
    assert isinstance(item, Rejection), item
    assert found in item.found
    assert "PDF" in item.expected or "English" in item.expected


def test_a_pdf_that_unpacks_to_too_much_is_rejected(tmp_path: Path) -> None:
    (item,) = items_of(written(tmp_path, "a.pdf", pdf([["a" * 80_000_000]])))
    assert isinstance(item, Rejection)
