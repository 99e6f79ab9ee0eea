"""Schema versions of a store, and how an older store becomes one of today."""

from __future__ import annotations

from communique.errors import StoreError
from communique.store.folder import SCHEMA_VERSION, Manifest


def check_schema(manifest: Manifest) -> Manifest:
    """Make sure that this program knows the store's schema.

    Raises:
        StoreError: It is newer.
    """
    if manifest.schema != SCHEMA_VERSION:
        raise StoreError(
            f"the store has schema {manifest.schema}, this program writes schema {SCHEMA_VERSION}. Use the newer program."
        )
    return manifest
