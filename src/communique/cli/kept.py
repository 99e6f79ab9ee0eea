"""An output that outlives its run: stopped, killed or out of room, the same command with `--resume` goes on.

While a run is under way, results stand in `OUT.part`, and `OUT.part.journal` tells how far it is: a first line with what
the run was told, then a line for each item of the input, in the order in which they were done:

    [number of the item, digest of the item, length of OUT.part behind its results, how many results]

with the reject in place of the last number where there is one. A line of the journal is written when the results it tells
of are on the disk. So whatever a killed run leaves behind the last whole line is cut off, and those items are done again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from array import array
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from communique.errors import InputError, OutputError
from communique.records import Article, Rejection

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_FLUSH_S = 2.0  # what a killed run has to do again, in seconds of work
_FLUSH_BYTES = 1 << 20
_FORMAT = 1


def part_path(output: Path) -> Path:
    """Where results stand until all are there.

    >>> part_path(Path("out/events.jsonl")).as_posix()
    'out/events.jsonl.part'
    """
    return output.with_name(f"{output.name}.part")


def journal_path(output: Path) -> Path:
    """The file that tells how far a run is."""
    return output.with_name(f"{output.name}.part.journal")


class KeptFile:
    """The output of a run that can be resumed. Its `write` is that of `OutputFile`; `note` says what it belonged to.

    Args:
        output: The file to write in the end; no device or pipe.
        told: What the run was told, as far as it changes results: a resumed run must be told the same.
        resume: Whether to go on where an earlier run stopped; if there is none, begin.

    Raises:
        InputError: There is an earlier run and `resume` is not set, or it is another one.
        OutputError: Nothing can be written there, here or in any method.
    """

    def __init__(self, output: Path, told: Mapping[str, Any], *, resume: bool) -> None:
        self._output = output
        self._target = output.resolve()  # behind a symbolic link
        self._part, self._journal = part_path(self._target), journal_path(self._target)
        self._done = array("Q")  # digests of items by their number; 0 for one that is not done
        self._earlier: list[int | Rejection] = []
        self.n_done = 0
        if self._part.exists() and self._journal.exists() and not resume:
            raise InputError(
                f"{part_path(output)} is left of a run that did not end: add --resume to go on with it, or remove it."
            )
        with ExitStack() as opened:
            try:
                self._journal_stream = opened.enter_context(_open(self._journal))
                _lock(self._journal_stream, output)
                self._part_stream = opened.enter_context(_open(self._part))
                self._length = self._read_journal(told)
            except OSError as error:
                raise self._failure(error) from error
            opened.pop_all()
        self._data, self._notes, self._is_broken = bytearray(), bytearray(), False
        self._is_kept, self._n_safe = False, self.n_done
        if not self._journal_stream.tell():
            self._notes += _line({"communique_run": _FORMAT, "told": dict(told)})
        self._flushed = time.monotonic()

    def _read_journal(self, told: Mapping[str, Any]) -> int:
        """Take in what is done, cut off what is not whole, and return the length of the part that is."""
        size, length, end = os.fstat(self._part_stream.fileno()).st_size, 0, 0
        reader = io.BufferedReader(io.FileIO(self._journal_stream.fileno(), closefd=False))
        for line in reader:
            if not line.endswith(b"\n"):
                break
            try:
                entry = json.loads(line)
                if not end:
                    self._check_told(entry["told"], told)
                else:
                    number, digest, behind, result = entry
                    if behind > size:
                        break
                    self._take_in(number, digest, Rejection(**result) if isinstance(result, dict) else result)
                    length = behind
            except (KeyError, TypeError, ValueError):
                break
            end += len(line)
        for stream, keep in ((self._journal_stream, end), (self._part_stream, length)):
            stream.truncate(keep)
            stream.seek(keep)
        return length

    def _check_told(self, then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        now = json.loads(_line(dict(now)))
        changed = [name for name in now if then.get(name) != now[name]]
        if changed:
            name = changed[0]
            raise InputError(
                f"{part_path(self._output)} was made with {name} {then.get(name)!r}, this run has {now[name]!r}: "
                "resume with the same, or remove it to begin anew."
            )

    def _take_in(self, number: int, digest: int, result: int | Rejection) -> None:
        if number >= len(self._done):
            self._done.extend([0] * (number + 1 - len(self._done)))
        self._done[number] = digest
        self.n_done += 1
        self._earlier.append(result)

    def earlier(self) -> Iterator[int | Rejection]:
        """What became of each item that the earlier run did, in its order: how many results, or why it was rejected."""
        results, self._earlier = self._earlier, []
        yield from results

    def has(self, number: int, item: Article | Rejection, where: str) -> bool:
        """Whether an earlier run did this item of the input.

        Raises:
            InputError: It was another item then.
        """
        done = self._done[number] if number < len(self._done) else 0
        if done and done != digest_of(item):
            raise InputError(
                f"{where}: not what it was when {part_path(self._output)} was written. Resume with the inputs as they "
                f"were, in the same order, or remove {part_path(self._output)} to begin anew."
            )
        return done != 0

    def write(self, data: bytes) -> None:
        """Write results; they count when `note` has told of them."""
        self._data += data

    def note(self, number: int, digest: int, result: int | Rejection) -> None:
        """Tell that all results of an item are written, and how many they were, or why there are none."""
        length = self._length + len(self._data)
        self._notes += _line([number, digest, length, asdict(result) if isinstance(result, Rejection) else result])
        self.n_done += 1
        if len(self._data) > _FLUSH_BYTES or time.monotonic() - self._flushed > _FLUSH_S:
            self._flush()

    def commit(self) -> None:
        """Give the file its name."""
        self._flush()
        try:
            self._part_stream.close()
            self._part.replace(self._target)
            self._journal_stream.close()
            self._journal.unlink(missing_ok=True)
        except OSError as error:
            raise self._failure(error) from error

    def keep(self) -> int:
        """Have `discard` leave what is done for `--resume`; return how many items that are."""
        if self.n_done and not self._is_broken:
            with suppress(OutputError):  # the disk is full: told already, and what is not on it is done again
                self._flush()
        self._is_kept = self._n_safe > 0
        return self._n_safe

    def discard(self) -> None:
        """Remove what was written, unless it is to be kept; after `commit`, do nothing."""
        if self._part_stream.closed:
            return
        self._part_stream.close()
        if not self._is_kept:
            self._part.unlink(missing_ok=True)
            self._journal.unlink(missing_ok=True)
        self._journal_stream.close()

    def _flush(self) -> None:
        self._is_broken = True  # until the end: nothing may be written behind half of it
        try:
            _write_all(self._part_stream, self._data)
            self._length += len(self._data)
            self._data.clear()
            os.fsync(self._part_stream.fileno())
            _write_all(self._journal_stream, self._notes)
            self._notes.clear()
        except OSError as error:
            raise self._failure(error) from error
        self._flushed, self._is_broken, self._n_safe = time.monotonic(), False, self.n_done

    def _failure(self, error: OSError) -> OutputError:
        return OutputError(f"{self._output}: {error.strerror}, expected a place with room that this user may write.")


def digest_of(item: Article | Rejection) -> int:
    """A number that tells an item of the input from another one; never 0."""
    digest = hashlib.blake2b(repr(item).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) or 1


def _line(value: Any) -> bytes:
    """JSON in ASCII: also names of files that are no text survive it."""
    return json.dumps(value, separators=(",", ":"), default=str).encode("ascii") + b"\n"


def _open(path: Path) -> io.FileIO:
    """Open a file to read and write, made if it is not there, and left as it is if it is."""
    return io.FileIO(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666), "r+")


def _write_all(stream: io.FileIO, data: bytearray) -> None:
    with memoryview(data) as view:
        written = 0
        while written < len(view):
            written += stream.write(view[written:]) or 0


def _lock(stream: io.FileIO, output: Path) -> None:
    """Make sure that no other run writes the same output.

    Raises:
        InputError: One does.
    """
    if fcntl is None:
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise InputError(f"{part_path(output)}: another run is writing it. Name another output with -o.") from error
