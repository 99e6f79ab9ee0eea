"""Mentions made by hand: a clash near a border, and whatever a test changes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from communique.link import Facts, facts_of_record

PUBLISHED = date(2024, 3, 7)


def record(name: str, sentence: str = "Rebels attacked a convoy near the border.", **changes: Any) -> dict[str, Any]:
    """A record of an attack on Tuesday; `name` is its id, such as `a#1`."""
    return {
        "id": name, "document_id": name.split("#")[0], "date": "2024-03-05", "enddate": "2024-03-05", "date_resolution": "day",
        "event": ["ASSAULT"], "mode": [], "auxiliary_mode": [], "actor": [{"code": "COD", "sector": ["REB"], "entity_text": "Rebels"}],
        "recipient": [{"code": "COD", "sector": ["MIL"], "entity_text": "a convoy"}], "event_loc": None,
        "event_text": ["attacked"], "event_spans": [[7, 15]],
        "text_info": {"sequence": int(name.split("#")[1]), "start": 0, "end": len(sentence)},
        "size": {}, "confidence": 0.9, "link": None, "text": sentence,
    } | changes  # fmt: skip


def mention(name: str, sentence: str = "Rebels attacked a convoy near the border.", **changes: Any) -> Facts:
    """What linking compares of `record`."""
    return facts_of_record(record(name, sentence, **changes))


def place(name: str) -> dict[str, Any]:
    """An event's place."""
    return {"resolved_place": name, "extracted_place": name, "resolution": "city", "country_code": "COD"}


def party(code: str, *sectors: str) -> list[dict[str, Any]]:
    """One side of an event."""
    return [{"code": code, "sector": list(sectors), "entity_text": code}]
