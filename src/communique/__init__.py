"""Communiqué: political events from news text, each field tied to the words it came from.

>>> from communique import Article, Coder
>>> [event.coding.event_type for event in Coder().code(Article("Kenyan police arrested ten protesters in Nairobi."))]
['COERCE']
"""

from communique.errors import CommuniqueError
from communique.pipeline import CodedArticle, Coder, Explanation
from communique.records import Article, Event, Rejection

__all__ = ["Article", "CodedArticle", "Coder", "CommuniqueError", "Event", "Explanation", "Rejection"]
__version__ = "0.1.0"
