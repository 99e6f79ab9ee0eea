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

    def selection(self, table: str = "e") -> tuple[str, dict[str, Any]]:
        """SQL for the sample, `id` and `revision` in its order, with its parameters."""
        where, parameters = self.where()
        order = _ORDERS[self.order]
        if "$seed" in order:
            parameters["seed"] = str(self.seed)
        only = ""
        if self.order == "stratified":
            only = f"QUALIFY row_number() OVER (PARTITION BY event ORDER BY {_STABLE}) <= {int(self.per_type)}"
        limit = f"LIMIT {int(self.n)}" if self.n else ""
        return f"SELECT id, revision FROM {table} WHERE {where} {only} ORDER BY {order} {limit}", parameters


def to_do(store: Snapshot, queue: Queue, reviews: Iterable[Review], user: str, size: int) -> dict[str, Any]:
    """The next records for a reviewer, and how many of the sample are done."""
    mine: set[Key] = set()
    others: set[Key] = set()
    for review in reviews:
        if not review.is_article:
            (mine if review.user == user else others).add(review.key)
    table, lists = "e", _lists("my", mine)
    if queue.order == "double":
        table = (
            "e SEMI JOIN (SELECT unnest($other_ids) AS id, unnest($other_revisions) AS revision) o USING (id, revision)"
        )
        lists |= _lists("other", others)
    judged = "(SELECT unnest($my_ids) AS id, unnest($my_revisions) AS revision) m USING (id, revision)"
    sample, parameters = queue.selection(table)
    parameters |= lists
    if queue.n or queue.order == "stratified":  # a few records: draw the sample, then leave out what was judged
        rows = store.rows(sample, _named(parameters, sample))
        keys = [(row["id"], row["revision"]) for row in rows]
        open_ = [key[0] for key in keys if key not in mine]
        return {"total": len(keys), "done": len(keys) - len(open_), "ids": open_[:size]}
    where, _ = queue.where()
    (counts,) = store.rows(
        f"SELECT (SELECT count(*) FROM {table} WHERE {where}) AS total, "
        f"(SELECT count(*) FROM (FROM {table} WHERE {where}) SEMI JOIN {judged}) AS done",
        _named(parameters, where, table, judged),
    )
    sql = sample.replace(f"FROM {table} WHERE", f"FROM {table} ANTI JOIN {judged} WHERE") + f" LIMIT {int(size)}"
    ids = [row["id"] for row in store.rows(sql, _named(parameters, sql))]
    return {"total": counts["total"], "done": counts["done"], "ids": ids}


def _named(parameters: dict[str, Any], *sql: str) -> dict[str, Any]:
    """The parameters that the SQL names; DuckDB refuses others."""
    return {name: value for name, value in parameters.items() if any(f"${name}" in part for part in sql)}


def sample_of(store: Snapshot, queue: Queue) -> set[Key]:
    """All records of the sample, whether judged or not."""
    sql, parameters = queue.selection()
    return {(row["id"], row["revision"]) for row in store.rows(sql, parameters)}


def _lists(name: str, keys: set[Key]) -> dict[str, Any]:
    ordered = sorted(keys) or [("", -1)]  # an empty list has no type
    return {f"{name}_ids": [key[0] for key in ordered], f"{name}_revisions": [key[1] for key in ordered]}
