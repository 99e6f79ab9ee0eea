"""Codes of other schemes, as SQL macros over the maps of `codebook/crosswalks/`.

`data/crosswalks.json` is made from those files by the build. Macros give NULL for what a scheme has no code for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources

import msgspec

from communique.errors import MissingDataError

ARMED_SECTORS = ("MIL", "REB", "PRM", "UAF")


class Country(msgspec.Struct, frozen=True):
    """A country's codes: ISO 3166-1, FIPS 10-4, Correlates of War, Gleditsch and Ward, CAMEO where it differs."""

    iso3: str
    iso2: str
    name: str
    fips: str | None = None
    cow: int | None = None
    gw: int | None = None
    cameo: str | None = None


class CameoType(msgspec.Struct, frozen=True):
    """CAMEO codes of a PLOVER type: its own, that of an armed actor, and those of its modes."""

    code: str
    armed: str | None = None
    modes: dict[str, str] = {}


class CameoCode(msgspec.Struct, frozen=True):
    """What a CAMEO code says, and its Goldstein score."""

    text: str
    goldstein: float


class Cameo(msgspec.Struct, frozen=True):
    """Types to codes, and the codes."""

    types: dict[str, CameoType]
    codes: dict[str, CameoCode]


class SectorCodes(msgspec.Struct, frozen=True):
    """A PLOVER sector in CAMEO and ICEWS."""

    plover: str
    cameo: str | None = None
    icews: str | None = None


class NonStateCodes(msgspec.Struct, frozen=True):
    """A PLOVER code of no state: CAMEO's role, GDELT's known group, a name."""

    plover: str
    role: str
    name: str
    group: str | None = None


class Sectors(msgspec.Struct, frozen=True):
    """All roles."""

    sectors: tuple[SectorCodes, ...]
    non_states: tuple[NonStateCodes, ...]


class Crosswalks(msgspec.Struct, frozen=True):
    """All of it, one attribute a file."""

    countries: tuple[Country, ...]
    cameo: Cameo
    sectors: Sectors


@cache
def crosswalks() -> Crosswalks:
    """The tables.

    Raises:
        MissingDataError: The package was not built.
    """
    path = resources.files("communique") / "data" / "crosswalks.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Crosswalks)
    except FileNotFoundError:
        raise MissingDataError(
            f"{path} is missing: the package was not built. Run `python tools/build_data.py` in a checkout, "
            "or install with `pip install .`."
        ) from None


@cache
def macros() -> str:
    """SQL that makes the macros.

    `country_name`, `country_cow`, `country_gw`, `country_iso2`, `country_fips`, `country_cameo` take an alpha-3 code;
    `cameo_code` takes type, first mode and whether the actor is armed; `cameo_text` and `cameo_goldstein` take its code;
    `sector_cameo` and `sector_icews` a sector; `other_role`, `other_group` and `other_name` a code of no state.
    """
    tables = crosswalks()
    types, codes = tables.cameo.types, tables.cameo.codes
    sectors, others = tables.sectors.sectors, tables.sectors.non_states
    by_mode = {f"{name}/{mode}": code for name, entry in types.items() for mode, code in entry.modes.items()}
    maps: dict[str, Iterable[tuple[str, str | int | float | None]]] = {
        "country_name": [(entry.iso3, entry.name) for entry in tables.countries],
        "country_cow": [(entry.iso3, entry.cow) for entry in tables.countries],
        "country_gw": [(entry.iso3, entry.gw) for entry in tables.countries],
        "country_iso2": [(entry.iso3, entry.iso2) for entry in tables.countries],
        "country_fips": [(entry.iso3, entry.fips) for entry in tables.countries],
        "country_cameo": [(entry.iso3, entry.cameo or entry.iso3) for entry in tables.countries],
        "cameo_text": [(code, entry.text) for code, entry in codes.items()],
        "cameo_goldstein": [(code, entry.goldstein) for code, entry in codes.items()],
        "sector_cameo": [(entry.plover, entry.cameo) for entry in sectors],
        "sector_icews": [(entry.plover, entry.icews) for entry in sectors],
        "other_role": [(entry.plover, entry.role) for entry in others],
        "other_group": [(entry.plover, entry.group) for entry in others],
        "other_name": [(entry.plover, entry.name) for entry in others],
        "_cameo_of_mode": by_mode.items(),
        "_cameo_of_type": [(name, entry.code) for name, entry in types.items()],
        "_cameo_of_armed": [(name, entry.armed) for name, entry in types.items()],
    }
    made = []
    for name, pairs in maps.items():  # a variable is read once a query; a map inside the macro would be at every use
        made.append(f"SET VARIABLE {name} = {_map(dict(pairs))};")
        made.append(f"CREATE MACRO {name}(key) AS getvariable('{name}')[key];")
    made.append(
        "CREATE MACRO cameo_code(kind, way, armed) AS coalesce(_cameo_of_mode(kind || '/' || way), "
        "CASE WHEN armed THEN _cameo_of_armed(kind) END, _cameo_of_type(kind));"
    )
    return "\n".join(made)


def literal(value: str | int | float | None) -> str:
    """A value as SQL writes it.

    >>> literal("Cote d'Ivoire"), literal(None)
    ("'Cote d''Ivoire'", 'NULL')
    """
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def _map(values: Mapping[str, str | int | float | None]) -> str:
    return f"MAP {{{', '.join(_entries(values))}}}"


def _entries(values: Mapping[str, str | int | float | None]) -> Iterator[str]:
    return (f"{literal(key)}: {literal(value)}" for key, value in values.items() if value is not None)
