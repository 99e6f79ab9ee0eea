"""Files, folders and streams → `Article`s; what cannot be read comes back as a `Rejection` with its reason."""

from communique.ingest.reader import read_articles

__all__ = ["read_articles"]
