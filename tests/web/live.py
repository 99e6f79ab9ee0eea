"""The app on a port of its own, and Chromium to look at it.

Where Chromium (`apt-get install chromium`) or a package of the `test` extra is missing, tests in a browser are
skipped; with COMMUNIQUE_BROWSER=required, as `.ci/run` sets it, they fail.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = [name for name in ("playwright", "axe_playwright_python") if not find_spec(name)]
MISSING += [] if CHROMIUM else ["Chromium"]
if MISSING and os.environ.get("COMMUNIQUE_BROWSER") == "required":
    raise RuntimeError(f"COMMUNIQUE_BROWSER=required, but not installed: {', '.join(MISSING)}")

needs_browser = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Run the app on a free port; gives its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser; every page of it must be closed by who opened it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def complaints_of(page: Any, address: str) -> list[str]:
    """What a page's console says, and what it fetches from elsewhere, from now on."""
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(address) else said.append(request.url))
    return said
