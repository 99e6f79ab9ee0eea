"""Articles and records made by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from communique import Article
from communique.store import Options

FIRST = Options(coder="communique 0.1.0 model aaaa", codebook="plover-2024.02")
SECOND = Options(coder="communique 0.2.0 model bbbb", codebook="plover-2024.02")


def article(number: int = 1, text: str = "Kenyan police arrested ten protesters in Nairobi.") -> Article:
    return Article(text, id=f"a{number}", date=date(2024, 3, 7), title="Été", publication="Daily")


def entity(code: str | None, text: str, start: int, **more: Any) -> dict[str, Any]:
    fields = {
        "code": code, "sector": ["COP"], "entity_text": text, "start": start, "end": start + len(text),
        "resolved_text": None, "identifier_text": None, "identifier_id": None, "office": None, "reason": "a name",
    }  # fmt: skip
    return fields | more


def record(number: int = 1, n: int = 1, **more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": f"a{number}#{n}",
        "document_id": f"a{number}",
        "date": "2024-03-05",
        "enddate": "2024-03-05",
        "date_resolution": "day",
        "event": ["COERCE"],
        "mode": ["arrest"],
        "context": ["human_rights"],
        "auxiliary_mode": [],
        "quad_code": 4,
        "event_scale": -7.0,
        "actor": [entity("KEN", "Kenyan police", 0)],
        "recipient": [entity("KEN", "protesters", 27, sector=["CVL"], resolved_text="students")],
        "event_loc": {
            "extracted_place": "Nairobi", "resolved_place": "Nairobi", "lat": -1.28, "lon": 36.8,
            "country_code": "KEN", "province": None, "city": "Nairobi", "geonameid": 184745, "resolution": "city",
            "reason": "named in the clause",
            "start": 41, "end": 48,
        },
        "event_text": ["arrested"],
        "event_spans": [[14, 22]],
        "text_info": {"sequence": 0, "start": 0, "end": 49},
        "attribution": None,
        "size": {"arrested": 10},
        "size_spans": {"arrested": [[23, 26]]},
        "confidence": 0.91,
        "link": f"a{number}#{n}",
        "cite_info": {"title": "Été", "url": None, "publication": "Daily", "language": None},
        "coder": "communique 0.1.0 model aaaa",
        "codebook": "plover-2024.02",
        "coded_date": "2024-03-08",
    }  # fmt: skip
    return fields | more
