"""Coded candidate → Event: who was meant, when and where it was, and who says so."""

from communique.resolve.actors import ActorResolver
from communique.resolve.events import resolve_events

__all__ = ["ActorResolver", "resolve_events"]
