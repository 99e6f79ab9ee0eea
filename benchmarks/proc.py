"""What Linux tells of running processes: whose children they are, their memory and their processor seconds."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_LOADED_MIB = 120.0  # a process that holds more than that has a coder; trackers and supervisors hold less


def _stat(process_id: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on; empty for a process that is gone or dead."""
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return []
    return [] if fields[0] in {"Z", "X"} else fields


def _process_ids() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def in_session(session: int) -> list[int]:
    """Processes of a session, as `Popen(start_new_session=True)` begins one."""
    return [one for one in _process_ids() if (fields := _stat(one)) and int(fields[3]) == session]


def descendants(process_id: int) -> list[int]:
    """Children of a process, theirs and so on."""
    parents = {one: int(fields[1]) for one in _process_ids() if (fields := _stat(one))}
    found = [process_id]
    for parent in found:
        found += [one for one, its in parents.items() if its == parent]
    return found[1:]


def _status_mib(process_id: int, name: str) -> float:
    try:
        lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)


def held_mib(process_id: int) -> float:
    """The memory that a process holds."""
    return _status_mib(process_id, "VmRSS")


def peak_mib(process_id: int) -> float:
    """The most memory that a process has held so far."""
    return _status_mib(process_id, "VmHWM")


def processor_s(process_id: int) -> float:
    """Processor seconds that a process has used so far."""
    fields = _stat(process_id)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def with_coder(process_ids: list[int]) -> list[int]:
    """Those processes that hold a coder."""
    return [one for one in process_ids if held_mib(one) > _LOADED_MIB]
