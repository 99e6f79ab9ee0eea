from __future__ import annotations

from typing import Any

import lxml.html
import pytest
from fastapi.testclient import TestClient

from communique import Article
from communique.web.highlight import Span, marked
from tests.store.made import article, entity, record
from tests.web.conftest import Serve

HOSTILE = {
    "script": "<script>alert(1)</script> ",
    "handler": '"><img src=x onerror=alert(1)> <a href="javascript:alert(1)">x</a> ',
    "template": "{{ 7*7 }} {% include '/etc/passwd' %} ",
    "override": "abc \u202egnp.exe\u202c \u2066isolated\u2069 ",
    "emoji": "👩‍👩‍👧‍👦 🇰🇪 𝔘𝔫𝔦 ",
    "combining": "Z̸̢̛͖a̵͝l̶g̷o e\u0301 ",
    "controls": "nul\x00 cr\r lf\n crlf\r\n bell\x07 bom\ufeff ",
    "entities": "&lt;b&gt; &amp; &#60; ",
}


def shift(fields: dict[str, Any], by: int) -> dict[str, Any]:
    """The record with all its offsets moved."""
    moved = dict(fields)
    for role in ("actor", "recipient"):
        moved[role] = [one | {"start": one["start"] + by, "end": one["end"] + by} for one in fields[role]]
    place, info = fields["event_loc"], fields["text_info"]
    moved["event_loc"] = place | {"start": place["start"] + by, "end": place["end"] + by}
    moved["event_spans"] = [[start + by, end + by] for start, end in fields["event_spans"]]
    moved["text_info"] = info | {"start": info["start"] + by, "end": info["end"] + by}
    return moved


def words(html: str, role: str) -> list[str]:
    path = f"//*[@id='text']//mark[contains(concat(' ', @class, ' '), ' {role} ')]"
    return ["".join(mark.itertext()) for mark in lxml.html.fromstring(html).xpath(path)]


def test_the_marked_words_are_the_records(client: TestClient) -> None:
    for address in ("/event?id=a1%231", "/article?id=a1"):
        html = client.get(address).text
        assert words(html, "actor") == ["Kenyan police"]
        assert words(html, "recipient") == ["protesters"]
        assert words(html, "event") == ["arrested"]
        assert words(html, "place") == ["Nairobi"]
        assert "because: a name" in html
        assert "91%" in html


def test_the_words_that_give_the_date_are_marked(serve: Serve) -> None:
    text = "Kenyan police arrested ten protesters in Nairobi on Tuesday, officials said."
    client = serve([(article(1, text), [record(1, text_info={"sequence": 0, "start": 0, "end": len(text)})])])
    assert words(client.get("/event?id=a1%231").text, "date") == ["Tuesday"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_shows_as_text_with_marks_on_the_right_characters(serve: Serve, name: str) -> None:
    prefix = HOSTILE[name] * 3
    text = prefix + "Kenyan police arrested ten protesters in Nairobi. " + HOSTILE[name]
    fields = shift(record(1), len(prefix))
    fields["cite_info"] = {"title": prefix, "url": prefix, "publication": prefix, "language": None}
    fields["actor"][0] |= {"identifier_text": prefix, "reason": prefix, "office": prefix, "resolved_text": prefix}
    client = serve([(Article(text, id="a1", title=prefix, publication=prefix, url=prefix), [fields])])
    for address in ("/event?id=a1%231", "/article?id=a1", "/events"):
        answer = client.get(address)
        assert answer.status_code == 200
        page = lxml.html.fromstring(answer.content.decode())
        assert len(page.xpath("//script")) == 1, "only the app's own script"
        assert not page.xpath("//@onerror | //img | //a[starts-with(@href, 'javascript')]")
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        if address == "/events":
            continue
        assert words(answer.text, "actor") == ["Kenyan police"]
        assert words(answer.text, "event") == ["arrested"]
        shown = "".join(page.xpath("//*[@id='text']")[0].itertext())
        assert shown == text.replace("\x00", "\ufffd")


def test_overrides_of_direction_are_shut_in(serve: Serve) -> None:
    html = str(marked("a \u202eb", []))
    assert html == ('a <span class="control" data-code="U+202E" title="right-to-left override">\u202e</span>b')


def test_overlapping_spans_keep_every_character() -> None:
    html = str(
        marked(
            "Paris police met",
            [Span(0, 12, "actor", 1), Span(0, 5, "place", 1), Span(6, 16, "event", 2)],
            ["x#1", "x#2"],
        )
    )
    tree = lxml.html.fromstring(f"<div>{html}</div>")
    assert tree.text_content() == "Paris police met"
    found = [(mark.get("class"), mark.text_content(), mark.get("data-label")) for mark in tree.xpath("//mark")]
    assert found == [
        ("actor place", "Paris", "actor 1, place 1"),
        ("actor", " ", None),
        ("event actor", "police", "event words 2"),
        ("event", " met", None),
    ]


def test_an_article_of_five_megabytes_is_shown(serve: Serve) -> None:
    prefix = "Some words of a very long report 🇰🇪. " * 140_000
    text = prefix + "Kenyan police arrested ten protesters in Nairobi."
    client = serve([(article(1, text), [shift(record(1), len(prefix))])])
    answer = client.get("/article?id=a1")
    assert len(answer.content) > 5_000_000
    assert words(answer.text, "actor") == ["Kenyan police"]


def test_a_store_without_texts_says_so(serve: Serve) -> None:
    client = serve(with_text=False)
    assert "does not keep this article" in client.get("/event?id=a1%231").text
    assert client.get("/api/article?id=a1").json()["text"] is None


def test_mentions_and_revisions_are_listed(client: TestClient) -> None:
    data = client.get("/api/event?id=a2%231").json()
    assert [mention["id"] for mention in data["mentions"]] == ["a2#2"]
    assert [row["revision"] for row in data["revisions"]] == [1]
    assert data["event"]["event_text"] == ["arrested"]
    assert data["sentence"] == "Kenyan police arrested ten protesters in Nairobi."


@pytest.mark.parametrize(
    "address", ["/event?id=no", "/article?id=no", "/article?id=a1&revision=9", "/event?id=a1%231&revision=4"]
)
def test_what_is_not_there_is_a_404(client: TestClient, address: str) -> None:
    assert client.get(address, headers={"Accept": "text/html"}).status_code == 404
    assert client.get("/api" + address).status_code == 404


def test_spans_outside_the_text_are_left_out(serve: Serve) -> None:
    wrong = record(1, actor=[entity("KEN", "x" * 500, 40)], event_spans=[[-3, 4], [20, 10]])
    html = serve([(article(1), [wrong])]).get("/event?id=a1%231").text
    assert words(html, "actor") == []
    assert words(html, "event") == []
    assert words(html, "recipient") == ["protesters"]


def test_a_later_revision_is_shown_and_the_earlier_kept(make_store: Any) -> None:
    from communique.store import Store
    from communique.web import Settings, create_app
    from tests.store.made import SECOND

    path = make_store()
    with TestClient(create_app(Settings(path)), base_url="http://127.0.0.1") as client:
        with Store.open(path) as store:
            store.add([(article(1), [record(1, confidence=0.2)])], SECOND, with_text=True)
        client.app.state.corpus.refresh()  # type: ignore[attr-defined]
        assert client.get("/api/event?id=a1%231").json()["event"]["confidence"] == 0.2
        assert client.get("/api/event?id=a1%231&revision=1").json()["event"]["confidence"] == 0.91
        assert "the latest is 2" in client.get("/article?id=a1&revision=1").text
        assert client.get("/api/events").json()["total"] == 4
