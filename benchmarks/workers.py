"""What worker processes bring: `python benchmarks/workers.py [--articles 400] [--workers 1 2]` prints throughput and memory.

Articles of 300 words (those of `benchmarks/coding.py`), coded by worker processes as `--workers`, `--engine local` and
`--engine dask` start them, each computing in one thread. The clock runs from when every worker has its coder loaded and
has coded something, to the last result, which is written as the command writes it. Speed-up is against one worker of the
same kind. The last lines tell what the machine gives: two processes with nothing in common, and their speed-up.

On a machine that does other work too, the clock tells little: look at articles a processor second.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

sys.path.insert(0, str(Path(__file__).resolve().parent))
import msgspec
from coding import make_articles
from proc import descendants, held_mib, peak_mib, processor_s, with_coder

from communique import Article
from communique.cli.coder import make_coder
from communique.export import record_line
from communique.ingest.settings import Settings
from communique.parallel import BATCH_ARTICLES, ParallelCoder
from communique.pipeline import CodedArticle
from communique.scale.engines import Call, Dask, Engine, LocalProcesses
from communique.scale.shards import Shard, ShardJob
from communique.scale.worker import code_in_worker
from communique.version import coder_version

_SHARD = 20  # articles
_APART = "from workers import code_apart; code_apart({})"


@dataclass(frozen=True, slots=True)
class Figures:
    """One run: articles after all were loaded, seconds of the clock and of processors, memory."""

    n_articles: int
    clock_s: float
    workers_s: float
    driver_s: float
    worker_mib: float
    driver_mib: float

    @property
    def rate(self) -> float:
        return self.n_articles / self.clock_s


class Stopwatch:
    """Starts when it is made; `stop` while the workers are still there."""

    def __init__(self) -> None:
        self._workers = {one: processor_s(one) for one in with_coder(descendants(os.getpid()))}
        self._driver, self._clock = time.process_time(), time.perf_counter()

    def stop(self, n_articles: int) -> Figures:
        clock, driver = time.perf_counter() - self._clock, time.process_time() - self._driver
        used = sum(processor_s(one) - before for one, before in self._workers.items())
        highest = max(map(peak_mib, self._workers))
        return Figures(n_articles, clock, used, driver, highest, held_mib(os.getpid()))


def with_workers(n_workers: int, articles: list[Article]) -> Figures:
    """As `--workers` does it: results in order, each written as lines of JSON."""
    n_warm = 2 * n_workers * BATCH_ARTICLES
    warm = make_articles(n_warm)
    coder = ParallelCoder(partial(make_coder, None), n_workers)
    with closing(coder.code_documents([*warm, *articles])) as results, tempfile.TemporaryFile() as file:
        for _ in range(n_warm):
            next(results)
        watch = Stopwatch()
        for _ in range(len(articles)):
            result = next(results)
            assert isinstance(result, CodedArticle)
            file.writelines(map(record_line, result.events))
        return watch.stop(len(articles))


def with_engine(make_engine: Callable[[int], Engine], n_workers: int, articles: list[Article]) -> Figures:
    """As `--engine` does it: shards of twenty articles."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job = ShardJob(str(folder / "out"), partial(make_coder, None), Settings(), coder=coder_version())
        calls = list(shard_calls(folder, [*make_articles(n_workers * _SHARD), *articles], job))
        with make_engine(n_workers) as engine:
            for _ in engine.run(calls[:n_workers]):
                pass
            watch = Stopwatch()
            for _ in engine.run(calls[n_workers:]):
                pass
            return watch.stop(len(articles))


def shard_calls(folder: Path, articles: list[Article], job: ShardJob) -> Iterator[Call]:
    """Write articles into shards, and make a call of each."""
    for first in range(0, len(articles), _SHARD):
        path = folder / f"part{first:06}.jsonl"
        rows = (
            {"id": f"{first + number}", "text": one.text, "date": str(one.date)}
            for number, one in enumerate(articles[first : first + _SHARD])
        )
        path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        shard = Shard(str(path), "jsonl", path.stat().st_size)
        yield Call(shard.name, code_in_worker, (shard, job), (True,))


def code_apart(n_articles: int) -> None:
    """In a process that shares nothing: code, after a line that says it is ready and one that tells it to begin."""
    coder = make_coder(None)
    articles = make_articles(n_articles)
    for _ in coder.code_documents(articles[:_SHARD]):
        pass
    print("ready", flush=True)
    input()
    for _ in coder.code_documents(articles):
        pass
    print("done", flush=True)


def apart(n_processes: int, articles: list[Article]) -> Figures:
    """What the machine gives to processes with nothing in common, each coding its share."""
    command = [sys.executable, "-c", _APART.format(len(articles) // n_processes)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent)
        for _ in range(n_processes)
    ]

    def hear(process: subprocess.Popen[str]) -> None:
        assert process.stdout
        process.stdout.readline()

    for process in processes:
        hear(process)
    watch = Stopwatch()
    for process in processes:
        assert process.stdin
        print(file=process.stdin, flush=True)
    for process in processes:
        hear(process)
    figures = watch.stop(len(articles) // n_processes * n_processes)
    for process in processes:
        process.communicate()
    return figures


KINDS: dict[str, Callable[[int, list[Article]], Figures]] = {
    "--workers": with_workers,
    "--engine local": partial(with_engine, LocalProcesses),
    "--engine dask": partial(with_engine, lambda n_workers: Dask(None, n_workers)),
    "nothing in common": apart,
}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Throughput and memory of worker processes.")
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many is told")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    options = parser.parse_args()
    articles = make_articles(options.articles)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"machine: {platform.machine()}, {os.cpu_count()} cores, load before: {load}, Python {platform.python_version()}; "
        f"{options.articles} articles, median of {options.rounds} rounds\n"
    )
    print("| run with | workers | articles/s | speed-up | articles a worker's processor s | driver's share of processor | peak MiB a worker | MiB driver |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    for kind in options.kinds:
        runs: dict[int, list[Figures]] = {number: [] for number in options.workers}
        for _ in range(options.rounds):  # in turns, so that all meet the same noise
            for number in options.workers:
                runs[number].append(KINDS[kind](number, articles))
        base = statistics.median(one.rate for one in runs[options.workers[0]])
        for number, figures in runs.items():
            rate = statistics.median(one.rate for one in figures)
            done, used = sum(one.n_articles for one in figures), sum(one.workers_s for one in figures)
            driver = sum(one.driver_s for one in figures)
            print(
                f"| `{kind}` | {number} | {rate:.1f} | {rate / base:.2f} | {done / used:.1f} | {driver / (driver + used):.1%} | "
                f"{max(one.worker_mib for one in figures):.0f} | {max(one.driver_mib for one in figures):.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
