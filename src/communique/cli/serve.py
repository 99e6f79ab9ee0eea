"""`communique serve`: the web app on a store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from communique.cli import coder
from communique.errors import InputError


def serve_store(
    store: Path,
    host: str,
    port: int,
    tokens: Path | None,
    user: str | None,
    allowed_hosts: list[str],
    timeout_s: float,
    *,
    read_only: bool,
    actors: Sequence[Path] = (),
    model: str | None = None,
) -> None:
    """Serve until interrupted. `actors` and `model` are of the coder of "Code here", as of `communique code`.

    Raises:
        CommuniqueError: It cannot be served, or no such coder can be made.
    """
    try:
        import uvicorn

        from communique.web import Settings, create_app
        from communique.web.settings import read_tokens, who
    except ImportError as error:
        raise InputError(f"the web app needs more packages ({error}). Run `pip install 'communique[web]'`.") from error
    settings = Settings(
        store,
        host=host,
        tokens=read_tokens(tokens) if tokens else {},
        read_only=read_only,
        timeout_s=timeout_s,
        hosts=tuple(allowed_hosts),
        user=user or who(),
    )
    if actors or model:  # what is wrong with them is said now, not when somebody codes a text
        own = coder.make_coder(model, actors=actors)
        app = create_app(settings, lambda: own)
    else:
        app = create_app(settings, lambda: coder.make_coder(None))
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Communiqué serves {store} on http://{shown}:{port}/ (Ctrl-C ends it)", err=True)
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
