"""Communiqué: political events from news text, each field tied to the words it came from.

Names are imported when first used, so that `import communique` costs nothing.

>>> from communique import Article, Coder
>>> [event.coding.event_type for event in Coder().code(Article("Kenyan police arrested ten protesters in Nairobi."))]
['COERCE']
"""

from importlib import import_module
from typing import TYPE_CHECKING

from communique.version import __version__

if TYPE_CHECKING:
    from communique.errors import CommuniqueError
    from communique.export import event_record
    from communique.ingest import read_articles
    from communique.pipeline import CodedArticle, Coder, Explanation
    from communique.records import Article, Event, Pair, PairLabel, Rejection

__all__ = [
    "Article",
    "CodedArticle",
    "Coder",
    "CommuniqueError",
    "Event",
    "Explanation",
    "Pair",
    "PairLabel",
    "Rejection",
    "__version__",
    "event_record",
    "read_articles",
]

_MODULES = {
    "errors": ("CommuniqueError",),
    "export": ("event_record",),
    "ingest": ("read_articles",),
    "pipeline": ("CodedArticle", "Coder", "Explanation"),
    "records": ("Article", "Event", "Pair", "PairLabel", "Rejection"),
}


def __getattr__(name: str) -> object:
    """Import a public name from its module."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"communique.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
