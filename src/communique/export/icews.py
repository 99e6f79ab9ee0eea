"""ICEWS: 20 columns with a header, one row for each source with each target."""

from __future__ import annotations

from communique.export.format import NEEDS_CAMEO, Format
from communique.export.rows import DYADS


def _party(side: str, party: str) -> dict[str, str]:
    sectors = f"list_distinct([sector_icews(s) FOR s IN {party}.sector IF sector_icews(s) IS NOT NULL])"
    return {
        f"{side} Name": f"cell(name_of({party}))",
        f"{side} Sectors": f"nullif(array_to_string(list_sort({sectors}), ','), '')",
        f"{side} Country": f"country_name({party}.code)",
    }


ICEWS = Format(
    name="icews",
    rows=DYADS,
    columns={
        "Event ID": "number",
        "Event Date": "date",
        **_party("Source", "a"),
        "Event Text": "cameo_text(cameo)",
        "CAMEO Code": "cameo",
        "Intensity": "cameo_goldstein(cameo)",
        **_party("Target", "r"),
        "Story ID": "event_number(document_id)",
        "Sentence Number": "text_info.sequence + 1",
        "Publisher": "cell(cite_info.publication)",
        "City": "cell(event_loc.city)",
        "District": "NULL",
        "Province": "cell(event_loc.province)",
        "Country": "country_name(event_loc.country_code)",
        "Latitude": "event_loc.lat",
        "Longitude": "event_loc.lon",
    },
    needs=NEEDS_CAMEO,
)
