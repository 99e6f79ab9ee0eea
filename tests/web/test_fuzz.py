"""A program that knows the API's schema sends what fits it and what nearly does: nothing may end in a 500."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ODD = [
    "",
    "a1#1",
    "a1",
    "\x00",
    "'",
    '"><script>',
    "%",
    "\u202e",
    "💥",
    "9" * 30,
    "-1",
    "1e309",
    "nan",
    "KEN>UGA",
    ">",
    "0001-01-01",
    "9999-12-31",
    "true",
    "é" * 300,
]


def values(schema: dict[str, Any], whole: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a schema, now and then odd ones."""
    if "$ref" in schema:
        return values(whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], whole)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return st.one_of([values(one, whole) for one in schema[key]])
    odd = st.sampled_from(ODD)
    if "enum" in schema:
        return st.one_of(st.sampled_from(schema["enum"]), odd)
    kind = schema.get("type")
    if kind == "array":
        return st.lists(values(schema.get("items", {}), whole), max_size=3)
    if kind == "object":
        fields = {name: values(one, whole) for name, one in schema.get("properties", {}).items()}
        needed = {name: fields.pop(name) for name in schema.get("required", []) if name in fields}
        return st.fixed_dictionaries(needed, optional=fields)
    if kind == "integer":
        return st.one_of(st.integers(-2, 20), st.integers(), odd)
    if kind == "number":
        return st.one_of(st.floats(0, 1), st.floats(allow_nan=False, allow_infinity=False), odd)
    if kind == "boolean":
        return st.booleans()
    if kind == "null":
        return st.none()
    if schema.get("format") == "date":
        return st.one_of(st.dates().map(str), odd)
    known = st.sampled_from(["COERCE", "arrest", "military", "KEN", "GOV", "a1#1", "a2", "Nairobi", "Daily"])
    return st.one_of(known, st.text(max_size=20), odd)


def operations() -> list[tuple[str, str]]:
    from communique.web.app import ROUTERS

    return sorted(
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        for method in route.methods  # type: ignore[attr-defined]
        if getattr(route, "include_in_schema", False) and method != "HEAD"
    )


@pytest.fixture(scope="module")
def schema(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


def test_the_schema_has_every_operation(schema: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, methods in schema["paths"].items() for method in methods}
    assert described == set(operations())
    assert {
        "/api/events",
        "/api/event",
        "/api/article",
        "/api/timeline",
        "/api/map",
        "/api/network",
        "/api/heat",
        "/api/dyad",
    } <= set(schema["paths"])


@pytest.mark.parametrize("suffix", ["", ".json", ".csv", ".svg"])
@pytest.mark.parametrize("page", ["/events", "/event", "/article", "/timeline", "/map", "/network", "/heat", "/dyad"])
def test_no_page_fails_on_odd_addresses(client: TestClient, schema: dict[str, Any], page: str, suffix: str) -> None:
    if suffix == ".svg" and page not in ("/timeline", "/map", "/network", "/heat"):
        return
    send(client, schema, "GET", f"/api{page}", page + suffix, 12)


@pytest.mark.parametrize(("method", "path"), operations())
def test_no_operation_fails(client: TestClient, schema: dict[str, Any], method: str, path: str) -> None:
    send(client, schema, method, path, path, 40)


def send(client: TestClient, schema: dict[str, Any], method: str, described: str, path: str, n: int) -> None:
    operation = schema["paths"][described][method.lower()]
    query = {
        one["name"]: values(one["schema"], schema) for one in operation.get("parameters", []) if one["in"] == "query"
    }
    content = operation.get("requestBody", {}).get("content", {})
    body = values(content["application/json"]["schema"], schema) if "application/json" in content else st.none()

    @settings(max_examples=n, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.fixed_dictionaries({}, optional=query), body)
    def attempt(chosen: dict[str, Any], sent: Any) -> None:
        pairs = {name: value for name, value in chosen.items() if value is not None}
        address = f"{path}?{urlencode(pairs, doseq=True, errors='replace')}"
        data = None if sent is None else json.dumps(sent).encode()
        answer = client.request(method, address, content=data, headers={"Content-Type": "application/json"})
        assert answer.status_code < 500, (address, sent, answer.text[:300])

    attempt()
