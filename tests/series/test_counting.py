"""Series: what counts, for whom, when, and what is left out with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from communique.codebook import event_types
from communique.errors import InputError
from communique.series import Facts, Question, count, count_types, rank_changes
from tests.export.events import event, party

USA, CHN, DEU, FRA, RUS = (party(code, "GOV") for code in ("USA", "CHN", "DEU", "FRA", "RUS"))


def deed(
    name: str, actor: Any = USA, recipient: Any = CHN, day: str | None = "2024-03-05", **fields: Any
) -> dict[str, Any]:
    def sides(side: Any) -> list[Any]:
        return side if isinstance(side, list) else [side]

    return event(name, actor=sides(actor), recipient=sides(recipient), date=day, enddate=day, **fields)


def rows(
    records: Iterable[dict[str, Any]], *columns: str, articles: dict[date, int] | None = None, **asked: Any
) -> list[tuple[Any, ...]]:
    facts = Facts.of_records(records)
    if articles:
        facts.add_articles(pa.table({"day": list(articles), "n": list(articles.values())}))
    return [tuple(row[column] for column in columns) for row in count(facts, Question(**asked)).table.to_pylist()]


UNIT = ("actor", "recipient", "events")


def test_counts_by_quad_and_the_score() -> None:
    records = [
        deed("a#1", event=["AID"], quad_code=2, event_scale=10.0), deed("b#1", event=["THREATEN"], quad_code=3, event_scale=-3.0),
        deed("c#1", event_scale=-9.0, day="2024-03-31"), deed("d#1", event_scale=-9.0, day="2024-04-01"),
    ]  # fmt: skip
    columns = (
        "period",
        "events",
        "material_cooperation",
        "verbal_conflict",
        "material_conflict",
        "score_mean",
        "score_sum",
    )
    assert rows(records, *columns) == [
        (date(2024, 3, 1), 3, 1, 1, 1, pytest.approx(-2 / 3), -2.0), (date(2024, 4, 1), 1, 0, 0, 1, -9.0, -9.0),
    ]  # fmt: skip


def test_counts_by_type_have_a_column_for_each() -> None:
    columns = [name.lower() for name in event_types()]
    (row,) = rows([deed("a#1", event=["AID"], quad_code=2), deed("b#1")], *columns, counts="type")
    assert {name for name, number in zip(columns, row, strict=True) if number} == {"aid", "assault"}


@pytest.mark.parametrize(("period", "first"), [("day", (2024, 3, 6)), ("week", (2024, 3, 4)), ("month", (2024, 3, 1)), ("year", (2024, 1, 1))])  # fmt: skip
def test_a_period_is_named_by_its_first_day(period: str, first: tuple[int, int, int]) -> None:
    assert rows([deed("a#1", day="2024-03-06")], "period", period=period) == [(date(*first),)]


@pytest.mark.parametrize("status", ["future", "hypothetical", "historical", "negation"])
def test_what_did_not_simply_happen_is_counted_on_request_only(status: str) -> None:
    facts = Facts.of_records([deed("a#1"), deed("b#1", auxiliary_mode=[status])])
    series = count(facts, Question())
    assert series.table["events"].to_pylist() == [1]
    assert series.left_out == {status: 1}
    assert count(facts, Question(include=frozenset({status}))).table["events"].to_pylist() == [2]
    assert count(facts, Question(include=frozenset({"x"}))).left_out == {status: 1}


def test_two_statuses_need_both_to_be_included() -> None:
    facts = Facts.of_records([deed("b#1", auxiliary_mode=["future", "negation"])])
    assert count(facts, Question(include=frozenset({"future"}))).left_out == {"negation": 1}
    assert not count(facts, Question(include=frozenset({"future", "negation"}))).left_out


def test_every_event_is_counted_or_told() -> None:
    records = [
        deed("a#1"), deed("b#1", day=None), deed("c#1", confidence=0.2), deed("d#1", date_resolution="year"),
        deed("e#1", recipient=[]), deed("f#1", recipient=party(None, "UAF")), deed("g#1", recipient=USA), deed("h#1", link="a#1"),
        deed("i#1", auxiliary_mode=["future"]),
    ]  # fmt: skip
    series = count(Facts.of_records(records), Question(min_confidence=0.5))
    assert series.left_out == {
        "without a date": 1, "less sure than the minimum": 1, "dated to no month, but to a longer time": 1,
        "without both an actor and a recipient that are known": 2, "inside one country": 1,
        "records of an event that another record stands for": 1, "future": 1,
    }  # fmt: skip
    assert sum(series.table["events"].to_pylist()) + sum(series.left_out.values()) == len(records)


def test_a_longer_date_counts_on_its_first_day_on_request() -> None:
    record = deed("a#1", date_resolution="month", day="2024-03-01")
    assert rows([record], "events", period="day") == []
    assert rows([record], "period", period="day", imprecise=True) == [(date(2024, 3, 1),)]
    assert rows([record], "period", period="month") == [(date(2024, 3, 1),)]


def test_several_parties_are_one_side_or_dyads() -> None:
    record = deed("a#1", [FRA, DEU, party("FRA", "MIL")], [RUS, CHN])
    assert rows([record], *UNIT) == [("DEU;FRA", "CHN;RUS", 1)]
    assert rows([record], *UNIT, expand=True) == [
        ("DEU", "CHN", 1),
        ("DEU", "RUS", 1),
        ("FRA", "CHN", 1),
        ("FRA", "RUS", 1),
    ]


def test_who_meet_are_a_dyad() -> None:
    talks = deed("a#1", [USA, CHN, RUS], [], event=["CONSULT"], quad_code=1)
    assert rows([talks], *UNIT) == [("USA", "CHN;RUS", 1)]
    assert len(rows([talks], *UNIT, expand=True)) == 6
    assert rows([talks], *UNIT, expand=True, undirected=True) == [
        ("CHN", "RUS", 1),
        ("CHN", "USA", 1),
        ("RUS", "USA", 1),
    ]


def test_undirected_dyads_join_both_directions() -> None:
    records = [deed("a#1"), deed("b#1", CHN, USA)]
    assert rows(records, *UNIT) == [("CHN", "USA", 1), ("USA", "CHN", 1)]
    assert rows(records, *UNIT, undirected=True) == [("CHN", "USA", 2)]
    assert rows(records, *UNIT, undirected=True, of=("USA:CHN",)) == [("CHN", "USA", 2)]


def test_self_events_and_sectors() -> None:
    record = deed("a#1", party("KEN", "COP"), party("KEN", "CVL"))
    assert rows([record], *UNIT) == rows([record], *UNIT, sectors=True) == []
    assert rows([record], *UNIT, self_events=True) == [("KEN", "KEN", 1)]
    assert rows([record], *UNIT, self_events=True, sectors=True) == [("KEN COP", "KEN CVL", 1)]


def test_a_country_counts_in_the_role_asked_for() -> None:
    place = {"country_code": "MLI", "resolution": "country", "resolved_place": "Mali"}
    records = [deed("a#1", event_loc=place), deed("b#1", party("KEN", "COP"), party("KEN", "CVL"))]
    counted = {
        role: dict(rows(records, "country", "events", unit="country", role=role))
        for role in ("either", "actor", "recipient", "place")
    }
    assert counted == {
        "either": {"CHN": 1, "KEN": 1, "USA": 1}, "actor": {"KEN": 1, "USA": 1}, "recipient": {"CHN": 1, "KEN": 1},
        "place": {"MLI": 1},
    }  # fmt: skip


def test_linked_records_are_one_event_and_the_canonical_one_stands_for_it() -> None:
    records = [deed("a#1", link="b#1", event_scale=-1.0, confidence=0.99), deed("b#1", link="b#1", event_scale=-2.0)]
    assert rows(records, "events", "score_sum") == [(1, -2.0)]
    assert rows(records, "events", "score_sum", mentions=True) == [(2, -3.0)]
    records[1]["auxiliary_mode"] = ["negation"]
    assert rows(records, "events", "score_sum") == [(1, -1.0)]


def test_zeros_are_filled_in_for_every_unit() -> None:
    records = [deed("a#1", day="2024-01-05"), deed("b#1", CHN, USA, day="2024-03-05")]
    assert rows(records, "period", "actor", "events", "score_mean", "score_sum", fill=True) == [
        (date(2024, 1, 1), "CHN", 0, None, 0), (date(2024, 2, 1), "CHN", 0, None, 0), (date(2024, 3, 1), "CHN", 1, -9, -9),
        (date(2024, 1, 1), "USA", 1, -9, -9), (date(2024, 2, 1), "USA", 0, None, 0), (date(2024, 3, 1), "USA", 0, None, 0),
    ]  # fmt: skip


def test_rates_are_per_thousand_articles_read() -> None:
    read = {date(2024, 3, 1): 150, date(2024, 3, 31): 50, date(2024, 5, 1): 7}
    records = [deed("a#1"), deed("b#1", day="2024-04-05")]
    columns = ("articles", "events_per_1000", "material_conflict_per_1000", "score_sum_per_1000")
    assert rows(records, *columns, articles=read) == [(200, 5.0, 5.0, -45.0), (0, None, None, None)]


def test_only_the_units_and_days_asked_for() -> None:
    records = [deed("a#1"), deed("b#1", RUS, CHN), deed("c#1", day="2024-04-30")]
    assert rows(records, *UNIT, of=("USA:CHN",), until=date(2024, 3, 31)) == [("USA", "CHN", 1)]
    assert rows(records, "country", "events", unit="country", of=("RUS",)) == [("RUS", 1)]
    for asked in ({"of": ("USA",)}, {"unit": "country", "of": ("USA:CHN",)}, {"period": "decade"}, {"role": "friend"}):
        with pytest.raises(InputError, match=r"expected"):
            count(Facts.of_records(records), Question(**asked))  # type: ignore[arg-type]


def test_what_changed_most_comes_first() -> None:
    records = [deed(f"{n}#1", day=f"2024-0{n + 1}-05") for n in range(4)]
    records += [deed(f"x{n}#1", RUS, DEU, day=f"2024-0{n}-05", event_scale=6.0) for n in (3, 4)]
    ranked = rank_changes(Facts.of_records(records), Question()).to_pylist()
    assert [(row["actor"], row["events_before"], row["events_after"], row["score_change"]) for row in ranked] == [
        ("RUS", 0, 1, 6.0), ("USA", 1, 1, 0.0),
    ]  # fmt: skip
    assert {row["split"] for row in ranked} == {date(2024, 3, 1)}
    moved = rank_changes(Facts.of_records(records), Question(), date(2024, 4, 1)).to_pylist()
    assert moved[0]["events_before"] == pytest.approx(1 / 3)
    assert rank_changes(Facts(), Question()).num_rows == 0


def test_changes_are_by_articles_read_where_they_are_known() -> None:
    facts = Facts.of_records([deed("a#1", day="2024-01-05"), deed("b#1", day="2024-02-05")])
    facts.add_articles(pa.table({"day": [date(2024, 1, 5), date(2024, 2, 5)], "n": [100, 1000]}))
    (row,) = rank_changes(facts, Question(), date(2024, 2, 1)).to_pylist()
    assert (row["events_before"], row["events_after"]) == (10, 1)


def test_types_are_counted_once_an_event() -> None:
    facts = Facts.of_records([deed("a#1", [USA, FRA], [RUS, CHN]), deed("b#1", event=["AID"], quad_code=2)])
    counted = count_types(facts, Question(unit="country")).to_pylist()
    assert [(row["event_type"], row["events"]) for row in counted] == [("AID", 1), ("ASSAULT", 1)]


def test_no_events_are_an_empty_table_with_all_columns() -> None:
    for asked in (Question(), Question(fill=True), Question(unit="country", counts="type")):
        table = count(Facts(), asked).table
        assert table.num_rows == 0
        assert {"period", "events", "score_sum"} <= set(table.column_names)
