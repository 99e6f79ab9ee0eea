"""Review and "code here" in a real headless Chromium, by keyboard alone."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from typer.testing import CliRunner

from communique import Article
from communique.cli import app as cli
from communique.store import Store
from communique.web import Settings, create_app
from communique.web.code_here import Bench
from tests.store.made import FIRST, SECOND, entity, record
from tests.web.live import chromium, complaints_of, needs_browser, served
from tests.web.test_code_here import Stub

pytestmark = needs_browser

# Offsets differ between code points and UTF-16: a dove of two code points and three units, e with a combining accent.
BEFORE = "🕊️ Cafe\u0301 <b>talks</b> \u202e"
SENTENCE = "Kenyan police arrested ten protesters in Nairobi. Uganda urged restraint."


def coded(n: int = 11) -> Iterator[tuple[Article, list[dict[str, Any]]]]:
    """Articles with one event each, and one that was missed; the lower the number, the less sure."""
    at = len(BEFORE)
    for number in range(1, n + 1):
        place = record()["event_loc"] | {"start": at + 41, "end": at + 48}
        yield (
            Article(BEFORE + SENTENCE, id=f"a{number}", date=date(2024, 3, 7), title=f"Report <i>{number}</i>"),
            [
                record(
                    number, confidence=number / 20, event_spans=[[at + 14, at + 22]], event_loc=place, size={}, size_spans={},
                    actor=[entity("KEN", "Kenyan police", at)], recipient=[entity("KEN", "protesters", at + 27, sector=["CVL"])],
                    text_info={"sequence": 0, "start": at, "end": at + 49},
                )
            ],
        )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.duckdb"
    with Store.open(path, create=True) as opened:
        opened.add(coded(), FIRST, with_text=True)
    return path


@pytest.fixture
def address(store: Path) -> Iterator[str]:
    """The app on a port of its own, with a coder that is there at once."""
    app = create_app(Settings(store, user="ada"))
    app.state.bench = Bench(lambda: Stub([]))
    with served(app) as address:
        yield address


@pytest.fixture
def browse(address: str) -> Iterator[Callable[[], Any]]:
    """Open pages, of a reviewer each. What the browser complains of fails the test."""
    complaints: list[list[str]] = []
    with chromium() as browser:

        def open_() -> Any:
            context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
            context.set_default_timeout(20_000)
            page = context.new_page()
            complaints.append(complaints_of(page, address))
            return page

        yield open_
    assert [said for said in complaints if said] == []


def name_reviewer(page: Any, address: str, name: str, query: str = "") -> None:
    page.goto(f"{address}/review")
    page.get_by_label("Reviewer", exact=True).fill(name)
    page.get_by_role("button", name="Change").click()
    page.wait_for_url("**/review")
    page.goto(f"{address}/review{query}")
    page.wait_for_selector("#review:not([hidden])")


def press(page: Any, key: str, said: str) -> None:
    """Press a key, and wait until the page says what came of it."""
    page.keyboard.press(key)
    page.locator("#said").filter(has_text=re.compile(f"^{re.escape(said)}")).wait_for()
    page.evaluate("document.getElementById('said').textContent = ''")


def rows(store: Path) -> list[dict[str, Any]]:
    lines = Path(f"{store}.d", "judgements.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_ten_events_by_keyboard_double_coded_and_exported_as_gold(
    browse: Callable[..., Any], address: str, store: Path, tmp_path: Path
) -> None:
    at = len(BEFORE)
    page = browse()
    name_reviewer(page, address, "ada")
    assert page.locator("#article-title").inner_text() == "Report <i>1</i>"  # the least sure first, as text
    assert page.locator("#article-text mark.event").all_text_contents() == ["arrested"]
    assert page.locator("#article-text mark.actor").all_text_contents() == ["Kenyan police"]
    assert page.locator("#article-text mark.place").all_text_contents() == ["Nairobi"]
    assert page.locator("#article-text").text_content() == BEFORE + SENTENCE

    for _ in range(4):
        press(page, "a", "Accepted.")
    press(page, "r", "Rejected.")
    press(page, "n", "Skipped.")  # a6
    page.keyboard.press("b")
    page.locator("#article-title").filter(has_text="Report <i>6</i>").wait_for()
    press(page, "r", "Rejected.")

    page.keyboard.press("t")  # a7: another type, with a mode
    page.keyboard.type("ASSAULT")
    page.locator('#modes input[value="beat"]').focus()
    page.keyboard.press("Space")
    press(page, "Control+Enter", "Corrected: event, mode")

    page.keyboard.press("v")  # a8: the words one further, and a word longer
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    assert "".join(page.locator("#article-text mark.event").all_text_contents()) == "police arrested"
    press(page, "Control+Enter", "Corrected: event_text, event_spans")

    page.keyboard.press("2")  # a9: the recipient's code; and it has not happened
    page.keyboard.press("Control+A")
    page.keyboard.type("uga")
    page.locator('[name="auxiliary"][value="future"]').focus()
    page.keyboard.press("Space")
    press(page, "Control+Enter", "Corrected: auxiliary_mode, recipient")

    page.keyboard.press("p")  # a10: another place; coordinates of the old one go
    page.keyboard.press("Control+A")
    page.keyboard.type("Mombasa")
    press(page, "Control+Enter", "Corrected: event_loc")

    said = {(row["record_id"], row["field"]): row for row in rows(store)}
    assert [said[(f"a{n}#1", "")]["verdict"] for n in range(1, 7)] == ["agree"] * 4 + ["reject"] * 2
    assert (said[("a7#1", "event")]["new"], said[("a7#1", "mode")]["new"]) == (["ASSAULT"], ["beat"])
    assert said[("a8#1", "event_spans")]["new"] == [[at + 7, at + 22]]
    assert said[("a8#1", "event_text")]["new"] == ["police arrested"]
    assert said[("a9#1", "recipient")]["new"][0]["code"] == "UGA"
    assert said[("a9#1", "auxiliary_mode")]["new"] == ["future"]
    place = said[("a10#1", "event_loc")]["new"]
    assert (place["resolved_place"], place["country_code"], place["lat"]) == ("Mombasa", "KEN", None)
    assert {row["user"] for row in rows(store)} == {"ada"}

    # The eleventh: an event that was missed, its words selected in the text.
    page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.getElementById("article-text"), NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf("urged");
            if (at >= 0) getSelection().setBaseAndExtent(node, at, node, at + 6);
          }
        }"""
    )
    page.keyboard.press("m")
    page.keyboard.type("REQUEST")
    press(page, "Control+Enter", "The missed event was added.")
    (added,) = [row["new"] for row in rows(store) if row["verdict"] == "add"]
    assert (added["event"], added["event_text"]) == (["REQUEST"], ["urged"])
    press(page, "c", "The article has no other event.")
    press(page, "a", "Accepted.")
    assert "Nothing is left to judge: 11 of 11" in page.locator("#progress").inner_text()

    # Another reviewer, who sees nothing of this.
    other = browse()
    name_reviewer(other, address, "bob", "?order=double&seed=3")
    assert "0 of 11" in other.locator("#progress").inner_text()
    assert other.get_by_text("You said").count() == 0
    for _ in range(11):
        press(other, "a", "Accepted.")
    other.goto(f"{address}/review/agreement")
    alpha = {
        line.locator("th").inner_text(): line.locator("td").all_inner_texts()
        for line in other.locator("#alpha tbody tr").all()
    }
    # 22 values: 20 yes, 2 no; observed 2/11, expected 2·20·2/(22·21)
    assert alpha["is an event"] == ["11", "9", f"{1 - (4 / 22) / (2 * 20 * 2 / (22 * 21)):.2f}"]
    assert alpha["type"][:2] == ["9", "8"]
    assert other.locator(".difference").count() == 6

    # Gold, as the browser saves it.
    with other.expect_download() as download:
        other.get_by_role("link", name="Gold").click()
    gold = tmp_path / "gold.jsonl"
    download.value.save_as(gold)
    by_ada = tmp_path / "ada.jsonl"
    by_ada.write_bytes(httpx.get(f"{address}/review/gold.jsonl?reviewer=ada").content)
    events = tmp_path / "events.jsonl"
    with Store.open(store) as opened:
        events.write_text("".join(json.dumps(one, default=str) + "\n" for one in opened.records()), "utf-8")
    scores = []
    for path in (gold, by_ada):
        done = CliRunner().invoke(cli, ["evaluate", str(path), str(events), "--format", "json"])
        assert done.exit_code == 0, done.output
        scores.append(json.loads(done.stdout)["scores"]["overall"])
    assert (scores[0]["required"], scores[0]["found"]) == (6, 5)  # what both accepted, and the missed one
    # Ada's: 11 coded, 2 rejected, 1 missed; type, recipient and auxiliary mode of two are wrong
    assert (scores[1]["required"], scores[1]["found"], scores[1]["coded"], scores[1]["right"]) == (10, 7, 11, 7)


