"""Review: a queue of records to judge, what the judgements tell, and their export."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal
from urllib.parse import quote, unquote

from fastapi import APIRouter, Depends, Form, Header, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.exceptions import HTTPException

from communique import codebook
from communique.errors import InputError
from communique.store import Judgement
from communique.web.carried import Carrier
from communique.web.corpus import Snapshot
from communique.web.draft import Changes, changed_fields, empty_record, missed_event
from communique.web.judged import ARTICLE, Ledger, Review, rows_of
from communique.web.pages import as_json, render, settings, snapshot, user
from communique.web.queue import Queue, sample_of, to_do
from communique.web.reviewed import Conflicts, Which, articles_of, gold_entries, training_rows
from communique.web.tally import agreed, precision

router = APIRouter(tags=["review"])
REVIEWER_COOKIE = "communique_reviewer"
_AROUND = 1500  # characters of the article shown on either side of an event
_MAX_NAME = 60
_ARTICLE_FIELDS = ("document_id", "revision", "date", "title", "url", "publication", "language", "place", "codebook")

Id = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Note = Annotated[str, StringConstraints(max_length=2000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class JudgementIn(_Body):
    """What you say of a record. A later judgement takes the place of your earlier one; both stay on disk."""

    record_id: Id
    revision: int = Field(ge=1, le=2**31)
    verdict: Literal["agree", "correct", "reject", "withdraw"]
    changes: Changes = Field(default_factory=Changes, description="For `correct`: the fields that should be otherwise.")
    note: Note = ""


class MissedIn(_Body):
    """An event that the coder missed. `event` and `event_spans` must be given."""

    document_id: Id
    revision: int = Field(ge=1, le=2**31, description="Of the article.")
    coding: Changes
    note: Note = ""


class ArticleIn(_Body):
    """Whether an article has no other event than those that are coded or were added by you."""

    document_id: Id
    revision: int = Field(ge=1, le=2**31)
    complete: bool
    note: Note = ""


class Asked(Queue):
    """A queue, and how many records of it."""

    size: int = Field(50, ge=1, le=1000)


class Summed(Queue):
    """Which judgements count."""

    sample: bool = Field(False, description="Whether only records of the sample count that the other values describe.")
    reviewer: Annotated[list[str], Field(max_length=50)] = Field(
        [], description="Only these reviewers; all by default."
    )


class Exported(_Body):
    """What is exported."""

    reviewer: Annotated[list[str], Field(max_length=50)] = Field(
        [], description="Only these reviewers; all by default."
    )
    which: Which = Field(
        "judged",
        description="Articles all of whose records were judged; only those marked as having no other event (`complete`); "
        "or `all`, with records that were not judged as optional.",
    )
    conflicts: Conflicts = Field(
        "optional",
        description="Where reviewers differ: neither wanted nor wrong, or as the last one has it (`latest`).",
    )


def ledger(request: Request) -> Ledger:
    """The judgements of the store that the app serves."""
    state = request.app.state
    if not hasattr(state, "ledger"):
        state.ledger = Ledger(snapshot(request).store.judgements_file)
    found: Ledger = state.ledger
    return found


def reviews_of(request: Request, store: Snapshot) -> list[Review]:
    """Each reviewer's last word on each record, those on earlier codings carried over to what the snapshot holds."""
    state = request.app.state
    carrier: Carrier | None = getattr(state, "carrier", None)
    if carrier is None or carrier.store is not store:
        carrier = state.carrier = Carrier(store)
    return carrier.current(ledger(request).last_words())


def reviewer(request: Request, x_reviewer: Annotated[str | None, Header(max_length=500)] = None) -> str:
    """Whose judgement it is: the token's owner; without tokens, who they say they are, else who started the server."""
    told = settings(request)
    if told.tokens:
        return user(request) or ""
    name = unquote(x_reviewer or request.cookies.get(REVIEWER_COOKIE) or "").strip()
    if not name:
        return told.user
    if len(name) > _MAX_NAME or not name.isprintable():
        raise HTTPException(422, f"A reviewer's name has at most {_MAX_NAME} characters, all of them printable.")
    return name


Reviewer = Annotated[str, Depends(reviewer)]


