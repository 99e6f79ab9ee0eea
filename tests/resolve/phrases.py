"""Noun phrases and names by hand, as extraction would hand them to the resolvers."""

from __future__ import annotations

from communique.records import Mention, Phrase


def mention(text: str, words: str, nth: int = 0) -> Mention:
    """The `nth` place where the words stand in a text."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Mention(words, start, start + len(words))


def phrase(
    text: str,
    words: str,
    kind: str,
    head: str = "",
    *,
    nth: int = 0,
    lemma: str = "",
    plural: bool = False,
    definite: bool = True,
    subject: bool = True,
    apposition: str = "",
) -> Phrase:
    """A phrase of a text; its head is its last word unless another is named.

    Args:
        text: The article.
        words: The phrase.
        kind: As in `Phrase`.
        head: Head word as it stands in the phrase.
        nth: Which place, if the words stand there more than once.
        lemma: Of the head, if that is not its lower case.
        plural: Whether the head is plural.
        definite: Whether it is a name or has "the".
        subject: Whether it is the subject of a clause.
        apposition: Words elsewhere in the text that stand beside it.
    """
    whole = mention(text, words, nth)
    head = head or words.split()[-1]
    at = whole.start + words.rindex(head)
    return Phrase(
        mention=whole,
        head=lemma or head.lower(),
        head_start=at,
        head_end=at + len(head),
        kind=kind,
        plural=plural,
        definite=definite,
        subject=subject,
        appositions=(mention(text, apposition),) if apposition else (),
    )
