"""What worker processes bring: `python benchmarks/workers.py [--articles 200] [--workers 1 2]` prints throughput and memory.

The articles are those of `benchmarks/coding.py`. On a machine that does other work too, look at the processor seconds.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from coding import make_articles

from communique.cli.coder import make_coder
from communique.parallel import BATCH_ARTICLES, ParallelCoder


def peak_mib(process_id: int) -> float:
    """The most memory that a process has held so far (Linux)."""
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def seconds_of(process_id: int) -> float:
    """Processor seconds that a process has used so far (Linux)."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Throughput and memory of worker processes.")
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    articles = make_articles(options.articles)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"machine: {platform.machine()}, {os.cpu_count()} cores, load before: {load}, Python {platform.python_version()}"
    )
    print(
        f"{'workers':>7} {'articles/s':>10} {'speed-up':>8} {'articles/processor s':>20} {'MiB a worker':>12} {'MiB driver':>10}"
    )
    first = 0.0
    for n_workers in options.workers:
        coder = ParallelCoder(partial(make_coder, None), n_workers)
        results = coder.code_documents(articles)
        n_warm = n_workers * BATCH_ARTICLES
        for _ in range(n_warm):  # all are loaded, and have done a batch
            next(results)
        done, started = n_warm, time.perf_counter()
        begun = {worker.process.pid: seconds_of(worker.process.pid) for worker in coder._workers}
        used, memory = 0.0, 0.0
        for _ in results:
            done += 1
            if done == len(articles):
                pids = [worker.process.pid for worker in coder._workers]
                used = sum(seconds_of(pid) - begun.get(pid, 0.0) for pid in pids)
                memory = max(map(peak_mib, pids))
        rate = (done - n_warm) / (time.perf_counter() - started)
        first = first or rate
        print(
            f"{n_workers:>7} {rate:>10.1f} {rate / first:>7.2f}x {(done - n_warm) / used:>20.1f} {memory:>12.0f} "
            f"{peak_mib(os.getpid()):>10.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
