"""How well sentences can be split without a parser: spaCy's rule of full stops held against its parser's sentences.

python -m training.prototypes.splits [--articles 60]
"""

from __future__ import annotations

import argparse

import spacy

from benchmarks.coding import make_articles
from training.parse import MODEL


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=60)
    texts = sorted({part for a in make_articles(parser.parse_args().articles) for part in a.text.split("\n\n")})
    parsed = spacy.load(MODEL, exclude=["ner", "lemmatizer", "attribute_ruler"])
    rule = spacy.blank("en")
    rule.add_pipe("sentencizer")
    by_parser = [{s.start_char for s in doc.sents} for doc in parsed.pipe(texts)]
    by_rule = [{s.start_char for s in doc.sents} for doc in rule.pipe(texts)]
    both = sum(len(a & b) - 1 for a, b in zip(by_parser, by_rule, strict=True))
    ours, theirs = (sum(len(starts) - 1 for starts in found) for found in (by_rule, by_parser))
    print(f"{len(texts)} paragraphs: {theirs} ends inside by the parser, {ours} by rule, {both} the same")


if __name__ == "__main__":
    main()
