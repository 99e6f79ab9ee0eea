"""Event records by hand, as `communique code` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def party(code: str | None, *sectors: str, text: str = "they", **fields: Any) -> dict[str, Any]:
    start = fields.pop("start", 0)
    known = {"resolved_text": None, "identifier_text": None, "identifier_id": None, "office": None, "reason": "a test"}
    return {
        "code": code, "sector": list(sectors), "entity_text": text, "start": start, "end": start + len(text), **known, **fields,
    }  # fmt: skip


def event(name: str = "a#1", kind: str = "ASSAULT", **fields: Any) -> dict[str, Any]:
    """Police in Nairobi disperse protesters, unless fields say otherwise."""
    return {
        "id": name, "document_id": name.split("#")[0], "date": "2024-03-05", "enddate": "2024-03-05", "date_resolution": "day",
        "event": [kind], "mode": [], "context": [], "auxiliary_mode": [], "quad_code": 4, "event_scale": -9.0,
        "actor": [party("KEN", "COP", text="Kenyan police")], "recipient": [party("KEN", "CVL", text="protesters", start=32)],
        "event_loc": None, "event_text": ["fired"], "event_spans": [[14, 19]],
        "text_info": {"sequence": 0, "start": 0, "end": 65}, "attribution": None, "size": {}, "size_spans": {},
        "confidence": 0.95, "link": None,
        "cite_info": {"title": None, "url": None, "publication": None, "language": None},
        "coder": "communique 0.1.0 model 0", "codebook": "plover-2024.02", "coded_date": "2024-03-08", **fields,
    }  # fmt: skip


NAIROBI = {
    "extracted_place": "Nairobi", "resolved_place": "Nairobi", "lat": -1.28333, "lon": 36.81667, "country_code": "KEN",
    "province": "Nairobi County", "city": "Nairobi", "geonameid": 184745, "resolution": "city", "reason": "named in the clause", "start": 46, "end": 53,
}  # fmt: skip


def written(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records), encoding="utf-8")
    return path
