"""docs/web.md and docs/review.md: their examples run, in their order, against the server that they start."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

import communique
from communique.web.filters import Filters
from communique.web.pages import NAVIGATION

DOCS = Path(__file__).parents[2] / "docs"
ARTICLES = (
    {"id": "a1", "date": "2024-03-07", "text": "Kenyan police arrested ten protesters in Nairobi."},
    {"id": "a2", "date": "2024-03-08", "text": "Ugandan troops shelled rebel positions near Kampala, killing five fighters."},
)  # fmt: skip
HERE = os.environ | {"PYTHONPATH": str(Path(communique.__file__).parents[1])}
# What curl makes of an error page is an error; `communique` is this one.
SHELL = """set -euo pipefail
curl() {{ command curl -sSf "$@"; }}
communique() {{ {python} -m communique.cli "$@"; }}
"""


def blocks(doc: str, language: str) -> list[str]:
    """The examples in a language."""
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / doc).read_text("utf-8"), re.DOTALL)


@contextmanager
def serving(line: str, folder: Path, port: int) -> Iterator[None]:
    """What `communique serve …` serves, until it is done with."""
    arguments = line.split("#")[0].split()[1:]
    command = [sys.executable, "-m", "communique.cli", *arguments, "--port", str(port), "--user", "ada"]
    with subprocess.Popen(command, cwd=folder, env=HERE, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert server.poll() is None, "the server ended"
                time.sleep(0.2)
            yield
        finally:
            server.terminate()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def run(lines: list[str], folder: Path, port: int) -> list[str]:
    """Run lines of shell, and give what they print."""
    script = SHELL.format(python=sys.executable) + "\n".join(lines).replace("127.0.0.1:8765", f"127.0.0.1:{port}")
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=HERE, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout.splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = "".join(json.dumps(article) + "\n" for article in ARTICLES)
    (tmp_path / "articles.jsonl").write_text(lines, "utf-8")
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "march.jsonl").write_text(lines, "utf-8")
    return tmp_path


def first_lines(doc: str) -> tuple[list[str], str]:
    """The lines of a document that make a store, and the one that serves it."""
    lines = [line for line in blocks(doc, "sh")[0].splitlines() if not line.startswith("pip ")]
    (serve,) = [line for line in lines if line.startswith("communique serve")]
    return [line for line in lines if line != serve], serve


def test_the_examples_of_the_web_app_run(folder: Path) -> None:
    make, serve = first_lines("web.md")
    run(make, folder, 0)
    port = free_port()
    (python,) = blocks("web.md", "python")
    with serving(serve, folder, port):
        told: dict[str, list[dict[str, object]]] = {}
        exec(python.replace("127.0.0.1:8765", f"127.0.0.1:{port}"), told)
        assert [(row["period"], row["quad"], row["n"]) for row in told["rows"]] == [("2024-03-01", 4, 1)]
        for address in re.findall(r"^\| `(/[^`]+)`", (DOCS / "web.md").read_text("utf-8"), re.MULTILINE):
            answer = httpx.get(f"http://127.0.0.1:{port}{address}")
            assert answer.status_code == (404 if "revision" in address else 200), address


@pytest.mark.skipif(not shutil.which("curl"), reason="not installed: curl")
def test_the_examples_of_review_run(folder: Path) -> None:
    make, serve = first_lines("review.md")
    run(make, folder, 0)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with serving(serve, folder, port):
        for event in httpx.get(f"{base}/api/article?id=a2").json()["events"]:
            body = {"record_id": event["id"], "revision": 1, "verdict": "agree"}
            httpx.post(f"{base}/api/review/judgements", json=body).raise_for_status()
        closed = {"document_id": "a2", "revision": 1, "complete": True}
        httpx.post(f"{base}/api/review/articles", json=closed).raise_for_status()
        for block in blocks("review.md", "sh")[1:]:
            run(block.splitlines(), folder, port)
        item = httpx.get(f"{base}/api/review/item?id=a1%231", headers={"X-Reviewer": "ada"}).json()
    (gold,) = map(json.loads, (folder / "gold.jsonl").read_text("utf-8").splitlines())
    assert gold["id"] == "a2"
    assert item["review"]["changes"] == {"event": ["ASSAULT"], "mode": ["beat"]}


def test_the_docs_tell_of_every_page_and_filter() -> None:
    told = (DOCS / "web.md").read_text("utf-8") + (DOCS / "review.md").read_text("utf-8")
    told = re.sub(r"```.*?```", "", told, flags=re.DOTALL)
    words = set(re.findall(r"`([^`]+)`", told))
    assert {name for word in words for name in word.split()} >= set(Filters.model_fields)
    assert [path for path, _ in NAVIGATION if path not in told] == []
