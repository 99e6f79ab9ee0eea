"""A coder without a model: every article that says "arrested" reports one arrest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from typer.testing import CliRunner, Result

from communique.cli import app
from communique.errors import InputError
from communique.records import (
    Article,
    Coding,
    DateInterval,
    Entity,
    Event,
    Mention,
    Pair,
    PairLabel,
    Place,
    Rejection,
    Sentence,
)

TEXT = "Kenyan police arrested ten protesters in Nairobi."
MAX_CHARACTERS = 1000


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
class Explained:
    article: Article
    candidates: tuple[Candidate, ...]
    set_aside: str | None = None


def mention(text: str, words: str) -> Mention:
    start = text.index(words)
    return Mention(words, start, start + len(words))


def arrest(article: Article) -> Event:
    text = article.text
    return Event(
        id=f"{article.id}#1",
        article=article,
        coding=Coding("COERCE", ("arrest",), (), ("future",), 0.9, "verb 'arrest'"),
        actors=(Entity("KEN", ("COP",), mention(text, "Kenyan police")),),
        recipients=(Entity("KEN", ("CVL",), mention(text, "protesters"), resolved_text="students"),),
        trigger=(mention(text, "arrested"),),
        sentence=Sentence(0, 0, len(text)),
        when=DateInterval(article.date, article.date, "publication") if article.date else None,
        place=Place(mention(text, "Nairobi"), "Nairobi", "KEN", "city"),
    )


class StubCoder:
    def code_documents(self, articles: Iterable[Article]) -> Iterator[Coded | Rejection]:
        for article in articles:
            if article.text == "Ctrl-C":
                raise KeyboardInterrupt
            if article.text == "failure":
                raise InputError("the coder failed")
            if len(article.text) > MAX_CHARACTERS:
                yield Rejection(article.id, "a long text", "a shorter one", article.id)
            else:
                yield Coded(article, (arrest(article),) if "arrested" in article.text else ())

    def explain(self, article: Article) -> Explained:
        if len(article.text) > MAX_CHARACTERS:
            raise InputError("a long text")
        if "arrested" not in article.text:
            return Explained(article, (), "sport" if "goal" in article.text else None)
        event = arrest(article)
        words = ("arrested", article.text, ("Kenyan police",), ("protesters",))
        coded = Candidate(*words, "coded as COERCE/arrest", "verb 'arrest'", event)
        return Explained(article, (coded, Candidate("war", article.text, (), (), "dropped", "a metaphor", None)))

    def classify(self, pairs: Iterable[Pair]) -> Iterator[PairLabel]:
        for pair in pairs:
            if "arrested" in pair.text:
                yield PairLabel(pair.id, ("COERCE",), 0.8, ("arrest",), (), {"COERCE": 0.8})
            else:
                yield PairLabel(pair.id, (), 0.7, scores={"COERCE": 0.3})


def run(*arguments: object, stdin: str | bytes = "") -> Result:
    """Run `communique` with these arguments."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
