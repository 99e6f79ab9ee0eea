"""What exporting costs: `python benchmarks/export.py [--events 1000000] [--formats parquet csv …]`.

Records are generated, the same at every run: all types and modes, parties of 40 states, a place in half of them, one in
five not a fact, ten articles a day over years. They are written as JSONL and put into a store; both are exported to each
format by the command line in a process of its own, whose wall time and peak memory are printed. Of the store it reads
Parquet; of JSONL every line is checked first, and that is most of the time.
Then `communique series` counts the Parquet file's events by dyad and month; a second of its time is starting.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import msgspec

from communique import Article
from communique.codebook import auxiliary_modes, contexts, event_scale, event_types, modes, quad_code
from communique.export.formats import FORMATS
from communique.store import Store

STATES = (
    "USA RUS CHN UKR ISR IRN IND TUR FRA DEU GBR SYR IRQ EGY SAU PAK NGA ETH KEN SDN "
    "MLI COL PER CHL VEN JPN PHL POL BLR GRC BRA MEX ZAF AUS KOR PRK AFG MMR LBY SOM"
).split()
SECTORS = ("GOV", "MIL", "COP", "CVL", "REB", "BUS", "OPP")
EVENTS_AN_ARTICLE = 4
ARTICLES_A_DAY = 100
N_PATTERNS = 2000


def make_records(n_events: int) -> Iterator[dict[str, object]]:
    """Records of articles in order, each with four events."""
    chooser = random.Random(20240305)
    patterns = [_pattern(chooser) for _ in range(N_PATTERNS)]
    for number in range(n_events):
        article, n = divmod(number, EVENTS_AN_ARTICLE)
        day = (date(1995, 1, 1) + timedelta(days=article // ARTICLES_A_DAY)).isoformat()
        document = f"{article:016x}"
        pattern = chooser.choice(patterns)
        yield (
            {"id": f"{document}#{n + 1}", "document_id": document, "date": day, "enddate": day}
            | pattern
            | {"link": f"{document}#{n + 1}"}
        )


def _pattern(chooser: random.Random) -> dict[str, object]:
    busy = [1 / (rank + 1) for rank in range(len(STATES))]
    kind = chooser.choice(event_types())
    way = chooser.choices(modes(kind), k=1) if modes(kind) and chooser.random() < 0.7 else []
    parties = [_party(chooser, code, 23 + 60 * side) for side, code in enumerate(chooser.choices(STATES, busy, k=3))]
    n_recipients = chooser.choice((0, 1, 1, 1, 2))
    place = chooser.choice(STATES)
    return {
        "date_resolution": chooser.choice(("day", "publication")), "event": [kind], "mode": way,
        "context": chooser.sample(contexts(), chooser.randrange(3)),
        "auxiliary_mode": [chooser.choice(auxiliary_modes())] if chooser.random() < 0.2 else [],
        "quad_code": quad_code(kind), "event_scale": event_scale(kind, way),
        "actor": parties[:1], "recipient": parties[1 : 1 + n_recipients],
        "event_loc": {
            "extracted_place": f"Town {place}", "resolved_place": f"Town {place}", "lat": 12.34567, "lon": -7.65432,
            "country_code": place, "province": f"Province of {place}", "city": f"Town {place}", "geonameid": 184745,
            "resolution": "city", "start": 90, "end": 98,
        } if chooser.random() < 0.5 else None,
        "event_text": ["did it"], "event_spans": [[52, 58]], "text_info": {"sequence": 2, "start": 23, "end": 168},
        "attribution": None, "size": {"dead": 14} if chooser.random() < 0.1 else {}, "size_spans": {},
        "confidence": round(0.5 + chooser.random() / 2, 3), "link": None,
        "cite_info": {"title": "A title of an article", "url": "https://example.org/2024/03/07/report", "publication": "Daily", "language": "en"},
        "coder": "communique 0.1.0 model 0123456789ab", "codebook": "plover-2024.02", "coded_date": "2024-03-08",
    }  # fmt: skip


def _party(chooser: random.Random, code: str, start: int) -> dict[str, object]:
    text = f"the envoys of {code}"
    return {
        "code": code, "sector": [chooser.choice(SECTORS)], "entity_text": text, "start": start, "end": start + len(text),
        "resolved_text": None, "identifier_text": code.title(), "identifier_id": None, "office": None,
        "reason": f"demonym of {code} in the phrase",
    }  # fmt: skip


def write_inputs(folder: Path, n_events: int, *, store: bool) -> tuple[Path, Path]:
    """Write the records as JSONL and into a store, unless they are there from an earlier run."""
    jsonl, corpus = folder / f"events-{n_events}.jsonl", folder / f"events-{n_events}.duckdb"
    if not jsonl.exists():
        with jsonl.open("wb") as stream:
            stream.writelines(msgspec.json.encode(record) + b"\n" for record in make_records(n_events))
    if store and not corpus.exists():
        with Store.open(corpus, create=True) as opened:
            opened.add(_articles(make_records(n_events)))
    return jsonl, corpus


def _articles(records: Iterator[dict[str, object]]) -> Iterator[tuple[Article, list[dict[str, object]]]]:
    while four := list(islice(records, EVENTS_AN_ARTICLE)):
        name, day = str(four[0]["document_id"]), str(four[0]["date"])
        yield Article(f"Article {name}.", id=name, date=date.fromisoformat(day)), four


def timed(arguments: list[str]) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak MiB of a command line, in a process of its own."""
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "communique.cli", *arguments], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"communique {' '.join(arguments)} failed")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """Print a line for each format and input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--formats", nargs="*", default=list(FORMATS), choices=list(FORMATS))
    parser.add_argument("--inputs", nargs="*", default=["store", "jsonl"], choices=["store", "jsonl"])
    parser.add_argument("--folder", type=Path, help="where input is kept for the next run")
    options = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        jsonl, store = write_inputs(folder, options.events, store="store" in options.inputs)
        print(f"{options.events:,} events, {jsonl.stat().st_size / 1e9:.2f} GB of JSONL")
        print(f"{'format':16}{'from':8}{'wall s':>8}{'processor s':>13}{'peak MiB':>10}{'file MB':>9}")
        for name in options.formats:
            for source, path in (("store", store), ("jsonl", jsonl)):
                if source not in options.inputs:
                    continue
                out = Path(temporary) / f"out.{name}"
                wall, processor, peak = timed(["export", str(path), "--to", name, "-o", str(out)])
                size = out.stat().st_size / 1e6
                print(f"{name:16}{source:8}{wall:8.1f}{processor:13.1f}{peak:10.0f}{size:9.0f}", flush=True)
        if (exported := Path(temporary) / "out.parquet").exists():
            wall, processor, peak = timed(["series", str(exported), "-o", str(Path(temporary) / "series.csv")])
            print(f"{'series':16}{'parquet':8}{wall:8.1f}{processor:13.1f}{peak:10.0f}")


if __name__ == "__main__":
    main()
