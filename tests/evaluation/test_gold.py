"""A gold file says what is right; one that cannot be trusted is refused, with all that is wrong and where."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from communique.evaluate.facts import GoldEvent
from communique.evaluate.gold import Gold, GoldError, gold_of_entries, read_gold

TEXT = "Kenyan police arrested ten protesters in Nairobi. Uganda condemned the arrests."


def event(**keys: Any) -> GoldEvent:
    """The one event of an article that has it."""
    event = {"type": "COERCE", "actor": "KEN", "evidence": "arrested"} | keys
    return gold_of_entries([("g", {"id": "a", "text": TEXT, "events": [event]})]).documents[0].events[0]


def record(**keys: Any) -> GoldEvent:
    """The one event of a record."""
    return gold_of_entries([("g", {"document_id": "a", "event": ["COERCE"], **keys})]).documents[0].events[0]


def problems(*entries: Any) -> list[str]:
    """What is wrong with entries."""
    with pytest.raises(GoldError) as caught:
        gold_of_entries([(f"g.yaml: entry {i}", entry) for i, entry in enumerate(entries, start=1)])
    return [str(problem) for problem in caught.value.problems]


def test_one_value_may_stand_without_a_list_and_what_is_missing_is_not_judged() -> None:
    gold = event()
    assert (gold.types, gold.auxiliary, gold.actors) == (("COERCE",), ("",), ("KEN",))
    assert gold.flags == {"any_recipient"}
    assert gold.modes is None and gold.days is None and gold.countries is None and gold.attributions is None


def test_a_list_that_is_empty_wants_nothing_there() -> None:
    assert "any_recipient" not in event(recipient=[]).flags
    assert record(recipient=[], mode=[], date=None, event_loc=None, attribution=None, size={}) == GoldEvent(
        ("COERCE",), auxiliary=("", "future", "historical", "hypothetical", "negation"), flags=frozenset({"any_actor", "any_aux"}),
        modes=("",), days=("", ""), countries=("",), attributions=("",), size={},
    )  # fmt: skip


def test_a_place_may_have_coordinates_or_a_geonames_id() -> None:
    place = event(place={"country": "KEN", "lat": -1.29, "lon": 36.82, "geonameid": 184745})
    assert (place.countries, place.point, place.geonameid) == (("KEN",), (-1.29, 36.82), 184745)
    assert event(place=["KEN", "UGA"], lat=1, lon=2).point == (1.0, 2.0)


def test_a_record_whose_place_is_a_country_is_not_measured_in_kilometres() -> None:
    place = {"country_code": "KEN", "lat": 1.0, "lon": 38.0, "resolution": "country"}
    assert record(event_loc=place).point is None
    assert record(event_loc=place | {"resolution": "city"}).point == (1.0, 38.0)


def test_evidence_is_a_pattern_and_words_that_are_no_pattern_stand_for_themselves() -> None:
    assert event(evidence="arrest(ed|s)").anchor.spans == ((14, 22), (71, 78))
    text = "It said (again) that\nit would not."
    entry = {"id": "a", "text": text, "events": [{"type": "REJECT", "evidence": "(again) that it would"}]}
    found = gold_of_entries([("g", entry)]).documents[0].events[0]
    assert [text[slice(*span)] for span in found.anchor.spans] == ["(again) that\nit would"]


def test_records_of_one_article_come_together_and_a_month_is_an_interval() -> None:
    dated = {"date": "2024-03-01", "enddate": "2024-03-31", "date_resolution": "month"}
    entries = [
        ("g:1", {"document_id": "a", "event": ["AID"]}),
        ("g:2", {"document_id": "a", "event": ["AID"], **dated}),
    ]
    (document,) = gold_of_entries(entries).documents
    assert [gold.days for gold in document.events] == [None, ("2024-03-01", "2024-03-31")]


def test_all_that_is_wrong_is_told_with_where_it_stands_and_what_was_expected() -> None:
    bad = {
        "id": "a", "date": "12/03/24", "text": TEXT,
        "events": [
            {"type": ["COERSE"], "actor": [False], "evidnce": "x"},
            {"type": "COERCE", "mode": "arest", "aux": "happened", "size": {"dead": "four"}, "date_from": "2024-03-01",
             "evidence": "jailed", "optional": "yes", "geonameid": "x"},
        ],
    }  # fmt: skip
    assert problems(bad) == [
        "g.yaml: entry 1 (id 'a'): found date '12/03/24', expected ISO 8601 such as 2024-03-12",
        "g.yaml: entry 1, event 1 (id 'a'): found key 'evidnce', expected 'evidence'",
        "g.yaml: entry 1, event 1 (id 'a'): found type 'COERSE', expected 'COERCE'",
        "g.yaml: entry 1, event 1 (id 'a'): found actor [False], expected a name or a list of names (NO and ON in YAML need quotes)",
        "g.yaml: entry 1, event 2 (id 'a'): found evidence 'jailed', expected words or a pattern that the article's text has",
        "g.yaml: entry 1, event 2 (id 'a'): found geonameid 'x', expected a GeoNames id such as 184745",
        "g.yaml: entry 1, event 2 (id 'a'): found optional 'yes', expected true or false",
        "g.yaml: entry 1, event 2 (id 'a'): found mode 'arest', expected 'arrest', or '' for none",
        "g.yaml: entry 1, event 2 (id 'a'): found aux 'happened', expected one of future, historical, hypothetical, "
        "negation, or '' for none",
        "g.yaml: entry 1, event 2 (id 'a'): found only one of date_from and date_to, expected both, or date",
        "g.yaml: entry 1, event 2 (id 'a'): found size dead 'four', expected a number, or [low, high]",
    ]


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ({"event": ["AID"]}, "no document_id"),
        ({"id": 5, "events": []}, "id 5"),
        ({"document_id": "a"}, "no event"),
        ({"document_id": "a", "event": ["AID"], "actor": [{"code": "KEN"}, "UGA"]}, "actor [{'code': 'KEN'}, 'UGA']"),
        ({"document_id": "a", "event": ["AID"], "event_spans": [[1]]}, "event_spans holds [1], expected [start, end]"),
        ({"document_id": "a", "event": ["AID"], "event_loc": "KEN"}, "event_loc 'KEN'"),
        ({"id": "a", "events": [{"type": "AID", "evidence": "(x"}]}, "evidence '(x'"),
        ({"id": "a", "events": "none"}, "events 'none'"),
        ({"id": "a", "file": "none.txt", "events": []}, "file 'none.txt': No such file or directory"),
        ({"id": "a", "events": [{"type": "AID", "place": {"lat": 95, "lon": 0}}]}, "lat and lon are 95 and 0"),
    ],
)
def test_what_cannot_be_read_is_told(entry: dict[str, Any], found: str) -> None:
    assert any(f"found {found}" in problem for problem in problems(entry))


def test_two_articles_of_one_id_are_refused() -> None:
    assert "an id that an earlier article has" in problems({"id": "a", "events": []}, {"id": "a", "events": []})[0]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("g.yaml", "- [", "no YAML"), ("g.yaml", "a: 1", "{'a': 1}"), ("g.yaml", "- 5", "5"), ("g.yaml", "", "None"),
        ("g.json", "[]", "no entry"), ("g.jsonl", '{"id": ', "JSON"), ("g.txt", "", "a name that ends in .txt"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_gold_is_refused(tmp_path: Path, name: str, content: str, found: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(GoldError, match=r"Nothing was evaluated") as caught:
        read_gold(tmp_path / name)
    assert found in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="No such file"):
        read_gold(tmp_path / "none.yaml")


def test_yaml_and_jsonl_of_one_gold_are_the_same(tmp_path: Path) -> None:
    entry = {
        "id": "a",
        "text": TEXT,
        "events": [{"type": ["COERCE"], "aux": [""], "actor": ["XKX"], "evidence": "arrested"}],
    }
    (tmp_path / "g.jsonl").write_text(json.dumps(entry) + "\n")
    (tmp_path / "g.json").write_text(json.dumps([entry]))
    gold = read_gold(tmp_path / "g.jsonl")
    assert gold == read_gold(tmp_path / "g.json") and isinstance(gold, Gold)


def test_codes_of_a_users_own_are_told_of_and_not_refused() -> None:
    entry = {"document_id": "a", "type": "AID", "actor": ["MINE"]}
    assert gold_of_entries([("g", entry)]).unknown_codes == ("MINE",)


@pytest.mark.parametrize(
    "key", ["date", "enddate", "date_resolution", "mode", "actor", "event_loc", "text_info", "size", "text"]
)
@pytest.mark.parametrize("value", [5, True, "x", [[]], [None], {"code": 5}, {"a": []}])
def test_whatever_a_record_holds_it_is_read_or_refused_and_never_fails(key: str, value: Any) -> None:
    full = {
        "document_id": "a",
        "event": ["AID"],
        "date": "2024-03-01",
        "enddate": "2024-03-31",
        "date_resolution": "month",
    }
    with suppress(GoldError):
        assert isinstance(gold_of_entries([("g", full | {key: value})]), Gold)
