"""Two coders' events are partners by their words; agreement on each field is what a pencil gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from communique.evaluate.agreement import Agreement, FieldAgreement, agreement
from communique.evaluate.gold import gold_of_entries
from communique.evaluate.scores import Difference
from tests.cli.stub import run
from tests.evaluation.coded_records import QUADS, TEXT, coded

Events = list[dict[str, Any]]


def compared(first: Events, second: Events, **options: Any) -> tuple[Agreement, list[Difference]]:
    """Agreement of two coders, each with all the records it made, and how they differ."""
    told: list[Difference] = []
    ones, others = (
        gold_of_entries([(f"g:{i}", record | {"text": TEXT}) for i, record in enumerate(records)]).documents
        for records in (first, second)
    )
    return agreement(ones, others, QUADS, told.append, **options), told


def field(name: str, first: dict[str, Any], second: dict[str, Any]) -> FieldAgreement:
    """Agreement on one field of one event."""
    return {each.name: each for each in compared([first], [second])[0].fields}[name]


def told(name: str, first: dict[str, Any], second: dict[str, Any]) -> tuple[int, int, int]:
    """Of one field of one event: compared, same, accepted."""
    found = field(name, first, second)
    return found.n, found.same, found.accepted


def test_partners_share_words_or_a_sentence_and_the_type() -> None:
    one = [coded("COERCE", "arrested"), coded("ACCUSE", "condemned")]
    for words, n in (("police arrested", 2), ("protesters", 2), ("the arrests", 1)):
        found, _ = compared(one, [coded("COERCE", words), coded("ACCUSE", "condemned the")])
        assert (found.first_found, found.second_found) == (n, n)


def test_detection_counts_what_each_has_and_the_other_has_not() -> None:
    first = [coded("COERCE", "arrested"), coded("ACCUSE", "condemned", "UGA")]
    found, differences = compared(first, [*first[:1], coded("CONSULT", "Nairobi", "UGA")])
    assert (found.first, found.first_found, found.second, found.second_found, found.f1) == (2, 1, 2, 1, 0.5)
    assert [each.kind for each in differences] == ["only first", "only second"]


def test_an_optional_event_is_not_missed_but_may_be_a_partner() -> None:
    optional = coded("ACCUSE", "condemned", "UGA", optional=True)
    arrest = coded("COERCE", "arrested")
    assert compared([arrest, optional], [arrest])[0].f1 == 1.0
    assert {each.n for each in compared([arrest, optional], [arrest, optional])[0].fields if each.name == "type"} == {2}


def test_articles_that_one_file_lacks_are_left_out_unless_all_were_read() -> None:
    arrest = coded("COERCE", "arrested")
    one = [arrest, arrest | {"document_id": "b"}]
    found, _ = compared(one, [arrest])
    assert (found.n_documents, found.only_first, found.f1) == (1, ("b",), 1.0)
    found, _ = compared(one, [arrest], every_article=True)
    assert (found.n_documents, found.first, found.first_found) == (2, 2, 1)


@pytest.mark.parametrize(
    ("name", "first", "second", "expected"),
    [
        ("type", {}, {"event": ["ASSAULT"]}, (1, 0, 0)),
        ("quad", {}, {"event": ["ASSAULT"]}, (1, 1, 1)),
        ("mode", {"mode": ["arrest"]}, {"mode": []}, (1, 0, 0)),
        ("mode", {"mode": ["arrest"]}, {"event": ["ASSAULT"]}, (0, 0, 0)),  # another type has other modes
        ("aux", {}, {"auxiliary_mode": ["future"]}, (1, 0, 0)),
        ("actor_code", {}, {"actor": "UGA"}, (1, 0, 0)),
        ("actor_code", {}, {"actor": "UGA+KEN"}, (1, 0, 1)),  # more parties are accepted
        ("actor_sector", {}, {"actor": "KEN MIL COP"}, (1, 0, 0)),  # the leading one
        ("date", {}, {"date": None}, (0, 0, 0)),
        ("date", {}, {"date": "2024-03-01", "enddate": "2024-03-31", "date_resolution": "month"}, (1, 0, 1)),
        ("number_kinds", {"size": {"dead": 1}}, {"size": {"arrested": 1}}, (1, 0, 0)),
        ("numbers", {"size": {"arrested": 10}}, {"size": {"arrested": [8, 14]}}, (1, 0, 1)),
        ("numbers", {"size": {"arrested": 10}}, {"size": {}}, (0, 0, 0)),  # this coder coded no numbers at all
        ("attribution", {"attribution": {"code": "KEN"}}, {"attribution": None}, (1, 0, 0)),
    ],
)  # fmt: skip
def test_a_field_is_compared_where_both_tell_it(
    name: str, first: dict[str, Any], second: dict[str, Any], expected: tuple[int, ...]
) -> None:
    assert told(name, coded("COERCE", "arrested", **first), coded("COERCE", "arrested", **second)) == expected


def test_kappa_and_alpha_of_a_field_counted_by_hand() -> None:
    kinds = ("COERCE", "COERCE", "ASSAULT", "ASSAULT"), ("COERCE", "ASSAULT", "ASSAULT", "ASSAULT")
    coders = [[coded(kind, "arrested", document_id=f"d{i}") for i, kind in enumerate(each)] for each in kinds]
    by_name = {each.name: each for each in compared(*coders)[0].fields}
    # observed 3/4, chance (2·1 + 2·3)/16 = 1/2; alpha: 2·1 of 8 values differ, expected 2·3·5/7 of them
    assert (by_name["type"].n, by_name["type"].same) == (4, 3)
    assert by_name["type"].kappa == pytest.approx(0.5) and by_name["type"].alpha == pytest.approx(1 - 2 / (30 / 7))
    assert by_name["quad"].kappa is None  # all are material conflict


def test_both_sides_of_a_mutual_act_are_pooled() -> None:
    first = {"type": "CONSULT", "actor": ["KEN"], "recipient": ["UGA"], "symmetric": True, "document_id": "a"}
    assert told("actor_code", first | {"evidence": "arrested"}, coded("CONSULT", "arrested", "UGA", "KEN")) == (1, 1, 1)


def written(path: Path, records: Events) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_the_command_gives_json_and_a_table_and_lists_what_differs(tmp_path: Path) -> None:
    anna = written(tmp_path / "anna.jsonl", [coded("COERCE", "arrested")])
    ben = written(tmp_path / "ben.jsonl", [coded("ASSAULT", "arrested"), coded("AID", "arrested", document_id="b")])
    result = run("agreement", anna, ben, "--verbose")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["agreement"]["n_documents"] == 1
    assert "type             a: COERCE / ASSAULT 'arrested'" in result.stderr
    assert f"1 articles that only {ben} has were left out: 'b'" in result.stderr
    assert "actor code" in run("agreement", anna, ben, "--format", "table").stdout


def test_codings_of_other_articles_are_an_error(tmp_path: Path) -> None:
    anna = written(tmp_path / "anna.jsonl", [coded("COERCE", "arrested")])
    ben = written(tmp_path / "ben.jsonl", [coded("COERCE", "arrested", document_id="b")])
    result = run("agreement", anna, ben)
    assert result.exit_code == 2
    assert "found 'b', expected 'a'" in result.stderr
