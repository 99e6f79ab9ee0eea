"""Throughput and memory of each engine: `python benchmarks/engines.py [--articles 240]`, as a user runs `communique code`.

The articles are those of `benchmarks/coding.py`, in shards. What a run of one short article takes with the same engine and
workers (loading, a cluster of its own) is left out of the rate, so that it says what a long run does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from coding import make_articles
from proc import descendants, peak_mib, with_coder

from communique import Article

_ENGINES = ("local", "dask")


def write_shards(articles: list[Article], folder: Path, n_shards: int) -> None:
    """The articles as JSONL files of about one size."""
    folder.mkdir()
    for number in range(n_shards):
        lines = (
            json.dumps({"id": each.id, "text": each.text, "date": str(each.date)})
            for each in articles[number::n_shards]
        )
        (folder / f"{number:03}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def run(shards: Path, out: Path, engine: str, n_workers: int) -> tuple[float, float]:
    """Seconds of a run, and the most memory that one of its workers held (MiB)."""
    command = ["-m", "communique.cli", "code", str(shards), "-o", str(out), "--engine", engine]
    began, memory = time.perf_counter(), 0.0
    with subprocess.Popen(
        [sys.executable, *command, "--workers", str(n_workers)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        while process.poll() is None:
            memory = max([memory, *map(peak_mib, with_coder(descendants(process.pid)))])
            time.sleep(0.5)
        if process.returncode:
            sys.exit(
                f"--engine {engine} --workers {n_workers}: exit code {process.returncode}: {process.stderr.read()!r}"
            )  # type: ignore[union-attr]
    return time.perf_counter() - began, memory


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Throughput and memory of the engines.")
    parser.add_argument("--articles", type=int, default=240)
    parser.add_argument("--shards", type=int, default=12)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"{os.cpu_count()} cores, load before: {load}; {options.articles} articles of 300 words in {options.shards} shards"
    )
    print(f"{'engine':>8} {'workers':>7} {'articles/s':>10} {'speed-up':>8} {'start s':>7} {'MiB a worker':>12}")
    with tempfile.TemporaryDirectory() as folder:
        long, short = Path(folder) / "long", Path(folder) / "short"
        write_shards(make_articles(options.articles), long, options.shards)
        write_shards(make_articles(1), short, 1)
        for engine in _ENGINES:
            first = 0.0
            for n_workers in options.workers:
                start, _ = run(short, Path(folder) / f"{engine}-{n_workers}-short", engine, n_workers)
                seconds, memory = run(long, Path(folder) / f"{engine}-{n_workers}", engine, n_workers)
                rate = options.articles / (seconds - start)
                first = first or rate
                print(
                    f"{engine:>8} {n_workers:>7} {rate:>10.1f} {rate / first:>7.2f}x {start:>7.1f} {memory:>12.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
