"""The codebook: which event types, modes, contexts, sectors and codes there are, and what follows from each.

The facts are in `codebook/plover/*.yml`; the build turns them into `data/codebook.json`, which is read here once.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from communique.errors import CodebookMismatch, MissingDataError

CODEBOOK_VERSION = "plover-2024.02"


@cache
def codebook() -> dict[str, Any]:
    """The whole codebook, one key a file.

    Raises:
        MissingDataError: The package was not built.
    """
    path = resources.files("communique") / "data" / "codebook.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError:
        raise MissingDataError(f"{path} is missing: the package was not built. Run `python tools/build_data.py`.") from None


def event_types() -> tuple[str, ...]:
    """The sixteen event types, in the codebook's order."""
    return tuple(codebook()["event_types"])


def modes(event_type: str) -> tuple[str, ...]:
    """The modes that an event type may have."""
    return tuple(codebook()["modes"].get(_known("event type", event_type, event_types()), {}))


def contexts() -> tuple[str, ...]:
    """All contexts."""
    return tuple(codebook()["contexts"])


def sectors() -> tuple[str, ...]:
    """All sectors of actors and recipients."""
    return tuple(codebook()["sectors"])


def auxiliary_modes() -> tuple[str, ...]:
    """What says that an event did not simply happen."""
    return tuple(codebook()["auxiliary_modes"])


def quad_code(event_type: str) -> int:
    """1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict."""
    return int(codebook()["event_types"][_known("event type", event_type, event_types())]["quad"])


def needs_recipient(event_type: str) -> bool:
    """Whether a record of this type must have a recipient (or several actors)."""
    return bool(codebook()["event_types"][_known("event type", event_type, event_types())].get("needs_recipient"))


def event_scale(event_type: str, event_modes: Iterable[str] = ()) -> float:
    """Score of an event on the PLOVER scale: its first mode's, else its type's.

    >>> event_scale("ASSAULT", ["drone"]), event_scale("AID")
    (-9.5, 10.0)
    """
    scores = codebook()["modes"].get(_known("event type", event_type, event_types()), {})
    for mode in event_modes:
        _known(f"mode of {event_type}", mode, tuple(scores))
        return float(scores[mode])
    return float(codebook()["event_types"][event_type]["score"])


def check(
    event_type: str, event_modes: Iterable[str] = (), event_contexts: Iterable[str] = (), auxiliary: Iterable[str] = ()
) -> None:
    """Make sure that all names of a coding are the codebook's.

    Raises:
        CodebookMismatch: One is not; the message names the nearest that is.
    """
    _known("event type", event_type, event_types())
    for mode in event_modes:
        _known(f"mode of {event_type}", mode, modes(event_type))
    for context in event_contexts:
        _known("context", context, contexts())
    for mode in auxiliary:
        _known("auxiliary mode", mode, auxiliary_modes())


def _known(what: str, name: str, names: tuple[str, ...]) -> str:
    if name in names:
        return name
    near = get_close_matches(name, names, 1, 0.3)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise CodebookMismatch(f"{what} {name!r} is not in codebook {CODEBOOK_VERSION}{hint}")
