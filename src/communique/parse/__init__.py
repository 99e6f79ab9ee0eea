"""Article → ParsedArticle: the article with its spaCy `Doc`."""

from communique.parse.spacy_parser import load_parser, parse_articles

__all__ = ["load_parser", "parse_articles"]
