"""What changed between two revisions of the same articles: events added, removed, retyped, and coded otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from communique.store.store import Store

_PAIRS = """
CREATE OR REPLACE TEMP TABLE revision_pairs AS
SELECT new.document_id, old.revision AS old_revision, new.revision AS new_revision, old.coder AS old_coder,
    new.coder AS new_coder, old.text_sha256 != new.text_sha256 AS text_changed
FROM article_revisions AS new
JOIN article_revisions AS old ON new.document_id = old.document_id AND old.revision < new.revision
WHERE contains(new.coder, $new) AND contains(old.coder, $old)
QUALIFY row_number() OVER (PARTITION BY new.document_id ORDER BY new.revision DESC, old.revision DESC) = 1
"""
# Events of both revisions are the same event if the same words report it (where the text is the same: at the same
# place), one after the other where the same words report several.
_DIFFERENCES = """
CREATE OR REPLACE TEMP TABLE differences AS
WITH sides AS (
    SELECT side, text_changed, id, document_id, revision, event[1] AS event, event_text, event_spans, {facts},
        row_number() OVER (
            PARTITION BY side, document_id, event_text, CASE WHEN NOT text_changed THEN event_spans END
            ORDER BY event_spans, event, try_cast(split_part(id, '#', -1) AS BIGINT)
        ) AS nth
    FROM (
        SELECT 'old' AS side, document_id, old_revision AS revision, text_changed FROM revision_pairs
        UNION ALL SELECT 'new', document_id, new_revision, text_changed FROM revision_pairs
    )
    JOIN event_revisions USING (document_id, revision)
), compared AS (
    SELECT coalesce(old.document_id, new.document_id) AS document_id, old.id AS old_id, new.id AS new_id,
        old.revision AS old_revision, new.revision AS new_revision, old.event AS old_event, new.event AS new_event,
        coalesce(old.event_text, new.event_text) AS words,
        list_filter([{changes}], lambda change: change.old IS DISTINCT FROM change.new) AS changes
    FROM (FROM sides WHERE side = 'old') AS old
    FULL JOIN (FROM sides WHERE side = 'new') AS new
    ON old.document_id = new.document_id AND old.event_text = new.event_text AND old.nth = new.nth
        AND (old.text_changed OR old.event_spans = new.event_spans)
)
SELECT CASE WHEN old_id IS NULL THEN 'added' WHEN new_id IS NULL THEN 'removed'
    WHEN old_event IS DISTINCT FROM new_event THEN 'retyped' WHEN len(changes) > 0 THEN 'changed' ELSE 'same' END
    AS kind, * FROM compared
"""
_COMPARED = {
    "mode": "mode",
    "auxiliary_mode": "auxiliary_mode",
    "context": "context",
    "date": "[date, enddate]",
    "actor": "[{'code': one.code, 'sector': one.sector, 'text': one.entity_text} FOR one IN actor]",
    "recipient": "[{'code': one.code, 'sector': one.sector, 'text': one.entity_text} FOR one IN recipient]",
    "event_loc": "{'place': event_loc.resolved_place, 'country': event_loc.country_code}",
    "size": "size",
    "attribution": "{'code': attribution.code, 'text': attribution.entity_text}",
}
KINDS = ("added", "removed", "retyped", "changed")


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How often an event type was coded in both revisions, and what became of its events.

    Attributes:
        event: Its name.
        n_old: Events of it in the older revision.
        n_new: In the newer one.
        n_same: Coded the same in both.
        n_changed: Same type, with other modes, actors, dates, …
        n_retyped_from: Of this type in the old revision, of another in the new.
        n_retyped_to: The other way round.
        n_removed: Not coded any more.
        n_added: Coded anew.
    """

    event: str
    n_old: int
    n_new: int
    n_same: int
    n_changed: int
    n_retyped_from: int
    n_retyped_to: int
    n_removed: int
    n_added: int


class Diff:
    """What changed between the latest revision of each article and the one before.

    Args:
        store: The store.
        old: Words in the name of the older coder, such as `0.1.0`; by default whichever coded the revision before.
        new: Words in the name of the newer coder; by default whichever coded the latest revision.
    """

    def __init__(self, store: Store, old: str = "", new: str = "") -> None:
        self._store = store
        facts = ", ".join(f"to_json({value}) AS {name}_fact" for name, value in _COMPARED.items())
        changes = ", ".join(
            f"{{'field': '{name}', 'old': old.{name}_fact, 'new': new.{name}_fact}}" for name in _COMPARED
        )
        store.execute(_PAIRS, {"old": old, "new": new})
        store.execute(_DIFFERENCES.replace("{facts}", facts).replace("{changes}", changes))

    def documents(self) -> list[tuple[str, str, int, int]]:
        """Older coder, newer coder, articles with both, and how many of those have another text now."""
        rows = self._store.query(
            "SELECT old_coder, new_coder, count(*), count(*) FILTER (text_changed) FROM revision_pairs "
            "GROUP BY ALL ORDER BY 3 DESC, 1, 2"
        ).fetchall()
        return [(str(row[0]), str(row[1]), int(row[2]), int(row[3])) for row in rows]

    def by_type(self) -> list[TypeCount]:
        """Counts by event type, in alphabetical order."""
        rows = self._store.query("""
            SELECT event, sum(o), sum(n), sum(s), sum(c), sum(f), sum(t), sum(r), sum(a) FROM (
                SELECT old_event AS event, 1 AS o, 0 AS n, kind = 'same' AS s, kind = 'changed' AS c,
                    kind = 'retyped' AS f, false AS t, kind = 'removed' AS r, false AS a
                FROM differences WHERE old_id IS NOT NULL
                UNION ALL
                SELECT new_event, 0, 1, false, false, false, kind = 'retyped', false, kind = 'added'
                FROM differences WHERE new_id IS NOT NULL
            ) GROUP BY event ORDER BY event""").fetchall()
        return [TypeCount(str(row[0]), *(int(count) for count in row[1:])) for row in rows]

    def rows(self, kind: str | None = None, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """The differences: kind, ids and revisions, types, the event words, and the fields that changed."""
        kinds = (kind,) if kind else KINDS
        relation = self._store.query(
            "SELECT kind, document_id, old_id, new_id, old_revision, new_revision, old_event, new_event, words, "
            "CASE WHEN kind IN ('changed', 'retyped') THEN changes ELSE [] END AS changes FROM differences "
            f"WHERE list_contains($kinds, kind) ORDER BY document_id, old_id, new_id {f'LIMIT {limit}' if limit else ''}",
            {"kinds": list(kinds)},
        )
        for batch in relation.to_arrow_reader(1000):
            for row in batch.to_pylist():
                for change in row["changes"]:
                    change["old"], change["new"] = json.loads(change["old"]), json.loads(change["new"])
                yield row
