"""Which Communiqué this is: every record names it, so that a data set tells what coded it."""

from __future__ import annotations

from functools import cache
from importlib import resources

from communique.errors import MissingDataError

__version__ = "0.1.0"


@cache
def coder_version() -> str:
    """Program and data that code, as records name them: `communique <version> model <digest>`.

    The digest is the first 12 hexadecimal digits of the SHA-256 over codebook, lexicons and models, made by
    `tools/build_data.py`: it changes whenever the same article might be coded otherwise. The gazetteer is left out.

    Raises:
        MissingDataError: The package was not built.
    """
    path = resources.files("communique") / "data" / "digest.txt"
    try:
        return f"communique {__version__} model {path.read_text(encoding='ascii').strip()}"
    except FileNotFoundError:
        raise MissingDataError(
            f"{path} is missing: the package was not built. Run `python tools/build_data.py` in a checkout, "
            "or install with `pip install .`."
        ) from None
