"""The pages in a real browser: what is marked, and what is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from communique.store import Store
from communique.web import Settings, create_app
from tests.store.made import FIRST
from tests.web.conftest import coded
from tests.web.live import chromium, complaints_of, needs_browser, served

pytestmark = needs_browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("browser") / "corpus.duckdb"
    with Store.open(path, create=True) as store:
        store.add(coded(), FIRST, with_text=True)
    with served(create_app(Settings(path, user="ada"))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    page = browser.new_page(base_url=address, viewport={"width": 1200, "height": 800})
    said = complaints_of(page, address)
    yield page
    page.close()
    assert said == [], "no error, no refused script, nothing fetched from elsewhere"


def test_filters_go_into_the_address_and_lead_to_an_event_with_its_words_marked(page: Any) -> None:
    page.goto("/events")
    page.click("text=Filters")
    page.fill("input[name=actor]", "KEN")
    page.click("details:has(> summary:text-is('Type')) > summary")
    page.check("input[name=type][value=COERCE]")
    page.click("text='Filter'")
    assert page.url.endswith("/events?actor=KEN&type=COERCE")
    assert page.locator("tbody tr").count() == 2
    page.click("tbody tr:first-child td.date a")
    assert page.locator("#text mark.actor").all_inner_texts() == ["Kenyan police"]
    assert page.locator("#text mark.event").all_inner_texts() == ["arrested"]
    assert page.evaluate("document.getElementById('text').textContent") == (
        "Kenyan police arrested ten protesters in Nairobi."
    )
    label = page.evaluate("getComputedStyle(document.querySelector('mark.actor'), '::before').content")
    assert "actor" in label


def test_the_pictures_have_the_right_numbers_and_lead_to_their_events(page: Any) -> None:
    page.goto("/timeline?by=month")
    assert page.locator("[data-quad='4']").get_attribute("data-n") == "2"
    up, down = page.locator("[data-quad='1']").bounding_box(), page.locator("[data-quad='4']").bounding_box()
    assert up["y"] + up["height"] == pytest.approx(down["y"], abs=1.5)
    assert down["height"] == pytest.approx(2 * up["height"], abs=1.5)
    page.goto("/network")
    page.locator("[data-actor=KEN][data-recipient=UGA] .tip").click()
    assert "KEN → UGA" in page.inner_text("h1")
