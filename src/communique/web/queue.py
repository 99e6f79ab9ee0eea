"""Which records are reviewed next: an order over those that meet the filters, the same for all reviewers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from communique.web.corpus import Snapshot
from communique.web.filters import Filters
from communique.web.judged import Key, Review

_STABLE = "md5(concat(id, ' ', $seed))"  # the same sample for everybody, whatever DuckDB's version
_ORDERS = {
    "confidence": "confidence NULLS FIRST, rowid",
    "random": _STABLE,
    "type": f"event, {_STABLE}",
    "stratified": _STABLE,
    "double": _STABLE,
}


class Queue(Filters):
    """Which records, in which order."""

    order: Literal["confidence", "random", "type", "stratified", "double"] = Field(
        "confidence",
        description="Lowest confidence first; at random; type by type; a sample with as many of each type; or what "
        "another reviewer has judged and you have not.",
    )
    seed: int = Field(1, ge=0, le=2**31 - 1, description="Of the random orders; the same seed, the same sample.")
    per_type: int = Field(10, ge=1, le=10_000, description="How many of each type, in a stratified sample.")
    n: int = Field(0, ge=0, le=1_000_000, description="How many at most; 0 for all.")

    def selection(self) -> tuple[str, dict[str, Any]]:
        """SQL for the sample: `id`, `revision`, `event` and its place `k`; and its parameters."""
        where, parameters = self.where()
        if "$seed" in _ORDERS[self.order]:
            parameters["seed"] = str(self.seed)
        order = _ORDERS[self.order]
        only = ""
        if self.order == "stratified":
            only = f"QUALIFY row_number() OVER (PARTITION BY event ORDER BY {_STABLE}) <= {int(self.per_type)}"
        limit = f"LIMIT {int(self.n)}" if self.n else ""
        chosen = f"SELECT rowid AS r, id, revision, event, confidence FROM e WHERE {where} {only}"
        sql = (
            f"SELECT id, revision, event, row_number() OVER (ORDER BY {order.replace('rowid', 'r')}) AS k "
            f"FROM ({chosen}) ORDER BY k {limit}"
        )
        return sql, parameters


def to_do(store: Snapshot, queue: Queue, reviews: Iterable[Review], user: str, size: int) -> dict[str, Any]:
    """The next records for a reviewer, and how many of the sample are done."""
    sample, parameters = queue.selection()
    mine: set[Key] = set()
    others: set[Key] = set()
    for review in reviews:
        if not review.is_article:
            (mine if review.user == user else others).add(review.key)
    shared = ""
    if queue.order == "double":
        shared = (
            "SEMI JOIN (SELECT unnest($other_ids) AS id, unnest($other_revisions) AS revision) o USING (id, revision)"
        )
        parameters |= _lists("other", others)
        sample = sample.replace("FROM e WHERE", f"FROM e {shared} WHERE")
    parameters |= _lists("my", mine)
    rows = store.rows(
        f"WITH sample AS MATERIALIZED ({sample}), mine AS (SELECT unnest($my_ids) AS id, unnest($my_revisions) AS revision),"
        " open AS (FROM sample ANTI JOIN mine USING (id, revision)) "
        "SELECT (SELECT count(*) FROM sample) AS total, (SELECT count(*) FROM open) AS n_open, "
        f"(SELECT list(id ORDER BY k) FROM (FROM open ORDER BY k LIMIT {int(size)})) AS ids",
        parameters,
    )
    (row,) = rows
    return {"total": row["total"], "done": row["total"] - row["n_open"], "ids": row["ids"] or []}


def sample_of(store: Snapshot, queue: Queue) -> set[Key]:
    """All records of the sample, whether judged or not."""
    sql, parameters = queue.selection()
    return {(row["id"], row["revision"]) for row in store.rows(sql, parameters)}


def _lists(name: str, keys: set[Key]) -> dict[str, Any]:
    ordered = sorted(keys) or [("", -1)]  # an empty list has no type
    return {f"{name}_ids": [key[0] for key in ordered], f"{name}_revisions": [key[1] for key in ordered]}
