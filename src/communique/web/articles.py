"""An article with its events in place, and one event with all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from communique.web.corpus import Row, Snapshot
from communique.web.highlight import Span, marked, published_days, spans_of
from communique.web.pages import as_csv, as_json, render, snapshot

router = APIRouter()

Id = Annotated[str, Query(min_length=1, max_length=2000)]
Revision = Annotated[int | None, Query(ge=1, le=2**31, description="An earlier coding of the article; else the last.")]
_REVISIONS = "revision, date, title, url, publication, language, place, text_sha256, n_characters, n_events, coder, codebook, run_id"
_MENTIONS = "id, document_id, date, event, actor_code, recipient_code, words, source, title, confidence"
_FLAT = (
    "id", "revision", "date", "enddate", "event", "mode", "context", "auxiliary_mode", "quad_code", "event_scale",
    "actor", "recipient", "event_loc", "event_text", "confidence", "link",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coded:
    """An article as coded in one revision."""

    row: Row
    records: list[Row]
    revisions: list[Row]
    text: str | None

    def spans(self, record: Row, number: int) -> list[Span]:
        """Where the record's words stand."""
        if self.text is None:
            return []
        return spans_of(record, number, self.text, published_days(self.row["date"]))

    def data(self) -> dict[str, Any]:
        """All of it, for programs."""
        return {"article": self.row, "text": self.text, "events": self.records, "revisions": self.revisions}


def coded_article(store: Snapshot, document_id: str, revision: int | None = None) -> Coded:
    """An article with its records.

    Raises:
        HTTPException: There is none, or it was not coded so often.
    """
    revisions = store.whole(
        f"SELECT document_id, {_REVISIONS} FROM article_revisions WHERE document_id = $id ORDER BY revision DESC",
        {"id": document_id},
    )
    if not revisions:
        raise HTTPException(404, f"The store has no article {document_id!r}.")
    row = next((one for one in revisions if revision in (None, one["revision"])), None)
    if row is None:
        raise HTTPException(404, f"The article has no revision {revision}.")
    records = store.past_records(
        "document_id = $id AND revision = $revision", {"id": document_id, "revision": row["revision"]}
    )
    return Coded(row, records, revisions, store.text(document_id, row["text_sha256"]))


def event_data(store: Snapshot, record_id: str, revision: int | None) -> tuple[Row, Coded, list[Row]]:
    """A record, its article, and the other mentions of its event.

    Raises:
        HTTPException: There is no such record.
    """
    where, parameters = "id = $id", {"id": record_id}
    if revision is None:
        found = store.records(where, parameters)
    else:
        found = store.past_records(f"{where} AND revision = $revision", parameters | {"revision": revision})
    if not found:
        raise HTTPException(404, f"The store has no event {record_id!r}.")
    record = found[0]
    article = coded_article(store, record["document_id"], record["revision"])
    mentions = store.rows(
        f"SELECT {_MENTIONS} FROM e WHERE link = $link AND id != $id ORDER BY date, id LIMIT 200",
        {"link": record.get("link"), "id": record_id},
    )
    return record, article, mentions


@router.get("/api/event", tags=["events"], summary="One event: its record, other mentions, revisions")
@router.get("/event.json", include_in_schema=False)
def event_json(request: Request, id: Id, revision: Revision = None) -> Response:
    """The record as `communique code` writes it, with other records of the same event and the article's revisions."""
    record, article, mentions = event_data(snapshot(request), id, revision)
    sentence = _sentence(record, article.text)
    return as_json({"event": record, "sentence": sentence, "mentions": mentions, "revisions": article.revisions})


@router.get("/event.csv", include_in_schema=False)
def event_csv(request: Request, id: Id, revision: Revision = None) -> Response:
    """The record as a row."""
    record, _, _ = event_data(snapshot(request), id, revision)
    return as_csv([record], _FLAT, "event")


@router.get("/event", include_in_schema=False)
def event_page(request: Request, id: Id, revision: Revision = None) -> Response:
    """The event in its article, why it was coded so, its other mentions and revisions."""
    record, article, mentions = event_data(snapshot(request), id, revision)
    spans = article.spans(record, 1)
    text = None if article.text is None else marked(article.text, spans, [record["id"]])
    return render(
        request,
        "event.html",
        title=f"{' '.join(record.get('event') or ['Event'])} {record['id']}",
        record=record,
        article=article,
        text=text,
        sentence=_marked_sentence(record, article.text, spans),
        mentions=mentions,
    )


@router.get("/api/article", tags=["articles"], summary="One article: its text, events and revisions")
@router.get("/article.json", include_in_schema=False)
def article_json(request: Request, id: Id, revision: Revision = None) -> Response:
    """The article, its text if the store keeps it, its events as whole records, and every coding of it."""
    return as_json(coded_article(snapshot(request), id, revision).data())


@router.get("/article.csv", include_in_schema=False)
def article_csv(request: Request, id: Id, revision: Revision = None) -> Response:
    """The article's events as rows."""
    return as_csv(coded_article(snapshot(request), id, revision).records, _FLAT, "article")


@router.get("/article", include_in_schema=False)
def article_page(request: Request, id: Id, revision: Revision = None) -> Response:
    """The article's text with all its events marked."""
    article = coded_article(snapshot(request), id, revision)
    spans = [span for number, record in enumerate(article.records, 1) for span in article.spans(record, number)]
    names = [record["id"] for record in article.records]
    return render(
        request,
        "article.html",
        title=article.row["title"] or f"Article {article.row['document_id']}",
        article=article,
        text=None if article.text is None else marked(article.text, spans, names),
        latest=article.revisions[0]["revision"],
    )


def _sentence(record: Row, text: str | None) -> str | None:
    info = record.get("text_info") or {}
    start, end = info.get("start"), info.get("end")
    if text is None or not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end:
        return None
    return text[start:end]


def _marked_sentence(record: Row, text: str | None, spans: list[Span]) -> Markup | None:
    sentence = _sentence(record, text)
    return None if sentence is None else marked(sentence, spans, [record["id"]], record["text_info"]["start"])
