"""Coordinates of GeoNames ids, from the package's own gazetteer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from importlib import resources

from communique.evaluate.facts import Point


@cache
def locate(geonameid: int) -> Point | None:
    """Latitude and longitude of a place; `None` if the gazetteer does not have it, or was not built.

    >>> locate(184745)
    (-1.28333, 36.81667)
    """
    path = resources.files("communique") / "data" / "gazetteer.sqlite"
    if not path.is_file():
        return None
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        row = connection.execute("SELECT lat, lon FROM place WHERE geonameid = ?", (geonameid,)).fetchone()
    return (row[0], row[1]) if row else None
