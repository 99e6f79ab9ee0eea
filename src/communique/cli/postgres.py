"""`communique export STORE --to postgresql://…`."""

from __future__ import annotations

from types import TracebackType

import typer
from rich.console import Console

from communique.cli.text import printable
from communique.errors import InputError


def export_to_server(stores: list[str], url: str, *, told: bool) -> None:
    """Bring a PostgreSQL database in step with stores.

    Raises:
        CommuniqueError: An input is no store, the database cannot be written, or an option was given (`told`) that
            chooses among events or names a file: a database gets all of a store.
    """
    from communique.store import Store
    from communique.store.postgres import export_to_postgres

    if told:
        raise InputError("--to postgresql:// takes no other options: the database gets all of a store, all revisions.")
    for path in stores:
        with Store.open(path) as store, _Counting(path) as counting:
            n_events = export_to_postgres(store, url, counting.show)
        typer.echo(f"communique: {path}: {n_events:,} events written; the database is in step.", err=True)


class _Counting:
    """A line on standard error that counts events, if that is a terminal."""

    def __init__(self, name: str) -> None:
        console = Console(stderr=True)
        self._status = console.status(f"{printable(name)} …") if console.is_terminal else None
        self._name = printable(name)

    def __enter__(self) -> _Counting:
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    def show(self, n_events: int) -> None:
        """Show how many there were."""
        if self._status:
            self._status.update(f"{self._name}: {n_events:,} events")