@router.get("/api/review/queue", summary="What to review next")
def queue(request: Request, asked: Annotated[Asked, Query()], name: Reviewer) -> Response:
    """Ids of records that you have not judged yet, in the order asked for, and how many of the sample are done."""
    store = snapshot(request)
    return as_json(to_do(store, asked, reviews_of(request, store), name, asked.size) | {"reviewer": name})


@router.get("/api/review/vocabulary", summary="What fields may hold")
def vocabulary(request: Request) -> Response:
    """Types with their modes, auxiliary modes, sectors and codes."""
    return as_json(_vocabulary(snapshot(request)))


@router.get("/api/review/item", summary="One record to review")
def item(request: Request, id: Annotated[Id, Query()], name: Reviewer, whole: bool = False) -> Response:
    """The record with the article around it, your own judgement if there is one, and never another reviewer's.

    `text` begins at character `offset` of the article; it is null where the store does not have it.
    """
    store = snapshot(request)
    record = store.record(id)
    if record is None:
        raise HTTPException(404, f"There is no record {id!r} in the latest revision.")
    return as_json(_item(store, record["document_id"], record, reviews_of(request, store), name, whole=whole))


@router.get("/api/review/article", summary="An article to look for missed events in")
def article_item(request: Request, id: Annotated[Id, Query()], name: Reviewer, whole: bool = True) -> Response:
    """As of `/api/review/item`, without a record."""
    store = snapshot(request)
    return as_json(_item(store, id, None, reviews_of(request, store), name, whole=whole))


@router.post("/api/review/judgements", status_code=201, summary="Judge a record")
def judge(request: Request, body: JudgementIn, name: Reviewer) -> Response:
    """Add your judgement. The coder's record stays as it is."""
    store = snapshot(request)
    record = store.record(body.record_id)
    if record is None:
        raise HTTPException(404, f"There is no record {body.record_id!r} in the latest revision.")
    if record["revision"] != body.revision:
        raise HTTPException(409, f"The record was coded anew: it is revision {record['revision']} now.")
    verdict, changes = body.verdict, {}
    if verdict == "correct":
        try:
            changes = changed_fields(body.changes, record, _text(store, record["document_id"]), _types(store))
        except InputError as error:
            raise HTTPException(422, f"{error}.") from error
        verdict = "correct" if changes else "agree"
    rows = rows_of(name, record, body.revision, verdict, changes, body.note)
    store.store.judge(*rows)
    return as_json({"record_id": record["id"], "verdict": verdict, "changes": changes, "reviewer": name}, 201)


@router.post("/api/review/missed", status_code=201, summary="Add an event that was missed")
def add_missed(request: Request, body: MissedIn, name: Reviewer) -> Response:
    """Add an event to an article. It becomes a judgement, not a record of the coder."""
    store = snapshot(request)
    article = _article(store, body.document_id, body.revision)
    record_id = f"{body.document_id}#+{secrets.token_hex(6)}"
    try:
        record = missed_event(body.coding, record_id, article, _text(store, body.document_id), _types(store))
    except InputError as error:
        raise HTTPException(422, f"{error}.") from error
    store.store.judge(Judgement(name, record_id, body.revision, "add", new=record, note=body.note))
    return as_json({"record_id": record_id, "record": record, "reviewer": name}, 201)


@router.delete("/api/review/missed", summary="Take back an event that you added")
def take_back(request: Request, id: Annotated[Id, Query()], name: Reviewer) -> Response:
    """The event no longer counts; what you said stays on disk."""
    store = snapshot(request)
    for review in (*ledger(request).reviews(), *reviews_of(request, store)):
        if review.user == name and review.record_id == id and review.verdict == "add":
            store.store.judge(Judgement(name, id, review.revision, "withdraw"))
            return as_json({"record_id": id, "verdict": "withdraw", "reviewer": name})
    raise HTTPException(404, f"You have added no event {id!r}.")


@router.post("/api/review/articles", status_code=201, summary="Say that an article has no other event")
def close_article(request: Request, body: ArticleIn, name: Reviewer) -> Response:
    """Only articles that were read to the end tell which events the coder missed."""
    store = snapshot(request)
    _article(store, body.document_id, body.revision)
    verdict = "agree" if body.complete else "withdraw"
    store.store.judge(Judgement(name, body.document_id, body.revision, verdict, ARTICLE, note=body.note))
    return as_json({"document_id": body.document_id, "complete": body.complete, "reviewer": name}, 201)


