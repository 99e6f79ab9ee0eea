"""The table of events."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from communique.web.corpus import Snapshot
from communique.web.filters import Page
from communique.web.flat import SHOWN
from communique.web.pages import as_csv, as_json, render, snapshot

router = APIRouter()

# Heads of the table, and what a click on them sorts by.
HEADS = (
    ("Date", "date"), ("Type", "event"), ("Actor", "actor"), ("Recipient", "recipient"), ("Words", None),
    ("Place", "place"), ("Confidence", "confidence"), ("Source", "source"),
)  # fmt: skip


def page_of_events(store: Snapshot, page: Page) -> dict[str, Any]:
    """A page of the table, and how many events there are in all."""
    where, parameters = page.where()
    (count,) = store.rows(f"SELECT count(*) AS n FROM e WHERE {where}", parameters)
    rows = store.shown(where, parameters, page.order_by(), page.size, (page.page - 1) * page.size)
    return {"total": count["n"], "page": page.page, "size": page.size, "events": rows}


@router.get("/api/events", tags=["events"], summary="A page of the events that meet the filters")
@router.get("/events.json", include_in_schema=False)
def events_json(request: Request, page: Annotated[Page, Query()]) -> Response:
    """Events as flat rows, one an event; `/api/event` gives an event's whole record."""
    return as_json(page_of_events(snapshot(request), page))


@router.get("/events.csv", tags=["events"], summary="The same as CSV")
def events_csv(request: Request, page: Annotated[Page, Query()]) -> Response:
    """Events as CSV, lists joined by `;`."""
    return as_csv(page_of_events(snapshot(request), page)["events"], SHOWN, "events")


@router.get("/events", include_in_schema=False)
def events_page(request: Request, page: Annotated[Page, Query()]) -> Response:
    """The table with its filters."""
    store = snapshot(request)
    found = page_of_events(store, page)
    return render(
        request,
        "events.html",
        title="Events",
        filters=page,
        store=store,
        found=found,
        n_pages=max(1, -(-found["total"] // page.size)),
        columns=HEADS,
    )
