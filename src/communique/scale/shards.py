"""One input shard → one output shard: the function that every engine calls.

An output folder holds, for a shard called NAME:

    events/NAME.jsonl (or .parquet)     its events
    rejects/NAME.rejects.jsonl          what was not coded and why, if anything
    ids/NAME                            digests of its articles' ids, to find those that stand in several shards
    done/NAME.json                      written last: the shard is done, and its counts

and `manifest.json`: what the run was told. A shard without its `done` file is coded again, by whatever engine.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from communique.errors import InputError
from communique.export import event_record, record_line
from communique.ingest.files import EXPECTED_NAMES, find_sources, kind_of
from communique.ingest.reader import in_english, read_source
from communique.ingest.settings import Settings
from communique.ingest.streams import Source
from communique.records import Article, Event, Rejection
from communique.scale.storage import Folder, LocalFolder, find_remote, open_folder, url_of

if TYPE_CHECKING:
    from communique.parallel import DocumentCoder

ID_BYTES = 10  # of a digest; of a hundred million ids, none is taken for another
_PARQUET_ROWS = 2000
_EXPECTED_ID = "an id of its own, or none: then one is made from the content"
_FOUND_ID = "an id that an earlier article has"


@dataclass(frozen=True, slots=True)
class Shard:
    """One input file.

    Attributes:
        where: Its path or URL.
        kind: A reader's name (`ingest.files.KINDS`).
        n_bytes: Its size, by which a changed file is noticed.
    """

    where: str
    kind: str
    n_bytes: int

    @property
    def name(self) -> str:
        """What its output is called: the same whatever other inputs there are."""
        digest = hashlib.sha256(self.where.encode("utf-8", "surrogateescape")).hexdigest()[:10]
        stem = re.sub(r"[^\w.-]", "_", self.where.rsplit("/", 1)[-1].split(".", 1)[0], flags=re.ASCII)
        return f"{stem[:60]}-{digest}"


@dataclass(frozen=True, slots=True)
class ShardJob:
    """What is to be done with every shard; travels to workers.

    Attributes:
        output: Folder or URL to write to.
        make_coder: Makes a worker's coder; picklable.
        settings: How to read.
        as_parquet: Write events as Parquet, not JSONL.
        with_text: Add each article's text to its records.
        limit_s: Seconds that an article may take in a worker; `None` sets no limit.
        told: What else the run was told that changes records, as JSON.
        coder: Version of the coder, which a worker must have too.
    """

    output: str
    make_coder: Callable[[], DocumentCoder]
    settings: Settings
    as_parquet: bool = False
    with_text: bool = False
    limit_s: float | None = None
    told: str = "{}"
    coder: str = ""

    def events_name(self, shard: str) -> str:
        """Where a shard's events stand."""
        return f"events/{shard}.{'parquet' if self.as_parquet else 'jsonl'}"


@dataclass(frozen=True, slots=True)
class ShardDone:
    """What became of a shard."""

    input: str
    n_bytes: int
    articles: int
    events: int
    rejected: int
    seconds: float
    repeats: str = ""  # digest of the ids that were dropped because an earlier shard has them


def find_shards(inputs: Iterable[str], exclude: Collection[Path] = ()) -> Iterator[Shard | Rejection]:
    """Turn what the user named into shards, each once, in the order given.

    Raises:
        InputError: Standard input was named, or a storage cannot be asked.
    """
    seen = set[str]()
    for name in inputs:
        if name == "-":
            raise InputError("--engine codes files, and standard input is none: write it to a file first.")
        for found in _find_remote(url) if (url := url_of(name)) else _find_local(name, exclude):
            if isinstance(found, Rejection):
                yield found
            elif found.where not in seen:
                seen.add(found.where)
                yield found


def _find_local(name: str, exclude: Collection[Path]) -> Iterator[Shard | Rejection]:
    for source in find_sources([name], exclude):
        if isinstance(source, Rejection):
            yield source
        elif source.path is None or not source.path.is_file():
            yield Rejection(source.where, "no regular file", "a file, which can be read again")
        else:
            yield Shard(source.where, source.kind, source.path.stat().st_size)


def _find_remote(url: str) -> Iterator[Shard | Rejection]:
    found = find_remote(url)
    if not found:
        yield Rejection(url, "nothing of that name", "an object, a prefix or a glob that matches")
    for where, size in found:
        if kind := kind_of(where.rsplit("/", 1)[-1]):
            if not where.endswith(".rejects.jsonl"):
                yield Shard(where, kind, size)
        elif where == url:
            yield Rejection(where, "a name without a known ending", EXPECTED_NAMES)


