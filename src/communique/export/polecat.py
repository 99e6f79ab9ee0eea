"""POLECAT: 40 columns with a header, one row an event, lists joined with semicolons, `None` where nothing is known."""

from __future__ import annotations

from communique.export.format import Format


def _party(side: str, party: str) -> dict[str, str]:
    """Columns of one side; a side of several parties has their values in the same order, `None` for a gap."""

    def each(expression: str) -> str:
        return f"joined([coalesce({expression}, 'None') FOR p IN {party}])"

    return {
        f"{side} Name": each("item(name_of(p))"),
        f"{side} Country": each("p.code"),
        f"{side} COW": each("country_cow(p.code)::VARCHAR"),
        f"Primary {side} Sector": each("p.sector[1]"),
        f"{side} Sectors": f"joined(flatten([p.sector FOR p IN {party}]))",
        f"{side} Title": each("item(p.office)"),
        f"{side} Name Raw": each("item(p.entity_text)"),
        f"Wikipedia {side} ID": "NULL",  # records carry Wikidata ids
    }


POLECAT = Format(
    name="polecat",
    columns={
        "Event ID": "cell(id)",
        "Event Date": "date",
        "Event Type": "cell(event_type)",
        "Event Mode": "joined([item(m) FOR m IN mode])",
        "Event Intensity": "event_scale",
        "Quad Code": "upper(quad_category)",
        "Contexts": "joined([item(c) FOR c IN context])",
        **_party("Actor", "actor"),
        **_party("Recipient", "recipient"),
        "Placename": "cell(event_loc.resolved_place)",
        "City": "cell(event_loc.city)",
        "District": "NULL",
        "Province": "cell(event_loc.province)",
        "Country": "cell(event_loc.country_code)",
        "Latitude": "event_loc.lat",
        "Longitude": "event_loc.lon",
        "GeoNames ID": "event_loc.geonameid",
        "Raw Placename": "cell(event_loc.extracted_place)",
        "Feature Type": "NULL",
        "Source": "cell(cite_info.publication)",
        "Publication Date": "CASE WHEN date_resolution = 'publication' THEN date END",
        "Story People": "NULL",
        "Story Organizations": "NULL",
        "Story Locations": "NULL",
        "Language": "cell(cite_info.language)",
        "Version": "cell(coder)",
    },
    missing="None",
)
