"""What reviewers said so far, read from the store's judgements: each reviewer's last word on each record.

Rows are only ever added, so what was read once is not read again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from communique import codebook
from communique.errors import CodebookMismatch
from communique.store import Judgement

ARTICLE = "article"  # the field of a judgement on a whole article
FIELDS = (
    "event", "mode", "auxiliary_mode", "actor", "recipient", "date", "enddate", "date_resolution", "event_loc",
    "event_spans", "event_text",
)  # fmt: skip
Record = dict[str, Any]
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Review:
    """One reviewer's last word on one record.

    Attributes:
        user: Who.
        record_id: Which record, or article (`is_article`).
        revision: Which revision of it.
        verdict: agree, correct, reject, add or withdraw.
        changes: What a correction puts in place of the record's fields.
        record: The whole record of an event that was missed.
        note: The reviewer's note.
        time: When.
        is_article: Whether it is on a whole article.
        judged_in: The earlier revision that was judged, where it was carried over; else 0.
    """

    user: str
    record_id: str
    revision: int
    verdict: str
    time: datetime
    changes: Mapping[str, Any] = field(default_factory=dict)
    record: Record | None = None
    note: str = ""
    is_article: bool = False
    judged_in: int = 0

    @property
    def key(self) -> Key:
        """Record and revision."""
        return self.record_id, self.revision

    def result(self, record: Record) -> Record | None:
        """The record as this reviewer would have it; `None` if it should not be there."""
        return None if self.verdict == "reject" else apply(record, self.changes)


class Ledger:
    """The judgements of a store. Any number of threads may ask it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._read = 0
        self._inode = 0
        self._rows: dict[tuple[str, str, int, bool], list[Judgement]] = {}

    def reviews(self) -> list[Review]:
        """Each reviewer's last word on each record that was not withdrawn, in the order of their time."""
        return [review for review in self.last_words() if review.verdict != "withdraw"]

    def last_words(self) -> list[Review]:
        """The same with those that were withdrawn."""
        with self._lock:
            self._catch_up()
            groups = [list(rows) for rows in self._rows.values()]
        found = [_review(rows) for rows in groups]
        return sorted(found, key=lambda review: (review.time, review.user, review.record_id))

    def _catch_up(self) -> None:
        with self._path.open("rb") as stream:
            state = self._path.stat()
            if state.st_size < self._read or state.st_ino != self._inode:  # another file was put in its place
                self._read, self._rows, self._inode = 0, {}, state.st_ino
            stream.seek(self._read)
            data = stream.read()
        whole = data.rfind(b"\n") + 1  # a line may just be being written
        self._read += whole
        for line in data[:whole].splitlines():
            try:
                row = msgspec.json.decode(line, type=Judgement)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # a writer lost its power within a line
            if row.time.tzinfo is None:
                row = msgspec.structs.replace(row, time=row.time.replace(tzinfo=UTC))
            name = (row.user, row.record_id, row.revision, row.field == ARTICLE)
            known = self._rows.get(name)
            if known is None or row.time > known[0].time:
                self._rows[name] = [row]
            elif row.time == known[0].time:
                known.append(row)


def _review(rows: list[Judgement]) -> Review:
    first = rows[0]
    added = next((row.new for row in rows if row.verdict == "add" and isinstance(row.new, dict)), None)
    changes = {row.field: row.new for row in rows if row.verdict == "correct" and row.field in FIELDS}
    verdicts = {row.verdict for row in rows}
    verdict = next((name for name in ("withdraw", "add", "reject", "correct") if name in verdicts), "agree")
    return Review(
        user=first.user,
        record_id=first.record_id,
        revision=first.revision,
        verdict=verdict,
        time=first.time,
        changes=changes,
        record=added,
        note=next((row.note for row in rows if row.note), ""),
        is_article=first.field == ARTICLE,
    )


def apply(record: Record, changes: Mapping[str, Any]) -> Record:
    """The record with fields changed, and what follows from them: quad category, scale, quoted words are the caller's."""
    result = record | dict(changes)
    if "event" in changes or "mode" in changes:
        try:
            kind = result["event"][0]
            result["quad_code"] = codebook.quad_code(kind)
            result["event_scale"] = codebook.event_scale(kind, result.get("mode") or ())
        except (CodebookMismatch, IndexError, KeyError, TypeError):  # a type of the user's own codebook
            result["event_scale"] = None
            if "event" in changes:
                result["quad_code"] = None
    return result


def rows_of(
    user: str, record: Record, revision: int, verdict: str, changes: Mapping[str, Any], note: str
) -> list[Judgement]:
    """A review as rows: one a field that is corrected, else one."""
    time = datetime.now(UTC)
    name = record["id"]
    if verdict != "correct":
        return [Judgement(user, name, revision, verdict, note=note, time=time)]
    return [
        Judgement(user, name, revision, "correct", field, record.get(field), new, note if number == 0 else "", time)
        for number, (field, new) in enumerate(changes.items())
    ]


def by_record(reviews: Iterable[Review]) -> dict[Key, list[Review]]:
    """The reviews of records, without those of whole articles."""
    found: dict[Key, list[Review]] = {}
    for review in reviews:
        if not review.is_article:
            found.setdefault(review.key, []).append(review)
    return found
