from __future__ import annotations

from typing import Any

import lxml.etree
import pytest
from fastapi.testclient import TestClient

SVG = "{http://www.w3.org/2000/svg}"


def marks(svg: bytes, attribute: str) -> list[dict[str, str]]:
    """The attributes of every mark that carries this one."""
    return [dict(found.attrib) for found in lxml.etree.fromstring(svg).iter() if attribute in found.attrib]


def rows(client: TestClient, address: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/{address}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


def test_the_timeline_counts_events_by_period_and_quad(client: TestClient) -> None:
    found = rows(client, "timeline?by=month")
    assert [(row["period"], row["quad"], row["n"]) for row in found] == [("2024-03-01", 4, 2), ("2024-04-01", 1, 1)]
    assert client.get("/api/timeline").json()["undated"] == 1


def test_cooperation_stands_above_zero_and_conflict_below_each_as_tall_as_its_number(client: TestClient) -> None:
    svg = client.get("/timeline.svg?by=month").content
    zero = float(
        next(line.get("y1") for line in lxml.etree.fromstring(svg).iter(f"{SVG}line") if line.get("class") == "zero")
    )  # type: ignore[arg-type]
    bars = {bar["data-quad"]: bar for bar in marks(svg, "data-quad")}
    up, down = bars["1"], bars["4"]
    assert float(up["y"]) + float(up["height"]) == pytest.approx(zero, abs=0.2)
    assert float(down["y"]) == pytest.approx(zero, abs=0.2)
    assert float(down["height"]) == pytest.approx(2 * float(up["height"]), abs=0.2)
    assert (up["data-n"], down["data-n"]) == ("1", "2")


def test_the_map_shades_countries_and_draws_places_where_they_are(client: TestClient) -> None:
    found = rows(client, "map")
    assert [(row["kind"], row["country"], row["n"], row["conflict"]) for row in found] == [
        ("country", "KEN", 3, 3), ("place", "KEN", 3, 3),
    ]  # fmt: skip
    svg = client.get("/map.svg").content
    assert [mark["data-n"] for mark in marks(svg, "data-country")] == ["3"]
    (place,) = marks(svg, "data-place")
    assert (place["data-place"], place["class"]) == ("Nairobi", "down")
    assert 560 < float(place["cx"]) < 600  # longitude 36.8 of 960 pixels for 360 degrees, drawn in a little
    assert 250 < float(place["cy"]) < 257  # a little below the equator


def test_the_network_has_each_dyad_and_meetings_both_ways(client: TestClient) -> None:
    found = {(row["actor"], row["recipient"]): row["n"] for row in rows(client, "network")}
    assert found == {("KEN", "KEN"): 2, ("KEN", "UGA"): 2, ("UGA", "KEN"): 1}
    assert {(row["actor"], row["recipient"]) for row in rows(client, "network?domestic=false")} == {
        ("KEN", "UGA"), ("UGA", "KEN"),
    }  # fmt: skip
    svg = client.get("/network.svg?top=2").content
    assert [(mark["data-actor"], mark["data-n"]) for mark in marks(svg, "data-actor")] == [("KEN", "2"), ("KEN", "2")]
    assert sorted(mark["data-code"] for mark in marks(svg, "data-code")) == ["KEN", "UGA"]


def test_the_heat_map_counts_types_by_month(client: TestClient) -> None:
    found = rows(client, "heat?by=month")
    assert [(row["event"], row["period"], row["n"]) for row in found] == [
        ("COERCE", "2024-03-01", 2), ("CONSULT", "2024-04-01", 1),
    ]  # fmt: skip
    svg = client.get("/heat.svg?by=month").content
    assert {(mark["data-event"], mark["data-n"]) for mark in marks(svg, "data-event")} == {
        ("COERCE", "2"),
        ("CONSULT", "1"),
    }


def test_a_dyads_page_has_series_types_and_latest_events(client: TestClient) -> None:
    data = client.get("/api/dyad?dyad=KEN%3EUGA").json()
    assert [(row["event"], row["n"]) for row in data["types"]] == [("ASSAULT", 1), ("CONSULT", 1)]
    assert [event["id"] for event in data["latest"]] == ["a2#2", "a3#1"]
    assert data["series"]["undated"] == 1
    page = client.get("/dyad?dyad=KEN%3EUGA")
    assert "KEN → UGA" in page.text
    assert client.get("/dyad").status_code == 422


@pytest.mark.parametrize("name", ["timeline", "map", "network", "heat"])
def test_every_picture_reacts_to_filters_and_saves_in_all_forms(client: TestClient, name: str) -> None:
    assert client.get(f"/{name}?type=COERCE").status_code == 200
    assert all(row["n"] == 2 for row in rows(client, f"{name}?type=COERCE"))
    assert rows(client, f"{name}?type=RETREAT") == []
    assert client.get(f"/{name}.png").content.startswith(b"\x89PNG")
    assert client.get(f"/{name}.csv").text.count("\n") == len(rows(client, name)) + 1
    for query in ("", "?type=RETREAT"):
        svg = client.get(f"/{name}.svg{query}")
        assert svg.headers["content-type"] == "image/svg+xml"
        assert lxml.etree.fromstring(svg.content).tag == f"{SVG}svg"


@pytest.mark.parametrize("name", ["timeline", "heat"])
def test_a_click_on_a_mark_leads_to_as_many_events_as_it_shows(client: TestClient, name: str) -> None:
    tree = lxml.etree.fromstring(client.get(f"/{name}.svg").content)
    links = list(tree.iter(f"{SVG}a"))
    assert links
    for link in links:
        address = link.get("href").replace("/events?", "/api/events?")
        assert client.get(address).json()["total"] == int(link[0].get("data-n"))
