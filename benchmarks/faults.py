"""Faults injected into coding runs: `python benchmarks/faults.py [--articles 400] [--rounds 2]` prints the rows lost and doubled.

The same articles are coded by two workers, with `--workers`, `--engine local` and `--engine dask`. Each run is hit when a
random part of its output is there: a worker killed, the driver killed or told to end, the disk full (a small disk in
memory, which is then made larger). It is resumed until it ends, and its output is compared with that of a run in one
process that nobody disturbed. Linux only: it enters a mount namespace of its own (`unshare`), where it may make disks.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from made_articles import made_article
from proc import descendants, in_session, with_coder

Process = subprocess.Popen[str]
_ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1709769600"}
_SHARDS = 10
_TRIES = 6
_APART = "COMMUNIQUE_FAULTS_APART"
_ENGINES = {
    "--workers 2": ("--workers", "2"),
    "--engine local": ("--engine", "local", "--workers", "2"),
    "--engine dask": ("--engine", "dask", "--workers", "2"),
}


@dataclass(slots=True)
class Run:
    """A run with one engine, as often as it takes."""

    inputs: Path
    folder: Path
    engine: str
    n_bytes: int = 0  # of its output, once whole
    processes: list[Process] = field(default_factory=list)

    @property
    def output(self) -> Path:
        return self.folder / "out"

    def start(self) -> Process:
        """Start it, or go on with it."""
        options = [*_ENGINES[self.engine], *([] if "engine" in self.engine else ["--resume"])]
        arguments = [sys.executable, "-m", "communique.cli", "code", str(self.inputs), "-o", str(self.output), *options]
        self.processes.append(
            subprocess.Popen(
                arguments, env=_ENVIRONMENT, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
            )
        )  # fmt: skip
        return self.processes[-1]

    def rows(self) -> list[bytes]:
        """All rows of the output."""
        files = sorted((self.output / "events").glob("*.jsonl")) if self.output.is_dir() else [self.output]
        return [line for file in files for line in file.read_bytes().splitlines()]

    def wait_for(self, part: float, process: Process) -> bool:
        """Wait until that part of the output is there; says whether the run is still under way."""
        while process.poll() is None:
            if written(self.folder) >= part * self.n_bytes:
                return True
            time.sleep(0.02)
        return False

    def left(self) -> int:
        """How many processes outlived their driver by 20 seconds; ends them."""
        end = time.monotonic() + 20
        while alive := [one for process in self.processes for one in in_session(process.pid)]:
            if time.monotonic() > end:
                for process_id in alive:
                    os.kill(process_id, signal.SIGKILL)
                return len(alive)
            time.sleep(0.2)
        return 0


Fault = Callable[[Run, Process, random.Random], int]


def written(folder: Path) -> int:
    """Bytes of results in a folder, of files that have their name and others."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() and "journal" not in path.name else 0
        except OSError:  # renamed meanwhile
            continue
    return total


def kill_workers(run: Run, process: Process, chooser: random.Random) -> int:
    """Kill a worker three times, each at another part of the output."""
    n_kills = 0
    for part in sorted(chooser.uniform(0, 0.9) for _ in range(3)):
        if run.wait_for(part, process):
            time.sleep(chooser.uniform(0, 0.5))
            workers = [
                one for one in with_coder([*descendants(process.pid), *in_session(process.pid)]) if one != process.pid
            ]
            if workers:
                os.kill(chooser.choice(workers), signal.SIGKILL)
                n_kills += 1
    return n_kills


def signal_driver(sent: signal.Signals) -> Fault:
    """Make a fault: the driver gets a signal."""

    def fault(run: Run, process: Process, chooser: random.Random) -> int:
        if run.wait_for(chooser.uniform(0, 0.9), process):
            time.sleep(chooser.uniform(0, 0.5))
            process.send_signal(sent)
            return 1
        return 0

    return fault


