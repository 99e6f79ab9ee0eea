"""Sources → streams of unpacked bytes, read piece by piece, and what went wrong where one cannot be read."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard

from communique.ingest.meter import CountedFile
from communique.records import Rejection

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
READ_ERRORS = (OSError, EOFError, zlib.error, zstandard.ZstdError)
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
MAX_RATIO = 250  # text packs to a twentieth at the very best; a bomb to a thousandth, or less
FREE_BYTES = 256 << 20  # unpacked before the ratio is asked for
_ZSTD_STEP = 2048  # bytes fed at a time: a hostile file then unpacks to some 64 MB a step at most


class BombError(OSError):
    """Packed data that unpacks to far more than text does."""

    def __init__(self, n_bytes: int) -> None:
        super().__init__(None, f"compressed data that unpacks to {n_bytes >> 20:,} MB, over {MAX_RATIO} times its size")


@dataclass(frozen=True, slots=True)
class Source:
    """One stream of bytes that holds one article or many.

    Attributes:
        where: Its name in messages.
        kind: A reader's name, such as `html` (see `files.KINDS`), or `unknown` for standard input, which is known by its
            first characters.
        path: The file; `None` is standard input.
    """

    where: str
    kind: str
    path: Path | None = None


def open_source(source: Source) -> io.BufferedReader:
    """Open a source as a stream of unpacked bytes.

    Raises:
        OSError: It cannot be opened, or its name says `.gz` or `.zst` and its bytes do not.
    """
    raw: io.BufferedReader
    if source.path is None:
        raw = io.BufferedReader(_Borrowed(sys.stdin.buffer))
        return _unpacked(raw, _compression_of(raw.peek(4)))
    if not source.path.is_file() and source.path.exists() and not source.path.is_fifo():
        raise OSError(None, "neither a file nor a pipe")
    raw = io.BufferedReader(CountedFile(source.path))
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


def _unpacked(raw: io.BufferedReader, compression: str | None) -> io.BufferedReader:
    if compression == "gzip":
        return io.BufferedReader(_Owning(gzip.GzipFile(fileobj=raw), raw))
    if compression == "zstd":
        return io.BufferedReader(_ZstdReader(raw))
    return raw


class _Reader(io.RawIOBase):
    """A raw stream made from a function that reads at most so many bytes."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._n_read = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._n_read

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._read(len(buffer))
        buffer[: len(data)] = data
        self._n_read += len(data)
        return len(data)


class _Unpacking(_Reader):
    """A stream of unpacked bytes that breaks off where they are too many for what they were packed in.

    Raises:
        BombError: When read.
    """

    def __init__(self, read: Callable[[int], bytes], below: BinaryIO) -> None:
        super().__init__(read)
        self._below = below

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        length = super().readinto(buffer)
        if self._n_read > FREE_BYTES and self._n_read > MAX_RATIO * self._below.tell():
            raise BombError(self._n_read)
        return length


class _Borrowed(_Reader):
    """Standard input, which stays open when the reader is closed."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(getattr(stream, "read1", stream.read))


class _Owning(_Unpacking):
    """A gzip stream that closes the file below it."""

    def __init__(self, stream: gzip.GzipFile, below: BinaryIO) -> None:
        super().__init__(stream.read1, below)
        self._streams = (stream, below)

    def close(self) -> None:
        for stream in self._streams:
            stream.close()
        super().close()


class _ZstdReader(_Unpacking):
    """Unpack zstd frames one after the other; unlike `zstandard`'s own reader, tell when the last is cut off."""

    def __init__(self, below: BinaryIO) -> None:
        super().__init__(self._unpack, below)
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
    if isinstance(error, BombError):
        return Rejection(where, str(error.strerror), "a file of articles; unpack it first if it is one")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Rejection(where, reason, "a readable file")
