"""`communique watch`: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from communique.cli.failures import as_exit_codes


def add_watching(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(watch)


def watch(
    feeds: Annotated[Path, typer.Argument(metavar="FEEDS.toml", help="List of feeds.")],
    store: Annotated[
        Path | None, typer.Option("--store", metavar="STORE", help="A store (corpus.duckdb) to add to; made if new.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.jsonl", help="Or a file to append records to.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Poll every feed once and end.")] = False,
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="FILE", help="What is remembered between runs; by default FEEDS.toml.state."),
    ] = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Keep the articles' texts too.")] = False,
    actors: Annotated[
        list[Path] | None, typer.Option("--actors", metavar="FILE", help="Your own actors, as for `communique code`.")
    ] = None,
    no_link: Annotated[bool, typer.Option("--no-link", help="Do not link an article's mentions of one event.")] = False,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME|DIR", help="As for `communique code`.")] = None,
) -> None:
    """Watch RSS and Atom feeds: fetch what is new, code it, and add it to a store or a file.

    Servers are asked one page at a time with a pause between, by their robots.txt, with ETag and Last-Modified, and
    left alone for as long as they ask (429, Retry-After). What fails is tried again later, ever less often. Ctrl-C or
    SIGTERM ends it; nothing is lost or coded twice when it is started again.

    \b
    FEEDS.toml:
      [watch]
      interval = "15m"
      contact = "mailto:me@example.org"
      [[feed]]
      url = "https://example.org/rss.xml"

    \b
    Exit codes with --once: 0 all well; 3 some feed or page could not be read; 2 no feed could be.

    \b
    Examples:
      communique watch FEEDS.toml --store corpus.duckdb
      communique watch FEEDS.toml -o events.jsonl --once
    """
    from communique.cli.watch import watch_feeds

    with as_exit_codes():
        watch_feeds(
            feeds, store, output, once=once, state=state, with_text=with_text, actors=actors or [],
            link=not no_link, model=model,
        )  # fmt: skip
