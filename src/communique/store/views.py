"""The SQL views over a store's parts: for a connection of ours, and for the `.duckdb` file that others open."""

from __future__ import annotations

import re
from importlib import resources

from communique.store.columns import TABLES
from communique.store.folder import Folder, Manifest

READY = ("articles", "by_month", "days", "dyads", "entities", "events", "mentions", "quads", "runs")
_JUDGEMENTS = (
    "{'user': 'VARCHAR', 'time': 'TIMESTAMPTZ', 'record_id': 'VARCHAR', 'revision': 'BIGINT', 'verdict': 'VARCHAR', "
    "'field': 'VARCHAR', 'old': 'JSON', 'new': 'JSON', 'note': 'VARCHAR'}"
)


def snapshot_sql(folder: Folder, manifest: Manifest, *, revised: bool = True) -> str:
    """Views of the parts that count now, and of no later ones.

    Args:
        revised: Whether any article was coded more than once. Where none was, no revision needs to be left out, and
            rows come in the order in which they were added.
    """
    sources = {}
    for table in TABLES:
        files = ", ".join(_quoted(f"{folder.parts.resolve()}/{part.name}/{table}.parquet") for part in manifest.parts)
        sources[table] = f"read_parquet([{files}])"
    sql = _views(folder, sources)
    return sql if revised else sql.replace(" SEMI JOIN latest USING (document_id, revision)", "")


def lasting_sql(folder: Folder) -> str:
    """Views that at each query ask the manifest which parts count."""
    manifest = _quoted(f"{folder.path.resolve()}/manifest.json")
    live = f"(SELECT unnest(parts).name FROM read_json({manifest}, columns = {{parts: 'STRUCT(name VARCHAR)[]'}}))"
    sources = {}
    for table in TABLES:
        files = _quoted(f"{folder.parts.resolve()}/", f"*/{table}.parquet")
        sources[table] = (
            f"read_parquet({files}, union_by_name = true) WHERE parse_filename(parse_dirpath(filename)) IN {live}"
        )
    return _views(folder, sources)


def _views(folder: Folder, sources: dict[str, str]) -> str:
    judgements = (
        f"read_json({_quoted(str(folder.judgements.resolve()))}, format = 'newline_delimited', "
        f"columns = {_JUDGEMENTS}, ignore_errors = true)"
    )
    sql = resources.files(__package__).joinpath("views.sql").read_text(encoding="utf-8")
    for table, source in sources.items():
        columns = ", ".join(f'"{name}"' for name in TABLES[table].names)
        sql = sql.replace(f"* FROM {{{table}}}", f"{columns} FROM {source}")
    return sql.replace("{judgements}", judgements)


def _quoted(path: str, pattern: str = "") -> str:
    """A path as an SQL string, read as it stands, with a glob behind it."""
    path = re.sub(r"[\[?*]", r"[\g<0>]", path)
    return "'" + (path + pattern).replace("'", "''") + "'"
