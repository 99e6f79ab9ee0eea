"""Which names a gold file may use: the codebook's, and those of the records that are evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from communique import codebook

_MANY = 20  # so many names are not listed in a message


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names by what they name.

    Attributes:
        types: Event types.
        modes: Modes by event type.
        auxiliary: Auxiliary modes.
        sectors: Sectors.
        codes: Codes of actors, recipients, countries and reporters; others are told of, not refused, since users bring
            actors of their own.
        quads: Quad category by event type.
        is_open: Whether the records follow a codebook of the user's own, so that types and modes are not checked.
    """

    types: frozenset[str]
    modes: Mapping[str, frozenset[str]]
    auxiliary: frozenset[str]
    sectors: frozenset[str]
    codes: frozenset[str]
    quads: Mapping[str, int]
    is_open: bool = False

    def expected(self, name: str, known: Iterable[str]) -> str:
        """What a message says was expected in place of a name.

        >>> vocabulary().expected("ASSAULTS", vocabulary().types)
        "'ASSAULT'"
        """
        names = sorted(known)
        near = [each for each in names if each.casefold() == name.casefold()] or get_close_matches(name, names, 1, 0.5)
        if near:
            return repr(near[0])
        return f"one of {', '.join(names)}" if len(names) <= _MANY else "a name of the codebook"


def vocabulary(records: Iterable[Mapping[str, Any]] = ()) -> Vocabulary:
    """The codebook's names, with types, modes, quad categories and codes of event records beside them."""
    quads = {name: codebook.quad_code(name) for name in codebook.event_types()}
    modes = {name: set(codebook.modes(name)) for name in codebook.event_types()}
    codes = set(codebook.actor_codes()) | set(codebook.codebook().codes.dependencies)
    is_open = False
    for record in records:
        is_open |= not str(record.get("codebook") or codebook.CODEBOOK_VERSION).startswith("plover")
        for name in _list(record.get("event")):
            modes.setdefault(name, set()).update(_list(record.get("mode")))
            if isinstance(quad := record.get("quad_code"), int):
                quads.setdefault(name, quad)
        for side in ("actor", "recipient"):
            entities = record.get(side)
            for entity in entities if isinstance(entities, list) else ():
                if isinstance(entity, dict) and isinstance(code := entity.get("code"), str):
                    codes.add(code)
    return Vocabulary(
        types=frozenset(modes),
        modes={name: frozenset(each) for name, each in modes.items()},
        auxiliary=frozenset(codebook.auxiliary_modes()),
        sectors=frozenset(codebook.sectors()),
        codes=frozenset(codes),
        quads=quads,
        is_open=is_open,
    )


def _list(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
