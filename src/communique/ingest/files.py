"""Where articles stand: inputs named by the user → sources, and sources → bytes.

A source is opened only when its turn comes, and read as a stream: memory does not grow with the number of files.
"""

from __future__ import annotations

import glob
import gzip
import io
import os
import sys
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard

from communique.records import Rejection

STANDARD_INPUT = "-"
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
KINDS = {".txt": "text", ".html": "html", ".htm": "html", ".jsonl": "jsonl"}
EXPECTED_NAMES = "a .txt, .html, .htm or .jsonl file, as it is or compressed to .gz or .zst"
READ_ERRORS = (OSError, EOFError, zlib.error, zstandard.ZstdError)
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_ZSTD_STEP = 2048  # bytes fed at a time: a hostile file then unpacks to some 64 MB a step at most


@dataclass(frozen=True, slots=True)
class Source:
    """One stream of bytes that holds one article or many.

    Attributes:
        where: Its name in messages.
        kind: `text`, `html`, `jsonl`, or `unknown` for standard input, which is known by its first characters.
        path: The file; `None` is standard input.
    """

    where: str
    kind: str
    path: Path | None = None


def find_sources(inputs: Iterable[str], exclude: Collection[Path] = ()) -> Iterator[Source | Rejection]:
    """Turn files, folders, globs and `-` into sources, in the order given; folders and globs sorted by name.

    A folder gives the files in it, however deep, whose names end as an article's does; others in it, hidden ones and
    lists of rejects (`*.rejects.jsonl`) are passed over. A file that is named itself must be an article file.

    Args:
        inputs: What the user named.
        exclude: Files passed over in folders and globs, such as the output of an earlier run.
    """
    passed_over = frozenset(path.resolve() for path in exclude)
    for name in inputs:
        if name == STANDARD_INPUT:
            yield Source("<stdin>", "unknown")
        elif _exists(Path(name)):
            yield from _sources_at(Path(name), passed_over)
        elif glob.has_magic(name):
            yield from _sources_of_glob(name, passed_over)
        else:
            yield Rejection(name, "nothing of that name", "an existing file or folder, a glob that matches, or '-'")


