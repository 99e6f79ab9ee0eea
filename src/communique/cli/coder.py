"""Makes the coder that commands use: here alone, so that tests put another in its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from communique.pipeline import Coder


def make_coder(model: str | None, *, actors: Sequence[Path] = (), link: bool = True) -> Coder:
    """Load the coder. This is where spaCy is imported, and takes a second or two.

    Raises:
        ModelNotFound: No such spaCy pipeline is installed.
        MissingDataError: The package was not built.
    """
    from communique.pipeline import Coder

    return Coder(model, actors=actors, link=link)