@router.get("/api/review/precision", summary="Precision by type from the judgements so far")
def precision_json(request: Request, asked: Annotated[Summed, Query()]) -> Response:
    """Shares of coded events judged to be events, of the right type, and right in all; with Wilson's 95% intervals."""
    return as_json(_precision(request, asked))


@router.get("/api/review/agreement", summary="How far reviewers agree")
def agreement_json(request: Request, name: Reviewer, all: bool = False) -> Response:
    """Krippendorff's alpha over all reviewers, Cohen's kappa of each two, and where they differ.

    Disagreements on records that you have not judged yourself are shown only with `all=true`.
    """
    store = snapshot(request)
    return as_json(agreed(store, reviews_of(request, store), name, show_all=all))


@router.get("/review/gold.jsonl", summary="Reviewed articles as gold for `communique evaluate`")
def gold_jsonl(request: Request, asked: Annotated[Exported, Query()]) -> Response:
    """An article a line, with its events as reviewed."""
    store = snapshot(request)
    entries = gold_entries(store, _of(request, store, asked.reviewer), asked.which, asked.conflicts)
    return _lines(entries, "gold")


@router.get("/review/training.jsonl", summary="Reviewed sentences as `communique train` reads them")
def training_jsonl(request: Request, asked: Annotated[Exported, Query()]) -> Response:
    """A sentence a line; those whose records were all rejected have no event."""
    store = snapshot(request)
    rows, left_out = training_rows(store, _of(request, store, asked.reviewer))
    answer = _lines(rows, "training")
    answer.headers["X-Left-Out"] = str(left_out)
    return answer


@router.get("/review", include_in_schema=False)
def review_page(request: Request, asked: Annotated[Queue, Query()], name: Reviewer) -> Response:
    """The page to review on."""
    return render(
        request,
        "review.html",
        title="Review",
        filters=asked,
        store=snapshot(request),
        asked=asked,
        reviewer=name,
        orders=_ORDERS,
        vocabulary=_vocabulary(snapshot(request)),
    )


@router.post("/review/reviewer", include_in_schema=False)
def name_reviewer(request: Request, name: Annotated[str, Form(max_length=200)]) -> Response:
    """Say who reviews in this browser, on a server without tokens."""
    if settings(request).tokens:
        raise HTTPException(403, "A token says who reviews here.")
    name = name.strip()
    if not name or len(name) > _MAX_NAME or not name.isprintable():
        raise HTTPException(422, f"A reviewer's name has 1 to {_MAX_NAME} characters, all of them printable.")
    answer = RedirectResponse("/review", 303)
    answer.set_cookie(REVIEWER_COOKIE, quote(name), max_age=365 * 86_400, httponly=True, samesite="strict")
    return answer


@router.get("/review/precision", include_in_schema=False)
def precision_page(request: Request, asked: Annotated[Summed, Query()], name: Reviewer) -> Response:
    """Precision as a table."""
    found = _precision(request, asked)
    rows = [*found["types"], {"type": "All", **found["overall"]}]
    return render(
        request, "review_precision.html", title="Precision by type", found=found, rows=rows, asked=asked,
        reviewer=name, orders=_ORDERS, summary=_sample_in_words(asked),
    )  # fmt: skip


@router.get("/review/agreement", include_in_schema=False)
def agreement_page(request: Request, name: Reviewer, all: bool = False) -> Response:
    """Agreement as tables, disagreements side by side."""
    store = snapshot(request)
    found = agreed(store, reviews_of(request, store), name, show_all=all)
    return render(
        request, "review_agreement.html", title="Agreement of reviewers", found=found, reviewer=name, show_all=all
    )


_ORDERS = (
    ("confidence", "Lowest confidence first"),
    ("random", "At random"),
    ("type", "Type by type"),
    ("stratified", "As many of each type"),
    ("double", "What others have judged"),
)


