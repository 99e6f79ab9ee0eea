"""How fast the web app answers on a store of a million events, beside the bare SQL query: `python benchmarks/web.py`.

Each address is asked in turn by 1, 4 and 16 clients of a server on this machine. The ratio is the median time of an
answer to that of the SQL it needs, run alone on the app's own table (for precision and agreement, on the store's views).
Two reviewers have judged a thousand records each, all of them the same. Limits are for one client: 300 ms for a page of
the table, 1 s for a picture's data; what is over is marked with `!`, and the program's exit code is 1.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qsl

import uvicorn
from made_store import make_store

from communique.store import Judgement, Store
from communique.web import Settings, create_app
from communique.web.figures import Picture
from communique.web.filters import Filters

PAGES = (
    "", "type=ASSAULT", "mode=arrest", "context=military&aux=happened", "actor=USA&recipient_sector=GOV", "q=place17",
    "country=FRA&min_confidence=0.8", "text=Place17", "text=officials rebels&type=ASSAULT", "since=2020-01-01&until=2020-03-31", "sort=confidence&order=asc", "dyad=USA>FRA",
)  # fmt: skip
REVIEW = {
    "/api/review/queue?": "SELECT id, revision FROM e ORDER BY confidence NULLS FIRST, rowid LIMIT 50",
    "/api/review/queue?order=random&type=ASSAULT": "SELECT id, revision FROM e WHERE event = 'ASSAULT' ORDER BY md5(concat(id, ' ', '1')) LIMIT 50",
    "/api/review/queue?order=stratified": "SELECT id, revision FROM e QUALIFY row_number() OVER (PARTITION BY event ORDER BY md5(concat(id, ' ', '1'))) <= 10",
    "/api/review/queue?order=double": "SELECT id, revision FROM e WHERE list_contains($ids, id)",
    "/review?": "SELECT id, revision FROM e ORDER BY confidence NULLS FIRST, rowid LIMIT 50",
    "/review/precision?": "SELECT * FROM events WHERE list_contains($ids, id)",
    "/review/agreement?all=true": "SELECT * FROM events WHERE list_contains($ids, id)",
}
LIMITS = {"/events?": 300, "/timeline": 1000, "/map": 1000, "/network": 1000, "/heat": 1000}
N_JUDGED = 1000
PICTURES = ("timeline", "map", "network", "heat")
FILTERS = ("", "type=ASSAULT&aux=happened")
_GROUPED = {
    "timeline": "SELECT date_trunc('month', date), quad, count(*), avg(scale) FROM e WHERE {} GROUP BY ALL",
    "map": "SELECT country, place, count(*), avg(scale) FROM e WHERE {} GROUP BY ALL",
    "network": "SELECT actor, recipient, count(*), avg(scale) FROM d WHERE number IN (SELECT rowid FROM e WHERE {}) GROUP BY ALL ORDER BY 3 DESC LIMIT 60",
    "heat": "SELECT event, date_trunc('month', date), count(*) FROM e WHERE {} GROUP BY ALL",
}
PORT = 8766


def median_ms(call: Callable[[], object], n: int) -> float:
    """Median of some calls."""
    times = []
    for _ in range(n):
        begin = time.perf_counter()
        call()
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def ask(address: str) -> float:
    """Milliseconds that an answer takes."""
    begin = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", PORT, timeout=120)
    connection.request("GET", address.replace(">", "%3E").replace(" ", "%20"))
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status}")
    return (time.perf_counter() - begin) * 1000


def measure(address: str, n_clients: int, n: int) -> float:
    """Median milliseconds with so many clients at once."""
    with ThreadPoolExecutor(n_clients) as clients:
        return statistics.median(clients.map(ask, [address] * max(n, 2 * n_clients)))


def judge(path: Path, n_events: int) -> list[str]:
    """Have two reviewers judge records, unless they have; gives the records' ids."""
    n_articles = n_events // 5
    ids = sorted({f"d{number * 7919 % n_articles}#{number % 5 + 1}" for number in range(N_JUDGED)})
    with Store.open(path) as store:
        if not store.judgements_file.stat().st_size:
            for user in ("ada", "bob"):
                verdicts = (
                    "reject" if number % (9 if user == "ada" else 7) == 0 else "agree" for number in range(N_JUDGED)
                )
                store.judge(*(Judgement(user, name, 1, said) for name, said in zip(ids, verdicts, strict=False)))
    return ids


def main() -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a store made before; by default one is made and kept in /tmp")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 4, 16])
    arguments = parser.parse_args()
    store = arguments.store or Path(f"/tmp/communique-made-{arguments.events}.duckdb")
    if not store.exists():
        make_store(store, arguments.events)
    ids = judge(store, arguments.events)
    shutil.rmtree(store.with_name(f"{store.name}.d") / "flat", ignore_errors=True)
    begin = time.perf_counter()
    first = create_app(Settings(store))
    print(f"first start: {time.perf_counter() - begin:.1f} s")
    first.state.corpus.close()
    begin = time.perf_counter()
    app = create_app(Settings(store, timeout_s=120))
    print(f"later start: {time.perf_counter() - begin:.1f} s")
    server = uvicorn.Server(uvicorn.Config(app, port=PORT, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    snapshot = app.state.corpus.now()
    print("address | SQL, ms | " + " | ".join(f"{n} client{'s' * (n > 1)}, ms | ratio" for n in arguments.clients))
    print("---|" * (1 + 2 * len(arguments.clients)) + "---")
    over = []

    def row(address: str, sql: str, parameters: dict[str, object], rows: Callable[..., object] = snapshot.rows) -> None:
        ask(address)
        bare = median_ms(lambda: rows(sql, parameters), arguments.repeat)
        times = [measure(address, n, arguments.repeat) for n in arguments.clients]
        limit = next((ms for begin, ms in LIMITS.items() if address.startswith(begin)), None)
        if limit and times[0] > limit and arguments.clients[0] == 1:
            over.append(address)
        cells = " | ".join(f"{ms:.0f} | {ms / bare:.1f}" for ms in times)
        print(f"`{address}`{' !' * (address in over)} | {bare:.0f} | {cells}", flush=True)

    for query in PAGES:
        pairs: dict[str, object] = {}
        for name, value in parse_qsl(query):
            many = isinstance(Filters.model_fields[name].default, list) if name in Filters.model_fields else False
            pairs[name] = [value] if many else value
        where, parameters = Filters(
            **{name: value for name, value in pairs.items() if name not in ("sort", "order")}
        ).where()  # type: ignore[arg-type]
        order = pairs.get("sort", "date")
        sql = f"SELECT id, date, event, words, confidence, count(*) OVER () FROM e WHERE {where} ORDER BY {order} LIMIT 50"
        row(f"/events?{query}", sql, parameters)
    for name in PICTURES:
        for query in FILTERS:
            where, parameters = Picture(**{key: [value] for key, value in parse_qsl(query)}).where()  # type: ignore[arg-type]
            row(f"/{name}.json?{query}", _GROUPED[name].format(where), parameters)
    for address, sql in REVIEW.items():
        rows = snapshot.whole if "FROM events" in sql else snapshot.rows
        row(address, sql, {"ids": ids} if "$ids" in sql else {}, rows)
    server.should_exit = True
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
