"""Judgements of earlier codings: carried over to the record that came out again when an article was coded anew.

The same record is one of the same text with the same event type and the same event words. What the reviewer said of
the old one is compared with the new one field by field, so an accepted record that now has another date is one whose
date is corrected. A record that was held right and does not come out any more is an event that was missed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from communique.web.corpus import Snapshot
from communique.web.judged import FIELDS, Key, Record, Review

_BY_WORDS = ("event_text", "event_spans")
_PARTY = ("code", "sector", "start", "end")
_PLACE = ("resolved_place", "country_code", "lat", "lon", "start", "end")
_MOST_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Codings:
    """An article's codings: its latest revision, the revisions of the same text, and records by revision."""

    latest: int
    same_text: frozenset[int]
    records: Mapping[int, list[Record]] = field(default_factory=dict)


class Carrier:
    """Carries judgements over to what one snapshot holds. Any number of threads may ask it."""

    def __init__(self, store: Snapshot) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._codings: dict[str, Codings | None] = {}
        self._document: dict[str, str] = {}

    def current(self, reviews: Sequence[Review]) -> list[Review]:
        """The reviews with those of earlier revisions carried over, where they can be; withdrawn ones left out."""
        if not self.store.is_revised:
            return [review for review in reviews if review.verdict != "withdraw"]
        with self._lock:
            self._load(reviews)
        taken = {(review.user, review.key, review.is_article) for review in reviews}
        gone = {(review.user, review.record_id) for review in reviews if review.verdict == "withdraw"}
        found = [review for review in reviews if review.verdict != "withdraw"]
        carried: dict[tuple[str, Key, bool], Review] = {}
        kept = []
        for review in found:
            new = self._carried(review)
            if new is None:
                kept.append(review)
                continue
            name = (new.user, new.key, new.is_article)
            if name in taken or (new.verdict == "add" and (new.user, new.record_id) in gone):
                continue
            if name not in carried or carried[name].judged_in < new.judged_in:
                carried[name] = new
        return sorted([*kept, *carried.values()], key=lambda review: (review.time, review.user, review.record_id))

    def _load(self, reviews: Iterable[Review]) -> None:
        """Get what is not known yet of the articles that the reviews are on."""
        unknown = {review.record_id for review in reviews if not (review.is_article or review.record)} - (
            self._document.keys()
        )
        for ids in _some(sorted(unknown)):
            rows = self.store.whole(
                "SELECT DISTINCT id, document_id FROM event_revisions WHERE id IN $ids",
                {"ids": ids},
            )
            self._document |= {row["id"]: row["document_id"] for row in rows}
        articles = {name for review in reviews if (name := self._document_of(review))}
        for ids in _some(sorted(articles - self._codings.keys())):
            self._codings |= dict.fromkeys(ids, None) | _codings(self.store, ids)

    def _document_of(self, review: Review) -> str | None:
        if review.is_article:
            return review.record_id
        return review.record["document_id"] if review.record else self._document.get(review.record_id)

    def _carried(self, review: Review) -> Review | None:
        """The review of the latest revision that this one amounts to; `None` if it stays as it is."""
        codings = self._codings.get(self._document_of(review) or "")
        if not codings or review.revision == codings.latest or review.revision not in codings.same_text:
            return None
        told = replace(review, revision=codings.latest, judged_in=review.revision)
        if review.is_article:
            return told
        new = codings.records.get(codings.latest, [])
        if review.record is not None:  # an event that was missed: it may have come out now
            again = _same(review.record, [review.record], new)
            return _compared(told, review.record, again) if again else told
        old = codings.records.get(review.revision, [])
        record = next((one for one in old if one["id"] == review.record_id), None)
        if record is None:
            return None
        right = review.result(record)
        again = _same(record, old, new)
        if again:
            return replace(_compared(told, right, again), record_id=again["id"])
        if right is None or any(_name(one) == _name(record) for one in new):
            return None
        name = f"{right['document_id']}#+{review.record_id.rsplit('#', 1)[-1]}r{review.revision}"
        return replace(told, record_id=name, verdict="add", changes={}, record=right | {"id": name})


def _codings(store: Snapshot, ids: list[str]) -> dict[str, Codings | None]:
    """Of those articles that were coded more than once."""
    sql = "SELECT document_id, revision, text_sha256 FROM article_revisions WHERE document_id IN $ids"
    rows = store.whole(sql, {"ids": ids})
    texts: dict[str, dict[int, str]] = {}
    for row in rows:
        texts.setdefault(row["document_id"], {})[row["revision"]] = row["text_sha256"]
    often = sorted(name for name, revisions in texts.items() if len(revisions) > 1)
    if not often:
        return {}
    records: dict[str, dict[int, list[Record]]] = {}
    for record in store.past_records("document_id IN $ids", {"ids": often}):
        records.setdefault(record["document_id"], {}).setdefault(record["revision"], []).append(record)
    found: dict[str, Codings | None] = {}
    for name in often:
        latest = max(texts[name])
        same = frozenset(one for one, text in texts[name].items() if text == texts[name][latest])
        found[name] = Codings(latest, same, records.get(name, {}))
    return found


def _same(record: Record, old: Sequence[Record], new: Sequence[Record]) -> Record | None:
    """The same record among new ones. Of several with the same type and words, the one in the same place."""
    before = [one["id"] for one in old if _name(one) == _name(record)]
    after = [one for one in new if _name(one) == _name(record)]
    return after[before.index(record["id"])] if len(before) == len(after) else None


def _name(record: Record) -> tuple[Any, ...]:
    return tuple(record.get("event") or ()), tuple(map(tuple, record.get("event_spans") or ()))


def _compared(told: Review, right: Record | None, record: Record) -> Review:
    """What a reviewer says of a record who would have it so."""
    if right is None:
        return replace(told, record_id=record["id"], verdict="reject", changes={}, record=None)
    apart = {name for name in FIELDS if _meant(name, right.get(name)) != _meant(name, record.get(name))}
    if apart & set(_BY_WORDS):
        apart |= set(_BY_WORDS)
    changes = {name: right.get(name) for name in FIELDS if name in apart}
    verdict = "correct" if changes else "agree"
    return replace(told, record_id=record["id"], verdict=verdict, changes=changes, record=None)


def _meant(name: str, value: Any) -> Any:
    """What a field says, without why or under which name it was found."""
    if name in ("actor", "recipient"):
        return [tuple(str(party.get(key)) for key in _PARTY) for party in value or ()]
    if name == "event_loc":
        return tuple(value.get(key) for key in _PLACE) if value else None
    if name in ("mode", "auxiliary_mode"):
        return sorted(value or ())
    return str(value) if name in ("date", "enddate") and value is not None else value


def _some(names: list[str]) -> Iterable[list[str]]:
    return (names[at : at + _MOST_AT_ONCE] for at in range(0, len(names), _MOST_AT_ONCE))
