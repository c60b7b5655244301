"""The service as tests play it: it takes what is posted, and refuses, loses or goes away when it is told to."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from eszkola_core.domain.hidden import Secret
from eszkola_template.gateway import Gateway

CREATED, WRONG, BUSY, FORBIDDEN, LOST = 201, 422, 503, 401, 0


class World:
    """A server on this machine, and what it took: each key once."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, Any]] = {}
        self.fates: dict[str, int] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._serving = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._serving.start()
        host, port = self._server.server_address[:2]
        self.gateway = Gateway(f"http://{host!s}:{port}/v1/", Secret("token"), timeout=5.0)

    def fate(self, key: str, *, for_good: bool) -> None:
        """Refuse whatever has that key."""
        self.fates[key] = WRONG if for_good else BUSY

    def take(self, key: str, body: dict[str, Any], token: str) -> int:
        """Take something in, unless it is not wanted, and return what is said of it."""
        fate = self.fates.get(key, CREATED) if token == "Bearer token" else FORBIDDEN
        if fate in (CREATED, LOST):
            self.taken.setdefault(key, body)
        return fate

    def close(self) -> None:
        """Be out of reach from now on."""
        if self._serving.is_alive():
            self._server.shutdown()
            self._serving.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                key = self.headers["Idempotency-Key"].encode().decode("unicode_escape")
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = world.take(key, body, self.headers["Authorization"])
                self.close_connection = True
                if status != LOST:
                    self.send_response(status)
                    self.end_headers()
                    self.wfile.write(json.dumps({"id": key.encode().hex()}).encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
