"""What coding a million articles, or the news of the whole web, takes: worked out from measured figures.

python benchmarks/plan.py --measure 200   measures on this machine, and writes benchmarks/plan_measured.json
python benchmarks/plan.py                 prints the tables of docs/cluster.md and docs/web_scale.md from it

Measured is processor time, not time on the clock, so that a machine shared with others still tells something; what a
processor does in a second is nevertheless less there than on an idle one. Prices are assumptions, named below.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

MEASURED = Path(__file__).with_name("plan_measured.json")
PRICES = {"spot": 0.015, "on demand": 0.045}  # US dollars a core-hour: assumptions, put in yours
PRICE_GB_MONTH = 0.023  # object storage
EFFICIENCY = 0.85  # of workers: shards of unequal length, starts, retries; an assumption
WEB = {"articles a day": 1_000_000}  # all languages would be more: what is not English is passed over early
PAGE_BYTES = 100_000 * 0.25  # a web page packed in a WARC: an assumption
ID_BYTES = 10
LINKED_A_SECOND = (
    20_000 / 11
)  # records on one core: README.md, benchmarks/linking.py, at that collection's events a day
STORED_BYTES = 176e6 / 160_000  # an article with text and its three events in a store: docs/store.md


def measure(n_articles: int) -> dict[str, float]:
    """Processor seconds, bytes and memory of coding so many articles of about 300 words."""
    import resource
    import tempfile
    import time
    from functools import partial

    import msgspec
    from coding import make_articles, peak_mib

    from communique.cli.coder import make_coder
    from communique.ingest.settings import Settings
    from communique.scale.shards import Shard, ShardJob, code_shard

    articles = make_articles(n_articles)
    started = time.process_time()
    coder = make_coder(None)
    load_s = time.process_time() - started
    figures: dict[str, float] = {"n_articles": n_articles, "load_cpu_s": load_s}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.jsonl"
        rows = ({"id": a.id, "text": a.text, "date": a.date.isoformat() if a.date else None} for a in articles)
        path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        figures["in_bytes"] = path.stat().st_size / n_articles
        job = ShardJob(folder, partial(make_coder, None), Settings())
        started, clock = time.process_time(), time.perf_counter()
        done = code_shard(Shard(str(path), "jsonl", path.stat().st_size), job, coder)
        figures["cpu_s"] = (time.process_time() - started) / n_articles
        figures["clock_s"] = (time.perf_counter() - clock) / n_articles
        figures["events"] = done.events / n_articles
        (out,) = (Path(folder) / "events").iterdir()
        figures["jsonl_bytes"] = out.stat().st_size / n_articles
        figures["parquet_bytes"] = _parquet_bytes(out) / n_articles
    figures["peak_mib"] = peak_mib()
    figures["user_share"] = resource.getrusage(resource.RUSAGE_SELF).ru_utime / time.process_time()
    return figures


def _parquet_bytes(events: Path) -> int:
    import pyarrow as pa
    from pyarrow import parquet

    from communique.store.columns import EVENTS, event_row

    rows = [event_row(json.loads(line), 0, "") for line in events.read_bytes().splitlines()]
    target = events.with_suffix(".parquet")
    parquet.write_table(pa.Table.from_pylist(rows, EVENTS), target, compression="zstd")
    return target.stat().st_size


def plan(measured: dict[str, float]) -> str:
    """The tables."""
    hours = 1e6 * measured["cpu_s"] / 3600 / EFFICIENCY
    lines = [
        f"measured: {measured['n_articles']:.0f} articles, {measured['cpu_s'] * 1000:.0f} ms of processor an article "
        f"({1 / measured['cpu_s']:.1f} a second and core), {measured['events']:.1f} events each, "
        f"peak {measured['peak_mib']:.0f} MiB, coder loaded in {measured['load_cpu_s']:.1f} s of processor",
        "",
        "| one million articles | |",
        "|---|---|",
        f"| core-hours, at {EFFICIENCY:.0%} use | {hours:,.0f} |",
        *(f"| US dollars, {name} at {price} a core-hour | {hours * price:.2f} |" for name, price in PRICES.items()),
        *(f"| hours on {cores} cores | {hours / cores:,.1f} |" for cores in (2, 16, 128)),
        f"| articles in, JSONL | {measured['in_bytes'] * 1e6 / 1e9:.1f} GB |",
        f"| events out, JSONL | {measured['jsonl_bytes'] * 1e6 / 1e9:.1f} GB |",
        f"| events out, Parquet | {measured['parquet_bytes'] * 1e6 / 1e9:.2f} GB |",
        f"| memory, 128 workers | {128 * measured['peak_mib'] / 1024:.0f} GB |",
        "",
    ]
    daily = WEB["articles a day"]
    cores = math.ceil(hours * daily / 1e6 / 24)
    lines += [
        f"| {daily:,} articles a day | |",
        "|---|---|",
        f"| cores busy all day | {cores} |",
        f"| cores to be done in two hours | {math.ceil(hours * daily / 1e6 / 2)} |",
        *(
            f"| US dollars a month (30 days), {name} | {30 * hours * daily / 1e6 * price:,.0f} |"
            for name, price in PRICES.items()
        ),
        f"| pages fetched, packed | {daily * PAGE_BYTES / 1e9:.0f} GB a day, {daily * PAGE_BYTES * 8 / 86400 / 1e6:.1f} Mbit/s |",
        f"| events | {measured['events'] * daily / 1e6:.1f} million a day, {measured['events'] * daily * 365 / 1e6:,.0f} million a year |",
        f"| events, Parquet, a year | {measured['parquet_bytes'] * daily * 365 / 1e9:,.0f} GB, {measured['parquet_bytes'] * daily * 365 / 1e9 * PRICE_GB_MONTH:,.0f} US dollars a month |",
        f"| events, JSONL, a year | {measured['jsonl_bytes'] * daily * 365 / 1e9:,.0f} GB |",
        f"| store with texts, a year | {STORED_BYTES * daily * 365 / 1e9:,.0f} GB |",
        f"| linking a day's events, one core, if it took each record as long as in a small collection | {measured['events'] * daily / LINKED_A_SECOND / 60:,.0f} minutes |",
        f"| digests of ids, a year | {ID_BYTES * daily * 365 / 1e9:.1f} GB |",
        f"| shards of 5,000 articles | {daily // 5000} a day, {5000 * measured['cpu_s'] / 60:.0f} minutes each |",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, or print."""
    parser = argparse.ArgumentParser(description="Cores, hours, money and storage for many articles.")
    parser.add_argument("--measure", type=int, metavar="N", help="measure with N articles first")
    options = parser.parse_args()
    if options.measure:
        MEASURED.write_text(json.dumps(measure(options.measure), indent=1) + "\n", encoding="utf-8")
    print(plan(json.loads(MEASURED.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
