"""GDELT 2.0 events (61 columns) and mentions (16), without header, one row for each actor with each recipient.

Actors have CAMEO codes, three letters; places have FIPS codes, two. What GDELT measures and a record does not (tone,
length of the document) is 0, because readers want a number.
"""

from __future__ import annotations

from communique.export.format import NEEDS_CAMEO, Format
from communique.export.rows import DYADS


def _actor(side: int, party: str) -> dict[str, str]:
    roles = (
        f"list_filter([other_role({party}.code)] || [sector_cameo(s) FOR s IN {party}.sector], lambda c: c IS NOT NULL)"
    )
    country = f"country_cameo({party}.code)"
    group = f"other_group({party}.code)"
    religious = f"CASE WHEN list_contains({party}.sector, 'REL') THEN 'REL' END"
    return {
        f"Actor{side}Code": f"nullif(concat({country}, coalesce({group}, {roles}[1])), '')",
        f"Actor{side}Name": f"upper(cell(name_of({party})))",
        f"Actor{side}CountryCode": country,
        f"Actor{side}KnownGroupCode": group,
        f"Actor{side}EthnicCode": "NULL",
        f"Actor{side}Religion1Code": religious,
        f"Actor{side}Religion2Code": "NULL",
        **{f"Actor{side}Type{number}Code": f"{roles}[{number}]" for number in (1, 2, 3)},
    }


def _no_place(prefix: str) -> dict[str, str]:
    names = ("Type", "Fullname", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")
    return {f"{prefix}Geo_{name}": "NULL" for name in names}


_FIPS = "country_fips(event_loc.country_code)"
_ADDED = "ymd(coded_date) || '000000'"

GDELT = Format(
    name="gdelt",
    rows=DYADS,
    columns={
        "GLOBALEVENTID": "number",
        "SQLDATE": "ymd(date)",
        "MonthYear": "strftime(date, '%Y%m')",
        "Year": "year(date)",
        "FractionDate": "printf('%.4f', year(date) + (month(date) * 30 + day(date)) / 365)",
        **_actor(1, "a"),
        **_actor(2, "r"),
        "IsRootEvent": "(text_info.sequence = 0)::INT",
        "EventCode": "cameo",
        "EventBaseCode": "cameo[:3]",
        "EventRootCode": "cameo[:2]",
        "QuadClass": "quad_code",
        "GoldsteinScale": "cameo_goldstein(cameo)",
        "NumMentions": "1",
        "NumSources": "1",
        "NumArticles": "1",
        "AvgTone": "0",
        **_no_place("Actor1"),
        **_no_place("Actor2"),
        "ActionGeo_Type": f"""CASE WHEN {_FIPS} IS NULL THEN NULL WHEN event_loc.resolution = 'city' THEN
            CASE {_FIPS} WHEN 'US' THEN 3 ELSE 4 END WHEN event_loc.resolution = 'province' THEN
            CASE {_FIPS} WHEN 'US' THEN 2 ELSE 5 END ELSE 1 END""",
        "ActionGeo_Fullname": """nullif(concat_ws(
            ', ', cell(event_loc.city), cell(event_loc.province), country_name(event_loc.country_code)
        ), '')""",
        "ActionGeo_CountryCode": _FIPS,
        "ActionGeo_ADM1Code": _FIPS,
        "ActionGeo_ADM2Code": "NULL",
        "ActionGeo_Lat": "event_loc.lat",
        "ActionGeo_Long": "event_loc.lon",
        "ActionGeo_FeatureID": f"CASE event_loc.resolution WHEN 'country' THEN {_FIPS} END",
        "DATEADDED": _ADDED,
        "SOURCEURL": "coalesce(cell(cite_info.url), cell(document_id))",
    },
    needs=NEEDS_CAMEO,
    header=False,
)

GDELT_MENTIONS = Format(
    name="gdelt-mentions",
    rows=DYADS,
    columns={
        "GlobalEventID": "number",
        "EventTimeDate": _ADDED,
        "MentionTimeDate": _ADDED,
        "MentionType": "CASE WHEN cite_info.url IS NULL THEN 2 ELSE 1 END",
        "MentionSourceName": "cell(cite_info.publication)",
        "MentionIdentifier": "coalesce(cell(cite_info.url), cell(document_id))",
        "SentenceID": "text_info.sequence + 1",
        "Actor1CharOffset": "coalesce(a.start, -1)",
        "Actor2CharOffset": "coalesce(r.start, -1)",
        "ActionCharOffset": "coalesce(event_spans[1][1], -1)",
        "InRawText": "1",
        "Confidence": "round(confidence * 100)::INT",
        "MentionDocLen": "0",
        "MentionDocTone": "0",
        "MentionDocTranslationInfo": "NULL",
        "Extras": "NULL",
    },
    needs=NEEDS_CAMEO,
    header=False,
)
