"""The command line. Only what `--help` needs is imported here; each command imports its stages when it runs."""

from communique.cli.app import app

__all__ = ["app"]
