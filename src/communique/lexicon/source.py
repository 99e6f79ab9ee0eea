"""The built lexicon file, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import msgspec

from communique.errors import MissingDataError


@cache
def _lexicons() -> dict[str, Any]:
    path = resources.files("communique") / "data" / "lexicons.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError:
        raise MissingDataError(
            f"{path} is missing: the package was not built. Run `python tools/build_data.py` in a checkout, "
            "or install with `pip install .`."
        ) from None


def load_section(name: str) -> Any:
    """One lexicon file by its path without suffix, such as `language/embedding`."""
    return _lexicons()[name]


@cache
def word_set(name: str, key: str) -> frozenset[str]:
    """The words under a key of a lexicon file, such as `denying` of `language/speech_acts`."""
    return frozenset(load_section(name)[key])


def load_sections(prefix: str) -> dict[str, Any]:
    """All lexicon files under a folder, by path, in alphabetical order."""
    return {name: value for name, value in sorted(_lexicons().items()) if name.startswith(prefix)}
