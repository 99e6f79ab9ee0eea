"""What all pages share: templates, who asks, and one set of rows as HTML, JSON or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jinja2
import msgspec
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from communique.web.corpus import Corpus, Snapshot
from communique.web.filters import Filters
from communique.web.forms import filter_form
from communique.web.settings import Settings

FOLDER = Path(__file__).parent
# Pages in the navigation: address, name. Those of `WITH_FILTERS` keep the filters that are set.
NAVIGATION = [
    ("/events", "Events"), ("/timeline", "Timeline"), ("/map", "Map"), ("/network", "Network"), ("/heat", "Heat map"),
    ("/review", "Review"), ("/code", "Code here"), ("/api", "API"),
]  # fmt: skip
WITH_FILTERS = {"/events", "/timeline", "/map", "/network", "/heat"}
FORMATS = ("json", "csv")

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=jinja2.ChainableUndefined,  # a record may lack fields
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["percent"] = lambda share: f"{share:.0%}" if isinstance(share, int | float) else "–"
_templates.filters["thousands"] = lambda number: f"{number:,}"
_templates.globals["address"] = lambda path, **query: f"{path}?{urlencode(query, doseq=True)}" if query else path


def corpus(request: Request) -> Corpus:
    """The store that the app serves."""
    found: Corpus = request.app.state.corpus
    return found


def snapshot(request: Request) -> Snapshot:
    """The store as it is now; one request should ask once."""
    return corpus(request).now()


def settings(request: Request) -> Settings:
    """What the app was told."""
    found: Settings = request.app.state.settings
    return found


def user(request: Request) -> str | None:
    """Whose request it is: the reviewer whose token it has, or who started a server without tokens."""
    name: str | None = request.state.user
    return name


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page. `filters`, if the context has any, go along in the navigation; with `store`, the page has their form."""
    filters = context.setdefault("filters", Filters())
    if "store" in context:
        context["form"] = filter_form(filters, context["store"])
    query = filters.query()
    navigation = [
        {
            "href": f"{path}?{query}" if path in WITH_FILTERS and query else path,
            "name": name,
            "current": request.url.path == path,
        }
        for path, name in NAVIGATION
    ]
    html = _templates.get_template(template).render(
        context
        | {
            "navigation": navigation,
            "user": getattr(request.state, "user", None),
            "settings": settings(request),
            "path": request.url.path,
        }
    )
    # Half a character (a lone surrogate) cannot be written: it becomes a question mark.
    return HTMLResponse(html.encode("utf-8", "replace"), status)


def as_json(content: Any, status: int = 200) -> Response:
    """Data for programs."""
    return Response(msgspec.json.encode(_writable(content)), status, media_type="application/json")


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], name: str) -> Response:
    """A table for spreadsheets: lists joined by `;`, and no cell that a spreadsheet would take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return Response(
        out.getvalue().encode("utf-8", "replace"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        value = "; ".join("" if one is None else str(one) for one in value)
    elif isinstance(value, dict):
        value = msgspec.json.encode(_writable(value)).decode()
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _writable(value: Any) -> Any:
    """The same without half characters and without numbers that JSON lacks."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_writable(name): _writable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(one) for one in value]
    return None if isinstance(value, float) and value - value != 0 else value
