from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from communique.errors import InputError
from communique.web import Settings, create_app
from communique.web.corpus import QueryTimeout
from communique.web.settings import read_tokens
from tests.web.conftest import Serve

TOKEN = "a-token-of-some-length"
WRITE = "/api/no-such-thing"  # what guards writes comes before what handles them


def test_every_answer_lets_no_foreign_script_run(client: TestClient) -> None:
    for address in ("/events", "/event?id=no", "/static/app.css", "/events.json", "/timeline.svg", "/no"):
        headers = client.get(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 405),  # no browser: let through, and there is nothing to post to
        ({"Origin": "http://127.0.0.1:8765"}, 405),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:8765"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8765"}, 405),
    ],
)
def test_only_the_apps_own_pages_may_write(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/events", headers=headers).status_code == status


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "[", "localhost@evil.example"]
)
def test_another_name_of_the_server_is_refused(client: TestClient, host: str) -> None:
    """A page of another site could otherwise point its own name at this machine and read all."""
    assert client.get("/events", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8765"])
def test_this_machines_names_are_allowed(client: TestClient, host: str) -> None:
    assert client.get("/events", headers={"Host": host}).status_code == 200


def test_read_only_changes_nothing(serve: Serve) -> None:
    client = serve(read_only=True)
    assert client.post(WRITE).status_code == 403
    assert client.delete(WRITE).status_code == 403
    assert "read-only" in client.get("/events").text


def test_what_is_sent_has_a_limit(serve: Serve) -> None:
    client = serve(max_upload=1000)
    assert client.post(WRITE, content=b"x" * 1001).status_code == 413
    assert client.post(WRITE, content=b"x" * 999).status_code in (404, 405)

    def pieces():  # type: ignore[no-untyped-def]
        yield from [b"x" * 300] * 4

    assert client.post("/api/code", content=pieces()).status_code == 413


def test_a_query_has_a_limit(make_store: Callable[..., Path]) -> None:
    app = create_app(Settings(make_store(), timeout_s=0.2))
    with TestClient(app, base_url="http://127.0.0.1"):
        store = app.state.corpus.now()
        with pytest.raises(QueryTimeout):
            store.rows("SELECT count(*) FROM range(10000000000) a, range(1000) b WHERE a.range % 7 = b.range % 11")


def test_other_addresses_demand_tokens(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="tokens"):
        Settings(tmp_path / "corpus.duckdb", host="0.0.0.0")
    Settings(tmp_path / "corpus.duckdb", host="0.0.0.0", tokens={TOKEN: "ada"})
    Settings(tmp_path / "corpus.duckdb", host="::1")


def test_a_token_lets_in_and_names_the_reviewer(serve: Serve) -> None:
    client = serve(tokens={TOKEN: "ada", "another-token-quite-long": "bob"}, host="0.0.0.0")
    assert client.get("/api/events").status_code == 401
    assert client.get("/api/events", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/api/events", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    page = client.get("/events?type=COERCE", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/events%3Ftype%3DCOERCE")
    assert client.get("/static/app.css").status_code == 200
    assert client.get("/login").status_code == 200
    assert client.post("/login", data={"token": "wrong", "next": "/events"}).status_code == 401
    entered = client.post("/login", data={"token": TOKEN, "next": "/events?type=COERCE"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/events?type=COERCE")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in cookie
    assert '<span class="who">ada' in client.get("/events").text
    client.post("/logout")
    assert client.get("/api/events").status_code == 401


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_a_login_leads_nowhere_else(serve: Serve, target: str) -> None:
    client = serve(tokens={TOKEN: "ada"}, host="0.0.0.0")
    assert client.post("/login", data={"token": TOKEN, "next": target}).headers["location"] == "/events"


@pytest.mark.parametrize("text", ["", "ada", "ada short", "ada one-long-token-here more", f"ada {TOKEN}\nbob {TOKEN}"])
def test_a_file_of_tokens_says_what_is_wrong(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokens.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=r"tokens\.txt"):
        read_tokens(path)


def test_a_file_of_tokens_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tokens.txt"
    path.write_text(f"# reviewers\nada {TOKEN}  # until May\n\nbob another-token-quite-long\n")
    assert read_tokens(path) == {TOKEN: "ada", "another-token-quite-long": "bob"}


def test_a_cell_is_no_formula(serve: Serve) -> None:
    from tests.store.made import article, record

    wrong = record(1, event_text=["=HYPERLINK(1)"])
    assert ",'=HYPERLINK(1)," in serve([(article(1), [wrong])]).get("/events.csv").text
