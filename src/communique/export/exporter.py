"""Tables of events → the bytes of a format, table by table, and how many events were left out, with the reason."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from communique.export.crosswalk import literal
from communique.export.format import Format, Kind
from communique.export.rows import DYAD_ROWS, DYADS, EVENT_ROWS, EVENTS, SETUP

_Write = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events are exported.

    Attributes:
        include: Auxiliary modes that a format without status takes all the same. Formats with status take all.
        min_confidence: Events that are less sure are left out; those without confidence stay.
        canonical: Whether only the record stands for an event that its link names, or that has no link.
    """

    include: frozenset[str] = frozenset()
    min_confidence: float = 0.0
    canonical: bool = False


@dataclass(slots=True)
class Tally:
    """What became of the events: all of them are rows or left out."""

    events: int = 0
    exported: int = 0
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


class Exporter:
    """Writes one file of a format.

    Args:
        target: The format.
        write: Takes the file's bytes in order.
        selection: Which events it gets.
    """

    def __init__(self, target: Format, write: _Write, selection: Selection | None = None) -> None:
        self.tally = Tally()
        self._format, self._write = target, write
        self._connection = duckdb.connect(config={"memory_limit": "1GB"})
        self._connection.execute(SETUP)
        self._reasons = _reasons(target, selection or Selection())
        self._parquet: pyarrow.parquet.ParquetWriter | None = None
        self._started = False
        self._select = _select(target)

    def add(self, table: pa.Table) -> int:
        """Write a table of events (with the columns of `ingest.event_tables`). Returns how many rows it made."""
        rows = self._query(table)
        self._put(rows)
        self.tally.rows += rows.num_rows
        return int(rows.num_rows)

    def finish(self) -> None:
        """Write what stands at the end of the file."""
        if self._parquet:
            self._parquet.close()

    def _query(self, table: pa.Table) -> pa.Table:
        con = self._connection
        con.register("batch", table)
        if not self._started:
            self._make_views()
        for reason, number in con.execute("SELECT left_out, count(*) FROM all_rows GROUP BY left_out").fetchall():
            self.tally.events += number
            if reason is None:
                self.tally.exported += number
            else:
                self.tally.left_out[reason] += number
        return con.sql(self._select).to_arrow_table()

    def _make_views(self) -> None:
        """Make the rows that columns are chosen from, over whatever table is the batch: tables are alike."""
        con = self._connection
        con.execute(f"CREATE TEMP VIEW all_rows AS SELECT *, {self._reasons} AS left_out FROM ({EVENT_ROWS})")
        con.execute(f"CREATE TEMP VIEW {EVENTS} AS SELECT * FROM all_rows WHERE left_out IS NULL")
        if self._format.rows == DYADS:
            con.execute(f"CREATE TEMP VIEW {DYADS} AS {DYAD_ROWS}")

    def _put(self, rows: pa.Table) -> None:
        kind = self._format.kind
        if kind is Kind.parquet:
            if self._parquet is None:
                self._parquet = pyarrow.parquet.ParquetWriter(_Sink(self._write), rows.schema, compression="zstd")
            self._parquet.write_table(rows)
        elif kind is Kind.csv:
            buffer = io.BytesIO()
            options = pyarrow.csv.WriteOptions(include_header=not self._started, quoting_style="needed")
            pyarrow.csv.write_csv(rows, buffer, options)
            self._write(buffer.getvalue())
        else:
            lines = rows.column(0).to_pylist()
            if kind is Kind.tsv and self._format.header and not self._started:
                lines.insert(0, "\t".join(self._format.columns))
            self._write("".join(f"{line}\n" for line in lines).encode())
        self._started = True


def _reasons(target: Format, selection: Selection) -> str:
    """SQL that gives why an event is left out, NULL where it is not."""
    reasons = []
    if not target.has_status:
        included = ", ".join(map(literal, sorted(selection.include)))
        others = f"list_filter(coalesce(auxiliary_mode, []), lambda m: NOT list_contains([{included}]::VARCHAR[], m))"
        reasons.append(f"WHEN len({others}) > 0 THEN array_to_string({others}, '+')")
    if selection.min_confidence:
        reasons.append(f"WHEN confidence < {float(selection.min_confidence)} THEN 'confidence below the minimum'")
    if selection.canonical:
        reasons.append("WHEN link <> id THEN 'another record of a linked event'")
    reasons += [
        f"WHEN NOT ({condition}) THEN {literal(f'without {lacking}')}" for lacking, condition in target.needs.items()
    ]
    return f"CASE {' '.join(reasons)} END" if reasons else "NULL::VARCHAR"


def _select(target: Format) -> str:
    """SQL for the rows of a file: its columns, or where lines are text, the lines."""
    if target.kind in {Kind.parquet, Kind.csv}:
        columns = ", ".join(f'{expression} AS "{name}"' for name, expression in target.columns.items())
        return f"SELECT {columns} FROM {target.rows}"
    if target.kind is Kind.jsonl:
        return f"SELECT line FROM {target.rows}"
    missing = literal(target.missing)
    cells = ", chr(9), ".join(f"coalesce(({expression})::VARCHAR, {missing})" for expression in target.columns.values())
    return f"SELECT concat({cells}) AS line FROM {target.rows}"


class _Sink(io.RawIOBase):
    """A file that hands on what is written, for writers that want a file."""

    def __init__(self, write: _Write) -> None:
        self._hand_on, self._position = write, 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._hand_on(bytes(data))
        self._position += len(data)
        return len(data)
