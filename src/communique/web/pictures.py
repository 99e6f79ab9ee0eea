"""The pictures: a page, its data and its files for each, all under the same filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from communique.web import draw, figures
from communique.web.corpus import Snapshot
from communique.web.events import page_of_events
from communique.web.figures import Figures, Picture
from communique.web.filters import Filters, Page
from communique.web.pages import as_csv, as_json, render, snapshot

router = APIRouter()
Asked = Annotated[Picture, Query()]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of picture.

    Attributes:
        name: As the address has it.
        title: As the page has it.
        ask: Gets its numbers.
        draw: Draws them.
        options: Which of `Picture`'s options it takes.
        note: What to know when reading it.
    """

    name: str
    title: str
    ask: Callable[[Snapshot, Picture], Figures]
    draw: Callable[[Figures, Filters], Markup]
    options: tuple[str, ...]
    note: str


KINDS = (
    Kind(
        "timeline", "Timeline", figures.timeline, draw.timeline, ("by",),
        "Events by quad category, on their first day: cooperation above zero, conflict below.",
    ),
    Kind(
        "map", "Map", figures.world, draw.world, (),
        "Countries by number of events; circles are the 500 places with most. Borders are those of Natural Earth.",
    ),
    Kind(
        "network", "Network", figures.network, draw.network, ("top", "domestic"),
        "The most frequent dyads, from actor to recipient. A meeting counts in both directions.",
    ),
    Kind("heat", "Heat map", figures.heat, draw.heat, ("by",), "Events by type and period, on their first day."),
)  # fmt: skip


def _add(kind: Kind) -> None:
    def data(request: Request, filters: Asked) -> Response:
        return as_json(kind.ask(snapshot(request), filters).data())

    def table(request: Request, filters: Asked) -> Response:
        found = kind.ask(snapshot(request), filters)
        return as_csv(found.rows, found.columns, kind.name)

    def svg(request: Request, filters: Asked) -> Response:
        picture = draw.saved(kind.draw(kind.ask(snapshot(request), filters), filters))
        return _file(picture.encode("utf-8", "replace"), "image/svg+xml", f"{kind.name}.svg")

    def png(request: Request, filters: Asked) -> Response:
        picture = draw.as_png(kind.draw(kind.ask(snapshot(request), filters), filters))
        return _file(picture, "image/png", f"{kind.name}.png")

    def page(request: Request, filters: Asked) -> Response:
        store = snapshot(request)
        found = kind.ask(store, filters)
        return render(
            request, "picture.html", title=kind.title, kind=kind, filters=filters, store=store, found=found,
            picture=kind.draw(found, filters), options={name: getattr(filters, name) for name in kind.options},
        )  # fmt: skip

    for endpoint, suffix in ((table, ".csv"), (svg, ".svg"), (png, ".png"), (page, ""), (data, ".json")):
        router.add_api_route(f"/{kind.name}{suffix}", endpoint, include_in_schema=False, methods=["GET"])
    router.add_api_route(
        f"/api/{kind.name}", data, methods=["GET"], tags=["pictures"], summary=f"{kind.title}: its numbers",
        description=kind.note, name=f"{kind.name}_data",
    )  # fmt: skip


for _kind in KINDS:
    _add(_kind)


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def dyad_data(store: Snapshot, filters: Picture) -> dict[str, Any]:
    """Series, types and latest events of one dyad.

    Raises:
        HTTPException: No dyad was named.
    """
    if not filters.dyad:
        raise HTTPException(422, "Name a dyad, such as /dyad?dyad=KEN>UGA.")
    actor, recipient = filters.dyad.split(">")
    latest = page_of_events(store, Page(**{name: getattr(filters, name) for name in Filters.model_fields}, size=20))
    return {
        "actor": actor,
        "recipient": recipient,
        "total": latest["total"],
        "series": figures.timeline(store, filters).data(),
        "types": figures.types(store, filters),
        "latest": latest["events"],
    }


@router.get("/api/dyad", tags=["pictures"], summary="One dyad: its series, types and latest events")
@router.get("/dyad.json", include_in_schema=False)
def dyad_json(request: Request, filters: Asked) -> Response:
    """Events from one party to another, such as `dyad=KEN>UGA`."""
    return as_json(dyad_data(snapshot(request), filters))


@router.get("/dyad.csv", include_in_schema=False)
def dyad_csv(request: Request, filters: Asked) -> Response:
    """The dyad's series."""
    dyad_data(snapshot(request), filters)
    found = figures.timeline(snapshot(request), filters)
    return as_csv(found.rows, found.columns, "dyad")


@router.get("/dyad", include_in_schema=False)
def dyad_page(request: Request, filters: Asked) -> Response:
    """The dyad's page."""
    store = snapshot(request)
    found = dyad_data(store, filters)
    back = filters.model_copy(update={"dyad": f"{found['recipient']}>{found['actor']}"})
    series = figures.timeline(store, filters)
    return render(
        request, "dyad.html", title=f"{found['actor']} → {found['recipient']}", filters=filters, store=store,
        found=found, picture=draw.timeline(series, filters), back=back.query(),
    )  # fmt: skip
