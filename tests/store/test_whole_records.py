"""What the coder writes has a column in the store: nothing of it is left to `extra`."""

from __future__ import annotations

from datetime import date

from communique import Article, Coder
from communique.export.plover_jsonl import event_record
from communique.store import columns


def test_every_field_of_a_coded_record_has_its_column(coder: Coder) -> None:
    text = "Kenyan police killed three protesters in Nairobi on Tuesday, the ministry said."
    (event, *_) = coder.code(Article(text, id="a", date=date(2024, 3, 7)))
    record = event_record(event)
    assert set(record) <= {*columns.RECORD_FIELDS, "text_info", "text_story"}
    for name in ("event_loc", "attribution", "cite_info"):
        inner = record[name]
        assert isinstance(inner, dict), name
        assert set(inner) == {field.name for field in columns.EVENTS.field(name).type}, name
    (actor,) = record["actor"]  # type: ignore[misc]
    assert set(actor) == {field.name for field in columns.EVENTS.field("actor").type.value_type}
