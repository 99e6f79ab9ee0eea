"""`communique code --engine`: shard by shard into a folder, on this machine or a cluster."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import typer

from communique.cli import coder
from communique.cli.failures import INTERRUPTED, NOTHING_DONE, REJECTED, Stopped
from communique.cli.options import CodeFormat, EngineName
from communique.cli.text import printable
from communique.cli.workers import Workers, options_told
from communique.errors import InputError
from communique.ingest.settings import Settings
from communique.processes import n_cores
from communique.records import Rejection
from communique.version import coder_version

if TYPE_CHECKING:
    from communique.scale.engines import Call, Engine
    from communique.scale.shards import OutputFolder, Shard, ShardDone, ShardJob

_SHOWN = 3


class _Stopping(KeyboardInterrupt):
    """SIGTERM."""


def code_shards(
    inputs: list[str],
    output: Path | None,
    engine: EngineName | None,
    scheduler: str | None,
    published_on: date | None,
    *,
    output_format: CodeFormat | None,
    with_text: bool,
    actors: Sequence[Path],
    link: bool,
    screen: bool,
    model: str | None,
    store: Path | None,
    workers: Workers,
    fields: Mapping[str, str] | None = None,
) -> None:
    """Code each file of the inputs into a file of the output folder; what is done there already is passed over.

    Raises:
        CommuniqueError: Nothing could be done.
        Exit: Some input was rejected, or some shard could not be coded.
        Stopped: It was asked to end.
    """
    import json

    from communique.scale.engines import Dask, InProcess, LocalProcesses
    from communique.scale.shards import OutputFolder, ShardJob, find_shards
    from communique.scale.storage import url_of

    if engine is None:
        raise InputError("--scheduler and --format parquet go with --engine.")
    if store is not None:
        raise InputError("--engine writes a folder, not a store.")
    if output is None:
        raise InputError("--engine writes a folder, which -o names.")
    if scheduler is not None and engine is not EngineName.dask:
        raise InputError("--scheduler goes with --engine dask.")
    if output_format is CodeFormat.table:
        raise InputError("--engine writes jsonl or parquet.")
    target = url_of(output.as_posix()) or str(output)
    if output.is_file():
        raise InputError(f"{target} is a file, and --engine writes a folder. Name another with -o.")
    told = options_told(actors, link=link, model=model, screen=screen)
    make = partial(coder.make_coder, model, actors=tuple(path.resolve() for path in actors), link=link, screen=screen)
    job = ShardJob(
        target, make, Settings(published_on, fields or {}), output_format is CodeFormat.parquet, with_text, workers.limit_s or None,
        json.dumps(told), coder_version(),
    )  # fmt: skip
    found = list(find_shards(inputs, [output]))
    shards = [item for item in found if not isinstance(item, Rejection)]
    run = _Run(OutputFolder(job), job, [item for item in found if isinstance(item, Rejection)])
    chosen: Engine
    if engine is EngineName.dask:
        chosen = Dask(scheduler, workers.number)
    else:
        chosen = InProcess() if workers.number is None else LocalProcesses(workers.number or n_cores())
    with _interruptible(target):
        run.code(shards, chosen)
    run.finish()


class _Run:
    """Codes what is not done, and counts."""

    def __init__(self, folder: OutputFolder, job: ShardJob, rejections: list[Rejection]) -> None:
        self._folder, self._job, self._rejections = folder, job, rejections
        self._failed = list[Rejection]()
        self._done: dict[str, ShardDone] = {}
        self._names: list[str] = []

    def code(self, shards: Sequence[Shard], engine: Engine) -> None:
        """Code all shards that are not done, then reject articles that an earlier shard has too."""
        from communique.scale.engines import Call
        from communique.scale.worker import code_in_worker

        earlier = self._folder.done()
        self._names = [shard.name for shard in shards]
        known = {shard.name for shard in shards if shard.name in earlier}
        for shard in shards:
            if shard.name in known and earlier[shard.name].n_bytes != shard.n_bytes:
                raise InputError(
                    f"{shard.where}: {shard.n_bytes:,} bytes, but {earlier[shard.name].n_bytes:,} when it was coded into "
                    f"{self._job.output}. Give it another name, or remove done/{shard.name}.json there to code it anew."
                )
        self._done = earlier
        todo = [shard for shard in shards if shard.name not in known]
        if known:
            _tell(f"{len(known):,} of {len(shards):,} shards are done already.")
        order = [name for name in earlier if name not in set(self._names)] + self._names
        calls = [Call(shard.name, code_in_worker, (shard, self._job), (True,)) for shard in todo]
        if not calls and not self._repeats(order, shards):
            return
        with engine as running:
            self._run(running, calls, "shards")
            self._run(running, self._repeats(order, shards), "shards with repeated ids")

    def _repeats(self, order: Sequence[str], shards: Sequence[Shard]) -> list[Call]:
        from communique.scale.engines import Call
        from communique.scale.shards import digest_of_ids
        from communique.scale.worker import drop_in_worker

        if any(name not in self._done for name in order):
            return []  # some shard failed: the next run sees to it
        by_name = {shard.name: shard for shard in shards}
        return [
            Call(name, drop_in_worker, (by_name[name], self._job, self._done[name], ids))
            for name, ids in self._folder.repeated(order).items()
            if name in by_name and ids and self._done[name].repeats != digest_of_ids(ids)
        ]

    def _run(self, engine: Engine, calls: Sequence[Call], what: str) -> None:
        clock, n_articles = time.monotonic(), 0
        for number, (call, result) in enumerate(engine.run(calls), 1):
            if isinstance(result, Rejection):
                self._failed.append(result)
                continue
            self._done[call.name] = result
            n_articles += result.articles + result.rejected
            if sys.stderr.isatty():
                rate = n_articles / max(time.monotonic() - clock, 0.1)
                left_s = (time.monotonic() - clock) / number * (len(calls) - number)
                typer.echo(
                    f"\r{what}: {number:,} of {len(calls):,}, {rate:.1f} articles a second, {left_s:,.0f} s left ",
                    nl=False,
                    err=True,
                )
        if calls and sys.stderr.isatty():
            typer.echo(err=True)

    def finish(self) -> None:
        """Tell the counts; raise `typer.Exit` where the exit code is not 0."""
        ours = [self._done[name] for name in self._names if name in self._done]
        for reject in (*self._rejections, *self._failed)[:_SHOWN]:
            _tell(f"rejected: {reject}")
        n_articles = sum(one.articles for one in ours)
        n_rejected = sum(one.rejected for one in ours) + len(self._rejections)
        _tell(
            f"shards: {len(ours):,}, articles: {n_articles:,}, events: {sum(one.events for one in ours):,}, "
            f"rejected: {n_rejected:,} (see {self._job.output}/rejects)."
        )
        if self._failed:
            _tell(f"{len(self._failed):,} shards could not be coded: the same command tries them again.")
        else:
            self._folder.tidy()
        if ours:
            self._folder.write_counts(self._done[name] for name in sorted(self._done))
        if not n_articles:
            raise typer.Exit(NOTHING_DONE)
        if n_rejected or self._failed:
            raise typer.Exit(REJECTED)


@contextmanager
def _interruptible(target: str) -> Iterator[None]:
    """End at Ctrl-C and SIGTERM at once: shards that are done are kept."""

    def hear(number: int, frame: FrameType | None) -> None:
        raise _Stopping

    try:
        before = signal.signal(signal.SIGTERM, hear)
    except ValueError:  # not the main thread
        before = None
    try:
        yield
    except KeyboardInterrupt as stopped:
        code = 128 + signal.SIGTERM if isinstance(stopped, _Stopping) else INTERRUPTED
        raise Stopped(f"interrupted. Shards that are done are in {target}: the same command goes on.", code) from None
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _tell(message: str) -> None:
    typer.echo(f"communique: {printable(message)}", err=True)
