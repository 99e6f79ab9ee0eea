from __future__ import annotations

from communique.store import Store
from communique.store.diff import Diff
from tests.store.made import FIRST, SECOND, article, record


def spans(start: int) -> dict[str, object]:
    return {"event_spans": [[start, start + 8]]}


def test_it_tells_what_was_added_removed_retyped_and_changed(store: Store) -> None:
    old = [record(1, 1, **spans(10)), record(1, 2, **spans(30)), record(1, 3, **spans(50)), record(1, 4, **spans(70))]
    new = [
        record(1, 1, **spans(10)),
        record(1, 2, **spans(30), event=["ASSAULT"]),
        record(1, 3, **spans(50), mode=["seize"]),
        record(1, 4, **spans(90), event=["PROTEST"]),
    ]
    store.add([(article(1), old), (article(2), [record(2)])], FIRST)
    store.add([(article(1), new)], SECOND)
    diff = Diff(store)
    assert diff.documents() == [(FIRST.coder, SECOND.coder, 1, 0)]
    found = [(row["kind"], row["old_id"], row["new_id"]) for row in diff.rows()]
    assert sorted(found, key=str) == [
        ("added", None, "a1#4"), ("changed", "a1#3", "a1#3"), ("removed", "a1#4", None), ("retyped", "a1#2", "a1#2"),
    ]  # fmt: skip
    (changed,) = diff.rows("changed")
    assert changed["changes"] == [{"field": "mode", "old": ["arrest"], "new": ["seize"]}]
    counts = {count.event: count for count in diff.by_type()}
    coerce = counts["COERCE"]
    assert (coerce.n_old, coerce.n_new, coerce.n_same, coerce.n_changed, coerce.n_retyped_from) == (4, 2, 1, 1, 1)
    assert (coerce.n_removed, counts["ASSAULT"].n_retyped_to, counts["PROTEST"].n_added) == (1, 1, 1)


def test_numbers_that_shift_and_confidence_are_no_difference(store: Store) -> None:
    store.add([(article(1), [record(1, 1, **spans(10)), record(1, 2, **spans(30))])], FIRST)
    store.add([(article(1), [record(1, 1, **spans(30), confidence=0.2)])], SECOND)
    assert [(row["kind"], row["old_id"]) for row in Diff(store).rows()] == [("removed", "a1#1")]


def test_an_event_of_a_changed_text_is_known_by_its_words(store: Store) -> None:
    store.add([(article(1), [record(1, 1, **spans(10))])], FIRST)
    store.add([(article(1, "A longer text."), [record(1, 1, **spans(40))])], FIRST)
    diff = Diff(store)
    assert list(diff.rows()) == []
    assert diff.documents()[0][3] == 1


def test_any_two_coders_can_be_compared(store: Store) -> None:
    store.add([(article(1), [record(1, event=["AID"])])], FIRST)
    store.add([(article(1), [record(1, event=["COERCE"])])], SECOND)
    store.add([(article(1), [record(1, event=["ASSAULT"])])], FIRST)
    assert [row["old_event"] for row in Diff(store).rows()] == ["COERCE"]
    assert [row["old_event"] for row in Diff(store, old="0.1.0").rows()] == ["AID"]
    assert [row["new_event"] for row in Diff(store, old="0.1.0", new="0.2.0").rows()] == ["COERCE"]
