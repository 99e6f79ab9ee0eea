"""Articles in, events out: the one place that knows the order of the stages."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from communique.classify import Decision, LexiconTyper, ModelTyper, Typer, decide, decide_own, label_pairs, load_model
from communique.classify.contexts import find_contexts
from communique.classify.domain import article_domain, sentence_domain
from communique.errors import InputError
from communique.extract import extract
from communique.lexicon import load_actors, load_events, load_section, with_user_actors
from communique.link import link_article
from communique.own_types import OwnModel, OwnTyper, label_own_pairs, load_own_model
from communique.parse import load_parser, parse_articles
from communique.records import Article, Event, Mention, Pair, PairLabel, ParsedArticle, Rejection
from communique.resolve import ActorResolver, resolve_events
from communique.resolve.places import load_gazetteer
from communique.screen import load_screen

MAX_CHARACTERS = 200_000  # a longer text is no news report, and would take the parser more than its share of memory
MAX_WORDS = 60_000  # and signs: ordinary text of that many characters has 45,000
_WORD = re.compile(r"\w+|[^\w\s]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_log = logging.getLogger(__name__)
_BATCH = 32
_PAIR_BATCH = 256


@dataclass(frozen=True, slots=True)
class CodedArticle:
    """An article with its events, in text order; empty if it reports none."""

    article: Article
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class ExplainedCandidate:
    """What became of one event candidate.

    Attributes:
        words: The event words.
        sentence_text: The sentence that they stand in.
        actor_words: Words of who may have acted.
        recipient_words: Words of who may have been acted upon.
        outcome: "coded as …" or "dropped".
        reason: Why.
        event: The event, if it was coded.
    """

    words: str
    sentence_text: str
    actor_words: tuple[str, ...]
    recipient_words: tuple[str, ...]
    outcome: str
    reason: str
    event: Event | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All candidates of an article, and the reason if the whole article was set aside."""

    article: Article
    candidates: tuple[ExplainedCandidate, ...]
    set_aside: str | None = None


class Coder:
    """Codes articles. Loading takes a second or two; one coder serves any number of articles.

    Args:
        model: Name of an installed spaCy English pipeline; by default the small one that comes with the package.
        typer: What tells the type of an event candidate; by default the trained model and the lexicon together.
        actors: Files of the user's own actors, which win over the package's (`communique.lexicon.user_actors`).
        link: Whether an article's mentions of one event share a `link`, by the rule of `communique.link.within`.
        own_types: A folder that `communique train` wrote: articles and pairs are coded by its event types instead.
        screen: Whether articles that read like no report of a political event are set aside before they are parsed.
            With own types none is, since these may be of any kind.

    Raises:
        ModelNotFound: No such pipeline is installed.
        MissingDataError: The package was not built.
        OwnModelError: The folder of own types cannot be used.
    """

    def __init__(
        self,
        model: str | None = None,
        typer: Typer | None = None,
        *,
        actors: Sequence[Path] = (),
        link: bool = True,
        own_types: OwnModel | Path | None = None,
        screen: bool = True,
    ) -> None:
        self._link = link
        own = load_own_model(own_types) if isinstance(own_types, Path) else own_types
        self._own = own
        self._events = own.extended(load_events()) if own else load_events()
        self._actors = with_user_actors(load_actors(), actors)
        self._gazetteer = load_gazetteer()
        lexicon = LexiconTyper(self._events)
        self._typer = typer or (OwnTyper(own, load_model(), lexicon) if own else ModelTyper(load_model(), lexicon))
        self._reporting = load_section("language/reporting")
        self._short_forms = load_section("language/short_forms")
        self._nlp = load_parser(model)
        self._screen = load_screen(self._actors) if screen and not own else None

    def code(self, article: Article) -> list[Event]:
        """The events of one article, in text order.

        Raises:
            InputError: The text is longer than `MAX_CHARACTERS`.
        """
        result = next(self.code_documents([article]))
        if isinstance(result, Rejection):
            raise InputError(str(result))
        return list(result.events)

    def code_many(self, articles: Iterable[Article]) -> Iterator[Event]:
        """The events of many articles, in order. An article that is too long gives none; `code_documents` tells."""
        for result in self.code_documents(articles):
            if isinstance(result, CodedArticle):
                yield from result.events

    def code_documents(self, articles: Iterable[Article]) -> Iterator[CodedArticle | Rejection]:
        """One result an article, in order: its events, or why it could not be coded."""
        stream = iter(articles)
        while batch := list(islice(stream, _BATCH)):
            yield from self._code_batch(batch)

    def classify(self, pairs: Iterable[Pair]) -> Iterator[PairLabel]:
        """Label pairs that the user brings, in order: what did the actor do to the recipient?"""
        stream = iter(pairs)
        while batch := list(islice(stream, _PAIR_BATCH)):
            yield from (
                label_own_pairs(batch, load_model(), self._own) if self._own else label_pairs(batch, load_model())
            )

    def explain(self, article: Article) -> Explanation:
        """What was considered in one article, what it was coded as, or why it was dropped.

        Raises:
            InputError: The text is longer than `MAX_CHARACTERS`.
        """
        if (rejection := _unfit(article)) is not None:
            raise InputError(str(rejection))
        with self._nlp.memory_zone():
            parsed = next(parse_articles([article], self._nlp))
            return Explanation(article, tuple(self._explained(parsed)), self._set_aside(article))

    def _set_aside(self, article: Article) -> str | None:
        """Why an article is not parsed: it reads like no report of an event, or is of a field that has none."""
        text = _with_title(article)
        if self._screen and (found := self._screen.set_aside(text)):
            return str(found)
        domain = article_domain(text)
        return f"it is about {domain}" if domain else None

    def _code_batch(self, batch: list[Article]) -> list[CodedArticle | Rejection]:
        results: list[CodedArticle | Rejection] = [_unfit(article) or CodedArticle(article, ()) for article in batch]
        wanted = [
            index for index, result in enumerate(results)
            if isinstance(result, CodedArticle) and self._set_aside(result.article) is None
        ]  # fmt: skip
        with self._nlp.memory_zone():
            parsed_articles = parse_articles((batch[index] for index in wanted), self._nlp)
            for index, parsed in zip(wanted, parsed_articles, strict=True):
                results[index] = self._coded(parsed)
        return results

    def _coded(self, parsed: ParsedArticle) -> CodedArticle | Rejection:
        """The events of one parsed article. An error of ours costs that article, not the run."""
        try:
            events = tuple(candidate.event for candidate in self._explained(parsed) if candidate.event is not None)
        except Exception as error:
            _log.exception("article %s could not be coded", parsed.article.id)
            found = f"an error of the coder ({type(error).__name__}: {error})"
            return Rejection(parsed.article.id, found, "no error: please report this article", parsed.article.id)
        return CodedArticle(parsed.article, events)

    def _explained(self, parsed: ParsedArticle) -> list[ExplainedCandidate]:
        """Run all stages on a parsed article, and say of each candidate what became of it."""
        article = parsed.article
        found = extract(parsed, self._events, self._actors, self._reporting, self._short_forms)
        readings = self._typer.read(found.candidates, article.text, found.phrases)
        if all(reading is None for reading in readings):
            return []
        settle = decide_own if self._own else decide
        decisions = [_in_domain(decision, article.text) for decision in settle(found.candidates, readings)]
        resolver = ActorResolver(article, found.names, found.phrases, self._actors)
        coded = [
            (decision.candidate, decision.reading, decision.coding) for decision in decisions
            if decision.coding is not None and decision.reading is not None
        ]  # fmt: skip
        scheme = self._own.scheme if self._own else None
        resolved = iter(resolve_events(coded, article, resolver, self._gazetteer, found.counts, scheme))
        sentences = [sentence.text for sentence in parsed.sentences()]
        explained = []
        for decision in decisions:
            if decision.reading is None:
                continue
            event, reason = None, decision.reason
            if decision.coding is not None:
                result = next(resolved)
                event, reason = result.event, result.reason
            if event is not None:
                event = _with_contexts(event, sentences)
            explained.append(_explain(decision, event, reason, article.text))
        return _linked(explained) if self._link else explained


