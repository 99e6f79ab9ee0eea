"""Shards on S3-compatible storage, tested against moto's server on this machine."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.stub import run
from tests.scale.corpus import article, lines_in, write_shards

server = pytest.importorskip("moto.server", reason="needs moto[server], a local S3 server")
pytestmark = pytest.mark.filterwarnings("ignore")  # of the server


@pytest.fixture
def _s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    running.start()
    host, port = running.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    yield
    running.stop()


@pytest.mark.usefixtures("_s3")
def test_shards_on_s3_hold_the_same_rows_as_on_a_disk(tmp_path: Path) -> None:
    from pyarrow import fs

    from communique.scale.storage import open_folder

    news = write_shards(tmp_path / "news", [article("a1"), {"id": "a2"}], [article("a1"), article("b1")])
    assert run("code", news, "-o", tmp_path / "out", "--engine", "local").exit_code == 3
    folder = open_folder("s3://bucket")
    system: fs.FileSystem = folder._system  # type: ignore[attr-defined]
    urllib.request.urlopen(urllib.request.Request(f"{os.environ['AWS_ENDPOINT_URL']}/bucket", method="PUT")).close()
    for path in news.iterdir():
        folder.write(f"news/{path.name}", path.read_bytes())
    result = run("code", "s3://bucket/news/*.jsonl", "-o", "s3://bucket/out", "--engine", "local")
    assert result.exit_code == 3, result.output
    fs.copy_files("bucket/out", str(tmp_path / "copied"), system, fs.LocalFileSystem())
    assert lines_in(tmp_path / "copied/events") == lines_in(tmp_path / "out/events")
    rejects = [json.loads(line) for line in lines_in(tmp_path / "copied/rejects")]
    assert sorted(reject["where"] for reject in rejects) == [
        "s3://bucket/news/part0.jsonl:2",
        "s3://bucket/news/part1.jsonl:1",
    ]
    again = run("code", "s3://bucket/news/", "-o", "s3://bucket/out", "--engine", "local")
    assert "2 of 2 shards are done already" in again.output
    parquet = run("code", "s3://bucket/news/part1.jsonl", "-o", "s3://bucket/pq", "--engine", "local", "--format", "parquet")  # fmt: skip
    assert parquet.exit_code == 0, parquet.output
    assert [name.split(".")[-1] for name in open_folder("s3://bucket").names("pq/events")] == ["parquet"]
