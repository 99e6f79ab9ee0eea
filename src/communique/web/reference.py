"""The API's own description as a page: what `/api/openapi.json` says, for people."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup, escape

from communique.web.filters import Filters
from communique.web.pages import render, settings, snapshot

router = APIRouter()
Schema = Mapping[str, Any]
_LIMITS = (
    ("minimum", "≥"), ("maximum", "≤"), ("minLength", "characters ≥"), ("maxLength", "characters ≤"),
    ("minItems", "items ≥"), ("maxItems", "items ≤"), ("pattern", "matches"),
)  # fmt: skip


@router.get("/api", include_in_schema=False)
def reference_page(request: Request) -> Response:
    """All operations with what they take, and a call of each that works on this store."""
    description = request.app.openapi()
    operations = list(_operations(description, str(request.base_url).rstrip("/"), _known(request)))
    tags = list(dict.fromkeys(one["tag"] for one in operations))
    return render(
        request,
        "reference.html",
        title="API",
        groups=[(tag, [one for one in operations if one["tag"] == tag]) for tag in tags],
        common=_parameters(_common(description)),
        schemas=[_object(name, schema) for name, schema in description["components"]["schemas"].items()],
        tokens=bool(settings(request).tokens),
    )


def _known(request: Request) -> dict[str, Any]:
    """What calls need that only this store can tell."""
    event = (snapshot(request).rows("SELECT id, document_id, revision FROM e ORDER BY rowid LIMIT 1") or [{}])[0]
    dyad = (snapshot(request).rows("SELECT actor, recipient FROM d ORDER BY number, actor, recipient LIMIT 1") or [{}])[
        0
    ]
    return {
        "event": event.get("id", "a1#1"),
        "document_id": event.get("document_id", "a1"),
        "revision": event.get("revision", 1),
        "dyad": f"{dyad.get('actor', 'KEN')}>{dyad.get('recipient', 'UGA')}",
    }


def _operations(description: Schema, base: str, known: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            given = told.get("parameters", [])
            own = [one for one in given if one["name"] not in Filters.model_fields]
            body = told.get("requestBody", {}).get("content", {})
            query = _query(path, given, known)
            yield {
                "name": f"{method}{path.replace('/', '-')}",
                "tag": told["tags"][0],
                "method": method.upper(),
                "path": path,
                "summary": _with_code(told["summary"]),
                "description": _with_code(told.get("description", "")),
                "filters": len(own) < len(given),
                "parameters": _parameters(own),
                "body": [(kind, _in_words(one["schema"])) for kind, one in body.items()],
                "answers": [(status, answer["description"]) for status, answer in told["responses"].items()],
                "href": path + query if method == "get" else None,
                "call": _call(method.upper(), base + path + query, _body(path, method, known)),
            }


def _with_code(text: str) -> Markup:
    """A text with what stands between backticks set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _common(description: Schema) -> list[Schema]:
    return [
        one for one in description["paths"]["/api/events"]["get"]["parameters"] if one["name"] in Filters.model_fields
    ]


def _query(path: str, parameters: list[Schema], known: Mapping[str, Any]) -> str:
    """What the call must say, as the query part of an address."""
    told = {}
    if path == "/api/dyad":
        told["dyad"] = known["dyad"]
    for one in parameters:
        if one.get("required") and one["name"] == "id":
            told["id"] = known["document_id" if "article" in path else "event"]
    for one in parameters:
        if one.get("required") and one["name"] not in told:
            told[one["name"]] = f"{known['document_id']}#+…"
    return f"?{urlencode(told)}" if told else ""


def _body(path: str, method: str, known: Mapping[str, Any]) -> Mapping[str, Any] | str | None:
    revision = known["revision"]
    bodies: dict[tuple[str, str], Mapping[str, Any] | str] = {
        ("post", "/api/review/judgements"): {"record_id": known["event"], "revision": revision, "verdict": "agree"},
        ("post", "/api/review/missed"): {
            "document_id": known["document_id"],
            "revision": revision,
            "coding": {"event": ["PROTEST"], "event_spans": [[0, 6]]},
        },
        ("post", "/api/review/articles"): {
            "document_id": known["document_id"],
            "revision": revision,
            "complete": True,
        },
        ("post", "/api/code"): {"text": "Kenyan police arrested ten protesters in Nairobi.", "date": "2024-03-07"},
        ("post", "/api/code/file"): "file=@report.txt",
    }
    return bodies.get((method, path))


def _call(method: str, address: str, body: Mapping[str, Any] | str | None) -> str:
    parts = ["curl", *(["-X", method] if method not in ("GET", "POST") else []), shlex.quote(address)]
    if isinstance(body, str):
        parts += ["-F", shlex.quote(body)]
    elif body is not None:
        parts += ["-H", "'Content-Type: application/json'", "-d", shlex.quote(json.dumps(body, ensure_ascii=False))]
    return " ".join(parts)


def _parameters(given: list[Schema]) -> list[dict[str, Any]]:
    return [
        {
            "name": one["name"],
            "where": "" if one["in"] == "query" else one["in"],
            "kind": _in_words(one["schema"]),
            "required": one.get("required", False),
            "default": _default(one["schema"]),
            "description": _with_code(one.get("description", "")),
        }
        for one in given
    ]


def _object(name: str, schema: Schema) -> dict[str, Any]:
    fields = [
        {
            "name": field,
            "kind": _in_words(told),
            "required": field in schema.get("required", []),
            "default": _default(told),
            "description": _with_code(told.get("description", "")),
        }
        for field, told in schema.get("properties", {}).items()
    ]
    return {"name": name, "description": _with_code(schema.get("description", "")), "fields": fields}


def _default(schema: Schema) -> str:
    value = schema.get("default")
    return "" if value in (None, "", [], {}) else json.dumps(value)


def _in_words(schema: Schema) -> str:
    """What a value may be."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(_in_words(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " | ".join(str(one) for one in schema.get("enum", [schema.get("const")]))
    kind = schema.get("format") or schema.get("type") or "any"
    if kind == "array":
        kind = f"list of {_in_words(schema.get('items', {}))}"
    limits = [f"{sign} {schema[name]}" for name, sign in _LIMITS if name in schema]
    return f"{kind} ({', '.join(limits)})" if limits else str(kind)
