"""Makes the coder that commands use: here alone, so that tests put another in its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from communique.pipeline import Coder


def make_coder(model: str | None, *, actors: Sequence[Path] = (), link: bool = True, screen: bool = True) -> Coder:
    """Load the coder. This is where spaCy is imported, and takes a second or two.

    `model` is the name of a spaCy pipeline, or a folder of own event types.

    Raises:
        ModelNotFound: No such spaCy pipeline is installed.
        MissingDataError: The package was not built.
        OwnModelError: The folder cannot be used.
    """
    from communique.pipeline import Coder

    if model and (Path(model).is_dir() or "/" in model or "\\" in model):
        return Coder(actors=actors, link=link, own_types=Path(model))
    return Coder(model, actors=actors, link=link, screen=screen)