def code_shard(shard: Shard, job: ShardJob, coder: DocumentCoder) -> ShardDone:
    """Code all articles of a shard, write what comes of them, and say so in the folder.

    Killed at any moment it leaves nothing that counts; done again it writes the same.

    Raises:
        OutputError: The output cannot be written.
        OSError: The input cannot be fetched.
    """
    started = time.monotonic()
    folder = open_folder(job.output)
    ids: dict[bytes, None] = {}
    rejects: list[Rejection] = []
    standing: deque[str] = deque()
    n_articles = n_events = 0

    def articles() -> Iterator[Article]:
        for where, item, digest in _read(source, job.settings):
            if digest is not None:
                ids[digest] = None
            if isinstance(item, Rejection):
                rejects.append(item)
            else:
                standing.append(where)
                yield item

    with (
        _fetched(shard) as source,
        folder.writing(job.events_name(shard.name)) as path,
        _events_file(path, job) as write,
    ):
        for result in coder.code_documents(articles()):
            where = standing.popleft()
            if isinstance(result, Rejection):
                rejects.append(replace(result, where=where))
                continue
            n_articles += 1
            n_events += len(result.events)
            for event in result.events:
                write(event)
    folder.write(f"ids/{shard.name}", b"".join(ids))
    _write_rejects(folder, shard, [_reject_line(reject) for reject in rejects])
    seconds = round(time.monotonic() - started, 3)
    done = ShardDone(shard.where, shard.n_bytes, n_articles, n_events, len(rejects), seconds)
    folder.write(f"done/{shard.name}.json", msgspec.json.encode(done))
    return done


def drop_repeated(shard: Shard, job: ShardJob, done: ShardDone, repeated: frozenset[bytes]) -> ShardDone:
    """Reject a shard's articles whose ids an earlier shard has, as one machine that reads all in order does."""
    folder = open_folder(job.output)
    dropped: dict[str, Rejection] = {}
    with _fetched(shard) as source:
        for where, item, digest in _read(source, job.settings):
            if digest in repeated and where not in dropped:
                dropped[where] = Rejection(where, _FOUND_ID, _EXPECTED_ID, item.id)
    gone = {reject.id for reject in dropped.values()}
    lines = (folder.read(f"rejects/{shard.name}.rejects.jsonl") or b"").splitlines(keepends=True)
    kept = [line for line in lines if json.loads(line)["where"] not in dropped]
    _write_rejects(folder, shard, kept + [_reject_line(reject) for reject in dropped.values()])
    name = job.events_name(shard.name)
    with folder.reading(name) as old, folder.writing(name) as new:
        n_events = _filter_events(old, new, gone, as_parquet=job.as_parquet)
    n_items, n_rejected = done.articles + done.rejected, len(kept) + len(dropped)
    done = replace(
        done, articles=n_items - n_rejected, events=n_events, rejected=n_rejected, repeats=digest_of_ids(repeated)
    )
    folder.write(f"done/{shard.name}.json", msgspec.json.encode(done))
    return done


def digest_of_ids(ids: Iterable[bytes]) -> str:
    """A few letters that tell a set of ids from another; empty for none."""
    ids = sorted(ids)
    return hashlib.sha256(b"".join(ids)).hexdigest()[:16] if ids else ""


@contextmanager
def _fetched(shard: Shard) -> Iterator[Source]:
    """A shard on the worker's disk."""
    if (url := url_of(shard.where)) is None:
        yield Source(shard.where, shard.kind, Path(shard.where))
        return
    with open_folder(url).reading("") as path:
        yield Source(shard.where, shard.kind, path)


def _read(source: Source, settings: Settings) -> Iterator[tuple[str, Article | Rejection, bytes | None]]:
    """All items of a shard with where they stood, and the digest of the id if that is new in the shard."""
    seen = set[bytes]()
    for where, item in read_source(source, settings):
        if isinstance(item, Rejection):
            yield where, item, None
            continue
        digest = hashlib.blake2b(item.id.encode("utf-8", "surrogatepass"), digest_size=ID_BYTES).digest()
        if digest in seen:
            yield where, Rejection(where, _FOUND_ID, _EXPECTED_ID, item.id), None
        else:
            seen.add(digest)
            yield where, in_english(item, where), digest


