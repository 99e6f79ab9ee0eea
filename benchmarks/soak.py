"""Many articles in one run: `python benchmarks/soak.py [--articles 100000] [--workers 1 2]` prints memory as it goes on.

Short reports, each with words that no other has, go to `communique code - --workers N` as fast as it takes them. After
every so many, the memory of the driver and of the worker that holds most is printed. The exit code is 1 if a process
grows by more than the bound after the first tenth of the articles, or holds more than the limit, or an article is lost:
each reports an arrest, so that each must have an event in the output.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).resolve().parent))
from made_articles import COUNTRIES, made_article
from proc import descendants, held_mib, peak_mib, processor_s, with_coder

_SYLLABLES = "ba be da do ka ko la li ma mo na no pa ra ri sa so ta ti va vo za".split()


def soak_line(number: int, n_words: int) -> str:
    """The n-th article, of some ten words less or more than that, as a line of JSONL."""
    chance = random.Random(f"soak {number}")
    people, city, _ = chance.choice(COUNTRIES)
    name = " ".join("".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5))).title() for _ in range(2))
    paragraphs = [
        f"{people} police arrested {chance.randint(2, 99)} protesters in {city} on Monday, the lawyer {name} said."
    ]
    more = number
    while sum(len(part.split()) for part in paragraphs) < n_words - 10:
        paragraphs += str(made_article(more)["text"]).split("\n\n")[:1]
        more += 1_000_003
    return json.dumps({"id": f"soak-{number}", "date": "2024-03-07", "text": "\n\n".join(paragraphs)}) + "\n"


@dataclass(frozen=True, slots=True)
class Memory:
    """What processes held when so many articles were handed over."""

    n_articles: int
    driver_mib: float
    workers_mib: float
    peak_mib: float


def feed(process: subprocess.Popen[bytes], options: argparse.Namespace) -> Iterator[Memory]:
    """Hand over all articles, and look at memory now and then and before the end."""
    assert process.stdin
    n_words = 0
    for number in range(options.articles):
        line = soak_line(number, options.words)
        n_words += len(json.loads(line)["text"].split())
        process.stdin.write(line.encode())
        if (number + 1) % options.every == 0 or number + 1 == options.articles:
            process.stdin.flush()
            workers = with_coder(descendants(process.pid))
            held = max(map(held_mib, workers), default=0.0)
            yield Memory(number + 1, held_mib(process.pid), held, max(map(peak_mib, workers), default=0.0))
    print(f"{n_words / options.articles:.0f} words an article")
    process.stdin.close()


def lost(output: Path, n_articles: int) -> int:
    """How many articles have no event in the output."""
    missing = bytearray(b"\1") * n_articles
    with output.open("rb") as lines:
        for line in lines:
            missing[int(json.loads(line)["document_id"].removeprefix("soak-"))] = 0
    return sum(missing)


def growth(seen: list[Memory], n_articles: int) -> tuple[float, float]:
    """By how much driver and workers grew after the first tenth of the articles."""
    late = [one for one in seen if one.n_articles >= n_articles / 10]
    return (
        max(one.driver_mib for one in late) - late[0].driver_mib,
        max(one.workers_mib for one in late) - late[0].workers_mib,
    )


def soak(n_workers: int, options: argparse.Namespace, output: Path) -> bool:
    """One run; says whether all went well."""
    command = [sys.executable, "-m", "communique.cli", "code", "-", "-o", str(output), "--workers", str(n_workers)]
    started, seen, told = time.monotonic(), list[Memory](), bytearray()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    listener = Thread(target=lambda: told.extend(process.stderr.read() if process.stderr else b""))
    listener.start()  # or a talkative run would wait for somebody to listen
    used = 0.0
    print(
        f"\n{n_workers} workers\n{'articles':>9} {'seconds':>8} {'driver MiB':>10} {'worker MiB':>10} {'worker peak':>11}"
    )
    try:
        for one in feed(process, options):
            seen.append(one)
            used = sum(map(processor_s, [process.pid, *descendants(process.pid)]))
            passed = time.monotonic() - started
            print(f"{one.n_articles:>9,} {passed:>8,.0f} {one.driver_mib:>10.0f} {one.workers_mib:>10.0f} {one.peak_mib:>11.0f}", flush=True)  # fmt: skip
    except BrokenPipeError:
        print("the run ended early")
    code = process.wait()
    listener.join()
    counts = told.decode().strip().splitlines()[-1:]
    n_lost = lost(output, options.articles) if output.exists() else options.articles
    driver, workers = growth(seen, options.articles)
    highest = max(one.peak_mib for one in seen)
    rejected = int(match[1].replace(",", "")) if (match := re.search(r"rejected: ([\d,]+)", " ".join(counts))) else -1
    print(
        f"exit code {code}; {' '.join(counts)}\nprocessor seconds: {used:,.0f}; articles without their event: {n_lost}, "
        f"rejected: {rejected}; grown after the first tenth: driver {driver:.0f} MiB (bound {options.growth_mib}), "
        f"worker {workers:.0f} MiB (bound {options.growth_mib}); a worker's peak {highest:.0f} MiB (limit {options.limit_mib})"
    )
    good = code == 0 and n_lost == 0 and rejected == 0
    return good and max(driver, workers) <= options.growth_mib and highest <= options.limit_mib


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Memory and losses of a long run.")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--words", type=int, default=50)
    parser.add_argument("--every", type=int, default=5_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--growth-mib", type=float, default=60.0)
    parser.add_argument("--limit-mib", type=float, default=700.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = [soak(number, options, Path(folder) / f"{number}.jsonl") for number in options.workers]
    print("\nall went well" if all(results) else "\nNOT all went well")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
