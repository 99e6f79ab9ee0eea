"""`communique export`: what goes in comes out, in every format, and what does not is counted with its reason."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from communique.export.formats import FORMATS
from tests.cli.stub import run
from tests.export.events import NAIROBI, event, party, written

FOREIGN = [name for name, target in FORMATS.items() if not target.has_status]
TSV = [name for name in FOREIGN if FORMATS[name].header is False]


def exported(
    tmp_path: Path, to: str, *records: dict[str, Any], options: tuple[object, ...] = ()
) -> list[dict[str, Any]]:
    """Rows of the file that the records make, by column name."""
    source, out = written(tmp_path / "events.jsonl", *records), tmp_path / "out"
    result = run("export", source, "--to", to, "-o", out, *options)
    assert result.exit_code == 0, result.stderr
    return rows_of(to, out)


def rows_of(to: str, path: Path) -> list[dict[str, Any]]:
    if to == "parquet":
        return duckdb.connect().sql(f"FROM read_parquet('{path}')").to_arrow_table().to_pylist()  # type: ignore[no-any-return]
    text = path.read_text(encoding="utf-8")
    if to == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    if to == "csv":
        return list(csv.DictReader(text.splitlines()))
    lines = [line.split("\t") for line in text.split("\n")[:-1]]
    names = list(FORMATS[to].columns)
    if FORMATS[to].header:
        assert lines.pop(0) == names
    return [dict(zip(names, line, strict=True)) for line in lines]


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = rows
    return row


TEAR_GAS = event(mode=["crowd-control"], context=["human-rights", "election"], event_loc=NAIROBI, event_scale=-7.5)


def test_polecat(tmp_path: Path) -> None:
    row = only(exported(tmp_path, "polecat", TEAR_GAS))
    assert {name: value for name, value in row.items() if value != "None"} == {
        "Event ID": "a#1", "Event Date": "2024-03-05", "Event Type": "ASSAULT", "Event Mode": "crowd-control",
        "Event Intensity": "-7.5", "Quad Code": "MATERIAL CONFLICT", "Contexts": "human-rights;election",
        "Actor Name": "Kenyan police", "Actor Country": "KEN", "Actor COW": "501", "Primary Actor Sector": "COP",
        "Actor Sectors": "COP", "Actor Name Raw": "Kenyan police", "Recipient Name": "protesters",
        "Recipient Country": "KEN", "Recipient COW": "501", "Primary Recipient Sector": "CVL", "Recipient Sectors": "CVL",
        "Recipient Name Raw": "protesters", "Placename": "Nairobi", "City": "Nairobi", "Province": "Nairobi County",
        "Country": "KEN", "Latitude": "-1.28333", "Longitude": "36.81667", "GeoNames ID": "184745", "Raw Placename": "Nairobi",
        "Version": "communique 0.1.0 model 0",
    }  # fmt: skip


def test_polecat_joins_parties_and_keeps_their_order(tmp_path: Path) -> None:
    meeting = event(kind="CONSULT", actor=[party("DEU", "GOV"), party("UNO"), party(None, "UAF")], recipient=[])
    row = only(exported(tmp_path, "polecat", meeting))
    assert [row[name] for name in ("Actor Country", "Actor COW", "Primary Actor Sector", "Recipient Country")] == [
        "DEU;UNO;None", "255;None;None", "GOV;None;UAF", "None",
    ]  # fmt: skip


def test_icews(tmp_path: Path) -> None:
    row = only(exported(tmp_path, "icews", TEAR_GAS | {"text_info": {"sequence": 2, "start": 0, "end": 65}}))
    del row["Event ID"], row["Story ID"]
    assert {name: value for name, value in row.items() if value} == {
        "Event Date": "2024-03-05", "Source Name": "Kenyan police", "Source Sectors": "Police", "Source Country": "Kenya",
        "Event Text": "Use tactics of violent repression", "CAMEO Code": "175", "Intensity": "-9.0",
        "Target Name": "protesters", "Target Sectors": "General Population / Civilian / Social", "Target Country": "Kenya",
        "Sentence Number": "3", "City": "Nairobi", "Province": "Nairobi County", "Country": "Kenya",
        "Latitude": "-1.28333", "Longitude": "36.81667",
    }  # fmt: skip


def test_gdelt(tmp_path: Path) -> None:
    row = only(exported(tmp_path, "gdelt", TEAR_GAS))
    del row["GLOBALEVENTID"]
    assert {name: value for name, value in row.items() if value} == {
        "SQLDATE": "20240305", "MonthYear": "202403", "Year": "2024", "FractionDate": "2024.2603",
        "Actor1Code": "KENCOP", "Actor1Name": "KENYAN POLICE", "Actor1CountryCode": "KEN", "Actor1Type1Code": "COP",
        "Actor2Code": "KENCVL", "Actor2Name": "PROTESTERS", "Actor2CountryCode": "KEN", "Actor2Type1Code": "CVL",
        "IsRootEvent": "1", "EventCode": "175", "EventBaseCode": "175", "EventRootCode": "17", "QuadClass": "4",
        "GoldsteinScale": "-9.0", "NumMentions": "1", "NumSources": "1", "NumArticles": "1", "AvgTone": "0",
        "ActionGeo_Type": "4", "ActionGeo_Fullname": "Nairobi, Nairobi County, Kenya", "ActionGeo_CountryCode": "KE",
        "ActionGeo_ADM1Code": "KE", "ActionGeo_Lat": "-1.28333", "ActionGeo_Long": "36.81667",
        "DATEADDED": "20240308000000", "SOURCEURL": "a",
    }  # fmt: skip


def test_phoenix_and_petrarch(tmp_path: Path) -> None:
    row = only(exported(tmp_path, "phoenix", TEAR_GAS | {"actor": [party("UNO")], "recipient": []}))
    del row["EventID"]
    assert {name: value for name, value in row.items() if value} == {
        "Date": "20240305", "Year": "2024", "Month": "3", "Day": "5", "SourceActorFull": "IGOUNO",
        "SourceActorEntity": "IGOUNO", "TargetActorFull": "---", "EventCode": "175", "EventRootCode": "17",
        "PentaClass": "4", "GoldsteinScore": "-9.0", "Issues": "human-rights;election", "Lat": "-1.28333",
        "Lon": "36.81667", "LocationName": "Nairobi", "StateName": "Nairobi County", "CountryCode": "KEN", "SentenceID": "a_0",
    }  # fmt: skip
    assert list(only(exported(tmp_path, "petrarch", TEAR_GAS)).values()) == [
        "20240305", "KENCOP", "KENCVL", "175", "human-rights;election", "a_0", "", "",
    ]  # fmt: skip


def test_csv_and_parquet_have_the_same_columns_and_values(tmp_path: Path) -> None:
    record = event(
        actor=[party("KEN", "COP", "GOV", office="chief; acting"), party(None)], size={"dead": 3, "injured": [10, 20]},
        auxiliary_mode=["future"], event_text=["fired", "shot"],
    )  # fmt: skip
    flat, typed = only(exported(tmp_path, "csv", record)), only(exported(tmp_path, "parquet", record))
    assert list(flat) == list(typed)
    assert [flat["status"], flat["cameo_code"], flat["actor_cow"], flat["actor_gw"], flat["actor_iso2"]] == [
        "future", "180", "501", "501", "KE",
    ]  # fmt: skip
    assert [typed[name] for name in ("dead_low", "dead_high", "injured_low", "injured_high", "arrested_low")] == [
        3, 3, 10, 20, None,
    ]  # fmt: skip
    assert (typed["actor_codes"], typed["actor_sectors"]) == (["KEN", None], ["COP GOV", ""])
    assert (flat["actor_codes"], flat["actor_sectors"]) == ("KEN;", "COP GOV;")
    assert typed["date"].isoformat() == flat["date"] == "2024-03-05"


@pytest.mark.parametrize("to", FORMATS)
def test_counts_codes_and_dates_come_out_as_they_went_in(tmp_path: Path, to: str) -> None:
    kinds = [("AID", 2, "07"), ("CONSULT", 1, "04"), ("THREATEN", 3, "13"), ("COERCE", 4, "17")]
    records = [
        event(f"{n}#1", kinds[n % 4][0], quad_code=kinds[n % 4][1], date=f"2024-0{n % 9 + 1}-05", actor=[party(("USA", "CHN")[n % 2], "GOV")])
        for n in range(90)
    ]  # fmt: skip
    rows = exported(tmp_path, to, *records)
    assert len(rows) == len(records)
    roots = {
        "icews": "CAMEO Code",
        "gdelt": "EventRootCode",
        "phoenix": "EventRootCode",
        "petrarch": "code",
        "csv": "cameo_root",
    }
    dates = {
        "polecat": "Event Date",
        "icews": "Event Date",
        "gdelt": "SQLDATE",
        "phoenix": "Date",
        "gdelt-mentions": None,
    }
    actors = {
        "polecat": "Actor Country",
        "gdelt": "Actor1CountryCode",
        "phoenix": "SourceActorEntity",
        "csv": "actor_code",
    }
    for n, row in enumerate(rows):
        if to in roots:
            assert row[roots[to]][:2] == kinds[n % 4][2]
        if column := dates.get(to, "date"):
            assert str(row[column]).replace("-", "") == f"20240{n % 9 + 1}05"
        if to in actors:
            assert row[actors[to]] == ("USA", "CHN")[n % 2]


@pytest.mark.parametrize("to", ["icews", "gdelt", "gdelt-mentions", "phoenix", "petrarch"])
def test_a_meeting_of_three_is_six_dyads(tmp_path: Path, to: str) -> None:
    meeting = event(kind="CONSULT", actor=[party("USA", "GOV"), party("CHN", "GOV"), party("RUS", "GOV")], recipient=[])
    rows = exported(tmp_path, to, meeting)
    assert len(rows) == 6
    assert len({tuple(row.values()) for row in rows}) == 6 or to == "gdelt-mentions"


def test_a_party_named_twice_is_one_side_of_a_dyad(tmp_path: Path) -> None:
    convoy = event(recipient=[party("MLI", "MIL", text="army convoy"), party("MLI", "MIL", text="14 soldiers")])
    assert len(exported(tmp_path, "icews", convoy)) == 1
    assert only(exported(tmp_path, "csv", convoy))["recipient_names"] == "army convoy;14 soldiers"
    assert len(exported(tmp_path, "csv", convoy, options=("--dyads",))) == 1


def test_mentions_carry_the_numbers_of_their_events(tmp_path: Path) -> None:
    records = [event(f"{name}#1", actor=[party("USA"), party("GBR")]) for name in "abc"]
    events, mentions = (exported(tmp_path, to, *records) for to in ("gdelt", "gdelt-mentions"))
    numbers = [row["GLOBALEVENTID"] for row in events]
    assert numbers == [row["GlobalEventID"] for row in mentions]
    assert len(set(numbers)) == 6
    assert all(int(number) < 2**50 for number in numbers)


@pytest.mark.parametrize("to", FOREIGN)
@pytest.mark.parametrize("status", ["future", "hypothetical", "historical", "negation"])
def test_what_did_not_simply_happen_is_no_fact(tmp_path: Path, to: str, status: str) -> None:
    source = written(tmp_path / "e.jsonl", event("a#1"), event("b#1", auxiliary_mode=[status]))
    result = run("export", source, "--to", to, "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert len(rows_of(to, tmp_path / "out")) == 1
    assert f"left out of {to}: 1 event (1 {status})" in result.stderr
    result = run("export", source, "--to", to, "-o", tmp_path / "out", "--include", status)
    assert len(rows_of(to, tmp_path / "out")) == 2


@pytest.mark.parametrize("to", ["csv", "parquet", "jsonl"])
def test_formats_with_status_keep_everything(tmp_path: Path, to: str) -> None:
    rows = exported(
        tmp_path, to, event("a#1", date=None), event("b#1", "LOCKOUT", auxiliary_mode=["future", "negation"])
    )
    assert len(rows) == 2
    if to != "jsonl":
        assert [row["status"] for row in rows] == ["happened", "future+negation"]


@pytest.mark.parametrize("to", TSV)
def test_what_has_no_date_or_no_counterpart_is_counted(tmp_path: Path, to: str) -> None:
    source = written(tmp_path / "e.jsonl", event("a#1", date=None), event("b#1", "LOCKOUT"), event("c#1"))
    result = run("export", source, "--to", to, "-o", tmp_path / "out")
    assert "left out of " + to + ": 2 events (1 without a CAMEO code, 1 without a date)." in result.stderr
    assert len(rows_of(to, tmp_path / "out")) == 1


def test_only_the_canonical_record_of_a_linked_event_on_request(tmp_path: Path) -> None:
    records = [event("a#1", link="a#1"), event("b#1", link="a#1"), event("c#1")]
    assert len(exported(tmp_path, "csv", *records)) == 3
    assert [row["event_id"] for row in exported(tmp_path, "csv", *records, options=("--canonical",))] == ["a#1", "c#1"]
    assert len(exported(tmp_path, "csv", *records, options=("--min-confidence", "0.96"))) == 0


@pytest.mark.parametrize("to", [name for name in FORMATS if name not in {"jsonl", "parquet", "csv"}])
def test_no_text_breaks_a_line_or_a_column(tmp_path: Path, to: str) -> None:
    nasty = 'the "Tiger"\tunit\n of\r\x85 \u2028Côte; d\'Ivoire 象'
    record = event(
        actor=[party("CIV", "MIL", text=nasty)], cite_info={"title": nasty, "url": nasty, "publication": nasty}
    )
    source = written(tmp_path / "e.jsonl", record, event("b#1"))
    assert run("export", source, "--to", to, "-o", tmp_path / "out").exit_code == 0
    text = (tmp_path / "out").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 2 + FORMATS[to].header
    assert len(rows_of(to, tmp_path / "out")) == 2
    assert '"' not in text


def test_csv_keeps_any_text(tmp_path: Path) -> None:
    nasty = 'the "Tiger"\tunit, 象'
    assert only(exported(tmp_path, "csv", event(actor=[party("CIV", "MIL", text=nasty)])))["actor_text"] == nasty


def test_jsonl_goes_through_byte_by_byte(tmp_path: Path) -> None:
    source = written(tmp_path / "e.jsonl", event("a#1", later_field={"x": 1}), event("b#1"))
    run("export", source, "--to", "jsonl", "-o", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == source.read_bytes()


def test_compressed_files_folders_and_pipes_are_read(tmp_path: Path) -> None:
    line = json.dumps(event()).encode()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl.gz").write_bytes(gzip.compress(line))
    (tmp_path / "in" / "b.jsonl").write_bytes(line + b"\r\n\n" + line)
    result = run("export", tmp_path / "in", "-", "--to", "petrarch", stdin=line)
    assert len(result.stdout.splitlines()) == 4


BAD = {
    "no JSON": b'{"id": ',
    "no object": b"[1, 2]",
    "no UTF-8": b'{"id": "\xff"}',
    "an article": b'{"id": "x", "text": "Rebels attacked."}',
    "no type": json.dumps(event(event=[])).encode(),
    "a quad code of 5": json.dumps(event(quad_code=5)).encode(),
    "no date": json.dumps(event(date="5 March")).encode(),
    "a day that is not": json.dumps(event(date="2024-02-30")).encode(),
    "an actor as text": json.dumps(event(actor="KEN")).encode(),
    "a list of lists": json.dumps(event(mode=[["x"]])).encode(),
    "a size as text": json.dumps(event(size={"dead": "many"})).encode(),
    "a size of three": json.dumps(event(size={"dead": [1, 2, 3]})).encode(),
    "a size beyond counting": json.dumps(event(size={"dead": 10**30})).encode(),
    "a confidence as text": json.dumps(event(confidence="high")).encode(),
}


@pytest.mark.parametrize("line", BAD.values(), ids=BAD)
def test_a_bad_line_is_rejected_with_its_place_and_the_rest_exported(tmp_path: Path, line: bytes) -> None:
    source, good = tmp_path / "e.jsonl", json.dumps(event()).encode()
    source.write_bytes(b"\n".join([good, line, good]) + b"\n")
    result = run("export", source, "--to", "csv", "-o", tmp_path / "out.csv")
    assert result.exit_code == 3
    assert len(rows_of("csv", tmp_path / "out.csv")) == 2
    rejects = (tmp_path / "out.csv.rejects.jsonl").read_text().splitlines()
    assert [json.loads(reject)["where"] for reject in rejects] == [f"{source}:2"]
    assert "events: 2, rows: 2, rejected: 1" in result.stderr


def test_fields_that_are_not_there_count_as_unknown(tmp_path: Path) -> None:
    bare = {name: event()[name] for name in ("id", "document_id", "event", "quad_code", "event_scale", "date")}
    for to in FORMATS:
        assert len(exported(tmp_path, to, bare)) == 1


def test_nothing_to_export_writes_nothing(tmp_path: Path) -> None:
    for source in (tmp_path / "none.jsonl", tmp_path / "none.duckdb"):
        assert run("export", source, "--to", "csv", "-o", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_more_events_than_a_table_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("communique.ingest.event_tables.tables_of_lines.__defaults__", (3,))
    records = [event(f"{n}#1") for n in range(10)]
    for to in ("csv", "parquet", "polecat"):
        rows = exported(tmp_path, to, *records)
        assert [row.get("event_id") or row["Event ID"] for row in rows] == [f"{n}#1" for n in range(10)]
