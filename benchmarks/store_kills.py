"""A run into a store, killed at random points with SIGKILL and started again: same rows as an unbroken run?

    python benchmarks/store_kills.py                           20,000 made articles, a coder of fixed rules
    python benchmarks/store_kills.py --real --articles 1500    the real coder

Prints the rows of each table with a digest of their content for both stores, the peak memory of every process, and
how much work was done anew. Exit code 1 if any row differs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parent))

from made_articles import COUNTRIES, VERBS, WHO, WHOM, made_lines

from communique import Article
from communique.records import Coding, DateInterval, Entity, Event, Mention, Place, Sentence
from communique.store import Store

_PATTERN = re.compile(
    rf"(?P<actor>({'|'.join(c[0] for c in COUNTRIES)}) (?:{'|'.join(WHO)})) (?P<event>{'|'.join(VERBS)}) (?:(?P<n>\d+) )?"
    rf"(?P<recipient>({'|'.join(c[0] for c in COUNTRIES)}) (?:{'|'.join(WHOM)})) in (?P<place>[^.]+?) (?:on|last) [^.]+\."
)
_TYPES = dict(
    zip(VERBS, "COERCE CONSULT ACCUSE ASSAULT SUPPORT SANCTION ACCUSE THREATEN CONCEDE SUPPORT".split(), strict=True)
)
TABLES = {
    "articles": "SELECT * EXCLUDE (run_id) FROM article_revisions",
    "texts": "FROM texts",
    "events": "SELECT * EXCLUDE (run_id) FROM event_revisions",
    "mentions": "FROM mentions",
    "entities": "FROM entities",
    "rejections": "SELECT * EXCLUDE (run_id) FROM rejections",
    "days": "FROM days",
    "runs, summed": "SELECT sum(n_read), sum(n_coded), sum(n_rejected), sum(n_events) FROM runs",
}


class RuleCoder:
    """Codes the made articles by a pattern, a few hundred times as fast as the real coder."""

    def code_documents(self, articles: Iterable[Article]) -> Iterator[SimpleNamespace]:
        for article in articles:
            matches = enumerate(_PATTERN.finditer(article.text), 1)
            yield SimpleNamespace(article=article, events=tuple(_event(article, n, found) for n, found in matches))


def _event(article: Article, number: int, found: re.Match[str]) -> Event:
    def mention(group: str) -> Mention:
        return Mention(found[group], *found.span(group))

    day = article.date - timedelta(days=number) if article.date else None
    return Event(
        id=f"{article.id}#{number}",
        article=article,
        coding=Coding(_TYPES[found["event"]], confidence=0.5 + len(found["actor"]) / 100),
        actors=(Entity(found[2][:3].upper(), ("COP",), mention("actor"), reason="a pattern"),),
        recipients=(Entity(found[6][:3].upper(), ("CVL",), mention("recipient"), reason="a pattern"),),
        trigger=(mention("event"),),
        sentence=Sentence(number - 1, *found.span()),
        when=DateInterval(day, day, "day") if day else None,
        place=Place(mention("place"), found["place"], found[2][:3].upper(), "city"),
        size={"arrested": int(found["n"])} if found["n"] else {},
    )


def child(real: bool, arguments: list[str]) -> None:
    """Be `communique code`, with the fast coder unless the real one is asked for."""
    from communique.cli import app, coder

    if not real:
        coder.make_coder = lambda *_, **__: RuleCoder()  # type: ignore[assignment]
    app(arguments, prog_name="communique")


def run(articles: Path, store: Path, real: bool, kill_after_s: float | None = None) -> tuple[int, float, float, str]:
    """Run until the end, or kill it: exit code, seconds, peak memory in MiB, last line printed."""
    command = [sys.executable, __file__, "--child", "real" if real else "rules", "code", str(articles)]
    began = time.monotonic()
    with subprocess.Popen(
        [*command, "--store", str(store), "--with-text"], stderr=subprocess.PIPE, text=True
    ) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _peak_mib(process.pid))
            if kill_after_s and time.monotonic() - began > kill_after_s:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
            time.sleep(0.02)
        said = (process.stderr.read() if process.stderr else "").strip().splitlines()
    return process.returncode, time.monotonic() - began, peak, said[-1] if said else ""


def _peak_mib(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def content(store: Store) -> dict[str, tuple[int, str]]:
    """Rows of each table, and a digest of their content whatever their order."""
    result = {}
    for table, sql in TABLES.items():
        rows = sorted(repr(row) for row in store.query(sql).fetchall())
        result[table] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
    return result


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--real", action="store_true")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(10_000)
    chance = random.Random(seed)
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1709769600")
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder, "articles.jsonl")
        with articles.open("w") as stream:
            stream.writelines(made_lines(options.articles))
        print(f"{options.articles:,} articles, {articles.stat().st_size / 1e6:.1f} MB, seed {seed}")
        whole, killed = Path(folder, "whole.duckdb"), Path(folder, "killed.duckdb")
        code, seconds, peak, said = run(articles, whole, options.real)
        print(f"unbroken: exit {code}, {seconds:.1f} s, peak {peak:.0f} MiB. {said}")
        for number in range(options.kills):
            # in the middle of coding: start-up takes a second or more, and what was done is not done again
            after = chance.uniform(0.25, 0.9) * seconds / (1 if number == 0 else 2)
            code, lasted, peak, _ = run(articles, killed, options.real, after)
            try:
                with Store.open(killed) as store:
                    done = store.query("SELECT count(*) FROM articles").fetchall()[0][0]
            except Exception as error:
                done = f"no ({type(error).__name__})"
            print(f"killed:   exit {code} after {lasted:.1f} s, peak {peak:.0f} MiB; {done} articles in the store")
        code, lasted, peak, said = run(articles, killed, options.real)
        print(f"resumed:  exit {code}, {lasted:.1f} s, peak {peak:.0f} MiB. {said}")
        code, lasted, peak, said = run(articles, killed, options.real)
        print(f"again:    exit {code}, {lasted:.1f} s, peak {peak:.0f} MiB. {said}")
        with Store.open(whole) as store:
            expected = content(store)
        with Store.open(killed) as store:
            found = content(store)
        for table, (n_rows, digest) in expected.items():
            same = "same" if found[table] == (n_rows, digest) else f"DIFFERENT: {found[table]}"
            print(f"{table:>13}: {n_rows:>8,} rows, {digest}: {same}")
        return 0 if found == expected else 1


if __name__ == "__main__":
    if "--child" in sys.argv[1:2]:
        child(sys.argv[2] == "real", sys.argv[3:])
    else:
        sys.exit(main())
