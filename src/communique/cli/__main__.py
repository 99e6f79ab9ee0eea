"""`python -m communique.cli` does what `communique` does."""

from communique.cli.app import app

app(prog_name="communique")
