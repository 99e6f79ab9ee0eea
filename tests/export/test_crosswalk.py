"""Codes of other schemes: every type and mode has its CAMEO code, every code of an actor its numbers."""

from __future__ import annotations

import duckdb
import pytest

from communique.codebook import codebook, event_types, modes, sectors
from communique.export.crosswalk import crosswalks, macros

OTHERS = {
    ("SANCTION", "convict"): "17", ("ASSAULT", "destroy"): "17", ("ASSAULT", "crowd-control"): "17",
    ("CONCEDE", ""): "080", ("RETREAT", "resign"): "0831",  # root 08 is both types'
}  # fmt: skip
CODINGS = [(kind, mode) for kind in event_types() for mode in (None, *modes(kind))]


@pytest.fixture(scope="module")
def sql() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(macros())
    return connection


@pytest.mark.parametrize("armed", [False, True])
@pytest.mark.parametrize(("kind", "mode"), CODINGS)
def test_the_root_of_a_cameo_code_leads_back_to_its_type(
    sql: duckdb.DuckDBPyConnection, kind: str, mode: str | None, armed: bool
) -> None:
    code = sql.execute("SELECT cameo_code(?, ?, ?)", [kind, mode, armed]).fetchall()[0][0]
    back = {entry.cameo: entry.event_type for entry in codebook().crosswalk}
    expected = OTHERS.get((kind, mode or ""))
    if expected:
        assert code.startswith(expected)
    else:
        assert back.get(code[:3], back.get(code[:2])) == kind


def test_every_code_that_is_given_is_explained() -> None:
    cameo = crosswalks().cameo
    given = {
        code for entry in cameo.types.values() for code in (entry.code, entry.armed, *entry.modes.values()) if code
    }
    assert given == set(cameo.codes)
    assert set(cameo.types) == set(event_types())
    assert all(set(entry.modes) <= set(modes(kind)) for kind, entry in cameo.types.items())
    assert all(-10 <= code.goldstein <= 10 for code in cameo.codes.values())


def test_every_code_of_the_codebook_is_in_the_crosswalk() -> None:
    codes, tables = codebook().codes, crosswalks()
    assert {country.iso3 for country in tables.countries} == set(codes.states) | set(codes.dependencies)
    assert {entry.plover for entry in tables.sectors.sectors} == set(sectors())
    assert {entry.plover for entry in tables.sectors.non_states} == {entry.code for entry in codes.non_states}
    unnumbered = {country.iso3 for country in tables.countries if country.cow is None} - set(codes.dependencies)
    assert unnumbered == {"ATA", "HKG", "PSE", "VAT"}


@pytest.mark.parametrize("scheme", ["iso2", "fips", "cow", "gw", "name"])
def test_no_two_countries_share_a_code(scheme: str) -> None:
    given = [code for country in crosswalks().countries if (code := getattr(country, scheme)) is not None]
    assert len(given) == len(set(given))


@pytest.mark.parametrize(
    ("iso3", "iso2", "fips", "cow", "gw", "cameo"),
    [
        ("DEU", "DE", "GM", 255, 260, "DEU"),  # united Germany: each list made its own choice
        ("SRB", "RS", "RI", 345, 340, "SRB"),
        ("YEM", "YE", "YM", 679, 678, "YEM"),
        ("NAM", "NA", "WA", 565, 565, "NAM"),  # `NA`, which spreadsheets and R take for nothing
        ("ROU", "RO", "RO", 360, 360, "ROM"),
        ("KOS", "XK", "KV", 347, 347, "KOS"),
        ("PRI", "PR", "RQ", None, None, "PRI"),
    ],
)
def test_codes_of_countries(
    sql: duckdb.DuckDBPyConnection, iso3: str, iso2: str, fips: str, cow: int | None, gw: int | None, cameo: str
) -> None:
    columns = ", ".join(f"country_{scheme}('{iso3}')" for scheme in ("iso2", "fips", "cow", "gw", "cameo"))
    assert sql.execute(f"SELECT {columns}").fetchall() == [(iso2, fips, cow, gw, cameo)]


def test_what_a_scheme_has_no_code_for_is_null(sql: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT cameo_code('LOCKOUT', NULL, true), country_cow('UNO'), country_name(NULL), sector_cameo('UNK')"
    assert sql.execute(query).fetchall() == [(None, None, None, None)]