def _exists(path: Path) -> bool:
    """Whether something is there: also where the way to it is barred, so that opening it says why."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True
    return True


def _sources_of_glob(pattern: str, passed_over: frozenset[Path]) -> Iterator[Source | Rejection]:
    names = sorted(glob.glob(pattern, recursive=True))
    if not names:
        yield Rejection(pattern, "no file that matches", "a glob that matches one file or more")
    for name in names:
        path = Path(name)
        if path.is_dir():
            if "**" not in pattern:  # `**` has listed the folder's files itself
                yield from _sources_in_folder(path, passed_over)
        elif "**" not in pattern or _is_article_name(path.name):
            if path.resolve() not in passed_over:
                yield from _sources_at(path, passed_over)


def _sources_at(path: Path, passed_over: frozenset[Path]) -> Iterator[Source | Rejection]:
    if path.is_dir():
        yield from _sources_in_folder(path, passed_over)
    elif kind := kind_of(path.name):
        yield Source(str(path), kind, path)
    else:
        ending = f"a name ending in {path.suffix!r}" if path.suffix else "a name without an ending"
        yield Rejection(str(path), ending, EXPECTED_NAMES)


def _sources_in_folder(folder: Path, passed_over: frozenset[Path]) -> Iterator[Source | Rejection]:
    found = False
    for item in _walk(folder, passed_over):
        found = True
        yield item
    if not found:
        yield Rejection(str(folder), "a folder without articles", EXPECTED_NAMES)


def _walk(folder: Path, passed_over: frozenset[Path]) -> Iterator[Source | Rejection]:
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield unreadable(str(folder), error)
        return
    for entry in ordered:
        if entry.name.startswith("."):
            continue
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path, passed_over)
        elif _is_article_name(entry.name) and entry.is_file() and path.resolve() not in passed_over:
            yield Source(str(path), KINDS[_bare_suffix(entry.name)], path)


def _is_article_name(name: str) -> bool:
    return kind_of(name) is not None and not _without_compression(name).lower().endswith(".rejects.jsonl")


def kind_of(name: str) -> str | None:
    """Read the kind of an article file from its name; `None` for any other file.

    >>> kind_of("2024/reports.jsonl.zst"), kind_of("notes.docx")
    ('jsonl', None)
    """
    return KINDS.get(_bare_suffix(name))


def _bare_suffix(name: str) -> str:
    return Path(_without_compression(name)).suffix.lower()


def _without_compression(name: str) -> str:
    path = Path(name)
    return path.stem if path.suffix.lower() in COMPRESSIONS else path.name


def open_source(source: Source) -> BinaryIO:
    """Open a source as a stream of unpacked bytes, with `peek`.

    Raises:
        OSError: It cannot be opened, or its name says `.gz` or `.zst` and its bytes do not.
    """
    if source.path is None:
        raw = io.BufferedReader(_Borrowed(sys.stdin.buffer))
        return _unpacked(raw, _compression_of(raw.peek(4)))
    if not source.path.is_file() and source.path.exists() and not source.path.is_fifo():
        raise OSError(None, "neither a file nor a pipe")
    raw = io.BufferedReader(io.FileIO(source.path))
    try:
        return _unpacked(raw, _declared_compression(source.path, raw))
    except BaseException:
        raw.close()
        raise


def _declared_compression(path: Path, raw: io.BufferedReader) -> str | None:
    declared, found = COMPRESSIONS.get(path.suffix.lower()), _compression_of(raw.peek(4))
    if declared and declared != found and raw.peek(1):
        raise OSError(None, f"bytes that are not {declared}")
    return declared


def _compression_of(first: bytes) -> str | None:
    return next((name for magic, name in _MAGIC.items() if first.startswith(magic)), None)


def _unpacked(raw: io.BufferedReader, compression: str | None) -> BinaryIO:
    if compression == "gzip":
        return io.BufferedReader(_Owning(gzip.GzipFile(fileobj=raw), raw))
    if compression == "zstd":
        return io.BufferedReader(_ZstdReader(raw))
    return raw


class _Reader(io.RawIOBase):
    """A raw stream made from a function that reads at most so many bytes."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Borrowed(_Reader):
    """Standard input, which stays open when the reader is closed."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(getattr(stream, "read1", stream.read))


class _Owning(_Reader):
    """A gzip stream that closes the file below it."""

    def __init__(self, stream: gzip.GzipFile, below: BinaryIO) -> None:
        super().__init__(stream.read1)
        self._streams = (stream, below)

    def close(self) -> None:
        for stream in self._streams:
            stream.close()
        super().close()


class _ZstdReader(_Reader):
    """Unpack zstd frames one after the other; unlike `zstandard`'s own reader, tell when the last is cut off."""

    def __init__(self, below: BinaryIO) -> None:
        super().__init__(self._unpack)
        self._below = below
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._packed = b""
        self._ready = memoryview(b"")

    def _unpack(self, size: int) -> bytes:
        while not self._ready:
            packed = self._packed or self._below.read(_ZSTD_STEP)
            if not packed:
                if self._frame is not None:
                    raise EOFError("compressed data ends before its end marker")
                return b""
            if self._frame is None:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            self._ready, self._packed = memoryview(self._frame.decompress(packed)), b""
            if self._frame.eof:
                self._packed, self._frame = self._frame.unused_data, None
        taken, self._ready = self._ready[:size], self._ready[size:]
        return bytes(taken)

    def close(self) -> None:
        self._below.close()
        super().close()


def unreadable(where: str, error: Exception) -> Rejection:
    """Say why a source cannot be read."""
    if isinstance(error, PermissionError):
        return Rejection(where, "no permission to read it", "a file or folder that this user may read")
    if isinstance(error, EOFError):
        return Rejection(where, "compressed data that is cut off", "a whole .gz or .zst file")
    if isinstance(error, (zlib.error, zstandard.ZstdError, gzip.BadGzipFile)):
        return Rejection(where, f"damaged compressed data ({error})", "a whole .gz or .zst file")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Rejection(where, reason, "a readable file")
