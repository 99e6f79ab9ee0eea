"""Where articles stand: files, folders, globs and `-`, as the user names them → sources."""

from __future__ import annotations

import glob
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from communique.ingest.streams import COMPRESSIONS, Source, unreadable
from communique.records import Rejection

STANDARD_INPUT = "-"
STORE_FOLDER = ".duckdb.d"
KINDS = {
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".rss": "feed",
    ".atom": "feed",
    ".xml": "feed",
    ".warc": "warc",
    ".pdf": "pdf",
}
EXPECTED_NAMES = "a .txt, .html, .jsonl, .csv, .tsv, .parquet, .rss, .atom, .xml, .warc or .pdf file, as it is or compressed to .gz or .zst"
_STORE_FOLDER = ".duckdb.d"  # parts of a store: coded already


def find_sources(inputs: Iterable[str], exclude: Collection[Path] = ()) -> Iterator[Source | Rejection]:
    """Turn files, folders, globs and `-` into sources, in the order given; folders and globs sorted by name.

    A folder gives the files in it, however deep, whose names end as an article's does; others in it, hidden ones and
    lists of rejects (`*.rejects.jsonl`) are passed over. A file that is named itself must be an article file.

    Args:
        inputs: What the user named.
        exclude: Files and folders passed over in folders and globs, such as the output of an earlier run.
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
    names = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 (Path.glob takes no absolute pattern)
    if not names:
        yield Rejection(pattern, "no file that matches", "a glob that matches one file or more")
    for name in names:
        path = Path(name)
        if path.is_dir():
            if "**" not in pattern:  # `**` has listed the folder's files itself
                yield from _sources_in_folder(path, passed_over)
        elif ("**" not in pattern or _is_article_name(path.name)) and not _is_passed_over(path, passed_over):
            yield from _sources_at(path, passed_over)


def _sources_at(path: Path, passed_over: frozenset[Path]) -> Iterator[Source | Rejection]:
    if path.is_dir():
        yield from _sources_in_folder(path, passed_over)
    elif path.is_fifo():  # the shell's <(command)
        yield Source(str(path), "unknown", path)
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
        if entry.name.startswith(".") or entry.name.endswith(_STORE_FOLDER):
            continue
        path = folder / entry.name
        if _is_passed_over(path, passed_over):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path, passed_over)
        elif _is_article_name(entry.name) and entry.is_file():
            yield Source(str(path), KINDS[_bare_suffix(entry.name)], path)


def _is_passed_over(path: Path, passed_over: frozenset[Path]) -> bool:
    """Whether it is to be passed over itself, or lies in the folder of a store, which holds no articles to read."""
    resolved = path.resolve()
    inside_store = any(part.endswith(STORE_FOLDER) for part in path.parts)
    return inside_store or resolved in passed_over or not passed_over.isdisjoint(resolved.parents)


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
