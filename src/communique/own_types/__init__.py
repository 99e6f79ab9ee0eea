"""Event types of a user's own: their codebook, heads for them trained from annotated texts, and how these code."""

from communique.own_types.model import OwnModel, load_own_model
from communique.own_types.typer import OwnTyper, label_own_pairs

__all__ = ["OwnModel", "OwnTyper", "label_own_pairs", "load_own_model"]
