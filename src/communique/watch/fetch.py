"""Asks servers for feeds and pages: one at a time, slowly, by their rules, and never for more than fits."""

from __future__ import annotations

import gzip
import io
import ipaddress
import socket
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener
from urllib.robotparser import RobotFileParser

from communique.version import __version__

NAME = "Communique"
_CHUNK = 1 << 16
_ROBOTS_KEPT_S = 24 * 3600
_MAX_ROBOTS_BYTES = 500_000
_MAX_RETRY_AFTER_S = 7 * 24 * 3600
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_OUTSIDE_ASCII = "!#$%&'()*+,/:;=?@[]~"


class FetchError(Exception):
    """Nothing was got.

    Attributes:
        found: What came instead, in words.
        passing: Whether it may be otherwise later.
        retry_after_s: Seconds that the server asks to wait.
        status: HTTP status, where there was one.
    """

    def __init__(
        self, found: str, *, passing: bool, retry_after_s: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(found)
        self.found, self.passing, self.retry_after_s, self.status = found, passing, retry_after_s, status


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent. With `body` `None` it is as it was when last asked.

    Attributes:
        url: Where it stood, after redirects.
        body: The bytes, unpacked.
        content_type: As the server declares it.
        etag: To be sent back next time.
        modified: To be sent back next time.
    """

    url: str
    body: bytes | None
    content_type: str | None = None
    etag: str | None = None
    modified: str | None = None


class Fetcher:
    """Asks for documents; between two requests to one host there is a pause.

    Args:
        contact: Address of who runs this, for the user agent.
        delay_s: Least seconds between two requests to one host.
        timeout_s: Seconds that a whole answer may take.
        sleep: Waits; tests need not.
    """

    def __init__(
        self,
        contact: str | None = None,
        delay_s: float = 2,
        timeout_s: float = 30,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        about = f"; {contact}" if contact else ""
        self.user_agent = f"{NAME}/{__version__} (political event coder{about})"
        self._delay_s, self._timeout_s, self._sleep = delay_s, timeout_s, sleep
        self._asked_at: dict[str, float] = {}
        self._robots: dict[str, tuple[float, RobotFileParser | None]] = {}

    def get(
        self,
        url: str,
        *,
        accept: str,
        most: int,
        etag: str | None = None,
        modified: str | None = None,
        near: str | None = None,
    ) -> Answer:
        """Ask for a document.

        Args:
            url: Where it is.
            accept: Media types wanted.
            most: Bytes that it may have, unpacked.
            etag: What the server sent with it last time.
            modified: What the server sent with it last time.
            near: Address that named this one. If it is on the public net, so must this one be: a feed must not
                send its readers to machines inside their own network.

        Raises:
            FetchError: Nothing was got.
        """
        request = Request(_ascii(url), headers={"User-Agent": self.user_agent, "Accept": accept})
        request.add_header("Accept-Encoding", "gzip, deflate")
        if etag:
            request.add_header("If-None-Match", etag)
        if modified:
            request.add_header("If-Modified-Since", modified)
        _check_address(request.full_url, near)
        self._pause(request.full_url)
        ends_at = time.monotonic() + self._timeout_s
        try:
            with build_opener(_Redirects(near)).open(request, timeout=self._timeout_s) as response:
                packed = _read(response, most, ends_at)
                headers, final = response.headers, str(response.url)
        except HTTPError as error:
            with error:
                if error.code == 304:
                    return Answer(url, None, None, etag, modified)
                raise FetchError(
                    f"status {error.code} ({error.reason or 'no reason'})",
                    passing=error.code in _PASSING,
                    retry_after_s=_retry_after(error.headers.get("Retry-After")),
                    status=error.code,
                ) from error
        except TimeoutError as error:
            raise FetchError(f"no whole answer within {self._timeout_s:g} s", passing=True) from error
        except URLError as error:
            late = isinstance(error.reason, TimeoutError)
            found = f"no answer within {self._timeout_s:g} s" if late else f"no connection ({error.reason})"
            raise FetchError(found, passing=True) from error
        except (HTTPException, OSError, ValueError) as error:
            raise FetchError(f"a broken answer ({type(error).__name__}: {error})"[:200], passing=True) from error
        body = _unpacked(packed, headers.get("Content-Encoding"), most)
        return Answer(final, body, headers.get("Content-Type"), headers.get("ETag"), headers.get("Last-Modified"))

    def may_get(self, url: str, near: str | None = None) -> bool:
        """Whether a host's robots.txt lets a page be fetched.

        Raises:
            FetchError: It cannot be known now, since the server does not give its robots.txt.
        """
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        asked_at, rules = self._robots.get(host, (0.0, None))
        if host not in self._robots or time.monotonic() - asked_at > _ROBOTS_KEPT_S:
            rules = self._rules(host, near)
            self._robots[host] = time.monotonic(), rules
        return rules is None or rules.can_fetch(NAME, url)

    def _rules(self, host: str, near: str | None) -> RobotFileParser | None:
        """The rules of a host; `None` where it has none, which allows all."""
        try:
            answer = self.get(f"{host}/robots.txt", accept="text/plain", most=_MAX_ROBOTS_BYTES, near=near)
        except FetchError as error:
            if error.passing:
                raise
            return None
        rules = RobotFileParser()
        rules.parse((answer.body or b"").decode("utf-8", "replace").splitlines())
        return rules

    def _pause(self, url: str) -> None:
        host = urlsplit(url).netloc
        rules = next((rules for known, (_, rules) in self._robots.items() if known.endswith(f"//{host}")), None)
        asked = rules.crawl_delay(NAME) if rules else None
        delay = max(self._delay_s, min(float(asked), 60.0) if asked else 0.0)
        wait = self._asked_at.get(host, -delay) + delay - time.monotonic()
        if host in self._asked_at and wait > 0:
            self._sleep(wait)
        self._asked_at[host] = time.monotonic()


class _Redirects(HTTPRedirectHandler):
    """Follows redirects, but not into a private network, nor to what is no HTTP."""

    max_redirections = 8

    def __init__(self, near: str | None) -> None:
        self._near = near

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        newurl = _ascii(newurl)
        _check_address(newurl, self._near or req.full_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_address(url: str, near: str | None) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FetchError(f"an address that is not HTTP ({url[:80]!r})", passing=False)
    if near is not None and _is_private(parts.hostname) and not _is_private(urlsplit(near).hostname or ""):
        raise FetchError(f"an address inside a private network ({parts.hostname})", passing=False)


def _is_private(host: str) -> bool:
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False  # asking for it will say why
    return any(not ipaddress.ip_address(str(address).split("%")[0]).is_global for address in found)


def _ascii(url: str) -> str:
    """An address as HTTP wants it: spaces and letters outside ASCII encoded."""
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc.encode("idna").decode("ascii") if not parts.netloc.isascii() else parts.netloc
        path, query = quote(parts.path, safe=_OUTSIDE_ASCII), quote(parts.query, safe=_OUTSIDE_ASCII)
        return urlunsplit((parts.scheme, host, path, query, ""))
    except (ValueError, UnicodeError) as error:
        raise FetchError(f"an address that is none ({url[:80]!r})", passing=False) from error


def _read(response: Any, most: int, ends_at: float) -> bytes:
    """The body as it came, in pieces, so that neither its length nor a slow server holds us.

    Raises:
        FetchError: It is too long.
        TimeoutError: It took too long.
    """
    buffer = io.BytesIO()
    while data := response.read1(_CHUNK):
        buffer.write(data)
        if buffer.tell() > most:
            raise FetchError(f"more than {most // 10**6} MB", passing=False)
        if time.monotonic() > ends_at:
            raise TimeoutError
    length = response.headers.get("Content-Length")
    if length and length.isdigit() and int(length) > buffer.tell():
        raise FetchError(f"an answer that is cut off ({buffer.tell():,} of {int(length):,} bytes)", passing=True)
    return buffer.getvalue()


def _unpacked(data: bytes, coding: str | None, most: int) -> bytes:
    coding = (coding or "identity").strip().lower()
    if coding in {"", "identity"} or not data:
        return data
    try:
        if coding in {"gzip", "x-gzip"}:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                unpacked = stream.read(most + 1)
        elif coding == "deflate":
            window = zlib.MAX_WBITS if data[0] & 0x0F == 8 else -zlib.MAX_WBITS
            unpacked = zlib.decompressobj(window).decompress(data, most + 1)
        else:
            raise FetchError(f"content encoding {coding!r}, which was not asked for", passing=False)
    except (OSError, EOFError, zlib.error) as error:
        raise FetchError(f"damaged {coding} content ({error})", passing=True) from error
    if len(unpacked) > most:
        raise FetchError(f"more than {most // 10**6} MB when unpacked", passing=False)
    return unpacked


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, given as such or as a date."""
    if not value:
        return None
    if value.strip().isdigit():
        return min(float(value), _MAX_RETRY_AFTER_S)
    try:
        wait = parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, 0.0), _MAX_RETRY_AFTER_S)
