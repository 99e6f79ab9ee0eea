"""Code here: a pasted text or a dropped file, coded by one coder that is loaded once; nothing is stored."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path, PurePath
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from communique.errors import CommuniqueError
from communique.export import event_record
from communique.ingest import read_articles
from communique.pipeline import Explanation
from communique.records import Article, Rejection
from communique.web.highlight import marked, spans_of
from communique.web.pages import as_json, render, settings

router = APIRouter(tags=["code here"])
MAX_TEXT = 20_000  # characters: some ten seconds of work
MAX_ARTICLES = 20  # of one file
KINDS = (".txt", ".html", ".htm", ".jsonl")
_log = logging.getLogger(__name__)
Day = date
Title = Annotated[str, StringConstraints(max_length=2000)]


class Explains(Protocol):
    """What codes here."""

    def explain(self, article: Article) -> Explanation:
        """All candidates of an article, and what became of them."""


class Bench:
    """The coder, loaded by the first who wants it, used by one at a time."""

    def __init__(self, make: Callable[[], Explains]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._coder: Explains | None = None
        self._warming = False

    def warm(self) -> None:
        """Begin to load the coder, so that it is there when somebody has pasted a text."""
        if self._coder is None and not self._warming:
            self._warming = True
            threading.Thread(target=self._load_quietly).start()

    def explain(self, article: Article, wait_s: float) -> Explanation:
        """Code an article.

        Raises:
            TimeoutError: Others' texts are being coded.
            CommuniqueError: It cannot be coded.
        """
        if not self._lock.acquire(timeout=wait_s):
            raise TimeoutError
        try:
            return self._loaded().explain(article)
        finally:
            self._lock.release()

    def _load_quietly(self) -> None:
        with self._lock:
            try:
                self._loaded()
            except Exception:
                _log.exception("the coder could not be loaded")
                self._warming = False

    def _loaded(self) -> Explains:
        if self._coder is None:
            self._coder = self._make()
        return self._coder


class TextIn(BaseModel):
    """A text to code. `date` is its day of publication, which relative dates are resolved by."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)] = Field(
        examples=["Kenyan police fired tear gas at protesters in Nairobi on Tuesday."]
    )
    date: Day | None = None
    title: Title | None = None


@router.post("/api/code", summary="Code a text")
def code_text(request: Request, body: TextIn) -> Response:
    """The text's events as `communique code` writes them, and what was dropped and why. Nothing is stored."""
    return as_json(_coded(request, Article(body.text, id="pasted", date=body.date, title=body.title)))


