"""What a series is counted from: one row an event, in a DuckDB table in memory (or on disk, when it grows)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from communique.errors import InputError
from communique.ingest.event_tables import tables_of_lines
from communique.records import Rejection

_PARTIES = "[coalesce(p.code, '') || ' ' || coalesce(p.sector[1], '') FOR p IN coalesce({}, [])]"
# Over rows with the fields of a record, such as those of a store's view `events`.
RECORD_FACTS = f"""
    SELECT id, coalesce(link, id) AS link, date, date_resolution AS resolution, event[1] AS event_type, quad_code, event_scale,
        coalesce(auxiliary_mode, []) AS auxiliary, confidence, {_PARTIES.format("actor")} AS actors,
        {_PARTIES.format("recipient")} AS recipients, event_loc.country_code AS place
"""
# Over rows of the Parquet file that `communique export` makes.
_FLAT_PARTIES = (
    "[coalesce(p[1], '') || ' ' || split_part(coalesce(p[2], ''), ' ', 1) FOR p IN list_zip({0}_codes, {0}_sectors)]"
)
_FLAT_FACTS = f"""
    SELECT event_id AS id, coalesce(link, event_id) AS link, date, date_resolution AS resolution, event_type, quad_code,
        event_scale, auxiliary_modes AS auxiliary, confidence, {_FLAT_PARTIES.format("actor")} AS actors,
        {_FLAT_PARTIES.format("recipient")} AS recipients, country AS place
"""
_COLUMNS = """
    id VARCHAR, link VARCHAR, date DATE, resolution VARCHAR, event_type VARCHAR, quad_code BIGINT, event_scale DOUBLE,
    auxiliary VARCHAR[], confidence DOUBLE, actors VARCHAR[], recipients VARCHAR[], place VARCHAR
"""


class Facts:
    """Events for counting, and how many articles were read on each day, where that is known."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"memory_limit": "1GB"})
        self.connection.execute(f"CREATE TABLE facts ({_COLUMNS})")
        self.connection.execute("CREATE TABLE articles (day DATE, n BIGINT)")

    @classmethod
    def of_records(cls, records: Iterable[Mapping[str, object]]) -> Facts:
        """Take records as `event_record` makes them."""
        facts = cls()
        for table in tables_of_lines(msgspec.json.encode(record) for record in records):
            if not isinstance(table, Rejection):
                facts.add(table)
        return facts

    def add(self, table: pa.Table) -> None:
        """Add events in a table with the fields of records."""
        self.connection.register("given", table)
        self.connection.execute(f"INSERT INTO facts {RECORD_FACTS} FROM given")
        self.connection.unregister("given")

    def add_facts(self, table: pa.Table) -> None:
        """Add rows that `RECORD_FACTS` made elsewhere."""
        self.connection.register("given", table)
        self.connection.execute("INSERT INTO facts FROM given")
        self.connection.unregister("given")

    def add_parquet(self, path: Path) -> int:
        """Add the events of a Parquet file of one row an event, as `communique export --to parquet` makes it.

        Returns:
            How many there were.

        Raises:
            InputError: It is no such file.
        """
        try:
            self.connection.execute(f"INSERT INTO facts {_FLAT_FACTS} FROM read_parquet($path)", {"path": str(path)})
            found = self.connection.sql("SELECT count(*) FROM read_parquet($path)", params={"path": str(path)})
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise InputError(
                f"{path}: {reason}, expected a file that `communique export --to parquet` made, without --dyads"
            ) from error
        return int(found.fetchall()[0][0])

    def add_articles(self, table: pa.Table) -> None:
        """Add numbers of articles read: columns `day` and `n`."""
        self.connection.register("given", table)
        self.connection.execute("INSERT INTO articles SELECT day, n FROM given WHERE day IS NOT NULL")
        self.connection.unregister("given")

    def __len__(self) -> int:
        return self._number("facts")

    @property
    def n_articles(self) -> int:
        """How many articles were read, as far as is known."""
        return self._number("articles")

    def _number(self, table: str) -> int:
        what = "count(*)" if table == "facts" else "coalesce(sum(n), 0)"
        return int(self.connection.sql(f"SELECT {what} FROM {table}").fetchall()[0][0])
