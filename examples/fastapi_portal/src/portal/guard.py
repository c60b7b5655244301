"""What stands around every request: a bound, headers that browsers obey, a line in the log, and the last answer."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.problems import Refused
from portal.watching import tell

LARGEST_REQUEST: Final = 16 * 1024
"""Bytes that the body of a request may have: many times the longest password."""

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
}
"""What goes out with every answer that does not say otherwise."""


class Guard:
    """
    Wraps the whole application.

    The line in the log has the route (``/devices/{number}``) and never the address itself, in which somebody may have
    put a secret. What nobody expected is answered by a problem that says no more than that; it goes no further, as the
    server would write its text down.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and see to the rest."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, received = perf_counter(), 0, 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_REQUEST:
                raise HTTPException(413)
            return message

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            if _announced(scope) > LARGEST_REQUEST:
                await Refused("too-large").response(scope, receive, guarded)
            else:
                await self._app(scope, bounded, guarded)
        except Exception as error:  # noqa: BLE001 - whatever it was
            tell("unexpected", level=logging.ERROR, error=error)
            if not status:
                await Refused("unexpected").response(scope, receive, guarded)
        route = scope.get("route")
        tell(
            "request",
            method=scope["method"] if route is not None else "?",
            route=getattr(route, "path", None),
            status=status,
            milliseconds=round((perf_counter() - began) * 1000, 1),
        )


def _announced(scope: Scope) -> int:
    """Return how many bytes a request says that its body has; what says nothing is counted as it comes."""
    length = Headers(scope=scope).get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
