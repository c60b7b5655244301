"""Gateways on loopback: one that speaks like SMSAPI, and a real SMPP server where Node.js has one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import pytest
from attrs import define, field

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.sms_segments import segmentation
from eszkola_sms import SmppCourier, SmsapiCourier

TOKEN = "token-of-the-tests"
PASSWORD = "pa55"
NODE = Path(__file__).parent / "node"


@pytest.fixture(autouse=True)
def _loopback_goes_by_no_proxy(monkeypatch):
    """Keep the client from asking a proxy for what is on this machine."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


# SMSAPI


@define
class Smsapi:
    """
    What speaks like SMSAPI's ``sms.do``, as far as its public documentation and its official clients tell.

    ``answers`` says what a number gets instead: a status and a body, *die* to cut the connection before anything is
    taken, *lose* to take the message and then cut it. ``points`` is the price of a segment as it stands in the answer.
    """

    asked: list[dict[str, str]] = field(factory=list)
    taken: dict[str, dict[str, str]] = field(factory=dict)
    answers: dict[str, Any] = field(factory=dict)
    points: Any = 0.16
    heads: int = 0

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        size = int(handler.headers["Content-Length"])
        asked = dict(parse_qsl(handler.rfile.read(size).decode(), keep_blank_values=True))
        self.asked.append(asked)
        assert handler.headers["Content-Type"] == "application/x-www-form-urlencoded"
        order = self.answers.get(asked["to"])
        if handler.headers["Authorization"] != f"Bearer {TOKEN}":
            self._say(handler, 200, {"error": 101, "message": "Authorization failed"})
        elif order == "die":
            handler.connection.close()
        elif isinstance(order, tuple):
            self._say(handler, *order)
        elif asked["idx"] in self.taken:
            self._say(handler, 200, {"error": 53, "message": "Message with this idx already exist"})
        else:
            self._take(handler, asked, is_lost=order == "lose")

    def _take(self, handler: BaseHTTPRequestHandler, asked: dict[str, str], *, is_lost: bool) -> None:
        parts = segmentation(asked["message"]).segments
        if parts > int(asked["max_parts"]):
            self._say(handler, 200, {"error": 12, "message": "Message has more parts than max_parts"})
            return
        if asked.get("test") != "1":
            self.taken[asked["idx"]] = asked
        if is_lost:
            handler.connection.close()
            return
        price = round(self.points * parts, 4) if isinstance(self.points, float) else self.points
        row = {"id": f"{len(self.asked):024X}", "points": price, "number": asked["to"], "date_sent": 1460969712}
        row |= {"submitted_number": asked["to"], "status": "QUEUE", "error": None, "idx": asked["idx"], "parts": parts}
        self._say(handler, 200, {"count": 1, "list": [row]})

    @staticmethod
    def _say(handler: BaseHTTPRequestHandler, status: int, body: Any) -> None:
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


@pytest.fixture
def running() -> Iterator[dict[str, ThreadingHTTPServer]]:
    """Return the servers that run, by address; those that are left at the end are stopped."""
    servers: dict[str, ThreadingHTTPServer] = {}
    yield servers
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture
def stop(running):
    """Return what stops the server at an address: from then on nobody answers there."""

    def end(address: str) -> None:
        server = running.pop(address)
        server.shutdown()
        server.server_close()

    return end


@pytest.fixture
def serve(running) -> Callable[[], tuple[Smsapi, str]]:
    """Return a starter of servers like SMSAPI's, which tells what it takes and where it answers."""

    def start() -> tuple[Smsapi, str]:
        box = Smsapi()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                box.handle(self)

            def do_HEAD(self) -> None:
                box.heads += 1
                self.send_response(404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        address = f"http://127.0.0.1:{server.server_port}/"
        running[address] = server
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return box, address

    return start


@pytest.fixture
def courier_to() -> Callable[..., SmsapiCourier]:
    """Return a maker of couriers to an address."""

    def make(address: str, **more: Any) -> SmsapiCourier:
        known: dict[str, Any] = {"token": Secret(TOKEN), "timeout": timedelta(seconds=2), "currency": "PLN"}
        return SmsapiCourier(**(known | {"domain": address} | more))

    return make


# SMPP


@define
class SmppServer:
    """npm's ``smpp`` as a server in a process of its own, which ends with its standard input."""

    process: subprocess.Popen[str]
    port: int = 0
    told: list[dict[str, Any]] = field(factory=list)
    _lines: Queue[str] = field(factory=Queue)

    def begin(self) -> None:
        """Wait until it listens."""
        Thread(target=self._read, daemon=True).start()
        self.port = self._next()["port"]

    def order(self, **order: Any) -> None:
        """Say what becomes of messages to a number, or what waits for a receiver."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        while "ordered" not in (line := self._next()):
            self.told.append(line)

    def heard(self) -> list[dict[str, Any]]:
        """Return all that it has told."""
        self.order(to="-", do="nothing")  # what it told before stands in the queue before the answer
        return self.told

    def end(self) -> None:
        """Stop it, and wait for that."""
        if self.process.poll() is None:
            self.heard()
            assert self.process.stdin is not None
            self.process.stdin.close()
            self.process.wait(30)

    def _next(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads(self._lines.get(timeout=60))
        except Empty:
            raise AssertionError("the SMPP server of the tests says nothing") from None
        return told

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)


def _node_modules() -> str | None:
    """Return where Node.js finds the server, or None where it does not."""
    node = shutil.which("node")
    if node is None:
        return None
    places = [NODE / "node_modules", *map(Path, filter(None, [os.environ.get("NODE_PATH")]))]
    return next((str(each) for each in places if (each / "smpp/package.json").is_file()), None)


@pytest.fixture
def smpp_servers(tmp_path) -> Iterator[Callable[[], SmppServer]]:
    """Return a starter of SMPP servers."""
    modules = _node_modules()
    if modules is None:
        pytest.skip("no SMPP server is here: install Node.js, and npm install in adapters/sms/tests/node")
    started: list[SmppServer] = []

    def start() -> SmppServer:
        process = subprocess.Popen(  # noqa: S603 - our own script
            [str(shutil.which("node")), str(NODE / "smpp_server.js"), PASSWORD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "NODE_PATH": modules},
        )
        server = SmppServer(process)
        started.append(server)
        server.begin()
        return server

    yield start
    for server in started:
        server.end()
        for pipe in (server.process.stdout, server.process.stdin):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def smpp_courier_to() -> Callable[..., SmppCourier]:
    """Return a maker of couriers to a port: plain, and quick to give up."""

    def make(port: int, **more: Any) -> SmppCourier:
        known: dict[str, Any] = {"system_id": "eszkola", "password": Secret(PASSWORD), "source": "eSzkola"}
        known |= {"timeout": timedelta(seconds=2), "quiet": timedelta(seconds=0.5)}
        return SmppCourier(**(known | {"host": "127.0.0.1", "port": port} | more))

    return make
