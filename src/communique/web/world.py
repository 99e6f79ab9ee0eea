"""Outlines of the world's countries as paths on a flat map; `tools/build_world.py` makes the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import radians

import msgspec

from communique.errors import MissingDataError

WIDTH, HEIGHT = 960.0, 470.0


class _Shape(msgspec.Struct, frozen=True):
    name: str
    centre: tuple[float, float]
    rings: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class Country:
    """A country on the map: its name, the path of its outline, and a point inside."""

    name: str
    path: str
    centre: tuple[float, float]


def project(lat: float, lon: float) -> tuple[float, float]:
    """Where a point is on the map, by the Natural Earth projection (Šavrič and others, 2011)."""
    y = radians(max(min(lat, 90.0), -90.0))
    x = radians(max(min(lon, 180.0), -180.0))
    y2 = y * y
    y4 = y2 * y2
    width = 0.8707 - 0.131979 * y2 + y4 * (-0.013791 + y4 * (0.003971 * y2 - 0.001529 * y4))
    height = y * (1.007226 + y2 * (0.015085 + y4 * (-0.044475 + 0.028874 * y2 - 0.005916 * y4)))
    return WIDTH * (0.5 + x * width / 5.5), HEIGHT * (0.53 - height / 2.62)


@cache
def countries() -> dict[str, Country]:
    """All countries by code.

    Raises:
        MissingDataError: The package was not built.
    """
    path = resources.files("communique") / "data" / "world.json"
    try:
        shapes = msgspec.json.decode(path.read_bytes(), type=dict[str, _Shape])
    except FileNotFoundError:
        raise MissingDataError(
            f"{path} is missing: the package was not built. Run `python tools/build_world.py` in a checkout, "
            "or install with `pip install 'communique[web]'`."
        ) from None
    return {
        code: Country(shape.name, "".join(map(_path, shape.rings)), project(*shape.centre))
        for code, shape in shapes.items()
        if code != "ATA"
    }


def _path(ring: Iterable[tuple[float, float]]) -> str:
    points: list[str] = []
    for lon, lat in ring:
        x, y = project(lat, lon)
        point = f"{x:.1f},{y:.1f}"
        if not points or points[-1] != point:
            points.append(point)
    return f"M{'L'.join(points)}Z"
