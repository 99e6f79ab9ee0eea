"""Readers that need `communique[ingest]`, and what is said where it is missing."""

from __future__ import annotations

from importlib.util import find_spec

from communique.records import Rejection

INSTALL = "pip install 'communique[ingest]'"
_NEEDS = {"warc": ("warcio", "a web archive (WARC)"), "pdf": ("pypdf", "a PDF file")}


def missing_reader(kind: str, where: str) -> Rejection | None:
    """Why a file cannot be read though it may be whole: its reader is not installed; `None` where it is.

    Args:
        kind: A reader's name, as `files.KINDS` has it.
        where: The file.
    """
    if kind not in _NEEDS:
        return None
    module, what = _NEEDS[kind]
    if find_spec(module) is not None:
        return None
    return Rejection(where, f"{what}, whose reader is not installed", f"communique[ingest]; install it with {INSTALL}")
