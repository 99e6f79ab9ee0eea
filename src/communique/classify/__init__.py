"""EventCandidate → what it was: its type by its words and arguments, its contexts, and whether it happened."""

from communique.classify.coding import Decision, decide, decide_own
from communique.classify.frames import LexiconTyper, Typer
from communique.classify.model_typer import ModelTyper
from communique.classify.onnx_model import EventModel, load_model
from communique.classify.pairs import label_pairs

__all__ = [
    "Decision",
    "EventModel",
    "LexiconTyper",
    "ModelTyper",
    "Typer",
    "decide",
    "decide_own",
    "label_pairs",
    "load_model",
]
