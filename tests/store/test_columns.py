from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.store.columns import EVENTS, RECORD_FIELDS, event_row, record_of
from tests.store.made import record

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def through_parquet(given_record: dict[str, Any]) -> dict[str, Any]:
    table = pa.Table.from_pylist([event_row(given_record, 1, "run")], schema=EVENTS)
    return record_of(table.to_pylist()[0])


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"size": {}, "size_spans": {}},
        {"size": {"dead": [10, 12], "participants": 4000}},
        {"size": {"displaced": 4}},
        {"date": None, "enddate": None},
        {"date": "sometime"},
        {"event_scale": -7},
        {"recipient": [], "event_loc": None},
        {"own_field": {"of": ["a", "later", "version"]}},
        {"actor": [{"code": "KEN"}]},
        {"quad_code": 2**70},
        {"mode": None},
        {"link": "\ud800"},
    ],
)
def test_a_record_comes_back_as_it_was_given(change: dict[str, Any]) -> None:
    given_record = record(**change)
    assert through_parquet(given_record) == given_record


def test_fields_keep_the_order_of_the_contract_and_what_a_record_lacks_is_not_made_up() -> None:
    given_record = record()
    del given_record["size_spans"]
    assert json.dumps(through_parquet(given_record)) == json.dumps(given_record)
    assert list(record()) == list(RECORD_FIELDS)


@given(st.dictionaries(st.sampled_from(RECORD_FIELDS), ANYTHING, min_size=1))
def test_no_value_is_refused_and_none_changes(change: dict[str, Any]) -> None:
    given_record = record(**change)
    assert through_parquet(given_record) == given_record
