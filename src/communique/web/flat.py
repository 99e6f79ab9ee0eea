"""The flat copy of a store that the pages read, kept beside the store for the next start.

The flat table `e` holds what pages filter, sort and count by, in a DuckDB file of its own, so that filters over a
million events need not read nested columns out of Parquet. What a page of the table shows of fifty events scattered
over it comes from an SQLite file by row number, a hundred times sooner than out of columns; an index of the words of
the articles, where the store keeps their texts, is in there too.

A copy is for one state of a store and one form of this module: its folder is named by both. Who makes one holds a
lock, and gives it its name when it is whole; others wait and take it. Where the store's folder cannot be written, the
copy is temporary.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import re
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from communique.store import Store
from communique.store.folder import sync

_log = logging.getLogger(__name__)

# What a page of the table shows of an event.
SHOWN = (
    "id", "document_id", "date", "enddate", "event", "mode", "context", "auxiliary", "quad", "scale", "actor_code",
    "actor_sector", "actor_name", "recipient_code", "recipient_sector", "recipient_name", "country", "place", "lat",
    "lon", "words", "title", "source", "confidence", "link", "revision",
)  # fmt: skip

_SOURCE = """
SELECT id, document_id, revision, date, enddate, date_resolution, event[1] AS event, mode, context,
    auxiliary_mode AS auxiliary, quad_code AS quad, CASE WHEN isfinite(event_scale) THEN event_scale END AS scale,
    [x.code FOR x IN actor] AS actor_code, flatten([x.sector FOR x IN actor]) AS actor_sector,
    [coalesce(x.identifier_text, x.resolved_text, x.entity_text) FOR x IN actor] AS actor_name,
    [x.code FOR x IN recipient] AS recipient_code, flatten([x.sector FOR x IN recipient]) AS recipient_sector,
    [coalesce(x.identifier_text, x.resolved_text, x.entity_text) FOR x IN recipient] AS recipient_name,
    spot.country_code AS country, spot.resolved_place AS place, CASE WHEN isfinite(spot.lat) THEN spot.lat END AS lat, CASE WHEN isfinite(spot.lon) THEN spot.lon END AS lon,
    array_to_string(event_text, ' … ') AS words, cite_info.title AS title, cite_info.publication AS source,
    CASE WHEN isfinite(confidence) THEN confidence END AS confidence, link,
    lower(concat_ws(' ', array_to_string(event_text, ' '),
        array_to_string([x.entity_text FOR x IN actor], ' '), array_to_string([x.resolved_text FOR x IN actor], ' '),
        array_to_string([x.identifier_text FOR x IN actor], ' '),
        array_to_string([x.entity_text FOR x IN recipient], ' '),
        array_to_string([x.resolved_text FOR x IN recipient], ' '),
        array_to_string([x.identifier_text FOR x IN recipient], ' '),
        spot.extracted_place, spot.resolved_place, cite_info.title)) AS search
FROM (
    SELECT *, CASE WHEN event_loc IS NULL AND contains(extra, '"event_loc"')  -- a field more than the column has
        THEN json_transform(extra, '{"event_loc": {"extracted_place": "VARCHAR", "resolved_place": "VARCHAR", '
            || '"country_code": "VARCHAR", "lat": "DOUBLE", "lon": "DOUBLE"}}').event_loc
        ELSE {'extracted_place': event_loc.extracted_place, 'resolved_place': event_loc.resolved_place,
            'country_code': event_loc.country_code, 'lat': event_loc.lat, 'lon': event_loc.lon} END AS spot
    FROM events
)
"""

# What an event has several of, since lists are slow to search: by role and name, the rows of `e`.
_MANY = {
    "mode": "mode",
    "context": "context",
    "auxiliary": "auxiliary",
    "actor": "actor_code",
    "recipient": "recipient_code",
    "actor_sector": "actor_sector",
    "recipient_sector": "recipient_sector",
}
# Each actor with each recipient; where all parties are actors (a meeting), each ordered pair of them.
_DYADS = """
CREATE TABLE flat.d AS SELECT DISTINCT pair.actor AS actor, pair.recipient AS recipient, number, quad, scale FROM (
    SELECT rowid AS number, quad, scale, unnest(
        CASE WHEN len(recipient_code) > 0
        THEN flatten([[{'actor': a, 'recipient': r} FOR r IN recipient_code] FOR a IN actor_code])
        ELSE flatten([[{'actor': actor_code[i], 'recipient': actor_code[j]} FOR j IN range(1, len(actor_code) + 1)
            IF i != j] FOR i IN range(1, len(actor_code) + 1)]) END
    ) AS pair FROM flat.e
) WHERE pair.actor IS NOT NULL AND pair.recipient IS NOT NULL ORDER BY actor, recipient, number
"""
_INDEX = "CREATE VIRTUAL TABLE words USING fts5(text, content='', detail=none, columnsize=0)"
# Articles with events whose texts are kept, each with what its latest revision was coded from.
_TEXTS = """
SELECT document_id, text FROM texts SEMI JOIN (SELECT document_id, text_sha256 FROM articles WHERE n_events > 0)
    USING (document_id, text_sha256)
