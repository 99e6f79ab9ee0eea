"""Reviewed records → gold for `communique evaluate`, and annotated sentences for `communique train`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from communique.web.corpus import Snapshot
from communique.web.judged import Key, Record, Review, by_record

Which = Literal["complete", "judged", "all"]
Conflicts = Literal["optional", "latest"]
_GOLD_FIELDS = (
    "id", "event", "mode", "auxiliary_mode", "actor", "recipient", "date", "enddate", "date_resolution", "event_loc",
    "event_text", "event_spans", "text_info",
)  # fmt: skip
_ENTITY_FIELDS = ("code", "sector", "entity_text", "start", "end")
_ARTICLES = "SELECT * FROM articles WHERE document_id IN $ids ORDER BY document_id"  # many times faster than a join


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reviewers made of one record.

    Attributes:
        record: As it should be; `None` if it should not be there.
        users: Who judged it.
        agreed: Whether they all said the same.
    """

    record: Record | None
    users: tuple[str, ...]
    agreed: bool


def outcome(record: Record, reviews: Sequence[Review]) -> Outcome:
    """What the reviewers of a record made of it: where they differ, the last word."""
    results = [review.result(record) for review in sorted(reviews, key=lambda review: review.time)]
    told = [None if result is None else {name: result.get(name) for name in _GOLD_FIELDS} for result in results]
    return Outcome(results[-1], tuple(sorted({review.user for review in reviews})), all(one == told[0] for one in told))


def judged_records(store: Snapshot, keys: Iterable[Key]) -> dict[Key, Record]:
    """The records of these keys that are still the latest revision."""
    wanted = set(keys)
    if not wanted:
        return {}
    names = {"ids": sorted({name for name, _ in wanted})}
    documents = store.rows("SELECT DISTINCT document_id FROM e WHERE id IN $ids", names)
    articles = store.records_of(row["document_id"] for row in documents)
    found = (record for _, records in sorted(articles.items()) for record in records)
    return {key: record for record in found if (key := (record["id"], record["revision"])) in wanted}