@contextmanager
def _events_file(path: Path, job: ShardJob) -> Iterator[Callable[[Event], object]]:
    """Give what writes an event."""
    if not job.as_parquet:
        with path.open("wb") as file:
            yield lambda event: file.write(record_line(event, with_text=job.with_text))
        return
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    from communique.store.columns import EVENTS, event_row

    schema = pa.schema([field for field in EVENTS if field.name not in {"revision", "run_id"}])
    schema = schema.append(pa.field("text", pa.string())) if job.with_text else schema
    rows: list[dict[str, Any]] = []
    with ParquetWriter(path, schema, compression="zstd") as writer:

        def write(event: Event) -> None:
            record = event_record(event, with_text=job.with_text)
            row = event_row(record, 0, "")
            rows.append({name: record.get(name) if name == "text" else row[name] for name in schema.names})
            if len(rows) == _PARQUET_ROWS:
                flush()

        def flush() -> None:
            writer.write_table(pa.Table.from_pylist(rows, schema))
            rows.clear()

        yield write
        if rows:
            flush()


def _filter_events(old: Path, new: Path, gone: set[str | None], *, as_parquet: bool) -> int:
    """Copy the events of all articles but those; returns how many."""
    if as_parquet:
        import pyarrow as pa
        from pyarrow import compute, parquet

        table = parquet.read_table(old)
        named = compute.is_in(table["document_id"], pa.array(gone, pa.string()))
        table = table.filter(compute.invert(named))
        parquet.write_table(table, new, compression="zstd")
        return int(table.num_rows)
    n_events = 0
    with old.open("rb") as lines, new.open("wb") as kept:
        for line in lines:
            if json.loads(line)["document_id"] not in gone:
                kept.write(line)
                n_events += 1
    return n_events


def _reject_line(reject: Rejection) -> bytes:
    where = reject.where.encode("utf-8", "backslashreplace").decode()  # a file name may hold what is no text
    record = {"where": where, "id": reject.id, "found": reject.found, "expected": reject.expected}
    return msgspec.json.encode(record) + b"\n"


def _write_rejects(folder: Folder, shard: Shard, lines: list[bytes]) -> None:
    name = f"rejects/{shard.name}.rejects.jsonl"
    if lines:
        folder.write(name, b"".join(lines))
    else:
        folder.remove(name)  # of an earlier try


class OutputFolder:
    """The driver's view of an output folder: what the run was told, and what is done.

    Raises:
        InputError: Another run, told otherwise, wrote there.
    """

    def __init__(self, job: ShardJob) -> None:
        self._job = job
        self._folder = open_folder(job.output)
        told = json.loads(job.told) | {"coder": job.coder, "parquet": job.as_parquet, "with_text": job.with_text}
        told |= {"date": str(job.settings.default_date), "fields": sorted(job.settings.fields.items())}
        told = json.loads(json.dumps(told))
        if (data := self._folder.read("manifest.json")) is None:
            self._folder.write("manifest.json", json.dumps({"communique_shards": 1, "told": told}).encode())
            return
        then = json.loads(data)["told"]
        for name in told:
            if then.get(name) != told[name]:
                raise InputError(
                    f"{job.output} was made with {name} {then.get(name)!r}, this run has {told[name]!r}: "
                    "go on with the same, or name another folder with -o."
                )

    def done(self) -> dict[str, ShardDone]:
        """All shards that are done, by name."""
        names = [name for name in self._folder.names("done") if name.endswith(".json")]
        entries = ((name.removesuffix(".json"), self._folder.read(f"done/{name}")) for name in names)
        return {name: msgspec.json.decode(data, type=ShardDone) for name, data in entries if data}

    def repeated(self, shards: Iterable[str]) -> dict[str, frozenset[bytes]]:
        """For shards, in their order, the digests of ids that an earlier one has."""
        from communique.ingest.seen import Seen

        seen, repeated = Seen(), {}
        for name in shards:
            data = self._folder.read(f"ids/{name}") or b""
            digests = (data[at : at + ID_BYTES] for at in range(0, len(data), ID_BYTES))
            repeated[name] = frozenset(digest for digest in digests if not seen.add(digest))
        return repeated

    def tidy(self) -> None:
        """Remove what killed workers left; for when all is done."""
        if isinstance(self._folder, LocalFolder):
            for name in ("", "events", "rejects", "ids", "done"):
                self._folder.remove_parts(name)

    def write_counts(self, done: Iterable[ShardDone]) -> None:
        """Write the list of all shards with their counts, for people."""
        lines = [json.dumps(asdict(one)) for one in done]
        self._folder.write("shards.jsonl", ("\n".join(lines) + "\n").encode())
