"""How much of the input was read, for those who show progress: bytes as they stand in the files, packed or not."""

from __future__ import annotations

import io

_n_bytes = 0


class CountedFile(io.FileIO):
    """A file to read whose bytes are counted."""

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # type: ignore[override]
        """Read."""
        global _n_bytes
        length = super().readinto(buffer)
        _n_bytes += length or 0
        return length

    def readall(self) -> bytes:
        """Read to the end."""
        global _n_bytes
        data = super().readall()
        _n_bytes += len(data or b"")
        return data


def bytes_read() -> int:
    """Bytes that were read from files of articles since this process began."""
    return _n_bytes
