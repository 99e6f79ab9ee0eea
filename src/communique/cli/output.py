"""Where output goes: a file that gets its name only when it is whole, or standard output."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from communique.errors import OutputError


class StandardOutput:
    """Standard output, written through at once, so that a reader sees each article when it is done."""

    def write(self, data: bytes) -> None:
        """Write.

        Raises:
            OutputError: It cannot be written, say because the disk behind it is full.
            BrokenPipeError: Its reader went away.
        """
        try:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"standard output: {error.strerror}. The output is not complete.") from error

    def commit(self) -> None:
        """Do nothing: all is written."""

    def discard(self) -> None:
        """Do nothing: what is written cannot be taken back."""


class OutputFile:
    """A file written under a temporary name beside its own, and renamed when it is whole.

    What is no regular file (`/dev/stdout`, a named pipe) is written as it is.

    Raises:
        OutputError: It cannot be made, here, or written, in any method.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._target = path.resolve()  # behind a symbolic link
        self._special = self._target.exists() and not self._target.is_file()
        self._temporary = self._target.with_name(f".{self._target.name}.{os.getpid()}.part")
        try:
            self._stream: BinaryIO = (self._target if self._special else self._temporary).open("wb")
        except OSError as error:
            raise self._failure(error) from error

    def write(self, data: bytes) -> None:
        """Write."""
        try:
            self._stream.write(data)
        except OSError as error:
            raise self._failure(error) from error

    def commit(self) -> None:
        """Close the file and give it its name."""
        try:
            self._stream.flush()
            if not self._special:
                os.fsync(self._stream.fileno())
            self._stream.close()
            if not self._special:
                self._temporary.replace(self._target)
        except OSError as error:
            raise self._failure(error) from error

    def discard(self) -> None:
        """Remove what was written; after `commit`, do nothing."""
        with suppress(OSError):  # the disk may still be full
            self._stream.close()
        if not self._special:
            self._temporary.unlink(missing_ok=True)

    def _failure(self, error: OSError) -> OSError | OutputError:
        if isinstance(error, BrokenPipeError):
            return error
        return OutputError(
            f"{self._path}: {error.strerror}, expected a place with room that this user may write. "
            "No output was written; name another with -o."
        )
