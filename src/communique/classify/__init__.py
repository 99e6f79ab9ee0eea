"""EventCandidate → what it was: its type by its words and arguments, its contexts, and whether it happened."""

from communique.classify.coding import Decision, decide
from communique.classify.frames import LexiconTyper

__all__ = ["Decision", "LexiconTyper", "decide"]
