"""Gold files → what is right and what is wrong in each article. The format is told in docs/gold.md.

A file is YAML, JSON or JSONL. An entry is an article with its `events`, or one event record with its `document_id`,
as `communique code`, a review, or another coder's export has them. What is wrong is told all at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from communique.errors import InputError
from communique.evaluate.coded import anchor_of, bounds, point_of
from communique.evaluate.facts import HAPPENED, Anchor, Bounds, ForbiddenCoding, GoldDocument, GoldEvent, Point
from communique.evaluate.vocabulary import Vocabulary, vocabulary
from communique.ingest.events import read_event_records
from communique.ingest.fields import shown
from communique.records import Rejection

SIZES = ("dead", "injured", "arrested", "participants")
FLAGS = frozenset({"optional", "symmetric"}) | {
    f"{kind}_{side}" for kind in ("any", "optional", "partial") for side in ("actor", "recipient")
}
EVENT_KEYS = FLAGS | {
    "type", "mode", "aux", "actor", "recipient", "actor_sector", "recipient_sector", "date", "date_from", "date_to",
    "place", "lat", "lon", "geonameid", "attribution", "size", "evidence", "note",
}  # fmt: skip
RULE_KEYS = frozenset({"type", "aux", "actor", "evidence", "note"})
ARTICLE_KEYS = frozenset("id date file text events must_not note title url publication language place filed".split())
_RECORD_KEYS = frozenset({"event", "document_id", "auxiliary_mode", "event_text", "event_loc", "text_info"})
_PLAIN_WORDS = re.compile(r"[\w\s'’,\-]+")
_EXPECTED_ENTRY = "an article with `id` and `events`, or a record with `document_id` and `event`"
_EXPECTED_DAY = "ISO 8601 such as 2024-03-12"
_EXPECTED_FILE = "a gold file: .yaml, .yml, .json or .jsonl (also .gz or .zst)"
_SHOWN = 10  # problems that one message tells

Entry = Mapping[str, Any]


class GoldError(InputError):
    """A gold file cannot be used; `problems` says all that is wrong with it."""

    def __init__(self, problems: list[Rejection]) -> None:
        self.problems = problems
        lines = [str(problem) for problem in problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            lines.append(f"and {len(problems) - _SHOWN} more")
        lines.append("Nothing was evaluated. Correct the file (docs/gold.md tells its format).")
        super().__init__("\n  ".join(lines))


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold file. `unknown_codes`: codes that neither the codebook nor a record has, perhaps misspelt."""

    documents: tuple[GoldDocument, ...]
    unknown_codes: tuple[str, ...] = ()


def read_gold(path: Path, names: Vocabulary | None = None, texts: Mapping[str, str] | None = None) -> Gold:
    """Read a gold file.

    Args:
        path: YAML, JSON or JSONL.
        names: What may be named; by default the codebook's names.
        texts: Texts of articles by id, for files without them.

    Raises:
        GoldError: Something is wrong with the file; the message tells all of it.
    """
    return gold_of_entries(read_entries(path), path.parent, names, texts)


def read_entries(path: Path) -> list[tuple[str, Entry]]:
    """The entries of a gold file as they are, each with where it stands.

    Raises:
        GoldError: It cannot be read, or an entry is no mapping.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    entries: list[tuple[str, Any]]
    if suffixes[-1:] in ([".yaml"], [".yml"], [".json"]):
        entries = list(_read_yaml(path))
    elif ".jsonl" in suffixes[-2:] or ".ndjson" in suffixes[-2:] or str(path) == "-":
        entries = list(read_event_records([str(path)]))
    else:
        raise GoldError([Rejection(str(path), f"a name that ends in {path.suffix or 'nothing'}", _EXPECTED_FILE)])
    problems = [
        entry if isinstance(entry, Rejection) else Rejection(where, shown(entry), _EXPECTED_ENTRY)
        for where, entry in entries
        if not isinstance(entry, dict)
    ]
    if problems:
        raise GoldError(problems)
    return entries


def texts_of(entries: Iterable[tuple[str, Entry]], folder: Path) -> dict[str, str]:
    """The texts that entries have, by the article's id; files that cannot be read are left out."""
    texts = {}
    for _, entry in entries:
        name, text = entry.get("document_id") or entry.get("id"), entry.get("text")
        if isinstance(entry.get("file"), str):
            try:
                text = (folder / entry["file"]).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
        if isinstance(name, str) and isinstance(text, str):
            texts[name] = text
    return texts


