"""Shards for tests, and what stands in an output folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.stub import TEXT


def article(name: str, text: str = TEXT) -> dict[str, str]:
    return {"id": name, "text": text, "date": "2024-03-07"}


def write_shards(folder: Path, *shards: list[dict[str, Any]]) -> Path:
    folder.mkdir()
    for number, articles in enumerate(shards):
        lines = "".join(json.dumps(one) + "\n" for one in articles)
        (folder / f"part{number}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def lines_in(folder: Path) -> list[bytes]:
    """All lines of a folder's files, sorted."""
    return sorted(line for path in folder.iterdir() for line in path.read_bytes().splitlines())


def lines_of(path: Path) -> list[bytes]:
    return sorted(path.read_bytes().splitlines())
