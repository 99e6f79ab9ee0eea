"""Who may ask, from where, and how much: checked before any page runs, and said to the browser with every answer.

Article texts and names are untrusted. Templates escape them; should one slip through, the content security policy
lets no script run but the app's own files.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from communique.web.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
COOKIE = "communique_session"
WITHOUT_TOKEN = ("/static/", "/login")
CHANGE_NOTHING = {"/login", "/logout", "/code", "/api/code", "/api/code/file"}  # POSTs that read-only mode allows
_SAFE = {"GET", "HEAD", "OPTIONS"}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Sessions:
    """Who is logged in: a random name a session, kept in memory only."""

    def __init__(self, settings: Settings) -> None:
        self._tokens = dict(settings.tokens)
        self._users: dict[str, str] = {}

    def user_of_token(self, token: str) -> str | None:
        """The reviewer with this token. Takes as long whatever is wrong with it."""
        found = None
        for known, user in self._tokens.items():
            if hmac.compare_digest(known.encode(), token.encode("utf-8", "replace")):
                found = user
        return found

    def begin(self, user: str) -> str:
        """Begin a session, and give its name."""
        name = secrets.token_urlsafe()
        self._users[name] = user
        return name

    def user(self, name: str) -> str | None:
        """Whose session it is."""
        return self._users.get(name)

    def end(self, name: str) -> None:
        """End a session."""
        self._users.pop(name, None)


class _TooLarge(HTTPException):  # as which it goes through what reads the body
    pass


class Guard:
    """The checks, around the app. `scope["state"]["user"]` says whose request it is."""

    def __init__(self, app: ASGIApp, settings: Settings, sessions: Sessions) -> None:
        self._app = app
        self._settings = settings
        self._sessions = sessions
        self._hosts = _LOOPBACK | {settings.host.lower()} | {host.lower() for host in settings.hosts}
        self._any_host = settings.host in ("0.0.0.0", "::") and not settings.hosts  # a token is demanded then

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what may not be, limit what is sent, and add the headers."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        answered = False

        async def send_safely(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                _add_headers(message)
            await send(message)

        refused = self._refuse(scope)
        if refused:
            await refused(scope, receive, send_safely)
            return
        try:
            await self._app(scope, self._limited(receive), send_safely)
        except _TooLarge:
            if not answered:
                await self._too_large()(scope, receive, send_safely)

    def _refuse(self, scope: Scope) -> Response | None:
        headers, method, path = Headers(scope=scope), scope["method"], scope["path"]
        host = headers.get("host", "")
        if not self._any_host and _name(host) not in self._hosts:
            return PlainTextResponse(
                f"This server is not called {host!r}. Start it with --allow-host to allow it.", 421
            )
        if method not in _SAFE:
            if not _same_origin(headers, host):
                return PlainTextResponse("Only the app's own pages may change anything.", 403)
            if self._settings.read_only and path not in CHANGE_NOTHING:
                return PlainTextResponse("This server is read-only.", 403)
            length = headers.get("content-length", "0")
            if not length.isdigit() or int(length) > self._settings.max_upload:
                return self._too_large()
        return self._identify(scope, headers, path)

    def _identify(self, scope: Scope, headers: Headers, path: str) -> Response | None:
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["user"] = None
        if not self._settings.tokens:
            state["user"] = self._settings.user
            return None
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            state["user"] = self._sessions.user_of_token(token.strip())
        elif name := cookie_parser(headers.get("cookie", "")).get(COOKIE):
            state["user"] = self._sessions.user(name)
        if state["user"] is not None or path.startswith(WITHOUT_TOKEN):
            return None
        if "text/html" in headers.get("accept", "") and scope["method"] == "GET":
            query = scope["query_string"].decode("latin-1")
            return RedirectResponse("/login?next=" + quote(path + ("?" + query if query else "")), 303)
        return PlainTextResponse("A reviewer's token is needed.", 401, {"WWW-Authenticate": "Bearer"})

    def _limited(self, receive: Receive) -> Receive:
        n_bytes = 0

        async def receive_some() -> Message:
            nonlocal n_bytes
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if n_bytes > self._settings.max_upload:
                raise _TooLarge(413, f"More than {self._settings.max_upload:,} bytes were sent.")
            return message

        return receive_some

    def _too_large(self) -> Response:
        return PlainTextResponse(f"More than {self._settings.max_upload:,} bytes were sent.", 413)


def _name(host: str) -> str:
    """The host's name without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _same_origin(headers: Headers, host: str) -> bool:
    """Whether no other site's page sent this. A program that is no browser says nothing of where it comes from."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or (origin != "null" and urlsplit(origin).netloc.lower() == host.lower())


def _add_headers(message: Message) -> None:
    present = {name.lower() for name, _ in message["headers"]}
    message["headers"] = [
        *message["headers"],
        *((name.encode(), value.encode()) for name, value in HEADERS.items() if name.lower().encode() not in present),
    ]