def gold_of_entries(
    entries: Iterable[tuple[str, Entry]],
    folder: Path = Path(),
    names: Vocabulary | None = None,
    texts: Mapping[str, str] | None = None,
) -> Gold:
    """Make gold documents of entries; events of one article come together.

    Args:
        entries: Each with where it stands.
        folder: What an article's `file` is relative to.
        names: What may be named; by default the codebook's names.
        texts: Texts of articles by id, for entries without one.

    Raises:
        GoldError: Something is wrong; the message tells all of it.
    """
    reader = _Reader(folder, names or vocabulary(), texts or {})
    for where, entry in entries:
        reader.read(where, entry)
    if not reader.documents and not reader.problems:
        raise GoldError([Rejection("the gold file", "no entry", _EXPECTED_ENTRY)])
    if reader.problems:
        raise GoldError(reader.problems)
    return Gold(tuple(reader.documents.values()), tuple(sorted(reader.unknown_codes)))


def _read_yaml(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        value = yaml.safe_load(path.read_bytes())
    except OSError as error:
        raise GoldError([Rejection(str(path), error.strerror or str(error), "a readable file")]) from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        reason = getattr(error, "problem", None) or str(error)
        raise GoldError([Rejection(where, f"no YAML ({reason})", "a list of entries in YAML or JSON")]) from error
    if not isinstance(value, list):
        raise GoldError([Rejection(str(path), shown(value), "a list of entries")])
    for number, entry in enumerate(value, start=1):
        yield f"{path}: entry {number}", entry


class _Reader:
    """Reads entries one after the other, and keeps what is wrong with them."""

    def __init__(self, folder: Path, names: Vocabulary, texts: Mapping[str, str]) -> None:
        self._folder, self._names, self._texts = folder, names, texts
        self._articles: set[str] = set()  # those that stand in an entry of their own
        self._where, self._id = "", ""
        self.documents: dict[str, GoldDocument] = {}
        self.problems: list[Rejection] = []
        self.unknown_codes: set[str] = set()

    def read(self, where: str, entry: Entry) -> None:
        """Read an article or a record."""
        is_article = "events" in entry or ("must_not" in entry and "document_id" not in entry)
        name = entry.get("id") if is_article else entry.get("document_id")
        self._where, self._id = where, name if isinstance(name, str) else ""
        if not isinstance(name, str) or not name:
            key = "id" if is_article else "document_id"
            self._wrong(f"{key} {shown(name)}" if key in entry else f"no {key}", _EXPECTED_ENTRY)
        elif is_article:
            self._read_article(name, entry)
        else:
            text = entry["text"] if isinstance(entry.get("text"), str) else self._texts.get(name, "")
            event = self._event(entry, text)
            document = self.documents.get(name) or GoldDocument(name, text=text)
            self.documents[name] = replace(document, events=(*document.events, event))

    def _read_article(self, name: str, entry: Entry) -> None:
        self._check_keys(entry, ARTICLE_KEYS)
        if name in self._articles:
            self._wrong("an id that an earlier article has", "an id of its own")
        self._articles.add(name)
        text, published = self._text(name, entry), self._day("date", entry.get("date"))
        where = self._where
        events, rules = [], []
        for number, each in enumerate(self._listed("events", entry.get("events")), start=1):
            self._where = f"{where}, event {number}"
            events.append(self._event(each, text))
        for number, each in enumerate(self._listed("must_not", entry.get("must_not")), start=1):
            self._where = f"{where}, must_not {number}"
            rules.append(self._rule(each, text))
        earlier = self.documents.get(name) or GoldDocument(name)
        self.documents[name] = GoldDocument(
            name, (*earlier.events, *events), (*earlier.must_not, *rules), text or earlier.text, published
        )

    def _text(self, name: str, entry: Entry) -> str:
        if "file" not in entry:
            text = entry.get("text")
            if text is not None and not isinstance(text, str):
                self._wrong(f"text {shown(text)}", "the article's text")
            return text if isinstance(text, str) else self._texts.get(name, "")
        try:
            return (self._folder / str(entry["file"])).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "no UTF-8"
            self._wrong(
                f"file {shown(entry['file'])}: {reason}", f"a text in UTF-8, beside the gold file in {self._folder}"
            )
            return ""

    def _event(self, entry: Entry, text: str) -> GoldEvent:
        if _RECORD_KEYS & entry.keys() and "type" not in entry:  # a record holds `event` instead
            return self._event_of_record(entry, text)
        self._check_keys(entry, EVENT_KEYS | ({"document_id", "id", "text"} if "document_id" in entry else set()))
        types = self._types(entry, "type")
        pattern, anchor = self._evidence(entry, text)
        countries, point, geonameid = self._place(entry)
        flags = self._flags(entry)
        flags |= {f"any_{side}" for side in ("actor", "recipient") if side not in entry}
        modes = self._choice("mode", entry["mode"], self._modes_of(types)) if "mode" in entry else None
        return GoldEvent(
            types=types,
            auxiliary=self._auxiliary(entry["aux"], "aux") if "aux" in entry else (HAPPENED,),
            actors=self._codes("actor", entry.get("actor")),
            recipients=self._codes("recipient", entry.get("recipient")),
            flags=flags,
            modes=modes,
            actor_sectors=self._sectors("actor_sector", entry.get("actor_sector")),
            recipient_sectors=self._sectors("recipient_sector", entry.get("recipient_sector")),
            days=self._days(entry),
            countries=countries,
            point=point,
            geonameid=geonameid,
            attributions=self._codes("attribution", entry["attribution"], none=True)
            if "attribution" in entry
            else None,
            size=self._size(entry.get("size") or {}),
            pattern=pattern,
            anchor=anchor,
        )

    def _event_of_record(self, entry: Entry, text: str) -> GoldEvent:
        """A record says one thing: what it holds is wanted, `null` or an empty list wants nothing there."""
        types = self._types(entry, "event")
        sides: dict[str, tuple[tuple[str, ...], tuple[str, ...] | None]] = {
            side: self._parties(side, entry.get(side)) for side in ("actor", "recipient")
        }
        flags = self._flags(entry) | {f"any_{side}" for side in sides if side not in entry}
        if "auxiliary_mode" not in entry:
            flags |= {"any_aux"}
        if len(sides["actor"][0]) > 1 and not sides["recipient"][0]:
            flags |= {"symmetric"}  # a mutual act, all parties of which are actors
        try:
            anchor = anchor_of(entry)
        except ValueError as error:
            self._wrong(str(error), "offsets in the article's text")
            anchor = Anchor()
        pattern = ""
        if isinstance(entry.get("evidence"), str) and not anchor.known:
            pattern, anchor = self._evidence(entry, text)
        countries, point, geonameid = self._place_of_record(entry)
        told = entry.get("auxiliary_mode")
        return GoldEvent(
            types=types,
            auxiliary=self._auxiliary(told or [HAPPENED], "auxiliary_mode")
            if "auxiliary_mode" in entry
            else (HAPPENED, *sorted(self._names.auxiliary)),
            actors=sides["actor"][0],
            recipients=sides["recipient"][0],
            flags=frozenset(flags),
            modes=self._choice("mode", entry["mode"] or [""], self._modes_of(types)) if "mode" in entry else None,
            actor_sectors=sides["actor"][1],
            recipient_sectors=sides["recipient"][1],
            days=self._days_of_record(entry),
            countries=countries,
            point=point,
            geonameid=geonameid,
            attributions=self._attribution(entry["attribution"]) if "attribution" in entry else None,
            size=self._size(entry["size"] or {}) if "size" in entry else None,
            pattern=pattern,
            anchor=anchor,
        )

    def _rule(self, entry: Entry, text: str) -> ForbiddenCoding:
        self._check_keys(entry, RULE_KEYS)
        return ForbiddenCoding(
            types=self._types(entry, "type"),
            auxiliary=self._auxiliary(entry["aux"], "aux") if "aux" in entry else (HAPPENED,),
            actors=self._codes("actor", entry.get("actor")),
            pattern=self._evidence(entry, text)[0],
        )

    def _types(self, entry: Entry, key: str) -> tuple[str, ...]:
        types = self._strings(key, entry.get(key))
        if not types:
            self._wrong(f"no {key}", f"an event type such as {sorted(self._names.types)[0]}")
        if not self._names.is_open:
            self._check_names(key, types, self._names.types)
        return types

    def _modes_of(self, types: tuple[str, ...]) -> frozenset[str] | None:
        """Modes that any of the types may have; `None` if any word may be one."""
        known = [self._names.modes[name] for name in types if name in self._names.modes]
        return None if self._names.is_open else frozenset({""}.union(*known))

    def _choice(self, key: str, value: object, known: frozenset[str] | None) -> tuple[str, ...]:
        chosen = self._strings(key, value)
        if not chosen:
            self._wrong(f"an empty {key}", "one value or more, '' for none")
        if known is not None:
            self._check_names(key, chosen, known)
        return chosen

    def _auxiliary(self, value: object, key: str) -> tuple[str, ...]:
        return self._choice(key, value, self._names.auxiliary | {HAPPENED})

    def _sectors(self, key: str, value: object) -> tuple[str, ...] | None:
        sectors = self._strings(key, value)
        self._check_names(key, sectors, self._names.sectors | {""})
        return sectors or None

    def _codes(self, key: str, value: object, *, none: bool = False) -> tuple[str, ...]:
        codes = self._strings(key, value)
        if "" in codes and not none:
            self._wrong(f"{key} {shown(value)}", f"codes such as KEN; [] if there is no {key}")
        self.unknown_codes.update(code for code in codes if code and code not in self._names.codes)
        return codes

    def _parties(self, side: str, value: object) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
        """Codes and leading sectors of a record's entities; plain codes have no sectors."""
        if not isinstance(value, list) or not any(isinstance(entity, dict) for entity in value):
            return self._codes(side, value), None
        if not all(isinstance(entity, dict) for entity in value):
            self._wrong(f"{side} {shown(value)}", "a list of entities with code and sector, or a list of codes")
            return (), None
        coded = [entity for entity in value if entity.get("code")]
        codes = self._codes(side, [entity["code"] for entity in coded])
        lists = [self._strings(f"{side} sector", entity["sector"]) for entity in coded if "sector" in entity]
        sectors = tuple(dict.fromkeys((each or ("",))[0] for each in lists))
        self._check_names(f"{side} sector", sectors, self._names.sectors | {""})
        return codes, sectors or None

    def _attribution(self, value: object) -> tuple[str, ...]:
        if isinstance(value, dict):
            value = value.get("code")
        return self._codes("attribution", value or "", none=True) or ("",)

    def _days(self, entry: Entry) -> tuple[str, str] | None:
        low, high = (self._day(key, entry.get(key)) for key in ("date_from", "date_to"))
        if bool(entry.get("date_from")) != bool(entry.get("date_to")):
            self._wrong("only one of date_from and date_to", "both, or date")
        if low and entry.get("date"):
            self._wrong("date beside date_from", "either date, or date_from and date_to")
        if low > high and low and high:
            self._wrong(f"date_from {low} after date_to {high}", "the first day before the last")
        day = self._day("date", entry.get("date"))
        return (day, day) if day else (low, high) if low else None

    def _days_of_record(self, entry: Entry) -> tuple[str, str] | None:
        if "date" not in entry:
            return None
        first, last = self._day("date", entry["date"]), self._day("enddate", entry.get("enddate"))
        if entry.get("date_resolution") in ("week", "month", "year") and last:
            return first, last
        return first, first

    def _place(self, entry: Entry) -> tuple[tuple[str, ...] | None, Point | None, int | None]:
        place = entry.get("place")
        values: Mapping[str, Any] = place if isinstance(place, dict) else entry
        if isinstance(place, dict):
            self._check_keys(place, frozenset({"country", "lat", "lon", "geonameid"}), "place ")
            place = place.get("country")
        countries = self._codes("place", place, none=True) if place is not None else None
        return countries, self._point(values), self._geonameid(values)

    def _place_of_record(self, entry: Entry) -> tuple[tuple[str, ...] | None, Point | None, int | None]:
        if "event_loc" not in entry:
            return self._place(entry) if "place" in entry else (None, None, None)
        place = entry["event_loc"]
        if place is None:
            return ("",), None, None
        if not isinstance(place, dict):
            self._wrong(f"event_loc {shown(place)}", "an object with country_code, lat and lon, or null")
            return None, None, None
        country = place.get("country_code")
        countries = self._codes("country_code", country) if country is not None else None
        if place.get("resolution", "city") != "city":  # the middle of a country is no place to measure from
            return countries, None, None
        return countries, self._point(place), self._geonameid(place)

    def _point(self, values: Mapping[str, Any]) -> Point | None:
        try:
            return point_of(values)
        except ValueError as error:
            self._wrong(*str(error).split(", expected ", 1))
            return None

    def _geonameid(self, values: Mapping[str, Any]) -> int | None:
        value = values.get("geonameid")
        if value is not None and type(value) is not int:
            self._wrong(f"geonameid {shown(value)}", "a GeoNames id such as 184745")
            return None
        return value

    def _size(self, value: object) -> dict[str, Bounds]:
        if not isinstance(value, dict):
            self._wrong(f"size {shown(value)}", "a mapping such as {dead: 4, injured: [10, 12]}")
            return {}
        self._check_names("size", value, frozenset(SIZES))
        size = {}
        for kind, number in value.items():
            try:
                size[str(kind)] = bounds(number)
            except ValueError:
                self._wrong(f"size {kind} {shown(number)}", "a number, or [low, high]")
        return size

    def _evidence(self, entry: Entry, text: str) -> tuple[str, Anchor]:
        """A pattern, and where it matches; words that are no pattern stand for themselves."""
        pattern = entry.get("evidence") or ""
        if not isinstance(pattern, str):
            self._wrong(f"evidence {shown(pattern)}", "words of the text, or a regular expression")
            return "", Anchor()
        words = pattern if _PLAIN_WORDS.fullmatch(pattern) else ""
        literal = r"\s+".join(map(re.escape, pattern.split()))
        try:
            re.compile(pattern)
        except re.error as error:
            if not text or not re.search(literal, text):
                self._wrong(f"evidence {shown(pattern)} ({error})", "words of the text, or a regular expression")
                return "", Anchor()
            pattern = literal
        if not pattern or not text:
            return pattern, Anchor(words=words)
        if not re.search(pattern, text):
            pattern = literal
        spans = tuple(match.span() for match in re.finditer(pattern, text))
        if not spans:
            self._wrong(f"evidence {shown(entry['evidence'])}", "words or a pattern that the article's text has")
        return pattern, Anchor(words=words, spans=spans)

    def _flags(self, entry: Entry) -> frozenset[str]:
        for key in sorted(entry.keys() & FLAGS):
            if type(entry[key]) is not bool:
                self._wrong(f"{key} {shown(entry[key])}", "true or false")
        return frozenset(key for key in entry.keys() & FLAGS if entry[key] is True)

    def _day(self, key: str, value: object) -> str:
        if value is None or value == "":
            return ""
        try:
            return (value if isinstance(value, date) else date.fromisoformat(str(value)[:10])).isoformat()[:10]
        except ValueError:
            self._wrong(f"{key} {shown(value)}", _EXPECTED_DAY)
            return ""

    def _strings(self, key: str, value: object) -> tuple[str, ...]:
        values = value if isinstance(value, list) else [] if value is None else [value]
        if all(isinstance(each, str) for each in values):
            return tuple(values)
        hint = " (NO and ON in YAML need quotes)" if any(isinstance(each, bool) for each in values) else ""
        self._wrong(f"{key} {shown(value)}", f"a name or a list of names{hint}")
        return ()

    def _listed(self, key: str, value: object) -> list[Entry]:
        values = [] if value is None else value
        if isinstance(values, list) and all(isinstance(each, dict) for each in values):
            return values
        self._wrong(f"{key} {shown(value)}", f"a list of {'events' if key == 'events' else 'rules'}")
        return []

    def _check_names(self, key: str, names: Iterable[str], known: frozenset[str]) -> None:
        for name in names:
            if name not in known:
                none = ", or '' for none" if "" in known else ""
                self._wrong(f"{key} {shown(name)}", f"{self._names.expected(str(name), known - {''})}{none}")

    def _check_keys(self, entry: Entry, known: frozenset[str] | set[str], what: str = "") -> None:
        for key in entry:
            if key not in known:
                near = get_close_matches(str(key), known, 1, 0.6)
                self._wrong(f"{what}key {shown(key)}", repr(near[0]) if near else f"one of {', '.join(sorted(known))}")

    def _wrong(self, found: str, expected: str) -> None:
        self.problems.append(Rejection(self._where, found, expected, self._id or None))
