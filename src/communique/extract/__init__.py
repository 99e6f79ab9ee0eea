"""ParsedArticle → event candidates: the event words, and what fills each role around them."""

from communique.extract.candidates import Extraction, extract

__all__ = ["Extraction", "extract"]
