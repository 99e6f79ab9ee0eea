"""`import communique` costs nothing, and gives what it promises."""

from __future__ import annotations

import subprocess
import sys

import pytest

import communique


def test_importing_the_package_loads_neither_parser_nor_readers() -> None:
    program = "import communique, sys; print(sorted({'spacy', 'lxml', 'msgspec', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize(
    "name", [name for name in communique.__all__ if name not in {"CodedArticle", "Coder", "Explanation"}]
)
def test_every_public_name_is_there(name: str) -> None:  # those left out would load the parser
    assert getattr(communique, name)


def test_public_names_are_sorted() -> None:
    assert communique.__all__ == sorted(communique.__all__) == dir(communique)


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Article2'"):
        _ = communique.Article2
