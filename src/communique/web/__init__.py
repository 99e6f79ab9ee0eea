"""The web app on a store: look, check, correct. `create_app` makes it; `communique serve STORE` runs it."""

from communique.web.app import create_app
from communique.web.settings import Settings

__all__ = ["Settings", "create_app"]
