"""The same event again: within an article, and in several reports of it."""

from communique.link.clustering import LinkedEvent, link_mentions, linked_record
from communique.link.facts import Facts, facts_of_event, facts_of_record
from communique.link.reprints import find_reprints
from communique.link.within import link_article

__all__ = [
    "Facts", "LinkedEvent", "facts_of_event", "facts_of_record", "find_reprints", "link_article", "link_mentions",
    "linked_record",
]  # fmt: skip
