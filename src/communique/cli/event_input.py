"""Events for the commands that work on columns: JSONL files and stores → Arrow tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import TypeVar

import msgspec
import pyarrow as pa

from communique.errors import InputError
from communique.ingest.event_tables import BATCH_ROWS, EVENT_COLUMNS, read_event_tables, tables_of_lines
from communique.records import Rejection

STORE_SUFFIX = ".duckdb"
_AHEAD = 2
Item = TypeVar("Item")


def is_store(name: str) -> bool:
    """Whether a name is a store's."""
    return name.endswith(STORE_SUFFIX)


def read_tables(
    inputs: Iterable[str], exclude: Collection[Path] = (), *, lines: bool = False
) -> Iterator[pa.Table | Rejection]:
    """Read the events of JSONL files and stores in the order given, with the next ones read ahead.

    A store's come in the order of its parts, the same whenever it is read; sorting a million would take a gigabyte.

    Args:
        inputs: What the user named.
        exclude: Files passed over in folders and globs.
        lines: Whether the tables of a store have `line` too, the record as JSON. Those of JSONL files always have.
    """
    return ahead(_read(inputs, exclude, lines))


def _read(inputs: Iterable[str], exclude: Collection[Path], lines: bool) -> Iterator[pa.Table | Rejection]:
    for stored, names in groupby(inputs, is_store):
        if not stored:
            yield from read_event_tables(names, exclude)
            continue
        from communique.store import Store  # here, so that work on files does not wait for it

        for name in names:
            if not Path(name).exists():
                raise InputError(f"{name}: no such store. `communique code … --store {name}` makes one.")
            with Store.open(name) as store:
                if lines:
                    encoded = (msgspec.json.encode(record) for record in store.records())
                    yield from tables_of_lines(encoded)
                else:
                    columns = ", ".join(f'"{column}"' for column in EVENT_COLUMNS)
                    for batch in store.batches(f"SELECT {columns} FROM events", BATCH_ROWS):
                        yield pa.Table.from_batches([batch])


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Make the next items in a thread while one is worked on.

    >>> list(ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    made: Queue[tuple[bool, Item | BaseException | None]] = Queue(_AHEAD)
    given_up = Event()

    def make() -> None:
        try:
            for item in items:
                made.put((True, item))
                if given_up.is_set():
                    return
            made.put((False, None))
        except BaseException as error:
            made.put((False, error))

    thread = Thread(target=make, daemon=True)
    thread.start()
    try:
        while True:
            more, item = made.get()
            if more:
                yield item  # type: ignore[misc]
            elif isinstance(item, BaseException):
                raise item
            else:
                return
    finally:
        given_up.set()
        while thread.is_alive():
            while not made.empty():
                made.get_nowait()
            thread.join(0.01)
