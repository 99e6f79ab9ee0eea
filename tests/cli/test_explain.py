"""What `communique explain` shows of an article."""

from __future__ import annotations

from tests.cli.stub import TEXT, run


def test_every_candidate_is_shown_with_its_words_its_outcome_and_the_reason() -> None:
    result = run("explain", "-", stdin=TEXT)
    assert result.exit_code == 0
    for words in ["arrested: coded as COERCE/arrest – verb 'arrest'", "who: Kenyan police", "whom: protesters",
                  "KEN COP: Kenyan police", "war: dropped – a metaphor", TEXT]:  # fmt: skip
        assert words in result.stdout


def test_an_article_about_sport_is_set_aside_with_the_reason() -> None:
    assert "set aside before parsing" in run("explain", "-", stdin="A late goal won the match.").stdout


def test_an_article_without_candidates_says_so() -> None:
    assert "no word that may say" in run("explain", "-", stdin="Rain fell.").stdout


def test_an_article_that_cannot_be_read_is_told() -> None:
    result = run("explain", "-", stdin=b"\x00\x01")
    assert result.exit_code == 2
    assert "NUL byte" in result.stderr


def test_an_article_over_the_coder_s_limit_is_rejected() -> None:
    result = run("explain", "-", stdin=TEXT * 100)
    assert result.exit_code == 2
    assert "a text of 4,900 characters, expected a shorter text" in result.stderr
