"""What stands around every request: headers that browsers obey, a line in the log, and an answer when all fails."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.problems import Refused
from portal.watching import tell

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
        began, status = perf_counter(), 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.add_vary_header("Accept-Language")
            await send(message)

        try:
            await self._app(scope, receive, guarded)
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
