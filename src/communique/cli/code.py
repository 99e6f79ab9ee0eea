"""`communique code`: articles → events."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from communique.cli.failures import INTERRUPTED, Stopped
from communique.cli.job import Job, check_output, is_regular, rejects_path
from communique.cli.kept import KeptFile, journal_path, part_path
from communique.cli.options import OutputFormat
from communique.cli.reading import Item, Reading, size_of
from communique.cli.stop import Stop
from communique.cli.store import code_into_store
from communique.cli.table import draw, event_table
from communique.cli.workers import Workers, options_told
from communique.errors import InputError
from communique.export import record_line
from communique.ingest.settings import Settings
from communique.records import Rejection
from communique.version import coder_version


def code_inputs(
    inputs: list[str],
    output: Path | None,
    output_format: OutputFormat | None,
    published_on: date | None,
    *,
    with_text: bool = False,
    actors: Sequence[Path] = (),
    link: bool = True,
    screen: bool = True,
    model: str | None = None,
    store: Path | None = None,
    workers: Workers = Workers(),  # noqa: B008 (frozen)
    resume: bool = False,
    fields: Mapping[str, str] | None = None,
) -> None:
    """Code all articles of the inputs, in order.

    Raises:
        CommuniqueError: Nothing could be done.
        Exit: Some input was rejected.
        Stopped: It was asked to end, by Ctrl-C or SIGTERM.
    """
    if store:
        _check_store_alone(output, output_format)
        settings = Settings(published_on, fields or {})
        code_into_store(
            inputs, store, settings,
            with_text=with_text, actors=actors, link=link, screen=screen, model=model, workers=workers,
        )  # fmt: skip
        return
    check_output(inputs, output)
    if resume and not (output and is_regular(output)):
        raise InputError("--resume goes on with a file, which -o names.")
    terminal = output is None and sys.stdout.isatty()
    as_table = output_format is OutputFormat.table if output_format else terminal
    told = {"coder": coder_version(), "table": as_table, "with_text": with_text, "date": published_on}
    told |= {"fields": sorted((fields or {}).items())}
    told |= options_told(actors, link=link, model=model, screen=screen)
    kept = KeptFile(output, told, resume=resume) if output and is_regular(output) else None
    with Job(output, kept=kept) as job, _what_is_kept(job, output, kept), Stop() as stop:
        progress = _Progress(job, kept)
        written = [output, rejects_path(output), part_path(output), journal_path(output)] if output else []
        if job.is_watched:
            progress.n_bytes = size_of(inputs, written)
        reading = Reading(inputs, Settings(published_on, fields or {}, job.tell), written, stop, progress.reject, kept)
        documents = workers.make_coder(model, actors, stop, link=link, screen=screen)
        with closing(workers.code(documents, reading.articles())) as results:
            for number, result in results:
                item = reading.take(number)
                if isinstance(result, Rejection):
                    progress.reject(item, replace(result, where=item.where))
                elif as_table:
                    table = draw(event_table(item.where, result.article, result.events), terminal=terminal)
                    progress.write(item, table, len(result.events))
                else:
                    lines = b"".join(record_line(event, with_text=with_text) for event in result.events)
                    progress.write(item, lines, len(result.events))
        reading.finish()
        if stop.signal is not None:
            raise Stopped("interrupted.", 128 + stop.signal)


class _Progress:
    """Gives the job what becomes of each item, and keeps account of it for `--resume`."""

    def __init__(self, job: Job, kept: KeptFile | None) -> None:
        self._job, self._kept = job, kept
        self.n_bytes: int | None = None  # in all inputs, where known
        for earlier in kept.earlier() if kept else ():
            if isinstance(earlier, Rejection):
                job.reject(earlier)
            else:
                job.write(b"", earlier)
        job.begin_clock()

    def write(self, item: Item, data: bytes, n_events: int) -> None:
        self._job.write(data, n_events)
        self._note(item, n_events)

    def reject(self, item: Item, rejection: Rejection) -> None:
        self._job.reject(rejection)
        self._note(item, rejection)

    def _note(self, item: Item, result: int | Rejection) -> None:
        if self._kept:
            self._kept.note(item.number, item.digest, result)
        if self.n_bytes:
            self._job.show_share(item.n_bytes / self.n_bytes)


@contextmanager
def _what_is_kept(job: Job, output: Path | None, kept: KeptFile | None) -> Iterator[None]:
    """Where a run breaks off, tell what is kept of it."""
    try:
        yield
    except BaseException as error:
        if output is None or kept is None or not kept.keep():
            raise
        told = f"What was done is kept in {part_path(output)}: the same command with --resume goes on."
        if isinstance(error, KeyboardInterrupt):
            code = error.args[1] if isinstance(error, Stopped) else INTERRUPTED
            raise Stopped(f"interrupted. {told}", code) from None
        job.tell(told)
        raise


def _check_store_alone(output: Path | None, output_format: OutputFormat | None) -> None:
    if output or output_format:
        raise InputError(
            "--store takes the place of -o and --format. Code into the store, then write files with `communique export`."
        )
