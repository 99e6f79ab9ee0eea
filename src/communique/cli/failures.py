"""Errors → a message on standard error and an exit code; a traceback is for errors nobody thought of."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer

from communique.errors import CommuniqueError

REJECTED = 3
NOTHING_DONE = 2
INTERRUPTED = 130  # as shells give it for Ctrl-C; 143 for SIGTERM
BROKEN_PIPE = 141  # as shells give it for a reader that went away: `communique code … | head`


class Stopped(KeyboardInterrupt):
    """A run that ended early because it was asked to: `Stopped(message, exit code)`."""


@contextmanager
def as_exit_codes() -> Iterator[None]:
    """Run a command, and end it with the exit code of what went wrong."""
    try:
        yield
    except BrokenPipeError:
        _let_go_of_standard_output()
        raise typer.Exit(BROKEN_PIPE) from None
    except Stopped as stopped:
        message, code = stopped.args
        typer.echo(f"communique: {message}", err=True)
        raise typer.Exit(code) from None
    except KeyboardInterrupt:
        typer.echo("communique: interrupted. No output file was written; start the command again.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except CommuniqueError as error:
        _let_go_of_standard_output()
        typer.echo(f"communique: {error}", err=True)
        raise typer.Exit(NOTHING_DONE) from None


def _let_go_of_standard_output() -> None:
    """Keep Python from failing once more at its end, on what could not be written."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
