"""`FEEDS.toml`: which feeds are watched, and how often."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from communique.errors import InputError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d+)\s*([smhd]?)")
_LEAST_INTERVAL_S = 60
_EXAMPLE = '[[feed]]\nurl = "https://example.org/rss.xml"'
_WATCH = {"interval", "contact", "delay", "timeout", "tries"}
_FEED = {"url", "publication", "interval", "pages", "language"}


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed to watch.

    Attributes:
        url: Where it is.
        publication: Who publishes it, if the feed's own title is not to be used.
        interval_s: Seconds between polls.
        pages: Whether the pages that it links to are fetched; else what the feed itself gives is coded.
        language: Language of its reports, if the feed is known to declare a wrong one.
    """

    url: str
    publication: str | None = None
    interval_s: float = 900
    pages: bool = True
    language: str | None = None


@dataclass(frozen=True, slots=True)
class WatchList:
    """What `FEEDS.toml` says.

    Attributes:
        feeds: The feeds.
        contact: Address of who runs this, told to servers in the user agent.
        delay_s: Seconds between two requests to one host.
        timeout_s: Seconds that an answer may take.
        tries: How often a page is asked for before it is given up.
    """

    feeds: tuple[Feed, ...]
    contact: str | None = None
    delay_s: float = 2
    timeout_s: float = 30
    tries: int = 5


def read_watch_list(path: Path) -> WatchList:
    """Read `FEEDS.toml`.

    Raises:
        InputError: It is not there, is no TOML, or says what is not understood.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}, expected a list of feeds such as:\n{_EXAMPLE}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {error}, expected TOML such as:\n{_EXAMPLE}") from error
    _check_names(path, "the file", told, {"watch", "feed"})
    general = _table(path, "[watch]", told.get("watch", {}))
    _check_names(path, "[watch]", general, _WATCH)
    listed = told.get("feed", [])
    if not isinstance(listed, list) or not listed:
        raise InputError(f"{path}: no feeds, expected one [[feed]] or more such as:\n{_EXAMPLE}")
    interval = _seconds(path, "interval", general.get("interval", "15m"))
    feeds = [_feed(path, number, feed, interval) for number, feed in enumerate(listed, start=1)]
    urls = [feed.url for feed in feeds]
    if twice := next((url for url in urls if urls.count(url) > 1), None):
        raise InputError(f"{path}: {twice} stands there twice, expected each feed once.")
    tries = general.get("tries", 5)
    if type(tries) is not int or not 1 <= tries <= 100:
        raise InputError(f"{path}: tries is {tries!r}, expected a whole number from 1 to 100.")
    return WatchList(
        tuple(feeds),
        contact=_string(path, "contact", general.get("contact")),
        delay_s=_seconds(path, "delay", general.get("delay", 2)),
        timeout_s=max(1, _seconds(path, "timeout", general.get("timeout", 30))),
        tries=tries,
    )


def _feed(path: Path, number: int, told: object, interval: float) -> Feed:
    place = f"feed {number}"
    values = _table(path, place, told)
    _check_names(path, place, values, _FEED)
    url = values.get("url")
    if not isinstance(url, str) or not re.match(r"https?://[^\s/]", url):
        raise InputError(
            f"{path}: url of {place} is {url!r}, expected an address such as 'https://example.org/rss.xml'."
        )
    pages = values.get("pages", True)
    if not isinstance(pages, bool):
        raise InputError(f"{path}: pages of {place} is {pages!r}, expected true or false.")
    return Feed(
        url,
        publication=_string(path, "publication", values.get("publication")),
        interval_s=max(_LEAST_INTERVAL_S, _seconds(path, "interval", values.get("interval", interval))),
        pages=pages,
        language=_string(path, "language", values.get("language")),
    )


def _table(path: Path, place: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{path}: {place} is {value!r}, expected a table.")
    return value


def _check_names(path: Path, place: str, values: dict[str, Any], known: set[str]) -> None:
    for name in values:
        if name not in known:
            meant = get_close_matches(name, known, n=1)
            advice = f"did you mean {meant[0]!r}?" if meant else f"expected one of {', '.join(sorted(known))}."
            raise InputError(f"{path}: {place} has {name!r}, {advice}")


def _string(path: Path, name: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise InputError(f"{path}: {name} is {value!r}, expected a string.")
    return value or None


def _seconds(path: Path, name: str, value: object) -> float:
    """A duration: seconds, or a whole number with a unit ("15m", "2h")."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return float(value)
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise InputError(f"{path}: {name} is {value!r}, expected seconds, or such as '15m', '2h' or '1d'.")
    return float(match[1]) * _UNITS[match[2] or "s"]