def fill_disk(run: Run, process: Process, chooser: random.Random) -> int:
    """Let it meet the end of the disk that it was started on, then make that larger."""
    _, told = process.communicate()
    subprocess.run(["mount", "-o", "remount,size=1G", str(run.folder)], check=True)
    return int("No space left" in told)


FAULTS: dict[str, Fault] = {
    "kill -9 of a worker, 3 times": kill_workers,
    "kill -9 of the driver": signal_driver(signal.SIGKILL),
    "SIGTERM to the driver": signal_driver(signal.SIGTERM),
    "full disk": fill_disk,
}


def disturb(run: Run, title: str, chooser: random.Random) -> tuple[int, int]:
    """One run with a fault until its end; how many faults it met, and how often it was started again."""
    run.folder.mkdir()
    if title == "full disk":
        size = int(chooser.uniform(0.1, 0.9) * run.n_bytes) // 4096 + 4
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size * 4096}", "disk", str(run.folder)], check=True)
    process = run.start()
    n_faults = FAULTS[title](run, process, chooser)
    told = process.communicate()[1] if title != "full disk" else ""
    for n_resumed in range(_TRIES):
        if process.returncode == 0:
            return n_faults, n_resumed
        process = run.start()
        told = process.communicate()[1]
    sys.exit(f"{title}, {run.engine}: it does not end well.\n{told}")


def write_inputs(folder: Path, n_articles: int) -> Path:
    """Articles in shards."""
    inputs = folder / "in"
    inputs.mkdir()
    for shard in range(_SHARDS):
        lines = (json.dumps(made_article(number)) for number in range(shard, n_articles, _SHARDS))
        (inputs / f"part{shard}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return inputs


def lines(folder: Path, options: argparse.Namespace) -> Iterator[str]:
    """The table."""
    inputs = write_inputs(folder, options.articles)
    whole = folder / "whole.jsonl"
    arguments = [sys.executable, "-m", "communique.cli", "code", str(inputs), "-o", str(whole)]
    subprocess.run(arguments, check=True, env=_ENVIRONMENT, stderr=subprocess.DEVNULL)
    expected = Counter(whole.read_bytes().splitlines())
    yield f"{options.articles} articles in {_SHARDS} files, {expected.total()} rows, two workers, {options.rounds} runs for each line"
    yield ""
    yield "| fault | run with | faults met | resumed | rows lost | rows doubled | rows the same | processes left |"
    yield "|---|---|---|---|---|---|---|---|"
    chooser = random.Random(options.seed)
    for title in FAULTS:
        for engine in options.engines:
            counts = Counter[str]()
            for number in range(options.rounds):
                name = "".join(letter for letter in f"{title}{engine}{number}" if letter.isalnum())
                run = Run(inputs, folder / name, engine, whole.stat().st_size)
                n_faults, n_resumed = disturb(run, title, chooser)
                rows = Counter(run.rows())
                counts.update(met=n_faults, resumed=n_resumed, left=run.left())
                counts.update(lost=(expected - rows).total(), doubled=(rows - expected).total())
                subprocess.run(["umount", "-q", str(run.folder)], check=False)
                shutil.rmtree(run.folder)
            same = "no" if counts["lost"] or counts["doubled"] else "yes"
            yield (
                f"| {title} | `{engine}` | {counts['met']} | {counts['resumed']} | {counts['lost']} | {counts['doubled']} "
                f"| {same} | {counts['left']} |"
            )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Rows lost to killed workers, a killed driver and a full disk.")
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", nargs="+", choices=_ENGINES, default=list(_ENGINES))
    options = parser.parse_args()
    if _APART not in os.environ:
        os.environ[_APART] = "yes"
        os.execvp("unshare", ["unshare", "--mount", "--map-root-user", sys.executable, *sys.argv])
    with tempfile.TemporaryDirectory() as name:
        for line in lines(Path(name), options):
            print(line, flush=True)


if __name__ == "__main__":
    main()
