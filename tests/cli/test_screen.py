"""`communique code --no-screen` reaches the coder, and what was asked for is remembered."""

from __future__ import annotations

from typing import Any

import pytest

from communique.cli import coder
from communique.cli.workers import options_told
from tests.cli.stub import TEXT, StubCoder, run


@pytest.mark.parametrize(("options", "screened"), [([], True), (["--no-screen"], False)])
def test_articles_are_screened_unless_it_is_switched_off(
    monkeypatch: pytest.MonkeyPatch, options: list[str], screened: bool
) -> None:
    asked: list[dict[str, Any]] = []

    def make(model: str | None, **told: Any) -> StubCoder:
        asked.append(told)
        return StubCoder()

    monkeypatch.setattr(coder, "make_coder", make)
    assert run("code", "-", *options, stdin=TEXT).exit_code == 0
    assert [told["screen"] for told in asked] == [screened]


def test_a_run_without_the_screen_is_not_resumed_with_it() -> None:
    assert options_told([], link=True, model=None, screen=False) != options_told([], link=True, model=None)
