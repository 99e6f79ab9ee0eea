"""Folders that shards are read from and written to: on a disk, or on S3 and Google storage by pyarrow's file systems.

What is written appears whole or not at all: on a disk it gets its name when it is complete, and an object on S3 is there
when its upload is.
"""

from __future__ import annotations

import os
import re
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Protocol

from communique.errors import InputError, OutputError

_URL = re.compile(r"^([a-z][a-z0-9+.-]+):/+", re.IGNORECASE)
_PART = ".part"


def url_of(name: str) -> str | None:
    """The URL that a name is, also where it went through `Path`; `None` for a name on a disk.

    >>> url_of("s3:/bucket/news"), url_of("news/2024.jsonl"), url_of("C:/news")
    ('s3://bucket/news', None, None)
    """
    return _URL.sub(r"\1://", name) if _URL.match(name) else None


class Folder(Protocol):
    """A folder; names in it are relative, with slashes."""

    def read(self, name: str) -> bytes | None:
        """What stands in a file; `None` if there is none."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all."""

    def writing(self, name: str) -> Any:
        """A context that gives the path of a new file; it gets its name when the block ends well."""

    def reading(self, name: str) -> Any:
        """A context that gives the path of a file to read."""

    def names(self, folder: str) -> list[str]:
        """Names of the files in a folder of this folder, sorted."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""


def open_folder(name: str) -> Folder:
    """The folder of that name, on a disk or behind a URL.

    Raises:
        InputError: Such URLs cannot be opened.
    """
    url = url_of(name)
    return RemoteFolder(*_file_system(url)) if url else LocalFolder(Path(name))


class LocalFolder:
    """A folder on a disk, also one that several machines share."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str) -> bytes | None:
        """What stands in a file; `None` if there is none."""
        try:
            return (self._path / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all."""
        with self.writing(name) as path:
            path.write_bytes(data)

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Give the path of a new file; it gets its name when the block ends well.

        Raises:
            OutputError: It cannot be written, say because the disk is full.
        """
        target = self._path / name
        part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}{_PART}")  # two workers may write one shard
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            yield part
            with part.open("rb+") as stream:
                os.fsync(stream.fileno())
            part.replace(target)
        except OSError as error:
            raise OutputError(f"{target}: {error.strerror or error}, expected a place with room.") from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    @contextmanager
    def reading(self, name: str) -> Iterator[Path]:
        """Give the path of a file."""
        yield self._path / name

    def names(self, folder: str) -> list[str]:
        """Names of the files in a folder of this folder, sorted."""
        with suppress(FileNotFoundError):
            return sorted(path.name for path in (self._path / folder).iterdir() if not path.name.startswith("."))
        return []

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self._path / name).unlink(missing_ok=True)

    def remove_parts(self, folder: str) -> None:
        """Remove what killed workers left; only when nobody writes there."""
        with suppress(FileNotFoundError):
            for path in (self._path / folder).glob(f".*{_PART}"):
                path.unlink(missing_ok=True)


class RemoteFolder:
    """A folder behind a URL. Objects are copied whole, from and to a temporary file."""

    def __init__(self, system: Any, path: str) -> None:
        self._system, self._path = system, path

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}" if name else self._path

    def read(self, name: str) -> bytes | None:
        """What stands in an object; `None` if there is none."""
        try:
            with self._system.open_input_stream(self._at(name)) as stream:
                return bytes(stream.read())
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write an object."""
        with self._system.open_output_stream(self._at(name)) as stream:
            stream.write(data)

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Give the path of a new file; it is uploaded when the block ends well."""
        from pyarrow import fs

        with tempfile.TemporaryDirectory(prefix="communique-") as folder:
            path = Path(folder) / Path(name).name
            yield path
            fs.copy_files(str(path), self._at(name), fs.LocalFileSystem(), self._system)

    @contextmanager
    def reading(self, name: str) -> Iterator[Path]:
        """Give the path of a copy of an object."""
        from pyarrow import fs

        with tempfile.TemporaryDirectory(prefix="communique-") as folder:
            path = Path(folder) / Path(name or self._path).name
            fs.copy_files(self._at(name), str(path), self._system, fs.LocalFileSystem())
            yield path

    def names(self, folder: str) -> list[str]:
        """Names of the objects in a folder of this folder, sorted."""
        from pyarrow import fs

        found = self._system.get_file_info(fs.FileSelector(self._at(folder), allow_not_found=True))
        return sorted(info.base_name for info in found if info.type == fs.FileType.File)

    def remove(self, name: str) -> None:
        """Remove an object, if it is there."""
        with suppress(FileNotFoundError):
            self._system.delete_file(self._at(name))


def find_remote(url: str) -> list[tuple[str, int]]:
    """URLs and sizes of the objects that a URL names: one, all under a prefix, or those that match a glob.

    Raises:
        InputError: The storage cannot be asked.
    """
    from pyarrow import fs

    url = url.rstrip("/")
    system, path = _file_system(url)
    root = url[: len(url) - len(path)]
    fixed = re.split(r"[*?\[]", path, maxsplit=1)[0]
    is_glob = fixed != path
    base = fixed.rpartition("/")[0] if is_glob else path
    try:
        info = system.get_file_info(base)
        if info.type == fs.FileType.File:
            return [(url, info.size)]
        found = system.get_file_info(fs.FileSelector(base, recursive=True, allow_not_found=True))
    except OSError as error:
        raise InputError(f"{url}: {' '.join(str(error).split())[:300]}") from error
    files = [info for info in found if info.type == fs.FileType.File]
    if is_glob:
        depth = path.count("/")  # as in a shell, * stays in one folder unless it is **
        files = [
            info for info in files
            if fnmatchcase(info.path, path.replace("**/", "*")) and ("**" in path or info.path.count("/") == depth)
        ]  # fmt: skip
    return sorted((root + info.path, info.size) for info in files)


def _file_system(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path in it; S3-compatible servers as AWS_ENDPOINT_URL says."""
    from pyarrow import ArrowException, fs

    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    try:
        if url.startswith("s3://") and endpoint and "endpoint_override=" not in url:
            scheme, _, host = endpoint.partition("://")
            region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
            system = fs.S3FileSystem(endpoint_override=host.rstrip("/"), scheme=scheme, region=region)
            return system, url.removeprefix("s3://").rstrip("/")
        bare = re.split(r"[*?\[]", url, maxsplit=1)[0]  # a glob is no URI
        system, _ = fs.FileSystem.from_uri(bare.rstrip("/"))
        return system, url.split("://", 1)[1].rstrip("/")
    except (ArrowException, ValueError, OSError) as error:
        raise InputError(f"{url}: {' '.join(str(error).split())[:300]}") from error