def articles_of(store: Snapshot, ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Articles' rows by id."""
    names = sorted(set(ids))
    rows = store.whole(_ARTICLES, {"ids": names}) if names else []
    return {row["document_id"]: row for row in rows}


def gold_entries(
    store: Snapshot, reviews: Sequence[Review], which: Which = "judged", conflicts: Conflicts = "optional"
) -> list[dict[str, Any]]:
    """Articles with their events as reviewed, in the format of docs/gold.md.

    Args:
        store: The store.
        reviews: Of the reviewers who count.
        which: Articles that were marked as having no other event; or all of whose records were judged; or all of which
            any record was. Records that were not judged are then `optional`: neither wanted nor wrong.
        conflicts: What becomes of a record that reviewers see differently: `optional`, or as the last one has it.
    """
    entries = []
    for article, records, added in _articles(store, reviews, which):
        judged = by_record(reviews)
        events = []
        for record in records:
            said = judged.get((record["id"], record["revision"]), [])
            if not said:
                events.append(_gold_event(record, (), optional=True))
                continue
            result = outcome(record, said)
            kept = result.record or (None if result.agreed or conflicts == "latest" else record)
            if kept:
                events.append(_gold_event(kept, result.users, optional=not result.agreed and conflicts == "optional"))
        readers = {r.user for r in reviews if r.is_article and r.record_id == article["document_id"]}
        for record, users in added:
            alone = bool(readers - set(users))
            events.append(_gold_event(record, users, optional=alone and conflicts == "optional"))
        text = store.text(article["document_id"], article["text_sha256"])
        entry = {
            "id": article["document_id"],
            "date": article["date"],
            **{name: article[name] for name in ("title", "url", "publication", "language")},
            "text": text,
        }
        entries.append({name: value for name, value in entry.items() if value is not None} | {"events": events})
    return entries


def training_rows(store: Snapshot, reviews: Sequence[Review]) -> tuple[list[dict[str, Any]], int]:
    """Annotated sentences as `communique train` reads them, and how many sentences were left out.

    A sentence is given if all its records were judged, and reviewers agreed. One whose records were all rejected has no
    event: what a model takes for an event and is none is what it learns most from. Left out are sentences whose words
    cannot be named (no text kept, or words that are parts of longer words).
    """
    rows: dict[str, dict[str, Any]] = {}
    left_out = 0
    judged = by_record(reviews)
    for article, records, added in _articles(store, reviews, "all"):
        text = store.text(article["document_id"], article["text_sha256"])
        sentences: dict[tuple[int, int], list[Record] | None] = {}
        for record in records:
            span = _sentence(record)
            said = judged.get((record["id"], record["revision"]), [])
            result = outcome(record, said) if said else None
            events = sentences.setdefault(span, [])
            if result is None or not result.agreed or events is None:
                sentences[span] = None
            elif result.record:
                events.append(result.record)
        for record, _ in added:
            own = _sentence(record)
            span = next((s for s in sentences if s[0] < own[1] and own[0] < s[1]), own)
            events = sentences.setdefault(span, [])
            if events is not None:
                events.append(record)
        for span, kept in sorted(sentences.items()):
            row = _row(article["document_id"], text, span, kept) if text is not None and kept is not None else None
            if row is None or row["text"] in rows:
                left_out += 1
            else:
                rows[row["text"]] = row
    return list(rows.values()), left_out


def _articles(
    store: Snapshot, reviews: Sequence[Review], which: Which
) -> Iterable[tuple[Mapping[str, Any], list[Record], list[tuple[Record, tuple[str, ...]]]]]:
    """Articles with the coder's records and the events that reviewers added, those of two reviewers once."""
    keys = {key for key, said in by_record(reviews).items() if all(one.verdict != "add" for one in said)}
    known = judged_records(store, keys)
    ids = {record["document_id"] for record in known.values()}
    missed: dict[str, list[Review]] = {}
    for review in reviews:
        if review.verdict == "add" and review.record:
            missed.setdefault(review.record["document_id"], []).append(review)
    marked = {
        (review.record_id, review.revision) for review in reviews if review.is_article and review.verdict == "agree"
    }
    articles = articles_of(store, ids | missed.keys() | {name for name, _ in marked})
    if not articles:
        return
    of = store.records_of(articles)
    for name, article in articles.items():
        records = of.get(name, [])
        complete = (name, article["revision"]) in marked
        all_judged = all((record["id"], record["revision"]) in known for record in records)
        if which != "all" and not (all_judged and (complete or which == "judged")):
            continue
        yield article, records, _once([r for r in missed.get(name, []) if r.revision == article["revision"]])


def _once(reviews: Sequence[Review]) -> list[tuple[Record, tuple[str, ...]]]:
    found: dict[tuple[Any, ...], tuple[Record, tuple[str, ...]]] = {}
    for review in reviews:
        record = review.record or {}
        name = (tuple(record.get("event") or ()), *map(tuple, record.get("event_spans") or [[review.record_id]]))
        users = (*found[name][1], review.user) if name in found else (review.user,)
        found[name] = (record, users)
    return list(found.values())


def _gold_event(record: Record, users: Sequence[str], *, optional: bool) -> dict[str, Any]:
    event = {name: record.get(name) for name in _GOLD_FIELDS}
    for side in ("actor", "recipient"):
        event[side] = [{name: entity.get(name) for name in _ENTITY_FIELDS} for entity in record.get(side) or []]
    return event | {"reviewers": list(users)} | ({"optional": True} if optional else {})


def _sentence(record: Record) -> tuple[int, int]:
    info = record.get("text_info") or {}
    return (info.get("start") or 0, info.get("end") or 0)


def _row(name: str, text: str, span: tuple[int, int], records: Sequence[Record]) -> dict[str, Any] | None:
    start, end = span
    sentence = text[start:end].strip()
    if not sentence:
        return None
    events = []
    for record in records:
        words = [one.strip() for one in record.get("event_text") or []]
        if not words or not all(_stands(sentence, one) for one in words):
            return None
        event: dict[str, Any] = {"type": record["event"][0], "words": words}
        for side, key in (("actor", "actors"), ("recipient", "recipients")):
            within = [
                entity["entity_text"].strip() for entity in record.get(side) or []
                if entity.get("start") is not None and start <= entity["start"] and entity["end"] <= end
            ]  # fmt: skip
            event[key] = [one for one in within if _stands(sentence, one)]
        event["modes"] = list(record.get("mode") or [])
        event["auxiliary_mode"] = (record.get("auxiliary_mode") or [""])[0]
        events.append(event)
    return {"id": f"{name}:{start}", "text": sentence, "events": events}


def _stands(text: str, words: str) -> bool:
    """Whether the words stand in the text as whole words."""
    return bool(words) and any(
        not (text[match.start() - 1 : match.start()].isalnum() and words[0].isalnum())
        and not (text[match.end() : match.end() + 1].isalnum() and words[-1].isalnum())
        for match in re.finditer(re.escape(words), text)
    )
