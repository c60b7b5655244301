"""
Tokens of links: out of the address bar at once, and spent by nobody but a person.

What opens a link first is often a mail server that looks for viruses, so nothing happens before a button is pressed.
The token moves into the session, which only this browser holds, and the page goes on under an address that says
nothing: it is in no history, no Referer and no log of a proxy for longer. Each token has an address of its own, so that
two links, open in two tabs, are never taken for one another.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

_TOKENS: Final = "eszkola_tokens"
_MOST: Final = 5
"""How many links may be open at once: a cookie holds 4,096 characters."""

_LONGEST: Final = 100


def take_from_address(request: HttpRequest, page: str) -> HttpResponse | None:
    """Keep the token of the address and return the way to *page*, or None where the address has none."""
    token = request.GET.get("token", "")
    if not token or len(token) > _LONGEST:
        return None
    name = sha256(token.encode()).hexdigest()[:16]
    kept = {key: text for key, text in request.session.get(_TOKENS, {}).items() if key != name}
    request.session[_TOKENS] = dict([*kept.items(), (name, token)][-_MOST:])
    return redirect(page, name)


def token_called(request: HttpRequest, name: str) -> str:
    """Return the token that was kept under *name*; an empty one, which opens nothing, where there is none."""
    return str(request.session.get(_TOKENS, {}).get(name, ""))


def let_go(request: HttpRequest, name: str) -> None:
    """Forget a token that has been spent."""
    request.session[_TOKENS] = {key: text for key, text in request.session.get(_TOKENS, {}).items() if key != name}
