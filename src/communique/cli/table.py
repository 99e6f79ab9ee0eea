"""Events as people read them: who, what, whom, when and where, with the sentence and its words marked."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from communique.cli.text import printable
from communique.records import Article, Entity, Event, Mention

_WHO, _WHAT, _WHOM, _WHEN_WHERE = "bold cyan", "bold underline yellow", "bold magenta", "green"
_WIDTH_OF_FILES = 120


def event_table(where: str, article: Article, events: Sequence[Event]) -> Iterator[RenderableType]:
    """Lay out one article's events, in text order, under where the article stood."""
    yield heading(where, article)
    if not events:
        yield Text("  no event", "dim")
    for event in events:
        yield from _event(event)


def draw(parts: Iterable[RenderableType], *, terminal: bool) -> bytes:
    """Draw parts one below the other, in UTF-8: as wide as the terminal and in its colours, or plain for a file."""
    width = shutil.get_terminal_size().columns if terminal else _WIDTH_OF_FILES
    console = Console(file=io.StringIO(), force_terminal=terminal, width=width, highlight=False, emoji=False)
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    return captured.get().encode("utf-8", "replace")


def heading(where: str, article: Article) -> Rule:
    """A line above an article: where it stood, its day and its title."""
    known = [where, article.date.isoformat() if article.date else "no date", article.title]
    return Rule(Text(printable(" · ".join(part for part in known if part)), "bold"), align="left")


def _event(event: Event) -> Iterator[RenderableType]:
    grid = Table.grid(expand=True, padding=(0, 2, 0, 0))
    for ratio in (4, 3, 4, 3):
        grid.add_column(ratio=ratio, overflow="fold")
    grid.add_row(_parties(event.actors, _WHO), _what(event), _parties(event.recipients, _WHOM), _when_and_where(event))
    yield grid
    yield Padding(sentence(event), (0, 0, 1, 2))


def _parties(entities: Sequence[Entity], style: str) -> Text:
    return Text("\n").join(_party(entity, style) for entity in entities) if entities else Text("–", "dim")


def _party(entity: Entity, style: str) -> Text:
    code = " ".join([entity.code or "---", *entity.sectors])
    words = entity.mention.text
    if entity.resolved_text and entity.resolved_text != words:
        words = f"{words} = {entity.resolved_text}"
    return Text.assemble((code, style), " ", printable(words))


def _what(event: Event) -> Text:
    coding = event.coding
    lines = [(" ".join([coding.event_type, *coding.modes]), _WHAT)]
    if coding.auxiliary_modes:
        lines.append((", ".join(coding.auxiliary_modes), "bold red"))
    lines.append((f"{coding.confidence:.0%} sure", "dim"))
    return Text("\n").join(Text(words, style) for words, style in lines)


def _when_and_where(event: Event) -> Text:
    when, place = event.when, event.place
    day = "no date" if when is None else when.first.isoformat()
    if when is not None and when.last != when.first:
        day += f" to {when.last.isoformat()}"
    if when is not None and when.resolution == "publication":
        day += " (published)"
    return Text(printable(f"{day}\n{place.resolved}, {place.country}" if place else day), _WHEN_WHERE)


def sentence(event: Event) -> Text:
    """The event's sentence: words of actors, event, recipients and place in colour, event words also in brackets."""
    start, end = event.sentence.start, event.sentence.end
    text = Text(printable(event.article.text[start:end]).replace("\n", " "))
    marked: list[tuple[str, Sequence[Mention]]] = [
        (_WHEN_WHERE, [event.place.mention] if event.place else []),
        (_WHO, [entity.mention for entity in event.actors]),
        (_WHOM, [entity.mention for entity in event.recipients]),
        (_WHAT, event.trigger),
    ]
    for style, mentions in marked:
        for mention in mentions:
            if start <= mention.start and mention.end <= end:
                text.stylize(style, mention.start - start, mention.end - start)
    for mention in reversed(event.trigger):
        before, words, behind = text.divide([mention.start - start, mention.end - start])
        text = Text.assemble(before, "[", words, "]", behind)
    return text
