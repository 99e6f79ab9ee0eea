"""The formats by name."""

from __future__ import annotations

from communique.errors import InputError
from communique.export import flat
from communique.export.format import Format
from communique.export.gdelt import GDELT, GDELT_MENTIONS
from communique.export.icews import ICEWS
from communique.export.phoenix import PETRARCH, PHOENIX
from communique.export.polecat import POLECAT

_FORMATS = (flat.JSONL, flat.CSV, flat.PARQUET, POLECAT, ICEWS, GDELT, GDELT_MENTIONS, PHOENIX, PETRARCH)
FORMATS = {format.name: format for format in _FORMATS}
_DYADIC = {"csv": flat.CSV_DYADS, "parquet": flat.PARQUET_DYADS}


def format_named(name: str, *, dyads: bool = False) -> Format:
    """Find a format; with `dyads`, its variant of one row an actor and recipient.

    Raises:
        InputError: There is no such format, or it has no such variant.
    """
    if name not in FORMATS:
        raise InputError(f"no format {name!r}, expected one of: {', '.join(FORMATS)}")
    if not dyads or FORMATS[name].rows == flat.CSV_DYADS.rows:
        return FORMATS[name]
    if name not in _DYADIC:
        raise InputError(f"{name} has one row an event; --dyads goes with csv and parquet")
    return _DYADIC[name]
