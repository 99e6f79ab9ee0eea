"""Strangers' text made fit for a terminal."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""Show control characters as `�`, one for one: an article must not steer the terminal.

    >>> printable("a\x1b[2Jb")
    'a�[2Jb'
    """
    return _CONTROL.sub("�", text)
