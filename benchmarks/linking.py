"""What linking costs: `python benchmarks/linking.py [--records 5000 10000 20000 40000]` prints processor seconds on one core, and how they grow.

Records are generated, the same at every run: events of 30 states with a few very busy ones, each told by one to six articles in different
words, at a constant number of events a day; `--dense` puts all of them into ten days instead, so that blocks grow with the collection.
"""

from __future__ import annotations

import argparse
import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import platform
import random
import resource
import time
from datetime import date, timedelta

from communique.link import Facts, facts_of_record, find_reprints, link_mentions

STATES = "USA RUS CHN UKR ISR IRN IND TUR FRA DEU GBR SYR IRQ EGY SAU PAK NGA ETH KEN SDN MLI COL PER CHL VEN JPN PHL POL BLR GRC".split()
TYPES = "ASSAULT COERCE CONSULT ACCUSE REQUEST AID SUPPORT PROTEST SANCTION MOBILIZE".split()
SECTORS = ("GOV", "MIL", "COP", "CVL", "REB")
EVENTS_A_DAY = 20
DENSE_DAYS = 10
N_WORDS = 4000


def make_records(n_records: int, *, dense: bool) -> list[dict[str, object]]:
    """Records with a sentence each as their text."""
    chooser = random.Random(20240305)
    busy = [1 / (rank + 1) for rank in range(len(STATES))]
    records: list[dict[str, object]] = []
    n_events = 0
    while len(records) < n_records:
        n_events += 1
        day = date(2020, 1, 1) + timedelta(days=n_events % DENSE_DAYS if dense else n_events // EVENTS_A_DAY)
        actor, recipient = chooser.choices(STATES, busy, k=2)
        kind, roles = chooser.choice(TYPES), chooser.choices(SECTORS, k=2)
        place = f"place{chooser.randrange(2000)}"
        words = [f"word{int(N_WORDS * chooser.random() ** 2)}" for _ in range(14)]
        for report in range(chooser.choice((1, 1, 1, 2, 3, 6))):
            told = chooser.sample(words, 9) + [f"word{int(N_WORDS * chooser.random() ** 2)}" for _ in range(5)]
            text = " ".join([actor, recipient, *told, place])
            name = f"e{n_events}-{report}"
            records.append({
                "id": f"{name}#1", "document_id": name, "date": day.isoformat(), "enddate": day.isoformat(),
                "date_resolution": chooser.choice(("day", "publication")), "event": [kind], "mode": [], "auxiliary_mode": [],
                "actor": [{"code": actor, "sector": [roles[0]]}], "recipient": [{"code": recipient, "sector": [roles[1]]}],
                "event_loc": {"resolved_place": place, "resolution": "city"} if chooser.random() < 0.5 else None,
                "event_text": told[:1], "text_info": {"sequence": 0, "start": 0, "end": len(text)}, "confidence": 0.9, "text": text,
            })  # fmt: skip
    return records[:n_records]


def timed(records: list[dict[str, object]]) -> tuple[float, float, int]:
    """Processor seconds to find reprints and to link, and how many events there are."""
    started = time.process_time()
    originals = find_reprints((str(record["document_id"]), str(record["text"])) for record in records)
    between = time.process_time()
    mentions: list[Facts] = [facts_of_record(record) for record in records]
    events = link_mentions(mentions, originals)
    return between - started, time.process_time() - between, len(events)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Seconds to link, on one core, and how they grow.")
    parser.add_argument("--records", type=int, nargs="+", default=[5_000, 10_000, 20_000, 40_000])
    parser.add_argument("--dense", action="store_true", help="all events within ten days")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"machine: {platform.processor() or platform.machine()}, Python {platform.python_version()}, one core")
    before = None
    for n_records in options.records:
        reprints_s, link_s, n_events = timed(make_records(n_records, dense=options.dense))
        total = reprints_s + link_s
        growth = f", {total / before[1]:.2f} times for {n_records / before[0]:.3g} times the records" if before else ""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{n_records:>6} records: {total:6.1f} s (reprints {reprints_s:.1f}, linking {link_s:.1f}), {n_events} events, {peak:.0f} MiB{growth}"
        )
        before = n_records, total


if __name__ == "__main__":
    main()
