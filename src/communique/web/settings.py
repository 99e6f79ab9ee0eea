"""What the app is told when it starts."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from communique.errors import InputError

_MIN_TOKEN = 16


def who() -> str:
    """Who runs this program."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "reviewer"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to serve a store.

    Attributes:
        store: The `.duckdb` file.
        host: Address to listen on.
        tokens: Reviewers by token; where there are any, every request needs one.
        user: Whose judgements they are where there are no tokens.
        read_only: Whether nothing may be changed.
        timeout_s: How long a query may take.
        max_upload: Most bytes that a request may send.
        hosts: Names that a request may call this server by, beside `host` and loopback.
    """

    store: Path
    host: str = "127.0.0.1"
    tokens: Mapping[str, str] = field(default_factory=dict)
    user: str = field(default_factory=who)
    read_only: bool = False
    timeout_s: float = 20.0
    max_upload: int = 4_000_000
    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not is_loopback(self.host) and not self.tokens:
            raise InputError(
                f"--host {self.host} lets other machines in, which needs reviewers' tokens. "
                "Name a file of them with --tokens: a line a reviewer, 'NAME TOKEN'."
            )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_tokens(path: Path) -> dict[str, str]:
    """Read reviewers by token from a file with `NAME TOKEN` a line; `#` begins a comment.

    Raises:
        InputError: It cannot be read, or a line is something else.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {error}, expected a text file of reviewers and tokens.") from error
    tokens: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        if len(words) != 2 or len(words[1]) < _MIN_TOKEN or words[1] in tokens:
            raise InputError(
                f"{path}:{number}: expected 'NAME TOKEN' with a token of its own of {_MIN_TOKEN} characters or more, "
                "such as `python -c 'import secrets; print(secrets.token_urlsafe())'` makes."
            )
        tokens[words[1]] = words[0]
    if not tokens:
        raise InputError(f"{path}: no reviewer in it, expected 'NAME TOKEN' a line.")
    return tokens
