"""A made-up store of any size for benchmarks: events spread over ten years, some 190 countries and 2,000 places."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from communique import Article, codebook
from communique.store import Options, Store

EVENTS_AN_ARTICLE = 5
_SENTENCE = "Officials of {actor} met rebels of {recipient} near {place} on Tuesday after weeks of fighting. "
_FIRST_DAY = date(2014, 1, 1)
_DAYS = 3652


def make_store(path: Path, n_events: int, seed: int = 7) -> None:
    """Make a store at the path; the same seed makes the same events."""
    with (
        Store.open(path, create=True) as store,
        store.run(Options(coder="made", codebook="made"), with_text=True) as run,
    ):
        for article, records in _coded(n_events, random.Random(seed)):
            run.add(article, records)


def _coded(n_events: int, draw: random.Random) -> Iterator[tuple[Article, list[dict[str, Any]]]]:
    codes = sorted(code for code in codebook.actor_codes() if len(code) == 3)
    draw.shuffle(codes)
    weights = [1 / (rank + 3) for rank in range(len(codes))]
    places = [
        (f"Place{number}", codes[number % len(codes)], draw.uniform(-55, 70), draw.uniform(-180, 180))
        for number in range(2000)
    ]
    types, sectors, contexts = codebook.event_types(), codebook.sectors(), codebook.contexts()
    for number in range(n_events // EVENTS_AN_ARTICLE):
        day = _FIRST_DAY + timedelta(days=int(_DAYS * draw.random() ** 0.7))
        sentences, records, start = [], [], 0
        source = f"Daily {int(draw.paretovariate(1)) % 500}"
        for n in range(EVENTS_AN_ARTICLE):
            actor, recipient = draw.choices(codes, weights, k=2)
            place, country, lat, lon = places[int(2000 * draw.random() ** 3)]
            sentence = _SENTENCE.format(actor=actor, recipient=recipient, place=place)
            event_type = draw.choice(types)
            modes = codebook.modes(event_type)
            chosen = [draw.choice(modes)] if modes and draw.random() < 0.5 else []

            def entity(code: str, begin: int, draw: random.Random = draw) -> dict[str, Any]:
                return {
                    "code": code, "sector": [draw.choice(sectors)], "entity_text": code, "start": begin,
                    "end": begin + 3, "resolved_text": None, "identifier_text": f"Government of {code}",
                    "identifier_id": None, "office": None, "reason": "a made-up name",
                }  # fmt: skip

            at = start + sentence.index(place)
            record = {
                "id": f"d{number}#{n + 1}", "document_id": f"d{number}",
                "date": day.isoformat(), "enddate": day.isoformat(), "date_resolution": "day",
                "event": [event_type], "mode": chosen, "context": draw.sample(contexts, draw.randrange(3)),
                "auxiliary_mode": [] if draw.random() < 0.8 else [draw.choice(codebook.auxiliary_modes())],
                "quad_code": codebook.quad_code(event_type),
                "event_scale": codebook.event_scale(event_type, chosen),
                "actor": [entity(actor, start + 13)], "recipient": [entity(recipient, start + 31)],
                "event_loc": {
                    "extracted_place": place, "resolved_place": place, "lat": lat, "lon": lon, "country_code": country,
                    "province": None, "city": place, "geonameid": None, "resolution": "city", "start": at,
                    "end": at + len(place),
                } if draw.random() < 0.8 else None,
                "event_text": ["met"], "event_spans": [[start + 17, start + 20]],
                "text_info": {"sequence": n, "start": start, "end": start + len(sentence) - 1},
                "attribution": None, "size": {}, "size_spans": {}, "confidence": round(draw.betavariate(5, 2), 3),
                "link": f"d{number}#{n + 1}",
                "cite_info": {"title": f"Report {number}", "url": None, "publication": source, "language": "en"},
                "coder": "made", "codebook": "made", "coded_date": "2024-01-01",
            }  # fmt: skip
            sentences.append(sentence)
            records.append(record)
            start += len(sentence)
        yield (
            Article("".join(sentences), id=f"d{number}", date=day, title=f"Report {number}", publication=source),
            records,
        )