"""
_BATCH_ROWS = 20_000
_TEXT_ROWS = 500
_EVENTS, _SHOWN = "events.duckdb", "shown.sqlite"


class Flat:
    """An open flat copy. `events` and `shown` go on when its files are deleted."""

    def __init__(self, folder: Path) -> None:
        self.events = duckdb.connect(str(folder / _EVENTS), read_only=True, config={"memory_limit": "1GB"})
        self.events.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
        address = f"{(folder / _SHOWN).resolve().as_uri()}?mode=ro&immutable=1"
        self.shown = sqlite3.connect(address, uri=True, check_same_thread=False)
        self.shown.execute("SELECT max(number) FROM shown").fetchone()  # opens the file

    def close(self) -> None:
        """Let go of both files."""
        self.events.close()
        self.shown.close()


def open_flat(store: Store) -> Flat:
    """The flat copy of what an open store holds: the one that is kept beside it, or one made now."""
    home = store.folder / "flat"
    try:
        home.mkdir(exist_ok=True)
        with _locked(home):
            return _kept(store, home)
    except OSError as error:
        _log.info("%s: the flat copy is not kept, since it cannot be written there (%s)", home, error.strerror)
    with tempfile.TemporaryDirectory(prefix="communique-web-") as folder:
        _make(store, Path(folder))
        return Flat(Path(folder))


def _kept(store: Store, home: Path) -> Flat:
    """Take or make the copy, and delete all others: of killed makers, and of states that are gone. For one at a time."""
    folder = home / _name(store)
    for other in home.iterdir():
        if other.is_dir() and other != folder:
            shutil.rmtree(other, ignore_errors=True)
    if folder.exists():
        try:
            return Flat(folder)
        except (duckdb.Error, sqlite3.Error, OSError):
            _log.warning("%s is damaged, and made anew", folder)
            shutil.rmtree(folder)
    temporary = home / f"tmp-{uuid.uuid4().hex}"
    temporary.mkdir()
    try:
        _make(store, temporary)
        for path in (temporary / _EVENTS, temporary / _SHOWN, temporary):
            sync(path)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return Flat(folder)


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    with (home / "lock").open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _name(store: Store) -> str:
    """What a copy depends on, in few letters: the store's parts, what is taken from them, and by which DuckDB."""
    form = ("2", _SOURCE, _DYADS, _INDEX, _TEXTS, *SHOWN, *_MANY, duckdb.__version__)
    parts = sorted(part.name for part in store.parts())
    return hashlib.sha256("\n".join((*form, *parts)).encode()).hexdigest()[:24]


def _make(store: Store, folder: Path) -> None:
    """Make both files."""
    path = str(folder / _EVENTS).replace("'", "''")
    store.execute(f"ATTACH '{path}' AS flat")
    try:
        store.execute(f"CREATE TABLE flat.e AS {_SOURCE}")
        store.execute("CREATE TABLE flat.c (role VARCHAR, code VARCHAR, number BIGINT)")
        for role, column in _MANY.items():
            store.execute(
                f"INSERT INTO flat.c SELECT '{role}', code, number "
                f"FROM (SELECT unnest({column}) AS code, rowid AS number FROM flat.e) WHERE code IS NOT NULL"
            )
        store.execute(_DYADS)
        _make_shown(store, folder / _SHOWN)
        store.execute("CHECKPOINT flat")
    finally:
        store.execute("DETACH flat")


def _make_shown(store: Store, path: Path) -> None:
    """What pages show of each event, and the words of the articles; `flat.t` says which event is in which."""
    connection = sqlite3.connect(path)
    try:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -100000"):
            connection.execute(f"PRAGMA {pragma}")
        with connection:
            connection.execute("CREATE TABLE shown (number INTEGER PRIMARY KEY, json TEXT)")
            sql = f"SELECT rowid AS number, json_array({', '.join(SHOWN)}) AS json FROM flat.e"
            for batch in store.batches(sql, _BATCH_ROWS):
                pairs = zip(batch.column("number").to_pylist(), batch.column("json").to_pylist(), strict=True)
                connection.executemany("INSERT INTO shown VALUES (?, ?)", pairs)
            connection.execute(_INDEX)
            ids = _index_texts(store, connection)
    finally:
        connection.close()
    store.execute(
        "CREATE TABLE flat.a AS SELECT unnest($ids::VARCHAR[]) AS document_id, "
        "generate_subscripts($ids::VARCHAR[], 1) - 1 AS article",
        {"ids": ids},
    )
    store.execute(
        "CREATE TABLE flat.t AS SELECT e.rowid AS number, article FROM flat.e e JOIN flat.a USING (document_id)"
    )


def _index_texts(store: Store, connection: sqlite3.Connection) -> list[str]:
    """Index the articles' words; gives the ids of the articles, in the order of their numbers in the index."""
    ids: list[str] = []
    for batch in store.batches(_TEXTS, _TEXT_ROWS):
        texts = batch.column("text").to_pylist()
        connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", enumerate(texts, len(ids)))
        ids += batch.column("document_id").to_pylist()
    return ids


def shown_row(shown: sqlite3.Connection, number: int) -> dict[str, Any]:
    """What pages show of an event, by its row."""
    (text,) = shown.execute("SELECT json FROM shown WHERE number = ?", (number,)).fetchone()
    return dict(zip(SHOWN, msgspec.json.decode(text), strict=True))


def articles_with(shown: sqlite3.Connection, words: str, n_articles: int) -> str:
    """Which articles have all the words: a string with a 1 or 0 for each. `word*` stands for all that begin so."""
    wanted = " AND ".join(f'"{word}"{star}' for word, star in re.findall(r"([^\W_]+)(\*?)", words))
    found = bytearray(b"0" * n_articles)
    if wanted:
        try:
            for (number,) in shown.execute("SELECT rowid FROM words WHERE words MATCH ?", (wanted,)):
                found[number] = 49
        except sqlite3.OperationalError:  # a word that is several for the index, and so none of its own
            pass
    return found.decode()
