"""A PostgreSQL server of one's own for tests: on a Unix socket, with nothing kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoServer(Exception):
    """PostgreSQL is not installed and cannot be."""


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "/")]
    return found[-1].parent if found[-1].is_file() else None


def _installed() -> Path:
    if binaries := _binaries():
        return binaries
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NoServer("PostgreSQL is not installed (apt-get install postgresql), and only root can install it")
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "postgresql"]):
        done = subprocess.run(
            ["apt-get", *command],
            capture_output=True,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            check=False,
        )
        if done.returncode:
            raise NoServer(f"apt-get {' '.join(command)} failed: {done.stderr.decode(errors='replace')[-300:]}")
    if binaries := _binaries():
        return binaries
    raise NoServer("apt-get installed postgresql, but there is no initdb in /usr/lib/postgresql")


@contextmanager
def server() -> Iterator[str]:
    """Start a server, give its URL and end it.

    Raises:
        NoServer: There is none, and none can be installed.
    """
    binaries = _installed()
    as_user: list[str] = []
    folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")  # a socket's path must be short
    data = f"{folder}/data"
    if os.geteuid() == 0:  # the server refuses to be root
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(binaries / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    try:
        run("initdb", "-D", data, "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        run("pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql://tester@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
