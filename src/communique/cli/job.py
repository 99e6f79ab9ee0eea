"""One run of a command: its output, its rejects, its counts and how it ends."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from communique.cli.clock import Clock
from communique.cli.failures import NOTHING_DONE, REJECTED
from communique.cli.kept import KeptFile
from communique.cli.output import OutputFile, StandardOutput
from communique.cli.text import printable
from communique.errors import InputError
from communique.ingest.streams import COMPRESSIONS
from communique.records import Rejection

_SHOWN = 3  # rejects shown on standard error though they stand in a file


class Job:
    """Takes what a command makes; when the block ends well, names the files and ends with the exit code.

    Args:
        output: File to write; `None` is standard output.
        unit: What is read, in the plural ("articles"), for messages.
        results: What is made of it, in the plural ("events").
        store: The store that results and rejects go to, in place of an output.
        kept: What is written in place of the output until that is whole.
    """

    def __init__(
        self,
        output: Path | None,
        unit: str = "articles",
        results: str = "events",
        *,
        store: Path | None = None,
        kept: KeptFile | None = None,
    ) -> None:
        self._unit, self._results = unit, results
        self._n_done = self._n_results = self._n_rejected = self._n_known = 0
        self._store = store
        self._path = output
        self._output = kept or (OutputFile(output) if output else StandardOutput())
        self._rejects_path = rejects_path(output) if output and is_regular(output) else None
        self._rejects: OutputFile | None = None
        self._progress = _progress(output or store)
        self._task = self._progress.add_task("", total=None)
        self._clock = Clock()

    def __enter__(self) -> Job:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
        try:
            if kind is None:
                self._finish()
        finally:
            self._output.discard()
            if self._rejects:
                self._rejects.discard()

    def write(self, data: bytes, n_results: int = 1, n_done: int = 1) -> None:
        """Write what was made of one article (or pair), or of `n_done`."""
        self._output.write(data)
        self._n_done += n_done
        self._n_results += n_results
        self._show_progress()

    def count(self, n_results: int) -> None:
        """Count an article (or pair) whose results went to the store."""
        self._n_done += 1
        self._n_results += n_results
        self._show_progress()

    def pass_over(self) -> None:
        """Count an article that the store has already."""
        self._n_known += 1
        self._show_progress()

    def reject(self, rejection: Rejection) -> None:
        """Count what could not be coded, and keep it with its reason."""
        self._n_rejected += 1
        if self._rejects_path:
            self._rejects = self._rejects or OutputFile(self._rejects_path)
            self._rejects.write(msgspec.json.encode(_reject_record(rejection)) + b"\n")
        if (self._rejects_path or self._store) is None or self._n_rejected <= _SHOWN:
            self.tell(f"rejected: {rejection}")
        self._show_progress()

    def show_share(self, share: float) -> None:
        """Tell which share of the input is done, for the remaining time."""
        self._clock.share = share

    @property
    def is_watched(self) -> bool:
        """Whether somebody sees the progress."""
        return not self._progress.disable

    def begin_clock(self) -> None:
        """Take what is counted so far for the work of an earlier run, which says nothing of the rate."""
        self._clock = Clock(self._n_done + self._n_rejected)

    def _finish(self) -> None:
        """Name the files, tell the counts, and raise `typer.Exit` where the exit code is not 0."""
        if self._rejects:
            self._rejects.commit()
        elif self._rejects_path:
            self._rejects_path.unlink(missing_ok=True)  # of an earlier run into the same file
        if self._n_done:
            self._output.commit()
        if self._path or self._store or self._n_rejected or sys.stderr.isatty():
            self.tell(self._summary())
        if not self._n_done and not self._n_known:
            raise typer.Exit(NOTHING_DONE)
        if self._n_rejected:
            raise typer.Exit(REJECTED)

    def _counts(self) -> str:
        known = f", already in the store: {self._n_known:,}" if self._n_known else ""
        done = f"{self._unit}: {self._n_done:,}, {self._results}: {self._n_results:,}"
        return f"{done}, rejected: {self._n_rejected:,}{known}"

    def _summary(self) -> str:
        summary = self._counts()
        if self._rejects:
            summary += f" (see {self._rejects_path})"
        elif self._store and self._n_rejected:
            summary += f' (see `communique query {self._store} "FROM rejections"`)'
        if self._path and not self._n_done:
            summary += f". {self._path} was not written"
        return f"{summary}."

    def tell(self, message: str) -> None:
        """Print a message on standard error."""
        self._progress.console.print(f"communique: {printable(message)}", markup=False, highlight=False, soft_wrap=True)

    def _show_progress(self) -> None:
        self._progress.update(
            self._task, description=self._counts() + self._clock.pace(self._n_done + self._n_rejected)
        )


def rejects_path(output: Path) -> Path:
    """Name of the list of rejects beside an output file.

    >>> rejects_path(Path("out/events.jsonl")).as_posix(), rejects_path(Path("events")).as_posix()
    ('out/events.jsonl.rejects.jsonl', 'events.rejects.jsonl')
    """
    return output.with_name(f"{output.name}.rejects.jsonl")


def check_output(inputs: list[str], output: Path | None) -> None:
    """Make sure that a run may write its output.

    Raises:
        InputError: The output is an input too, or its name promises compressed data.
    """
    if output is None:
        return
    if any(Path(name).resolve() in {output.resolve(), rejects_path(output).resolve()} for name in inputs):
        raise InputError(f"{output} is also an input and would be overwritten. Name another output with -o.")
    if output.suffix in COMPRESSIONS:
        raise InputError(f"{output} ends in {output.suffix}, but output is not compressed. Leave {output.suffix} out.")


def is_regular(path: Path) -> bool:
    """Whether a file can be written there under another name first: no device, no pipe."""
    return path.is_file() or not path.exists()


def _reject_record(rejection: Rejection) -> dict[str, str | None]:
    where = rejection.where.encode("utf-8", "backslashreplace").decode()  # a file name may hold what is no text
    return {"where": where, "id": rejection.id, "found": rejection.found, "expected": rejection.expected}


def _progress(output: Path | None) -> Progress:
    """Make a line on standard error that counts, if that is a terminal and no output is printed there."""
    shown = sys.stderr.isatty() and (output is not None or not sys.stdout.isatty())
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not shown)
