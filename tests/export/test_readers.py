"""Files load with readers that others made: `gdelt-py` for GDELT, DuckDB's and Arrow's CSV sniffing for tables."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.csv
import pytest

from tests.cli.stub import run
from tests.export.events import NAIROBI, event, party, written

N_EVENTS = 40


@pytest.fixture
def source(tmp_path: Path) -> Path:
    types = ("CONSULT", "AID", "REJECT", "ASSAULT")
    return written(tmp_path / "events.jsonl", *(
        event(
            f"{n}#1", types[n % 4], quad_code=n % 4 + 1, date=f"2024-03-{n % 28 + 1:02}", event_loc=NAIROBI if n % 3 else None,
            actor=[party("USA", "GOV", text=f'the "{n}th" envoy')], recipient=[party("ROU", "MIL")] if n % 2 else [],
        )
        for n in range(N_EVENTS)
    ))  # fmt: skip


def test_gdelt_py_reads_events_and_mentions(
    source: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("py_gdelt", reason="pip install gdelt-py")
    from py_gdelt.models.events import Event, Mention
    from py_gdelt.parsers.events import EventsParser
    from py_gdelt.parsers.mentions import MentionsParser

    for name in ("gdelt", "gdelt-mentions"):
        assert run("export", source, "--to", name, "-o", tmp_path / name).exit_code == 0
    with caplog.at_level(logging.WARNING):
        events = [Event.from_raw(raw) for raw in EventsParser().parse((tmp_path / "gdelt").read_bytes())]
        mentions = [Mention.from_raw(raw) for raw in MentionsParser().parse((tmp_path / "gdelt-mentions").read_bytes())]
    assert not caplog.records  # what it skips, it logs
    assert len(events) == len(mentions) == N_EVENTS
    assert [read.global_event_id for read in events] == [read.global_event_id for read in mentions]
    for n, read in enumerate(events):
        assert (read.date, read.quad_class) == (date(2024, 3, n % 28 + 1), n % 4 + 1)
        assert read.event_code == ("040", "070", "120", "180")[n % 4]
        assert read.actor1 is not None and (read.actor1.code, read.actor1.country_code) == ("USAGOV", "USA")
        assert (read.actor2.country_code if read.actor2 else None) == ("ROM" if n % 2 else None)
        assert (read.action_geo.country_code if read.action_geo else None) == ("KE" if n % 3 else None)


@pytest.mark.parametrize(("to", "day", "country"), [("polecat", "Event Date", "Actor Country"), ("icews", "Event Date", "Source Country"), ("csv", "date", "actor_code")])  # fmt: skip
def test_tables_are_sniffed_as_they_are_meant(source: Path, tmp_path: Path, to: str, day: str, country: str) -> None:
    out = tmp_path / "out.csv"
    assert run("export", source, "--to", to, "-o", out).exit_code == 0
    sniffed = duckdb.connect().sql(f"SELECT * FROM read_csv('{out}', nullstr=['None', ''])").to_arrow_table()
    separator = "," if to == "csv" else "\t"
    parsed = pyarrow.csv.read_csv(out, parse_options=pyarrow.csv.ParseOptions(delimiter=separator))
    assert sniffed.num_rows == parsed.num_rows == N_EVENTS
    assert sniffed.column_names == parsed.column_names
    assert sniffed[day].to_pylist() == [date(2024, 3, n % 28 + 1) for n in range(N_EVENTS)]
    assert set(sniffed[country].to_pylist()) == {"USA"} or set(sniffed[country].to_pylist()) == {"United States"}
