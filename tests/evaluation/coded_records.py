"""Records made by hand over one short text, and whatever a test changes of them."""

from __future__ import annotations

from typing import Any

TEXT = "Kenyan police arrested ten protesters in Nairobi. Uganda condemned the arrests."
QUADS = {"COERCE": 4, "ASSAULT": 4, "ACCUSE": 3, "CONSULT": 1}


def coded(kind: str, words: str, actor: str = "KEN COP", recipient: str = "KEN CVL", **changes: Any) -> dict[str, Any]:
    """A record of an event whose words stand in the text."""
    start = TEXT.index(words)
    sentence = 0 if start < 50 else 1
    sides = {
        side: [{"code": each.split()[0], "sector": each.split()[1:]} for each in (value.split("+") if value else [])]
        for side, value in (("actor", actor), ("recipient", recipient))
    }
    return {
        "document_id": "a", "event": [kind], "mode": [], "auxiliary_mode": [], "date": "2024-03-07", "event_text": [words],
        "event_spans": [[start, start + len(words)]],
        "text_info": {"sequence": sentence, "start": 50 * sentence, "end": 49 if not sentence else len(TEXT)},
    } | sides | changes  # fmt: skip
