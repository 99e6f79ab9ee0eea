"""Flat CSV and Parquet: the same columns, one row an event (or a dyad), with everything an analyst filters by.

A column of the first party is beside one of all of them; in Parquet these are lists, in CSV joined with semicolons.
"""

from __future__ import annotations

from communique.export.format import Format, Kind
from communique.export.rows import DYADS


def _first(side: str, party: str) -> dict[str, str]:
    return {
        f"{side}_code": f"{party}.code",
        f"{side}_sector": f"{party}.sector[1]",
        f"{side}_name": f"name_of({party})",
        f"{side}_text": f"{party}.entity_text",
        f"{side}_office": f"{party}.office",
        f"{side}_wikidata": f"{party}.identifier_id",
        f"{side}_iso2": f"country_iso2({party}.code)",
        f"{side}_cow": f"country_cow({party}.code)",
        f"{side}_gw": f"country_gw({party}.code)",
    }


def _all(side: str) -> dict[str, str]:
    return {
        f"{side}_codes": f"[p.code FOR p IN {side}]",
        f"{side}_sectors": f"[array_to_string(p.sector, ' ') FOR p IN {side}]",
        f"{side}_names": f"[name_of(p) FOR p IN {side}]",
    }


def _size(name: str) -> dict[str, str]:
    return {f"{name}_low": f"size.{name}[1]", f"{name}_high": f"size.{name}[-1]"}


def _columns(actor: str, recipient: str) -> dict[str, str]:
    return {
        "event_id": "id",
        "document_id": "document_id",
        "date": "date",
        "enddate": "enddate",
        "date_resolution": "date_resolution",
        "event_type": "event_type",
        "mode": "mode_name",
        "status": "status",
        "quad_code": "quad_code",
        "quad_category": "quad_category",
        "event_scale": "event_scale",
        "cameo_code": "cameo",
        "cameo_root": "cameo[:2]",
        **_first("actor", actor),
        **_first("recipient", recipient),
        "place": "event_loc.resolved_place",
        "place_text": "event_loc.extracted_place",
        "city": "event_loc.city",
        "province": "event_loc.province",
        "country": "event_loc.country_code",
        "lat": "event_loc.lat",
        "lon": "event_loc.lon",
        "geonameid": "event_loc.geonameid",
        "place_resolution": "event_loc.resolution",
        "event_text": "array_to_string(event_text, ' … ')",
        "sentence": "text_info.sequence",
        "sentence_start": "text_info.start",
        "sentence_end": "text_info.\"end\"",
        "attribution": "attribution.entity_text",
        "attribution_code": "attribution.code",
        **_size("dead"),
        **_size("injured"),
        **_size("arrested"),
        **_size("participants"),
        "confidence": "confidence",
        "link": "link",
        "title": "cite_info.title",
        "url": "cite_info.url",
        "publication": "cite_info.publication",
        "language": "cite_info.language",
        "coder": "coder",
        "codebook": "codebook",
        "coded_date": "coded_date",
        "modes": "mode",
        "contexts": "context",
        "auxiliary_modes": "auxiliary_mode",
        **_all("actor"),
        **_all("recipient"),
    }  # fmt: skip


LISTS = frozenset({"modes", "contexts", "auxiliary_modes", *_all("actor"), *_all("recipient")})
_EVENTS = _columns("actor[1]", "recipient[1]")
_DYADS = {"event_id": "id", "dyad": "dyad"} | _columns("a", "r")


def _joined(columns: dict[str, str]) -> dict[str, str]:
    """Lists as text; a gap in a list of parties stays a gap, so that the lists of a side have the same length."""
    return {
        name: f"joined([replace(coalesce(i, ''), ';', ',') FOR i IN {expression}])" if name in LISTS else expression
        for name, expression in columns.items()
    }


PARQUET = Format("parquet", _EVENTS, Kind.parquet, has_status=True)
PARQUET_DYADS = Format("parquet", _DYADS, Kind.parquet, DYADS, has_status=True)
CSV = Format("csv", _joined(_EVENTS), Kind.csv, has_status=True)
CSV_DYADS = Format("csv", _joined(_DYADS), Kind.csv, DYADS, has_status=True)
JSONL = Format("jsonl", {"line": "line"}, Kind.jsonl, has_status=True)
