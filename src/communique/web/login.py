"""Coming in with a reviewer's token, and leaving."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from communique.web.pages import render
from communique.web.security import COOKIE, Sessions

router = APIRouter(include_in_schema=False)
_HOME = "/events"


def _sessions(request: Request) -> Sessions:
    found: Sessions = request.app.state.sessions
    return found


def _inside(address: str) -> str:
    """The address if it is one of this server's, else the first page."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if inside else _HOME


@router.get("/login")
def login_page(request: Request, next: str = _HOME) -> Response:
    """Ask for the token."""
    return render(request, "login.html", title="Come in", next=_inside(next), wrong=False)


@router.post("/login")
def login(
    request: Request,
    token: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=5000)] = _HOME,
) -> Response:
    """Begin a session, whose name the browser keeps; the token itself it does not keep."""
    user = _sessions(request).user_of_token(token.strip())
    if user is None:
        return render(request, "login.html", status=401, title="Come in", next=_inside(next), wrong=True)
    answer = RedirectResponse(_inside(next), 303)
    answer.set_cookie(
        COOKIE, _sessions(request).begin(user), httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return answer


@router.post("/logout")
def logout(request: Request) -> Response:
    """End the session."""
    _sessions(request).end(request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE)
    return answer