def test_a_pasted_text_is_coded_and_a_dropped_file_too(
    browse: Callable[..., Any], address: str, tmp_path: Path
) -> None:
    page = browse()
    page.goto(f"{address}/code")
    page.get_by_label("Text", exact=True).fill(f"🕊️ Cafe\u0301\n{SENTENCE}")
    page.get_by_role("button", name="Code").click()
    page.wait_for_selector(".coded mark.event")
    assert page.locator(".coded .text mark.event").all_text_contents() == ["arrested"]
    assert page.locator(".coded .text mark.actor").all_text_contents() == ["police"]
    page.goto(f"{address}/code")
    page.evaluate(
        """(text) => {
          const files = new DataTransfer();
          files.items.add(new File([text], "dropped.txt"));
          document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", { dataTransfer: files, cancelable: true }));
        }""",
        SENTENCE,
    )
    page.wait_for_selector(".coded mark.event")
    assert page.locator(".coded .text mark.event").all_text_contents() == ["arrested"]


def test_a_judgement_of_an_earlier_coding_is_told_and_can_be_given_anew(
    browse: Callable[..., Any], address: str, store: Path
) -> None:
    body = {"record_id": "a1#1", "revision": 1, "verdict": "agree"}
    httpx.post(f"{address}/api/review/judgements", json=body, headers={"X-Reviewer": "ada"}).raise_for_status()
    with Store.open(store) as opened:
        opened.add(coded(1), SECOND, with_text=True)
    for _ in range(200):  # the pages follow the store
        if httpx.get(f"{address}/api/event?id=a1%231").json()["event"]["revision"] == 2:
            break
        time.sleep(0.1)
    page = browse()
    name_reviewer(page, address, "ada", "?document=a1")
    page.locator("#others summary").click()
    assert "accepted, judged in revision 1" in page.locator("#other-events").inner_text()
    page.get_by_role("button", name="Judge again").click()
    page.locator("#coding").filter(has_text="accepted, judged in revision 1").wait_for()
    press(page, "r", "Rejected.")
    assert [(row["revision"], row["verdict"]) for row in rows(store)] == [(1, "agree"), (2, "reject")]