def _item(
    store: Snapshot,
    document_id: str,
    record: dict[str, Any] | None,
    reviews: Iterable[Review],
    name: str,
    *,
    whole: bool,
) -> dict[str, Any]:
    article = articles_of(store, [document_id]).get(document_id)
    if article is None:
        raise HTTPException(404, f"There is no article {document_id!r}.")
    text = store.text(document_id, article["text_sha256"])
    start, end = 0, 0 if text is None else len(text)
    if record is not None and not whole and text is not None:
        info = record.get("text_info") or {}
        spans = record.get("event_spans") or [[0, 0]]
        start = max(0, (info.get("start") or spans[0][0]) - _AROUND)
        end = min(len(text), (info.get("end") or spans[-1][1]) + _AROUND)
    mine = [review for review in reviews if review.user == name]
    said = {review.key: _told(review) for review in mine if not review.is_article}
    return {
        "record": record,
        "empty": empty_record("", article),
        "article": {field: article[field] for field in _ARTICLE_FIELDS},
        "text": None if text is None else text[start:end],
        "offset": start,
        "n_characters": article["n_characters"],
        "review": said.get((record["id"], record["revision"])) if record else None,
        "added": [
            review.record for review in mine
            if review.verdict == "add" and review.record and review.record.get("document_id") == document_id
        ],
        "complete": any(r.is_article and r.key == (document_id, article["revision"]) for r in mine),
        "events": [
            {"id": row["id"], "event": row["event"], "words": row["words"], "review": said.get((row["id"], row["revision"]))}
            for row in store.rows("SELECT id, revision, event, words FROM e WHERE document_id = $id ORDER BY rowid", {"id": document_id})
        ],
        "reviewer": name,
    }  # fmt: skip


def _told(review: Review) -> dict[str, Any]:
    told = {"verdict": review.verdict, "changes": dict(review.changes), "note": review.note, "time": review.time}
    return told | ({"judged_in": review.judged_in} if review.judged_in else {})


def _vocabulary(store: Snapshot) -> dict[str, Any]:
    book = codebook.codebook()
    types = [
        {
            "name": kind.name,
            "definition": kind.definition,
            "modes": [mode.name for mode in book.modes.get(kind.name, ())],
        }
        for kind in book.event_types
    ]
    known = set(codebook.event_types())
    types += [
        {"name": name, "definition": "", "modes": store.values.get("mode", [])}
        for name in store.values.get("type", []) if name not in known
    ]  # fmt: skip
    return {
        "types": types,
        "auxiliary_modes": [{"name": one.name, "definition": one.definition} for one in book.auxiliary_modes],
        "sectors": [{"code": one.code, "definition": one.definition} for one in book.sectors],
        "codes": sorted(
            codebook.actor_codes() | set(store.values.get("actor", [])) | set(store.values.get("recipient", []))
        ),
    }


def _types(store: Snapshot) -> list[str]:
    return store.values.get("type", [])


def _text(store: Snapshot, document_id: str) -> str | None:
    article = articles_of(store, [document_id]).get(document_id)
    return store.text(document_id, article["text_sha256"]) if article else None


def _article(store: Snapshot, document_id: str, revision: int) -> dict[str, Any]:
    article = articles_of(store, [document_id]).get(document_id)
    if article is None:
        raise HTTPException(404, f"There is no article {document_id!r}.")
    if article["revision"] != revision:
        raise HTTPException(409, f"The article was coded anew: it is revision {article['revision']} now.")
    return dict(article)


def _of(request: Request, store: Snapshot, names: list[str]) -> list[Review]:
    reviews = reviews_of(request, store)
    return [review for review in reviews if review.user in names] if names else reviews


def _precision(request: Request, asked: Summed) -> dict[str, Any]:
    store = snapshot(request)
    where, parameters = asked.where()
    sizes = store.rows(f"SELECT event, count(*) AS n FROM e WHERE {where} GROUP BY event", parameters)
    sample = sample_of(store, asked) if asked.sample or list(asked.pairs()) else None
    return precision(store, _of(request, store, asked.reviewer), sample, {row["event"]: row["n"] for row in sizes})


def _sample_in_words(asked: Summed) -> str:
    if not asked.sample:
        return ""
    words = dict(_ORDERS)[asked.order].lower()
    return f"{words}, seed {asked.seed}" + (f", {asked.per_type} of each type" if asked.order == "stratified" else "")


def _lines(rows: Iterable[dict[str, Any]], name: str) -> Response:
    def encoded() -> Iterator[bytes]:
        for row in rows:
            yield as_json(row).body  # type: ignore[misc]
            yield b"\n"

    return Response(
        b"".join(encoded()),
        media_type="application/jsonl",
        headers={"Content-Disposition": f'attachment; filename="{name}.jsonl"'},
    )
