"""A coder that knows one word, in place of the real one: no test of the command line loads a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from communique.cli import coder
from communique.errors import InputError
from communique.records import (
    Article, Coding, DateInterval, Entity, Event, Mention, Pair, PairLabel, Rejection, Sentence,
)  # fmt: skip

LIMIT = 1000  # characters


@dataclass(frozen=True)
class Coded:
    article: Article
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Candidate:
    words: str
    sentence_text: str
    actor_words: tuple[str, ...]
    recipient_words: tuple[str, ...]
    outcome: str
    reason: str
    event: Event | None


@dataclass(frozen=True)
class Explanation:
    article: Article
    candidates: tuple[Candidate, ...]
    set_aside: str | None = None


class StubCoder:
    """Codes "<actor> arrested <recipient>." and fails where a text tells it to."""

    def code_documents(self, articles: Iterable[Article]) -> Iterator[Coded | Rejection]:
        for article in articles:
            if article.text == "Ctrl-C":
                raise KeyboardInterrupt
            if article.text == "failure":
                raise InputError("the coder failed")
            if len(article.text) > LIMIT:
                yield Rejection(article.id, f"a text of {len(article.text):,} characters", f"at most {LIMIT:,}")
            else:
                yield Coded(article, _events(article))

    def explain(self, article: Article) -> Explanation:
        if "football" in article.text:
            return Explanation(article, (), "sport")
        coded = [
            Candidate("arrested", article.text, ("Police",), (), "coded as COERCE/arrest", "verb 'arrest'", event)
            for event in _events(article)
        ]
        dropped = Candidate("may", article.text, (), (), "dropped", "names nobody", None)
        return Explanation(article, (*coded, dropped))

    def classify(self, pairs: Iterable[Pair]) -> Iterator[PairLabel]:
        for pair in pairs:
            arrest = "arrested" in pair.text
            scores = {"COERCE": 0.9 if arrest else 0.1}
            yield PairLabel(pair.id, ("COERCE",) * arrest, 0.9, ("arrest",) * arrest, ("future",) * arrest, scores)


def _events(article: Article) -> tuple[Event, ...]:
    text, word = article.text, " arrested "
    at = text.find(word)
    if at < 0:
        return ()
    event = Event(
        id=f"{article.id}#1",
        article=article,
        coding=Coding("COERCE", ("arrest",), confidence=0.8, auxiliary_modes=("future",)),
        actors=(Entity("KEN", ("COP",), Mention(text[:at], 0, at)),),
        recipients=(Entity("KEN", ("CVL",), Mention(text[at + len(word) :], at + len(word), len(text))),),
        trigger=(Mention("arrested", at + 1, at + 9),),
        sentence=Sentence(0, 0, len(text)),
        when=DateInterval(article.date, article.date, "publication") if article.date else None,
    )
    return (event,)


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coder, "make_coder", lambda model: StubCoder())


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()
