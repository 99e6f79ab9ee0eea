"""Faults injected into coding runs: `python benchmarks/faults.py [--articles 200] [--rounds 2]` prints the rows lost and doubled.

Each run codes the same articles with two workers. It is hit at a random moment (a worker killed, the driver killed, the
disk full), resumed until it ends, and its output is compared with that of a run in one process that nobody disturbed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from coding import make_articles

Process = subprocess.Popen[bytes]
_ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1709769600"}


def command(inputs: Path, out: Path, *options: str) -> list[str]:
    """The run that is disturbed."""
    return [sys.executable, "-m", "communique.cli", "code", str(inputs), "-o", str(out), *options]


def children_of(process_id: int) -> list[int]:
    """Workers: the child processes that hold a coder, and so much memory."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            pages = int((path / "statm").read_text().split()[1])
        except (OSError, IndexError):
            continue
        if parent == process_id and pages * resource.getpagesize() > 100 << 20:
            found.append(int(path.name))
    return found


def kill_workers(process: Process, chooser: random.Random, span_s: float) -> int:
    """Kill a worker now and then until the run ends."""
    n_kills = 0
    while process.poll() is None:
        time.sleep(chooser.uniform(0.15, 0.4) * span_s)
        if children := children_of(process.pid):
            os.kill(chooser.choice(children), signal.SIGKILL)
            n_kills += 1
            if n_kills == 3:
                process.wait()
    return n_kills


def kill_driver(sent: signal.Signals) -> Callable[[Process, random.Random, float], int]:
    """Make a fault: the driver gets a signal at a random moment."""

    def fault(process: Process, chooser: random.Random, span_s: float) -> int:
        try:
            process.wait(chooser.uniform(0.4, 0.85) * span_s)
        except subprocess.TimeoutExpired:
            process.send_signal(sent)
            process.wait()
            return 1
        return 0

    return fault


def undisturbed(process: Process, chooser: random.Random, span_s: float) -> int:
    """Let the run alone: it meets a limit to the size of its files."""
    return int(process.wait() not in (0, 3))


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Rows lost to killed workers, a killed driver and a full disk.")
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chooser = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = folder / "in.jsonl"
        lines = (
            json.dumps({"id": article.id, "text": article.text, "date": str(article.date)})
            for article in make_articles(options.articles)
        )
        inputs.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        subprocess.run(command(inputs, folder / "whole.jsonl"), check=True, env=_ENVIRONMENT, stderr=subprocess.DEVNULL)
        started = time.monotonic()
        two = command(inputs, folder / "two.jsonl", "--workers", "2")
        subprocess.run(two, check=True, env=_ENVIRONMENT, stderr=subprocess.DEVNULL)
        span_s = time.monotonic() - started
        whole = (folder / "whole.jsonl").read_bytes()
        print(f"{options.articles} articles, {len(whole.splitlines())} rows, two workers, {options.rounds} rounds each")
        print(f"{'fault':<28} {'faults':>6} {'resumed':>7} {'rows lost':>9} {'doubled':>7}  same bytes")
        faults: dict[str, tuple[Callable[[Process, random.Random, float], int], bool]] = {
            "kill -9 of workers": (kill_workers, False),
            "kill -9 of the driver": (kill_driver(signal.SIGKILL), False),
            "SIGTERM to the driver": (kill_driver(signal.SIGTERM), False),
            "full disk (RLIMIT_FSIZE)": (undisturbed, True),
        }
        for title, (fault, is_limited) in faults.items():
            n_faults = n_resumed = n_lost = n_doubled = 0
            is_same = True
            for number in range(options.rounds):
                out = folder / f"{title.replace(' ', '_').replace('(', '').replace(')', '')}-{number}.jsonl"
                limit = chooser.randrange(len(whole) // 10, len(whole) * 9 // 10)

                def start(*more: str, bound: int | None = None, to: Path = out) -> Process:
                    arguments = command(inputs, to, "--workers", "2", *more)
                    if bound:
                        arguments = ["bash", "-c", f'ulimit -f {bound // 1024}; exec "$@"', "bash", *arguments]
                    return subprocess.Popen(arguments, env=_ENVIRONMENT, stderr=subprocess.DEVNULL)

                n_faults += fault(start(bound=limit if is_limited else None), chooser, span_s)
                while not out.exists():
                    n_resumed += 1
                    start("--resume").wait()
                rows, expected = out.read_bytes().splitlines(), whole.splitlines()
                n_lost += len(set(expected) - set(rows))
                n_doubled += len(rows) - len(set(rows))
                is_same = is_same and out.read_bytes() == whole
            print(
                f"{title:<28} {n_faults:>6} {n_resumed:>7} {n_lost:>9} {n_doubled:>7}  {'yes' if is_same else 'NO'}",
                flush=True,
            )


if __name__ == "__main__":
    main()
