"""`Event` → PLOVER record: one JSON object a line, fields named as in the PLOVER manual wherever it has a name.

All words that a record quotes are cut out of the article by the record's own offsets, so the two cannot disagree.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

import msgspec

from communique import codebook
from communique.errors import InputError
from communique.records import Article, Attribution, Entity, Event, Place
from communique.version import coder_version

Record = dict[str, object]
_encoder = msgspec.json.Encoder()


def event_record(event: Event, *, with_text: bool = False) -> Record:
    """Write an event as a record, fields in the order of the contract.

    Args:
        event: What was coded. Its offsets, and the record's, are half-open and count code points of the article's text.
        with_text: Whether the article's `text` comes as the last field.

    Raises:
        CodebookMismatch: Type or mode is not in the codebook.
        InputError: SOURCE_DATE_EPOCH is set, but not to a number of seconds.
    """
    article, coding, when, scheme = event.article, event.coding, event.when, event.scheme
    text = article.text
    record: Record = {
        "id": event.id,
        "document_id": article.id,
        "date": when.first.isoformat() if when else None,
        "enddate": when.last.isoformat() if when else None,
        "date_resolution": when.resolution if when else None,
        "event": [coding.event_type],
        "mode": list(coding.modes),
        "context": list(coding.contexts),
        "auxiliary_mode": list(coding.auxiliary_modes),
        "quad_code": (scheme or codebook).quad_code(coding.event_type),
        "event_scale": (scheme or codebook).event_scale(coding.event_type, coding.modes),
        "actor": [_entity(entity, text) for entity in event.actors],
        "recipient": [_entity(entity, text) for entity in event.recipients],
        "event_loc": _place(event.place, text) if event.place else None,
        "event_text": [text[mention.start : mention.end] for mention in event.trigger],
        "event_spans": [[mention.start, mention.end] for mention in event.trigger],
        "text_info": {
            "sequence": event.sentence.number, "start": event.sentence.start, "end": event.sentence.end,
        },
        "attribution": _attribution(event.attribution, text) if event.attribution else None,
        "size": {name: list(size) if isinstance(size, tuple) else size for name, size in event.size.items()},
        "size_spans": {
            name: [[mention.start, mention.end] for mention in mentions] for name, mentions in event.size_mentions.items()
        },
        "confidence": coding.confidence,
        "link": event.link,
        "cite_info": _citation(article),
        "coder": f"{coder_version()} own types {scheme.digest}" if scheme else coder_version(),
        "codebook": scheme.label if scheme else codebook.CODEBOOK_VERSION,
        "coded_date": coded_on().isoformat(),
    }  # fmt: skip
    return record | {"text": text} if with_text else record


def record_line(event: Event, *, with_text: bool = False) -> bytes:
    """Write an event as a line of JSONL in UTF-8, newline included; arguments and errors as of `event_record`."""
    return _encoder.encode(event_record(event, with_text=with_text)) + b"\n"


def coded_on() -> date:
    """The day of coding: today, or the day of SOURCE_DATE_EPOCH (UTC), which makes output reproducible.

    Raises:
        InputError: SOURCE_DATE_EPOCH is not a number of seconds since 1970.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return date.today()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise InputError(f"SOURCE_DATE_EPOCH is {epoch!r}, expected seconds since 1970 such as '1709769600'") from None


def _entity(entity: Entity, text: str) -> Record:
    start, end = entity.mention.start, entity.mention.end
    return {
        "code": entity.code,
        "sector": list(entity.sectors),
        "entity_text": text[start:end],
        "start": start,
        "end": end,
        "resolved_text": entity.resolved_text,
        "identifier_text": entity.identifier_text,
        "identifier_id": entity.identifier_id,
        "office": entity.office,
        "reason": entity.reason,
    }


def _place(place: Place, text: str) -> Record:
    start, end = place.mention.start, place.mention.end
    return {
        "extracted_place": text[start:end],
        "resolved_place": place.resolved,
        "lat": place.lat,
        "lon": place.lon,
        "country_code": place.country,
        "province": place.province,
        "city": place.city,
        "geonameid": place.geonameid,
        "resolution": place.resolution,
        "reason": place.reason,
        "start": start,
        "end": end,
    }


def _attribution(attribution: Attribution, text: str) -> Record:
    start, end = attribution.mention.start, attribution.mention.end
    return {"entity_text": text[start:end], "code": attribution.code, "start": start, "end": end}


def _citation(article: Article) -> Record:
    return {
        "title": article.title,
        "url": article.url,
        "publication": article.publication,
        "language": article.language,
    }
