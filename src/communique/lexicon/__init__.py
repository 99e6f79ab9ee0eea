"""What the coder knows of words: event words with their frames, names with their codes, and how language works.

The knowledge itself is in `lexicons/*.yml`; the build turns it into `data/lexicons.json`, which is read here.
"""

from communique.lexicon.actors import ActorLexicon, Name, NameMatch, NamesByPlace, Office, load_actors
from communique.lexicon.events import Condition, EventLexicon, Frame, load_events
from communique.lexicon.source import load_section, word_set
from communique.lexicon.user_actors import with_user_actors

__all__ = [
    "ActorLexicon", "Condition", "EventLexicon", "Frame", "Name", "NameMatch", "NamesByPlace", "Office", "load_actors", "load_events",
    "load_section", "with_user_actors", "word_set",
]  # fmt: skip
