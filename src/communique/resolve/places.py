"""Where: place phrases to gazetteer places, from the lexicon's own names and the GeoNames extract."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from communique.codebook import codebook
from communique.errors import MissingDataError
from communique.lexicon import NameMatch
from communique.lexicon.source import load_sections
from communique.records import Entity, Event, Mention, Phrase, Place
from communique.text import place_key

_COUNTRY_KINDS = frozenset({"country", "demonym"})
_NAMES_OF_WHO = frozenset({"person", "org"})  # kinds of phrase that are a place only if a country spoken of has it
_LEAST_IF_DOUBTFUL = 5_000  # inhabitants: "in Congress" is not the village in Arizona
_ALTERNATIVES = 3  # of a name that `explain` shows
_COLUMNS = "geonameid, name, country_alpha3, admin1, lat, lon, population"


@dataclass(frozen=True, slots=True)
class GazetteerPlace:
    """A row of the gazetteer; `population` 0 where unknown."""

    geonameid: int
    name: str
    country: str
    admin1: str
    lat: float
    lon: float
    population: int


class Gazetteer:
    """Read-only access to the package's GeoNames extract."""

    def __init__(self) -> None:
        path = resources.files("communique") / "data" / "gazetteer.sqlite"
        if not path.is_file():
            raise MissingDataError(f"{path} is missing: the package was not built. Run `python tools/build_data.py`.")
        self._connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._found: dict[str, tuple[GazetteerPlace, ...]] = {}

    def find(self, key: str) -> tuple[GazetteerPlace, ...]:
        """Places of a name (as `place_key` makes it), most populous first."""
        if key not in self._found:
            if len(self._found) > 20_000:
                self._found.clear()
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} FROM place JOIN name USING (geonameid) WHERE key = ? ORDER BY population DESC, geonameid",
                (key,),
            )
            self._found[key] = tuple(GazetteerPlace(*row) for row in rows)
        return self._found[key]


@cache
def load_gazetteer() -> Gazetteer:
    """The gazetteer of the package, opened once."""
    return Gazetteer()


# types that happen where their parties are, so that a country can be inferred where no place is told
_PHYSICAL = frozenset({"CONSULT", "AID", "RETREAT", "PROTEST", "MOBILIZE", "COERCE", "ASSAULT"})
_AT_RECIPIENT = frozenset({"ASSAULT", "AID"})  # what one state does to another happens at the other's


def infer_place(event: Event, located: Sequence[Place], before: Event | None) -> Place | None:
    """Where an event without a place of its own was: told by its sentence, the event before it, or its parties.

    Where the report was filed is never taken for it.

    Args:
        located: Places that its sentence names, in text order.
        before: The event told before it, if in the same paragraph.
    """
    event_type = event.coding.event_type
    near = sorted(located, key=lambda place: abs(place.mention.start - event.trigger[0].start))
    for place in near:
        if place.resolution != "country" or event_type in _PHYSICAL:
            return replace(place, reason="named in the same sentence")
    if event_type not in _PHYSICAL:
        return None
    actors = _states(event.actors)
    recipients = _states(event.recipients)
    parties = {**actors, **recipients}
    if (
        before is not None
        and before.place is not None
        and before.place.country in parties
        and before.coding.event_type in _PHYSICAL
    ):
        return replace(before.place, reason="where the event told before it was")
    if len(parties) == 1:
        ((code, entity),) = parties.items()
        return Place(entity.mention, code, code, "country", reason="inferred: the country of all its parties")
    hosted = event_type in _AT_RECIPIENT or "visit" in event.coding.modes
    if hosted and len(recipients) == 1:
        ((code, entity),) = recipients.items()
        return Place(entity.mention, code, code, "country", reason="inferred: the country of its recipient")
    return None


def _states(entities: Sequence[Entity]) -> dict[str, Entity]:
    """The first entity of each state among some."""
    found: dict[str, Entity] = {}
    for entity in entities:
        if entity.code in codebook().codes.states:
            found.setdefault(entity.code, entity)
    return found


def resolve_places(
    phrases: Sequence[Phrase], names: Sequence[NameMatch], gazetteer: Gazetteer, countries: Collection[str]
) -> list[Place]:
    """All places that place phrases name, in their order."""
    return [place for phrase in phrases if (place := _place(phrase, names, gazetteer, countries)) is not None]


def resolve_place(
    phrases: Sequence[Phrase], names: Sequence[NameMatch], gazetteer: Gazetteer, countries: Collection[str]
) -> Place | None:
    """The most precise place among the place phrases of a clause, or None.

    Args:
        phrases: Place phrases, nearest to the event first.
        names: Names found in the article.
        gazetteer: For cities and what the lexicon does not know.
        countries: Countries that the article and the event's actors name, likeliest first.
    """
    found = resolve_places(phrases, names, gazetteer, countries)
    best = next((place for place in found if place.resolution != "country"), found[0] if found else None)
    return replace(best, reason="named in the clause") if best is not None else None


def _place(
    phrase: Phrase, names: Sequence[NameMatch], gazetteer: Gazetteer, countries: Collection[str]
) -> Place | None:
    mention = phrase.mention
    match = next((match for match in names if match.start <= phrase.head_start and phrase.head_end <= match.end), None)
    if match is None:
        match = next((match for match in names if mention.start <= match.start and match.end <= mention.end), None)
    if match is not None:
        name = match.names[0]
        if (
            phrase.head == "capital" and name.kind in _COUNTRY_KINDS and name.code in _capitals()
        ):  # "the Finnish capital"
            best = _choose(gazetteer.find(place_key(_capitals()[name.code])), [name.code], strict=True)
            return _city(mention, best) if best else None
        if name.kind in _COUNTRY_KINDS:
            return Place(mention, name.text, name.code, "country")
        if name.kind in {"capital", "city"}:
            found = gazetteer.find(place_key(name.text))
            best = _choose(found, [name.code], strict=True)
            return _city(mention, best, found) if best else Place(mention, name.text, name.code, "city", city=name.text)
        if name.kind == "region":
            return Place(mention, name.text, name.code, "province", province=name.text)
        return None
    if not mention.text[:1].isupper():
        return None
    found = gazetteer.find(place_key(mention.text))
    doubtful = phrase.kind in _NAMES_OF_WHO
    if doubtful:
        found = tuple(place for place in found if place.population >= _LEAST_IF_DOUBTFUL)
    best = _choose(found, list(countries), strict=doubtful)
    return _city(mention, best, found) if best else None


@cache
def _capitals() -> dict[str, str]:
    """The capital of each state, by code."""
    entries = [entry for content in load_sections("actors/countries/").values() for entry in content]
    return {entry["code"]: str(_first(entry["capital"])) for entry in entries if entry.get("capital")}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def _choose(found: Sequence[GazetteerPlace], countries: Sequence[str], *, strict: bool) -> GazetteerPlace | None:
    """The most populous place in one of the countries, else the most populous of all."""
    for country in countries:
        for place in found:
            if place.country == country:
                return place
    return found[0] if found and not strict else None


def _city(mention: Mention, place: GazetteerPlace, found: Sequence[GazetteerPlace] = ()) -> Place:
    others = tuple(f"{other.name} ({other.country}, {other.population:,})" for other in found if other != place)
    return Place(
        mention, place.name, place.country, "city", city=place.name, province=place.admin1 or None,
        lat=place.lat, lon=place.lon, geonameid=place.geonameid, alternatives=others[:_ALTERNATIVES],
    )  # fmt: skip
