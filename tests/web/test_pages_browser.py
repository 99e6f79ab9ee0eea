"""Every page with what the coder makes of the examples: narrow and wide, light and dark, and whether all can use it.

COMMUNIQUE_SCREENSHOTS=1 writes docs/screenshots.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from communique import Article, Coder
from communique.export import event_record
from communique.store import Store
from communique.web import Settings, create_app
from communique.web.code_here import Bench
from tests.store.made import FIRST
from tests.web.live import chromium, complaints_of, needs_browser, served

pytestmark = needs_browser
ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "docs" / "screenshots"
TEXT = "Kenyan police arrested ten protesters in Nairobi on Tuesday. Uganda urged restraint."
PAGES = {
    "events": "/events?quad=4", "event": "/event?id=night_coup%231", "article": "/article?id=night_coup",
    "timeline": "/timeline?since=2024-01-01", "map": "/map", "network": "/network", "heat": "/heat?since=2024-01-01",
    "dyad": "/dyad?dyad={dyad}", "review": "/review", "judging": "/review?order=random", "precision": "/review/precision",
    "agreement": "/review/agreement?all=true", "code": "/code", "api": "/api", "error": "/event?id=none",
}  # fmt: skip
WITH_TOKENS = {"login": "/login"}
FAIL = {"error"}  # the console says that the page is not there
SERIOUS = ("serious", "critical")
TOKEN = "a-token-of-sixteen-characters"


def coded(coder: Coder) -> Iterator[tuple[Article, list[dict[str, Any]]]]:
    """The example articles, two weeks apart."""
    for number, path in enumerate(sorted((ROOT / "examples").glob("*.txt"))):
        day = date(2024, 1, 4) + timedelta(days=14 * number)
        article = Article(path.read_text("utf-8").strip(), id=path.stem, date=day, title=path.stem.replace("_", " "))
        yield article, [event_record(event) for event in coder.code(article)]


def judge(address: str) -> None:
    """Two reviewers, who see every fourth record differently."""
    for name in ("ada", "bob"):
        said = {"X-Reviewer": name}
        ids = httpx.get(f"{address}/api/review/queue?order=random&size=24", headers=said).json()["ids"]
        for number, record_id in enumerate(ids):
            verdict = "reject" if number % (8 if name == "ada" else 6) == 3 else "agree"
            body: dict[str, Any] = {"record_id": record_id, "revision": 1, "verdict": verdict}
            if number % 4 == 2 and name == "bob":
                body |= {"verdict": "correct", "changes": {"auxiliary_mode": ["historical"]}}
            httpx.post(f"{address}/api/review/judgements", json=body, headers=said).raise_for_status()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, coder: Coder) -> Path:
    path = tmp_path_factory.mktemp("pages") / "corpus.duckdb"
    with Store.open(path, create=True) as opened:
        opened.add(coded(coder), FIRST, with_text=True)
    return path


@pytest.fixture(scope="module")
def address(store: Path, coder: Coder) -> Iterator[str]:
    app = create_app(Settings(store, user="cleo"))
    app.state.bench = Bench(lambda: coder)
    with served(app) as address:
        judge(address)
        yield address


@pytest.fixture(scope="module")
def guarded(store: Path) -> Iterator[str]:
    """The same with reviewers' tokens."""
    with served(create_app(Settings(store, tokens={TOKEN: "ada"}))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


def show(page: Any, name: str, address: str) -> None:
    """Open a page as somebody uses it."""
    place = (PAGES | WITH_TOKENS)[name]
    if "{dyad}" in place:
        best = max(httpx.get(f"{address}/api/network?domestic=false").json()["rows"], key=lambda row: row["n"])
        place = place.format(dyad=f"{best['actor']}%3E{best['recipient']}")
    page.goto(address + place)
    if name in ("review", "judging"):
        page.wait_for_selector("#article-text mark")
    if name == "judging":
        page.keyboard.press("e")
        page.keyboard.press("?")
    if name == "code":
        page.get_by_label("Text", exact=True).fill(TEXT)
        page.get_by_role("button", name="Code").click()
        page.wait_for_selector(".coded mark.event")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES | WITH_TOKENS)
def test_every_page_fits_the_screen_and_axe_finds_nothing_serious(
    browser: Any, address: str, guarded: str, name: str, dark: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    base = guarded if name in WITH_TOKENS else address
    page = browser.new_page(color_scheme="dark" if dark else "light")
    said = complaints_of(page, base)
    try:
        for width in (375, 1600):
            page.set_viewport_size({"width": width, "height": 800})
            show(page, name, base)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if dark == (width == 1600):  # axe takes seconds: once in each colour, and once at each width
                violations = Axe().run(page).response["violations"]
                assert [(one["id"], one["nodes"][:3]) for one in violations if one["impact"] in SERIOUS] == []
        if os.environ.get("COMMUNIQUE_SCREENSHOTS"):
            take(page, SHOTS / f"{name}{'_dark' if dark else ''}.jpg")
    finally:
        page.close()
    assert said == [] or name in FAIL


def take(page: Any, path: Path) -> None:
    """A picture of the page for the docs."""
    page.set_viewport_size({"width": 1000, "height": 650})
    page.evaluate("scrollTo(0, 0)")
    path.parent.mkdir(exist_ok=True)
    page.screenshot(path=path, type="jpeg", quality=60)


def test_the_docs_show_every_page_light_and_dark() -> None:
    wanted = {f"{name}{dark}.jpg" for name in PAGES | WITH_TOKENS for dark in ("", "_dark")}
    assert {path.name for path in SHOTS.iterdir()} == wanted
