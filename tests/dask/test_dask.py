"""Dask gives the rows of one machine: after `kill -9` of a worker, and with an article that kills every worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.stub import run
from tests.scale.corpus import article, lines_in, lines_of, write_shards

pytest.importorskip("distributed", reason="needs communique[dask]")
pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's own, of workers that were killed


def test_two_workers_of_which_one_is_killed_lose_no_row(tmp_path: Path) -> None:
    once = article("b2", f"die-once {tmp_path / 'killed'}")
    news = write_shards(
        tmp_path / "news",
        [article("a1"), article("a2", "It rained.")],
        [article("b1"), once, article("a1")],
        [article("c1"), article("c2", "die"), article("c3")],
        [article("d1"), {"id": "d2"}],
    )
    one = run("code", news, "-o", tmp_path / "one.jsonl", "--workers", "1")
    (tmp_path / "killed").unlink()
    result = run("code", news, "-o", tmp_path / "out", "--engine", "dask", "--workers", "2")
    assert result.exit_code == one.exit_code == 3, result.output
    assert (tmp_path / "killed").exists()
    assert lines_in(tmp_path / "out/events") == lines_of(tmp_path / "one.jsonl")
    assert lines_in(tmp_path / "out/rejects") == lines_of(tmp_path / "one.jsonl.rejects.jsonl")
    again = run("code", news, "-o", tmp_path / "out", "--engine", "local")  # another engine: all is done
    assert "4 of 4 shards are done already" in again.output


def test_a_cluster_that_runs_already_is_used_by_its_address(tmp_path: Path) -> None:
    from distributed import LocalCluster

    news = write_shards(tmp_path / "news", [article("a1")], [article("b1")])
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        result = run("code", news, "-o", tmp_path / "out", "--engine", "dask", "--scheduler", address)
    assert result.exit_code == 0, result.output
    assert len(lines_in(tmp_path / "out/events")) == 2