@router.post("/api/code/file", summary="Code a file")
async def code_file(
    request: Request, file: Annotated[UploadFile, File()], date: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """The same of each article of a `.txt`, `.html` or `.jsonl` file."""
    data = await file.read()
    name = file.filename or ""
    return as_json({"articles": await run_in_threadpool(_code_all, request, _articles(data, name, _day(date)))})


@router.get("/code", include_in_schema=False)
def code_page(request: Request) -> Response:
    """Where to paste."""
    bench(request).warm()
    return _page(request, [], "", "")


@router.post("/code", include_in_schema=False)
async def coded_page(
    request: Request,
    text: Annotated[str, Form()] = "",
    date: Annotated[str, Form(max_length=10)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """The events, highlighted in the text."""
    data = await file.read() if file and file.filename else b""
    text = text.replace("\r\n", "\n")  # as browsers send what was typed
    try:
        day = _day(date)
        if data and file:
            articles = _articles(data, file.filename or "", day)
        elif text.strip():
            if len(text) > MAX_TEXT:
                raise HTTPException(413, f"A text may have {MAX_TEXT:,} characters here; this has {len(text):,}.")
            articles = [Article(text, id="pasted", date=day)]
        else:
            raise HTTPException(422, "There is nothing to code: paste a text, or choose a file.")
        coded = await run_in_threadpool(_code_all, request, articles)
    except HTTPException as error:
        return await run_in_threadpool(_page, request, [], text[:MAX_TEXT], date, str(error.detail), error.status_code)
    return await run_in_threadpool(_page, request, coded, text if not data else "", date)


def bench(request: Request) -> Bench:
    """The app's coder."""
    found: Bench = request.app.state.bench
    return found


def _page(
    request: Request, coded: list[dict[str, Any]], text: str, day: str, problem: str = "", status: int = 200
) -> Response:
    shown = []
    for one in coded:
        spans = [
            span for n, record in enumerate(one["events"], 1) for span in spans_of(record, n, one["text"], one["date"])
        ]
        names = [record["id"] for record in one["events"]]
        shown.append(one | {"marked": marked(one["text"], spans, names)})
    return render(
        request, "code_here.html", status=status, title="Code here", articles=shown, text=text, day=day,
        problem=problem, max_text=MAX_TEXT, kinds=KINDS,
    )  # fmt: skip


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HTTPException(422, f"The date is {text!r}, expected ISO 8601 such as '2024-03-12'.") from None


def _articles(data: bytes, name: str, day: date | None) -> list[Article | Rejection]:
    """The articles of a file that was sent. Its name is only looked at for its ending."""
    ending = PurePath(name).suffix.lower()
    if ending not in KINDS:
        raise HTTPException(422, f"The file's name ends in {ending[:20]!r}, expected {', '.join(KINDS)}.")
    with tempfile.TemporaryDirectory(prefix="communique-upload-") as folder:
        path = Path(folder, f"upload{ending}")
        path.write_bytes(data)
        found: list[Article | Rejection] = []
        for item in read_articles([str(path)], day):
            found.append(item)
            if len(found) > MAX_ARTICLES:
                raise HTTPException(413, f"A file may have {MAX_ARTICLES} articles here. Use `communique code`.")
    if sum(len(item.text) for item in found if isinstance(item, Article)) > MAX_TEXT:
        raise HTTPException(413, f"A file may have {MAX_TEXT:,} characters of text here. Use `communique code`.")
    return [_without_folder(item, folder) for item in found]


def _without_folder(item: Article | Rejection, folder: str) -> Article | Rejection:
    """Messages do not tell where the server keeps files."""
    if isinstance(item, Article):
        return item
    return Rejection(item.where.replace(f"{folder}/", ""), item.found, item.expected, item.id)


def _code_all(request: Request, articles: list[Article] | list[Article | Rejection]) -> list[dict[str, Any]]:
    return [
        {
            "id": "",
            "title": None,
            "date": None,
            "text": "",
            "events": [],
            "dropped": [],
            "set_aside": None,
            "rejected": str(item),
        }
        if isinstance(item, Rejection)
        else _coded(request, item)
        for item in articles
    ]


def _coded(request: Request, article: Article) -> dict[str, Any]:
    try:
        explained = bench(request).explain(article, settings(request).timeout_s)
    except TimeoutError:
        raise HTTPException(503, "Other texts are being coded. Try again in a moment.") from None
    except CommuniqueError as error:
        raise HTTPException(422, str(error)) from error
    except Exception as error:
        _log.exception("a text could not be coded")
        raise HTTPException(422, f"This text could not be coded ({type(error).__name__}). Please report it.") from error
    events = [] if explained.set_aside else [one.event for one in explained.candidates if one.event is not None]
    return {
        "id": article.id,
        "title": article.title,
        "date": article.date,
        "text": article.text,
        "events": [
            event_record(event) | {"reason": next(one.reason for one in explained.candidates if one.event is event)}
            for event in events
        ],
        "dropped": [
            {"words": one.words, "sentence": one.sentence_text, "reason": one.reason}
            for one in explained.candidates if one.event is None
        ],
        "set_aside": explained.set_aside,
        "rejected": None,
    }  # fmt: skip
