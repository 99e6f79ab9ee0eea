"""`communique serve`: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from communique.cli.failures import as_exit_codes


def add_serving(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A store that `communique code --store` made.")],
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8765,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; any but this machine's own demands --tokens.")
    ] = "127.0.0.1",
    tokens: Annotated[
        Path | None,
        typer.Option("--tokens", metavar="FILE", help="Reviewers who may come in: 'NAME TOKEN' a line."),
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", metavar="NAME", help="Whose judgements they are, without --tokens.")
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="Let nothing be changed.")] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Another name of this server; may be repeated."),
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds that a query may take.")] = 20.0,
    actors: Annotated[
        list[Path] | None,
        typer.Option(
            "--actors", metavar="FILE", help="Your own actors for the page Code here, as for `communique code`."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME|DIR", help="What Code here codes with, as for `communique code`."),
    ] = None,
) -> None:
    """Serve a store as a web app: browse, see and correct its events. Ctrl-C ends it.

    Pages read what is in the store while coding runs go on. Needs `pip install 'communique[web]'`.

    \b
    Examples:
      communique serve corpus.duckdb
      communique serve corpus.duckdb --read-only --port 8080
      communique serve corpus.duckdb --actors mine.yml --model election-violence
      communique serve corpus.duckdb --host 0.0.0.0 --tokens reviewers.txt --allow-host coder.example.org
    """
    from communique.cli.serve import serve_store

    with as_exit_codes():
        serve_store(
            store, host, port, tokens, user, allow_host or [], timeout, read_only=read_only,
            actors=actors or [], model=model,
        )  # fmt: skip