def _linked(explained: Sequence[ExplainedCandidate]) -> list[ExplainedCandidate]:
    """Give mentions of one event in an article the same `link`."""
    linked = iter(link_article([candidate.event for candidate in explained if candidate.event is not None]))
    return [replace(candidate, event=next(linked)) if candidate.event else candidate for candidate in explained]


def _unfit(article: Article) -> Rejection | None:
    strings = (
        article.text,
        article.id,
        article.title,
        article.url,
        article.publication,
        article.language,
        article.place,
    )
    if any(_SURROGATE.search(string) for string in strings if string):
        return Rejection(
            article.id, "half a character (a lone surrogate)", "text that can be written as UTF-8", article.id
        )
    if len(article.text) > MAX_CHARACTERS:
        return Rejection(
            article.id, f"a text of {len(article.text):,} characters", f"at most {MAX_CHARACTERS:,}", article.id
        )
    if len(article.text) > MAX_WORDS and (n_words := sum(1 for _ in _WORD.finditer(article.text))) > MAX_WORDS:
        return Rejection(article.id, f"a text of {n_words:,} words and signs", f"at most {MAX_WORDS:,}", article.id)
    return None


def _with_title(article: Article) -> str:
    return f"{article.title}\n\n{article.text}" if article.title else article.text


def _in_domain(decision: Decision, text: str) -> Decision:
    """Drop what stands in a sentence about sport, fiction or another field of no political event."""
    if decision.coding is None:
        return decision
    sentence = decision.candidate.sentence
    paragraph = text[text.rfind("\n\n", 0, sentence.start) + 1 : (text + "\n\n").find("\n\n", sentence.end)]
    domain = sentence_domain(text[sentence.start : sentence.end], paragraph)
    return replace(decision, coding=None, reason=f"the sentence is about {domain}") if domain else decision


def _with_contexts(event: Event, sentences: Sequence[str]) -> Event:
    """Add the contexts that the event's sentence and its neighbours name."""
    number = event.sentence.number
    beside = " ".join((*sentences[max(0, number - 1) : number], *sentences[number + 1 : number + 2]))
    contexts = find_contexts(sentences[number], beside, () if event.scheme else event.coding.modes)
    return replace(event, coding=replace(event.coding, contexts=contexts))


def _explain(decision: Decision, event: Event | None, reason: str, text: str) -> ExplainedCandidate:
    candidate, reading = decision.candidate, decision.reading
    actors = tuple(phrase.mention.text for phrase in reading.actors) if reading else ()
    recipients = tuple(phrase.mention.text for phrase in reading.recipients) if reading else ()
    return ExplainedCandidate(
        words=_words(candidate.trigger),
        sentence_text=text[candidate.sentence.start : candidate.sentence.end],
        actor_words=actors,
        recipient_words=recipients,
        outcome=f"coded as {_label(event)}" if event else "dropped",
        reason=reason,
        event=event,
    )


def _words(trigger: tuple[Mention, ...]) -> str:
    return " … ".join(mention.text for mention in trigger)


def _label(event: Event) -> str:
    """ "ASSAULT/aerial (future)" """
    coding = event.coding
    label = "/".join((coding.event_type, *coding.modes))
    return f"{label} ({', '.join(coding.auxiliary_modes)})" if coding.auxiliary_modes else label
