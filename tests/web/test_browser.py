"""The pages in a real browser: what is marked, what is drawn, and whether everybody can use it.

Needs Chromium (`apt-get install chromium`) and, for the accessibility check, axe-core, which comes with
`axe-playwright-python`; skipped where they are not. COMMUNIQUE_SCREENSHOTS=1 writes docs/screenshots.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from communique.store import Store
from communique.web import Settings, create_app
from tests.store.made import FIRST
from tests.web.conftest import coded

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(not CHROMIUM or not find_spec("playwright"), reason="no Chromium or playwright")
SHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
PAGES = {
    "events": "/events?quad=4", "event": "/event?id=a1%231", "article": "/article?id=a2", "timeline": "/timeline",
    "map": "/map", "network": "/network", "heat": "/heat", "dyad": "/dyad?dyad=KEN%3EUGA",
}  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import uvicorn

    path = tmp_path_factory.mktemp("browser") / "corpus.duckdb"
    with Store.open(path, create=True) as store:
        store.add(coded(), FIRST, with_text=True)
    server = uvicorn.Server(uvicorn.Config(create_app(Settings(path, user="ada")), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    page = browser.new_page(base_url=address, viewport={"width": 1200, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith(address) else None)
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


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("dark", [False, True])
def test_no_page_is_wider_than_a_telephone_and_axe_finds_nothing_serious(page: Any, name: str, dark: bool) -> None:
    page.emulate_media(color_scheme="dark" if dark else "light")
    for width in (375, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(PAGES[name])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    if os.environ.get("COMMUNIQUE_SCREENSHOTS") and not dark:
        SHOTS.mkdir(exist_ok=True)
        page.set_viewport_size({"width": 1000, "height": 650})
        page.screenshot(path=SHOTS / f"{name}.jpg", type="jpeg", quality=60)
    if not find_spec("axe_playwright_python"):
        pytest.skip("no axe-core")
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    serious = [
        (one["id"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
