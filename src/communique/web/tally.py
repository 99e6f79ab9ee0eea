"""How precise the coder is by the judgements so far, and how far reviewers agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations
from typing import Any

from communique.errors import InputError
from communique.evaluate.agreement import agreement
from communique.evaluate.gold import gold_of_entries
from communique.evaluate.statistics import (
    Estimate,
    cohen_kappa,
    krippendorff_alpha,
    stratified_share,
    wilson_interval,
)
from communique.evaluate.vocabulary import vocabulary
from communique.web.corpus import Snapshot
from communique.web.judged import Key, Record, Review, by_record
from communique.web.reviewed import gold_entries, judged_records, outcome

# What reviewers may disagree on. All but the first are compared where both would keep the event.
COMPARED = (
    "is an event", "type", "quad", "mode", "auxiliary mode", "actor", "actor sector", "recipient", "recipient sector",
    "date", "place", "event words",
)  # fmt: skip
_MEASURES = ("is_event", "type_right", "all_right")


def precision(
    store: Snapshot, reviews: Sequence[Review], sample: set[Key] | None, sizes: Mapping[str, int]
) -> dict[str, Any]:
    """Shares of coded events that were judged right, by the type that the coder gave, with Wilson's 95% intervals.

    Args:
        store: The store.
        reviews: Of the reviewers who count; of several on one record, the last word counts.
        sample: If given, only records in it count.
        sizes: How many events of each type there are, to weigh the types by.
    """
    judged = {key: said for key, said in by_record(reviews).items() if sample is None or key in sample}
    records = judged_records(store, judged)
    counts: dict[str, dict[str, int]] = {}
    for key, record in records.items():
        row = counts.setdefault(record["event"][0], {"judged": 0, **dict.fromkeys(_MEASURES, 0)})
        right = outcome(record, judged[key]).record
        row["judged"] += 1
        row["is_event"] += right is not None
        row["type_right"] += right is not None and right["event"] == record["event"]
        row["all_right"] += right == record
    added = {
        (review.record["document_id"], review.record["event"][0], str(review.record["event_spans"]))
        for review in reviews
        if review.verdict == "add" and review.record
    }
    missed = Counter(name for _, name, _ in added)
    types = [
        {"type": name, "coded": sizes.get(name, 0), "missed": missed.get(name, 0), **_shares(counts.get(name, {}))}
        for name in sorted(counts.keys() | missed.keys())
    ]
    total: dict[str, int] = {}
    for row in counts.values():
        for name, number in row.items():
            total[name] = total.get(name, 0) + number
    weighted = {
        name: _told(stratified_share([(row[name], row["judged"], sizes.get(t, 0)) for t, row in counts.items()]))
        for name in _MEASURES
    }
    return {
        "types": types,
        "overall": {"coded": sum(sizes.values()), "missed": sum(missed.values()), **_shares(total)},
        "weighted_by_type": weighted,
        "carried": sum(any(one.judged_in for one in judged[key]) for key in records),
        "outdated": len(judged) - len(records) - sum(one[0].verdict == "add" for one in judged.values()),
    }


def _shares(counts: Mapping[str, int]) -> dict[str, Any]:
    n = counts.get("judged", 0)
    return {"judged": n, **{name: _told(wilson_interval(counts.get(name, 0), n)) for name in _MEASURES}}


def _told(estimate: Estimate) -> dict[str, float | None]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def facts(record: Record | None) -> dict[str, str]:
    """What reviewers may disagree on, of a record as one of them would have it."""
    if record is None:
        return {"is an event": "no"}
    place = record.get("event_loc") or {}
    day, last = record.get("date"), record.get("enddate")
    values = {
        "is an event": "yes",
        "type": " ".join(record.get("event") or []),
        "quad": str(record.get("quad_code") or ""),
        "mode": ", ".join(sorted(record.get("mode") or [])),
        "auxiliary mode": ", ".join(sorted(record.get("auxiliary_mode") or [])) or "happened",
        "date": f"{day or 'undated'}" + (f" to {last}" if last and last != day else ""),
        "place": ", ".join(filter(None, (place.get("resolved_place"), place.get("country_code")))),
        "event words": " … ".join(record.get("event_text") or []),
    }
    for side in ("actor", "recipient"):
        parties = record.get(side) or []
        values[side] = ", ".join(sorted({party.get("code") or "?" for party in parties}))
        values[f"{side} sector"] = ", ".join(sorted({(party.get("sector") or [""])[0] for party in parties}))
    return {name: value or "none" for name, value in values.items()}


def agreed(store: Snapshot, reviews: Sequence[Review], asker: str, *, show_all: bool) -> dict[str, Any]:
    """How far reviewers agree on records that two or more of them judged.

    Args:
        store: The store.
        reviews: Of all reviewers.
        asker: Who asks: shown are only disagreements on records that they judged too, so that they stay blind.
        show_all: Whether to show them all the same.
    """
    judged = {key: said for key, said in by_record(reviews).items() if len(said) > 1}
    records = judged_records(store, judged)
    units = {key: {one.user: facts(one.result(record)) for one in judged[key]} for key, record in records.items()}
    differing = [
        _difference(records[key], values) for key, values in units.items()
        if (show_all or asker in values) and _fields_apart(values)
    ]  # fmt: skip
    users = sorted({review.user for review in reviews})
    return {
        "reviewers": [
            {"name": name, "judged": sum(one.user == name for one in reviews if not one.is_article)} for name in users
        ],
        "n_records": len(units),
        "fields": [_field(name, [_values(values, name) for values in units.values()]) for name in COMPARED],
        "pairs": [
            {
                "first": first,
                "second": second,
                **_pair(units, first, second),
                "articles": _whole(store, reviews, first, second),
            }
            for first, second in combinations(users, 2)
        ],
        "disagreements": sorted(differing, key=lambda row: row["record_id"]),
    }


def _values(values: Mapping[str, dict[str, str]], name: str) -> list[str]:
    return [told[name] for told in values.values() if name in told]


def _field(name: str, units: Sequence[Sequence[str]]) -> dict[str, Any]:
    told = [unit for unit in units if len(unit) > 1]
    same = sum(len(set(unit)) == 1 for unit in told)
    return {"field": name, "n": len(told), "same": same, "alpha": krippendorff_alpha(told)}


def _pair(units: Mapping[Key, Mapping[str, dict[str, str]]], first: str, second: str) -> dict[str, Any]:
    both = [(values[first], values[second]) for values in units.values() if first in values and second in values]
    fields = []
    for name in COMPARED:
        pairs: list[tuple[Hashable, Hashable]] = [(a[name], b[name]) for a, b in both if name in a and name in b]
        fields.append(
            {"field": name, "n": len(pairs), "same": sum(a == b for a, b in pairs), "kappa": cohen_kappa(pairs)}
        )
    return {"n_records": len(both), "fields": fields}


def _whole(store: Snapshot, reviews: Sequence[Review], first: str, second: str) -> dict[str, Any] | None:
    """Agreement on which events there are, in articles that both read to the end; `None` if there is none."""
    coders = []
    for name in (first, second):
        entries = gold_entries(store, [review for review in reviews if review.user == name], "complete")
        coders.append({entry["id"]: entry for entry in entries})
    both = coders[0].keys() & coders[1].keys()
    if not both:
        return None
    events = [event for coder in coders for name in both for event in coder[name]["events"]]
    names = vocabulary(events)
    try:
        golds = [gold_of_entries([(name, coder[name]) for name in sorted(both)], names=names) for coder in coders]
    except InputError:
        return None
    result = agreement(golds[0].documents, golds[1].documents, names.quads)
    return {
        "n_articles": result.n_documents,
        "first": result.first,
        "first_found": result.first_found,
        "second": result.second,
        "second_found": result.second_found,
        "f1": result.f1,
    }


def _fields_apart(values: Mapping[str, dict[str, str]]) -> list[str]:
    return [name for name in COMPARED if len(set(_values(values, name))) > 1]


def _difference(record: Record, values: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    return {
        "record_id": record["id"],
        "document_id": record["document_id"],
        "words": " … ".join(record.get("event_text") or []),
        "coded": facts(record),
        "fields": _fields_apart(values),
        "reviewers": {user: dict(told) for user, told in sorted(values.items())},
    }
