"""The app: its parts put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from communique.pipeline import Coder
from communique.version import __version__
from communique.web import articles, code_here, events, login, pictures, reference, review
from communique.web.corpus import Corpus, NoTexts, QueryTimeout
from communique.web.pages import FOLDER, as_json, render
from communique.web.security import Guard, Sessions
from communique.web.settings import Settings

ROUTERS = [
    login.router,
    events.router,
    articles.router,
    pictures.router,
    review.router,
    code_here.router,
    reference.router,
]


class Problem(BaseModel):
    """What was wrong with a request."""

    detail: str
    errors: list[str] = []


def create_app(settings: Settings, make_coder: Callable[[], code_here.Explains] | None = None) -> FastAPI:
    """Make the app.

    Args:
        settings: How to serve the store.
        make_coder: Makes the coder of "Code here" when somebody wants it; by default the package's own.

    Raises:
        StoreError: There is no store, or it is damaged.
    """
    corpus = Corpus(settings.store, settings.timeout_s)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        corpus.close()

    app = FastAPI(
        title="Communiqué",
        description="Political events of a store: see, check, correct.",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses={422: {"model": Problem, "description": "Something in it is not understood"}},
    )
    app.state.settings, app.state.corpus, app.state.sessions = settings, corpus, Sessions(settings)
    app.state.bench = code_here.Bench(make_coder or Coder)
    app.add_middleware(Guard, settings=settings, sessions=app.state.sessions)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(QueryTimeout, _timed_out)
    app.add_exception_handler(NoTexts, _no_texts)

    @app.get("/", include_in_schema=False)
    def home() -> Response:
        return RedirectResponse("/events")

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> Response:
        return RedirectResponse("/static/icon.svg")

    return app


def _for_people(request: Request) -> bool:
    path = request.url.path
    return "text/html" in request.headers.get("accept", "") and not path.startswith("/api/")


def _say(request: Request, status: int, message: str, details: list[str] | None = None) -> Response:
    if _for_people(request):
        return render(
            request, "error.html", status=status, title="This did not work", message=message, details=details or []
        )
    return as_json({"detail": message, "errors": details or []}, status)


def _invalid(request: Request, error: Exception) -> Response:
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    details = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in errors]
    return _say(request, 422, "The address or form has something in it that is not understood.", details)


def _refused(request: Request, error: Exception) -> Response:
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    return _say(request, status, str(detail))


def _timed_out(request: Request, error: Exception) -> Response:
    return _say(request, 503, str(error))


def _no_texts(request: Request, error: Exception) -> Response:
    return _say(request, 422, str(error))
