"""What counts as right, missed, extra and forbidden, counted by hand on a short article."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from communique.evaluate.coded import coded_event
from communique.evaluate.facts import GoldDocument
from communique.evaluate.gold import gold_of_entries
from communique.evaluate.scores import Difference, count_document, distance_km, scores
from tests.evaluation.coded_records import QUADS, TEXT, coded

NAIROBI, THIKA, MOMBASA = (-1.2864, 36.8172), (-1.0333, 37.0693), (-4.0547, 39.6636)


def document(*events: dict[str, Any], **keys: Any) -> GoldDocument:
    """A gold article with these events."""
    return gold_of_entries([("g", {"id": "a", "text": TEXT, "events": list(events), **keys})]).documents[0]


def counted(gold: GoldDocument, *records: dict[str, Any]) -> Counter[str]:
    """Counts of the article, without those that are 0."""
    return +count_document(gold, [coded_event(record, TEXT) for record in records], QUADS)


def attribute(name: str, gold: dict[str, Any], **changes: Any) -> tuple[int, ...]:
    """Counts of one attribute of one event: n, right, expected, given, and the right ones among these two."""
    gold = {"type": "COERCE", "actor": ["KEN"], "recipient": ["KEN"], "evidence": "arrested", **gold}
    counts = counted(document(gold), coded("COERCE", "arrested", **changes))
    return tuple(
        counts[f"attribute:{name}:{key}"] for key in ("n", "right", "expected", "given", "recalled", "precise")
    )


ARREST = {"type": ["COERCE", "ASSAULT"], "actor": ["KEN"], "recipient": ["KEN"], "evidence": "arrested"}
BLAME = {
    "type": ["ACCUSE"],
    "aux": ["", "historical"],
    "actor": ["UGA"],
    "any_recipient": True,
    "evidence": "condemned",
}


def test_found_missed_and_extra_are_counted_by_type_quad_and_auxiliary_mode() -> None:
    counts = counted(document(ARREST, BLAME), coded("ASSAULT", "arrested"), coded("CONSULT", "condemned", "UGA"))
    # the arrest is found under a type that is accepted; the consultation is nothing that the gold has
    assert {name: n for name, n in counts.items() if not name.startswith("attribute")} == {
        "required": 2, "found": 1, "apart": 1, "coded": 2, "right": 1,
        "type:COERCE:required": 1, "type:COERCE:found": 1, "type:ACCUSE:required": 1,
        "type:ASSAULT:coded": 1, "type:ASSAULT:right": 1, "type:CONSULT:coded": 1,
        "quad:4:required": 1, "quad:4:found": 1, "quad:3:required": 1, "quad:4:coded": 1, "quad:4:right": 1, "quad:1:coded": 1,
        "aux:happened:required": 2, "aux:happened:found": 1, "aux:happened:coded": 2, "aux:happened:right": 1,
    }  # fmt: skip
    result = scores([counts], n_resamples=0)
    assert (result.overall.recall.value, result.overall.precision.value, result.overall.f1.value) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    "wrong",
    [
        coded("CONSULT", "arrested"), coded("COERCE", "arrested", auxiliary_mode=["negation"]),
        coded("COERCE", "arrested", "UGA COP"), coded("COERCE", "arrested", recipient=""),
        coded("COERCE", "the arrests"),
    ],
)  # fmt: skip
def test_type_auxiliary_mode_evidence_and_both_sides_make_an_event_right(wrong: dict[str, Any]) -> None:
    assert (
        counted(document(ARREST), coded("COERCE", "arrested", "KEN COP+UGA"))["found"] == 1
    )  # more actors are no error
    assert counted(document(ARREST), wrong)["found"] == 0


def test_optional_events_are_right_if_coded_and_not_missed_if_not() -> None:
    gold = document(ARREST | {"optional": True})
    assert counted(gold) == {}
    assert counted(gold, coded("COERCE", "arrested"))["right"] == 1


def test_a_mutual_act_may_be_swapped_or_pooled_and_is_judged_as_one_side() -> None:
    gold = document({"type": "CONSULT", "actor": ["KEN"], "recipient": ["UGA"], "symmetric": True})
    for sides in (("UGA", "KEN"), ("KEN+UGA", "")):
        counts = counted(gold, coded("CONSULT", "arrested", *sides))
        assert (counts["found"], counts["attribute:actor_code:right"], counts["attribute:recipient_code:n"]) == (
            1,
            1,
            0,
        )


def test_forbidden_codings_are_counted() -> None:
    gold = document(must_not=[{"type": ["ASSAULT"], "actor": ["KEN"], "evidence": "police"}])
    assert counted(gold, coded("ASSAULT", "arrested"))["forbidden"] == 1
    assert counted(gold, coded("ASSAULT", "condemned"), coded("ASSAULT", "arrested", "UGA"))["forbidden"] == 0


def test_of_an_event_whose_words_alone_were_coded_type_and_sides_are_judged_and_nothing_more() -> None:
    gold = document(ARREST | {"date": "2024-03-07", "actor_sector": ["COP"]})
    counts = counted(gold, coded("ACCUSE", "arrested", "UGA"))
    judged = {name.split(":")[1]: counts[f"{name[:-1]}right"] for name in counts if name.endswith(":n")}
    assert judged == {"type": 0, "quad": 0, "aux": 1, "actor_code": 0, "recipient_code": 1}


@pytest.mark.parametrize(
    ("name", "gold", "changes", "expected"),
    [
        ("date", {"date": "2024-03-07"}, {}, (1, 1, 1, 1, 1, 1)),
        ("date", {"date_from": "2024-03-01", "date_to": "2024-03-31"}, {}, (1, 1, 1, 1, 1, 1)),
        ("date", {"date": "2024-03-07"}, {"date": None}, (1, 0, 1, 0, 0, 0)),  # not told: recall, not precision
        ("date", {}, {}, (0, 0, 0, 0, 0, 0)),  # not in the gold: not judged
        ("mode", {"mode": ["arrest", ""]}, {}, (1, 1, 0, 0, 0, 0)),  # none is accepted
        ("mode", {"mode": ["arrest"]}, {"mode": ["seize"]}, (1, 0, 1, 1, 0, 0)),
        ("actor_sector", {"actor_sector": ["COP"]}, {}, (1, 1, 1, 1, 1, 1)),
        ("actor_sector", {"actor_sector": ["COP"]}, {"actor": "KEN"}, (1, 0, 1, 0, 0, 0)),
        ("numbers", {"size": {"arrested": 10}}, {"size": {"arrested": 10, "dead": 1}}, (2, 1, 1, 2, 1, 1)),
        ("numbers", {"size": {"arrested": [9, 12]}}, {"size": {"arrested": [10, 13]}}, (1, 0, 1, 1, 0, 0)),
        ("attribution", {"attribution": ["KEN", ""]}, {"attribution": {"code": "KEN"}}, (1, 1, 0, 1, 0, 1)),
        ("place_country", {"place": "KEN"}, {"event_loc": {"country_code": "UGA"}}, (1, 0, 1, 1, 0, 0)),
        ("place_50km", {"lat": NAIROBI[0], "lon": NAIROBI[1]}, {"event_loc": dict(zip(("lat", "lon"), THIKA, strict=True))},
         (1, 1, 1, 1, 1, 1)),
        ("place_50km", {"lat": NAIROBI[0], "lon": NAIROBI[1]}, {"event_loc": dict(zip(("lat", "lon"), MOMBASA, strict=True))},
         (1, 0, 1, 1, 0, 0)),
        ("place_50km", {"geonameid": 184745}, {"event_loc": {"geonameid": 184745}}, (1, 1, 1, 1, 1, 1)),
        ("place_50km", {"geonameid": 184745}, {"event_loc": None}, (1, 0, 1, 0, 0, 0)),
    ],
)  # fmt: skip
def test_an_attribute_is_judged_where_the_gold_tells_it(
    name: str, gold: dict[str, Any], changes: dict[str, Any], expected: tuple[int, ...]
) -> None:
    assert attribute(name, gold, **changes) == expected


def test_a_geonames_id_has_coordinates() -> None:
    gold = document(ARREST | {"geonameid": 184745})
    event = coded_event(coded("COERCE", "arrested", event_loc={"lat": THIKA[0], "lon": THIKA[1]}), TEXT)
    assert count_document(gold, [event], QUADS, locate={184745: NAIROBI}.get)["attribute:place_50km:right"] == 1
    assert distance_km(NAIROBI, MOMBASA) == pytest.approx(440, abs=5)


def test_records_as_gold_for_themselves_are_all_right() -> None:
    records = [coded("COERCE", "arrested", size={"arrested": 10}), coded("ACCUSE", "condemned", "UGA GOV", "")]
    (gold,) = gold_of_entries([(f"g:{i}", record) for i, record in enumerate(records)]).documents
    result = scores([count_document(gold, [coded_event(record, TEXT) for record in records], QUADS)])
    assert result.overall.f1.value == 1.0
    assert all(each.share.value in (1.0, None) for each in result.attributes)


def test_every_difference_is_told() -> None:
    told: list[Difference] = []
    gold = document(ARREST | {"date": "2024-03-05"}, BLAME, must_not=[{"type": "CONSULT"}])
    events = [coded_event(each, TEXT) for each in (coded("COERCE", "arrested"), coded("CONSULT", "Uganda", "UGA"))]
    count_document(gold, events, QUADS, told.append)
    assert [each.kind for each in told] == ["missed", "date", "extra", "forbidden"]
    assert told[1].message.endswith("found 2024-03-07, expected 2024-03-05")


def test_a_document_is_the_unit_of_the_intervals() -> None:
    counts = [counted(document(ARREST), *([coded("COERCE", "arrested")] * n)) for n in (0, 1, 1, 1, 0, 1)]
    result = scores(counts, seed=3, n_resamples=200)
    recall = result.overall.recall
    assert recall.low is not None and recall.high is not None
    assert recall.low < 4 / 6 < recall.high
    assert result == scores(counts, seed=3, n_resamples=200)
