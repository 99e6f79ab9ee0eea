"""A sample for checking by hand is drawn by stratum, the same each time; the filled sheet gives precision by stratum."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from communique.errors import InputError
from communique.evaluate.gold import GoldError
from communique.evaluate.sampling import allocate, draw_sample
from communique.evaluate.sheet import csv_sheet, jsonl_sheet, read_sheet, score_sheet
from communique.evaluate.statistics import wilson_interval
from tests.cli.stub import run
from tests.evaluation.coded_records import TEXT, coded


def corpus(**sizes: int) -> list[dict[str, Any]]:
    """So many records of each type, each with an id."""
    return [coded(kind, "arrested", id=f"{kind}#{i}", text=TEXT) for kind, n in sizes.items() for i in range(n)]


def filled(path: Path, *judgements: str, **columns: str) -> Path:
    """A sheet with these judgements, stratum by stratum: `ASSAULT:900:right`."""
    rows = []
    for i, judgement in enumerate(judgements):
        stratum, size, value = judgement.split(":")
        rows.append({"id": f"a#{i}", "stratum": stratum, "stratum_size": size, "judgement": value, **columns})
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_as_many_of_each_stratum_as_it_has_room_for() -> None:
    assert allocate({"A": 2, "B": 50, "C": 50}, 10) == {"A": 2, "B": 4, "C": 4}
    assert allocate({"A": 2, "B": 3}, 10) == {"A": 2, "B": 3}
    assert sum(allocate({"A": 5, "B": 5, "C": 5}, 2).values()) == 2
    assert allocate({}, 5) == {} == allocate({}, 5, "proportional")


@pytest.mark.parametrize("n", [1, 3, 7, 50, 104])
def test_in_proportion_and_exactly_as_many_as_wanted(n: int) -> None:
    shares = allocate({"A": 1, "B": 3, "C": 100}, n, "proportional")
    assert sum(shares.values()) == n
    assert n < 3 or min(shares.values()) == 1


def test_the_same_sample_whatever_the_order_and_another_with_another_seed() -> None:
    records = corpus(AID=40, ASSAULT=5)
    sample = draw_sample(records, 8)
    assert [stratum.drawn for stratum in sample.strata] == [4, 4]
    assert draw_sample(records[::-1], 8) == sample != draw_sample(records, 8, seed=1)


def test_every_record_is_as_likely_as_another() -> None:
    drawn = Counter(row["id"] for seed in range(400) for row in draw_sample(corpus(AID=20), 5, seed=seed).rows)
    assert len(drawn) == 20 and 70 < min(drawn.values()) <= max(drawn.values()) < 130  # 100 each, deviation 8.7


def test_a_row_tells_what_to_judge_and_leaves_the_judgement_empty() -> None:
    (row,) = draw_sample(corpus(COERCE=1), 1, by=("type", "quad", "aux")).rows
    assert row["stratum"] == "COERCE|4|happened" and row["stratum_size"] == "1"
    assert (row["actor"], row["recipient"], row["event_words"]) == ("KEN COP", "KEN CVL", "arrested")
    assert row["sentence"] == "Kenyan police arrested ten protesters in Nairobi."
    assert row["judgement"] == row["type_right"] == row["note"] == ""


def test_what_makes_a_stratum_must_be_known() -> None:
    with pytest.raises(InputError, match="--by 'typ' is unknown, expected one of actor, "):
        draw_sample([], 1, by=("typ",))


def test_no_cell_is_a_formula_to_a_spreadsheet() -> None:
    (row,) = draw_sample([coded("AID", "arrested", event_text=["=HYPERLINK(1)"])], 1).rows
    (cells,) = csv.DictReader(io.StringIO(csv_sheet([row]).decode("utf-8-sig")))
    assert cells["event_words"] == "'=HYPERLINK(1)"
    assert json.loads(jsonl_sheet([row]))["event_words"] == "=HYPERLINK(1)"


def test_precision_by_stratum_and_weighted_by_its_size(tmp_path: Path) -> None:
    sheet = filled(
        tmp_path / "s.csv",
        "AID:100:right",
        "AID:100:no",
        "ASSAULT:900:1",
        "ASSAULT:900:Yes ",
        "ASSAULT:900:?",
        "ASSAULT:900:",
    )
    scores = score_sheet(read_sheet(sheet))
    assert [(each.name, each.rows, each.judged, each.right) for each in scores.strata] == [
        ("AID", 2, 2, 1), ("ASSAULT", 4, 2, 2),
    ]  # fmt: skip
    assert scores.strata[0].precision == wilson_interval(1, 2)
    (column,) = scores.columns
    assert (column.judged, column.right, column.unsure) == (4, 3, 1)
    assert column.precision.value == 0.75 and column.weighted.value == pytest.approx(0.1 * 0.5 + 0.9 * 1.0)


def test_columns_of_their_own_are_told_too(tmp_path: Path) -> None:
    scores = score_sheet(read_sheet(filled(tmp_path / "s.csv", "A:9:right", "A:9:wrong", date_right="n", note="hm")))
    assert [(each.name, each.right, each.judged) for each in scores.columns] == [
        ("judgement", 1, 2),
        ("date_right", 0, 2),
    ]


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "cp1252"), ("\t", "utf-16"), (",", "utf-8-sig")])
def test_a_sheet_may_come_back_as_spreadsheets_save_it(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = f"stratum,judgement,note\nAID,right,café\nAID,0.0,\n{',' * 2}\n".replace(",", delimiter)
    (tmp_path / "s.csv").write_bytes(text.encode(encoding))
    scores = score_sheet(read_sheet(tmp_path / "s.csv"))
    assert (scores.rows, scores.columns[0].right, scores.columns[0].judged) == (2, 1, 2)


def test_a_judgement_that_is_none_is_told_with_its_row(tmp_path: Path) -> None:
    sheet = filled(tmp_path / "s.csv", "A:9:right", "A:9:perhaps", "A:nine:right")
    with pytest.raises(GoldError) as caught:
        score_sheet(read_sheet(sheet))
    assert [str(problem).removeprefix(str(sheet)) for problem in caught.value.problems] == [
        ":3 (id 'a#1'): found judgement 'perhaps', expected right or wrong (also yes/no, y/n, 1/0), unsure or ?, or nothing",
        ":4 (id 'a#2'): found stratum_size 'nine', expected a number",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("s.csv", "id,judgement\n1,right\n", "no column stratum"), ("s.csv", "", "no row"),
        ("s.csv", 'stratum,judgement\nA,"x"y\n', "broken CSV"), ("s.jsonl", "[]\n", "no JSON object"),
        ("s.csv", "stratum,judgement\nA,\n", "nothing is judged yet"),
    ],
)  # fmt: skip
def test_what_is_no_filled_sheet_is_an_error(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        score_sheet(read_sheet(tmp_path / name))


@pytest.mark.parametrize("name", ["sheet.csv", "sheet.jsonl"])
def test_a_sheet_goes_out_and_comes_back(tmp_path: Path, name: str) -> None:
    events, sheet = tmp_path / "events.jsonl", tmp_path / name
    events.write_text("".join(json.dumps(record) + "\n" for record in corpus(AID=30, ASSAULT=4)))
    result = run("sample", events, "-n", 6, "--by", "type", "-o", sheet)
    assert result.exit_code == 0 and "6 of 34 records drawn, from 2 strata" in result.stderr
    assert run("evaluate", sheet).exit_code == 2  # nothing is judged yet
    if name.endswith(".csv"):
        rows = list(csv.DictReader(io.StringIO(sheet.read_text("utf-8-sig"), newline="")))
    else:
        rows = [json.loads(line) for line in sheet.read_text().splitlines()]
    judged = [row | {"judgement": "right" if row["type"] == "AID" else "wrong"} for row in rows]
    if name.endswith(".csv"):
        sheet.write_bytes(csv_sheet(judged))
    else:
        sheet.write_bytes(jsonl_sheet(judged))
    result = run("evaluate", sheet)
    assert result.exit_code == 0
    scores = json.loads(result.stdout)["scores"]
    assert [(each["name"], each["size"], each["right"]) for each in scores["strata"]] == [
        ("AID", 30, 3),
        ("ASSAULT", 4, 0),
    ]
    assert scores["columns"][0]["weighted"]["value"] == pytest.approx(30 / 34)
    assert "ASSAULT" in run("evaluate", sheet, "--format", "table").stdout


def test_records_without_text_and_strata_without_rows_are_told_of(tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    events.write_text("".join(json.dumps(coded(kind, "arrested")) + "\n" for kind in ("AID", "COERCE")) + "{}\n")
    result = run("sample", events, "-n", 1)
    assert result.exit_code == 3
    assert "1 strata got none" in result.stderr and "the sheet has no sentences" in result.stderr
    assert "an object without event" in result.stderr
