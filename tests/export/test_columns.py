"""Columns are those of the published formats, in their order: files are read by position."""

from __future__ import annotations

import pytest

from communique.cli.options import AuxiliaryMode, ExportFormat
from communique.codebook import auxiliary_modes
from communique.export.formats import FORMATS

ACTOR = (
    "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code".split()
)
GEO = "Type Fullname CountryCode ADM1Code ADM2Code Lat Long FeatureID".split()
COLUMNS = {
    "polecat": (
        "Event ID · Event Date · Event Type · Event Mode · Event Intensity · Quad Code · Contexts · Actor Name · Actor Country · Actor COW · "
        "Primary Actor Sector · Actor Sectors · Actor Title · Actor Name Raw · Wikipedia Actor ID · Recipient Name · Recipient Country · Recipient COW · "
        "Primary Recipient Sector · Recipient Sectors · Recipient Title · Recipient Name Raw · Wikipedia Recipient ID · Placename · City · District · "
        "Province · Country · Latitude · Longitude · GeoNames ID · Raw Placename · Feature Type · Source · Publication Date · Story People · "
        "Story Organizations · Story Locations · Language · Version"
    ).split(" · "),
    "icews": (
        "Event ID · Event Date · Source Name · Source Sectors · Source Country · Event Text · CAMEO Code · Intensity · Target Name · Target Sectors · "
        "Target Country · Story ID · Sentence Number · Publisher · City · District · Province · Country · Latitude · Longitude"
    ).split(" · "),
    "gdelt": [
        *"GLOBALEVENTID SQLDATE MonthYear Year FractionDate".split(),
        *(f"Actor{side}{name}" for side in (1, 2) for name in ACTOR),
        *"IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles AvgTone".split(),
        *(f"{who}Geo_{name}" for who in ("Actor1", "Actor2", "Action") for name in GEO),
        "DATEADDED", "SOURCEURL",
    ],
    "gdelt-mentions": (
        "GlobalEventID EventTimeDate MentionTimeDate MentionType MentionSourceName MentionIdentifier SentenceID Actor1CharOffset "
        "Actor2CharOffset ActionCharOffset InRawText Confidence MentionDocLen MentionDocTone MentionDocTranslationInfo Extras"
    ).split(),
    "phoenix": (
        "EventID Date Year Month Day SourceActorFull SourceActorEntity SourceActorRole SourceActorAttribute TargetActorFull "
        "TargetActorEntity TargetActorRole TargetActorAttribute EventCode EventRootCode PentaClass GoldsteinScore Issues Lat Lon "
        "LocationName StateName CountryCode SentenceID URLs NewsSources"
    ).split(),
    "petrarch": ["date", "source", "target", "code", "issues", "ids", "url", "story source"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "number"), [("polecat", 40), ("icews", 20), ("gdelt", 61), ("gdelt-mentions", 16), ("phoenix", 26), ("petrarch", 8)])  # fmt: skip
def test_names_and_order_are_those_of_the_format(name: str, number: int) -> None:
    assert len(COLUMNS[name]) == number
    assert list(FORMATS[name].columns) == COLUMNS[name]


def test_the_command_offers_every_format_and_auxiliary_mode() -> None:
    assert list(ExportFormat) == list(FORMATS)
    assert set(AuxiliaryMode) == set(auxiliary_modes())


def test_formats_without_status_are_those_of_others() -> None:
    assert {name for name, target in FORMATS.items() if not target.has_status} == set(COLUMNS)
