"""A dispatcher that is killed in the middle of a batch: nobody pays twice for a text message (SMS-4)."""

from __future__ import annotations

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from eszkola_core import configuration, from_config
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.sms_ledger import ChargeState
from eszkola_core.domain.text_messages import SmsRequest

KEYS = [f"k{number}" for number in range(6)]


class Gateway(ThreadingHTTPServer):
    """What takes messages as SMSAPI does, and keeps its answer to the third back until it is told to go on."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.billed = [], []
        self.is_held, self.may_go_on = Event(), Event()


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Any

    def do_HEAD(self):
        """Say that somebody is there."""
        self.send_response(200)
        self.end_headers()

    def do_POST(self):
        """Take a message once."""
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        name = asked["idx"][0]
        self.server.asked.append(name)
        is_known = name in self.server.billed
        if not is_known:
            self.server.billed.append(name)
        if len(self.server.asked) == 3:
            self.server.is_held.set()
            self.server.may_go_on.wait(60)
        row = {"id": f"id-{name}", "points": "0.1600", "idx": name, "error": None}
        content = json.dumps({"error": 53, "message": "known"} if is_known else {"count": 1, "list": [row]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def gateway():
    """Return a gateway that runs."""
    server = Gateway()
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.may_go_on.set()
    server.shutdown()
    server.server_close()


@pytest.mark.rule("SMS-4")
def test_a_dispatcher_that_is_killed_makes_nobody_pay_twice(installed, gateway, monkeypatch):
    """The process dies while the gateway has its third message; the next one sends the rest, and that one not again."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    house = installed()
    (house.folder / "token").write_text("x")
    path = house.folder / configuration.FILE
    path.write_text(
        path.read_text("utf-8")
        + f'[sms]\nadapter = "smsapi"\ntoken_file = "token"\ndomain = "http://127.0.0.1:{gateway.server_port}/"\n',
        "utf-8",
    )
    inside = from_config(path)
    for key in KEYS:
        to = PhoneNumber("+48601234567")
        inside.deliver_sms.queue(SmsRequest(key=key, school="sp1", to=to, text="Twoje haslo: zolw-7"))
    program = [sys.executable, "-c", "from eszkola_cli.main import main; main()", "--config", str(house.folder)]
    with subprocess.Popen([*program, "outbox", "dispatch"], stdout=subprocess.DEVNULL) as dispatcher:  # noqa: S603 - our own program
        assert gateway.is_held.wait(60)
        dispatcher.kill()
    gateway.may_go_on.set()

    with inside.storage.snapshot() as unit:
        states = [each.state for each in unit.sms.known(KEYS)]
    assert states == [ChargeState.CHARGED] * 2 + [ChargeState.IN_DOUBT] + [ChargeState.RESERVED] * 3
    assert gateway.billed == KEYS[:3]

    assert inside.deliver_sms.next_batch().total == 0  # the dead one's lease still lasts
    with inside.storage.unit() as unit:
        for each in unit.sms.known(KEYS[2:]):
            unit.sms.change(each, each.put_back(each.due_at, ""))
    done = inside.deliver_sms.next_batch()

    assert (done.charged, gateway.billed) == (4, KEYS)
    with inside.storage.snapshot() as unit:
        assert {each.state for each in unit.sms.known(KEYS)} == {ChargeState.CHARGED}
    inside.close()
