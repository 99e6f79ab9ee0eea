"""One coding run into a store: what it coded is committed in batches, each whole or not at all."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any

import pyarrow as pa

from communique.codebook import CODEBOOK_VERSION
from communique.records import Article, Rejection
from communique.store.columns import TABLES, Row, event_row, plain
from communique.store.folder import Folder, Part
from communique.store.index import Index
from communique.store.migrations import check_schema
from communique.version import coder_version

BATCH_ROWS = 512  # articles, texts and rejects
BATCH_EVENTS = 20_000
BATCH_S = 20.0  # what a killed run loses at most, in seconds of work
_ARTICLE_FIELDS = ("id", "text", "date", "title", "url", "publication", "language", "place")


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was told, as far as it may change what is coded.

    Attributes:
        coder: Program and model, as records name them.
        codebook: Edition of the codebook.
        values: Any other, by name, such as the digests of the user's own lists of actors.
    """

    coder: str = field(default_factory=coder_version)
    codebook: str = CODEBOOK_VERSION
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        """The values as JSON, the same for the same values."""
        return json.dumps(dict(self.values), sort_keys=True, default=str)


class Run:
    """Adds coded articles to a store; made by `Store.run`. Leave its block to commit the last batch.

    Several runs may write to one store at the same time, in any number of processes.
    """

    def __init__(self, folder: Folder, index: Index, options: Options, *, with_text: bool = False) -> None:
        self.id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{folder.new_name()[-8:]}"
        self._folder, self._index, self._options, self._with_text = folder, index, options, with_text
        self._options_json = options.as_json()
        self._started = datetime.now(UTC)
        self._articles: list[Row] = []
        self._events: list[list[Row]] = []
        self._texts: dict[tuple[str, str], Row] = {}
        self._rejections: dict[str, Row] = {}
        self._n_events = 0
        self._committed = time.monotonic()

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.commit()  # also what was done before an error or Ctrl-C

    def has(self, article: Article) -> bool:
        """Whether the store holds this very article, coded by the same coder with the same options.

        Where texts are to be kept and this one is not yet, it is added without coding the article again.
        """
        self._commit_if_due(BATCH_S)  # the coder asks for more, so what it gave last is all here
        known = self._index.latest(_name(article))[1] == self._key(article)
        if known and self._with_text:
            self._add_text(article)
        return known

    def add(self, article: Article, records: Iterable[Mapping[str, Any]]) -> None:
        """Add an article with its records, as `event_record` makes them; none if it reports no event.

        What the store has already is passed over. An article that it has otherwise (another text, another coder,
        other options) gets a new revision; the old one stays.
        """
        rows = [event_row(record, 0, self.id) for record in records]
        self._events.append(rows)
        self._n_events += len(rows)
        text = plain(article.text) or ""
        if self._with_text:
            self._add_text(article)
        self._articles.append(
            {
                "document_id": _name(article),
                "date": article.date,
                **{name: plain(getattr(article, name)) for name in _ARTICLE_FIELDS[3:]},
                "text_sha256": _text_digest(text),
                "n_characters": len(text),
                "n_events": len(rows),
                "coder": self._options.coder,
                "codebook": self._options.codebook,
                "options": self._options_json,
                "coding_key": self._key(article),
                "run_id": self.id,
            }
        )
        self._commit_if_due()

    def reject(self, rejection: Rejection, day: date | None = None) -> None:
        """Keep what could not be coded, with the reason; `day` is its day of publication, where known."""
        values = [plain(value) for value in (rejection.where, rejection.id, rejection.found, rejection.expected)]
        key = _digest(values)
        names = ("where", "document_id", "found", "expected")
        row = dict(zip(names, values, strict=True)) | {"rejection_key": key, "date": day, "run_id": self.id}
        self._rejections.setdefault(key, row)
        self._commit_if_due()

    def _add_text(self, article: Article) -> None:
        text = plain(article.text) or ""
        digest = _text_digest(text)
        if not self._index.has_text(_name(article), digest):
            row = {"document_id": _name(article), "text_sha256": digest, "text": text}
            self._texts[_name(article), digest] = row

    def commit(self) -> None:
        """Write what was added since the last commit, so that it is kept whatever happens."""
        self._committed = time.monotonic()
        if not self._articles and not self._texts and not self._rejections:
            return
        with self._folder.locked():
            manifest = check_schema(self._folder.read_manifest())
            self._index.update(manifest)
            rows = self._new_rows()
            if any(rows.values()):
                manifest = self._folder.sweep(manifest)
                part = Part(self._folder.new_name(), len(rows["articles"]), len(rows["events"]))
                tables = {table: pa.Table.from_pylist(rows[table], schema=TABLES[table]) for table in rows}
                self._folder.write_part(part.name, tables)
                manifest = self._folder.replace_parts(manifest, (*manifest.parts, part))
                self._index.update(self._folder.merge(manifest))
        self._articles, self._events, self._texts, self._rejections, self._n_events = [], [], {}, {}, 0

    def _new_rows(self) -> dict[str, list[Row]]:
        """What the store does not have, with revisions. For who holds the lock, with an index up to date."""
        articles: dict[str, Row] = {}
        events: dict[str, list[Row]] = {}
        for article, rows in zip(self._articles, self._events, strict=True):
            name = article["document_id"]
            revision, key = self._index.latest(name)
            if key != article["coding_key"]:
                articles[name] = article | {"revision": revision + 1}
                events[name] = [row | {"revision": revision + 1} for row in rows]
        texts = [row for key, row in self._texts.items() if not self._index.has_text(*key)]
        rejections = [row for key, row in self._rejections.items() if not self._index.is_rejected(key)]
        return {
            "articles": list(articles.values()),
            "texts": texts,
            "events": [row for rows in events.values() for row in rows],
            "rejections": rejections,
            "run_days": self._days(articles.values(), rejections),
        }

    def _days(self, articles: Iterable[Row], rejections: Iterable[Row]) -> list[Row]:
        coded, rejected, events = Counter[date | None](), Counter[date | None](), Counter[date | None]()
        for article in articles:
            coded[article["date"]] += 1
            events[article["date"]] += article["n_events"]
        for rejection in rejections:
            rejected[rejection["date"]] += 1
        _, version, _, digest = f"{self._options.coder} - - -".split()[:4]
        run = {
            "run_id": self.id,
            "started_at": self._started,
            "committed_at": datetime.now(UTC),
            "version": version,
            "model_digest": digest,
            "coder": self._options.coder,
            "codebook": self._options.codebook,
            "options": self._options_json,
        }
        days = sorted(coded | rejected, key=str)
        counts = ({"n_coded": coded[day], "n_rejected": rejected[day], "n_events": events[day]} for day in days)
        return [{**run, "day": day, **count} for day, count in zip(days, counts, strict=True)]

    def _commit_if_due(self, limit_s: float = 2 * BATCH_S) -> None:
        n_rows = len(self._articles) + len(self._texts) + len(self._rejections)
        late = time.monotonic() - self._committed > limit_s
        if n_rows >= BATCH_ROWS or self._n_events >= BATCH_EVENTS or late:
            self.commit()

    def _key(self, article: Article) -> str:
        values = [str(getattr(article, name)) for name in _ARTICLE_FIELDS]
        return _digest([*values, self._options.coder, self._options.codebook, self._options_json])


def _name(article: Article) -> str:
    return plain(article.id) or ""


def _text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(values: list[Any]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]
