"""What every reader is told: the day of articles without one, names of columns, and where remarks go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

ARTICLE_FIELDS = ("id", "text", "date", "title", "url", "publication", "language", "place", "author")


def _unheard(remark: str) -> None:
    """Where remarks go that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to read.

    Attributes:
        default_date: Day of publication of articles that do not tell theirs.
        fields: An article's fields (of `ARTICLE_FIELDS`) with the columns or keys that hold them, where those are
            named otherwise.
        remark: Is told, in a sentence, what was passed over because it is no article, such as pictures in a web
            archive.
    """

    default_date: date | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    remark: Callable[[str], None] = _unheard
