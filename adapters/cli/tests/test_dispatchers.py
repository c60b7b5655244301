"""
The command that dispatches, as real processes against a real mail server: several at once, and killed at any instant.

``ESZKOLA_KILLS`` says how often; ``nox -s faults`` does it often.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes
from threading import Event

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from eszkola_cli.stopping import Stopping
from eszkola_core import Platform, configuration, from_config
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.messages import FIELDS, Message, MessageKind, MessageState
from eszkola_core.errors import Unavailable

KILLS = int(os.environ.get("ESZKOLA_KILLS", "1"))
MANY = KILLS >= 10
COMMAND = (sys.executable, "-c", "from eszkola_cli.main import main; main()")
SECRET = "https://konto.example/dostep?token=kanarek"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


class Box:
    """What a mail server took, in order; it may be told to wait before an answer, or before it takes the next."""

    def __init__(self):
        self.taken = []
        self.open = 0
        self.sessions = set()
        self.expected = 1
        self.all_here = asyncio.Event()
        self.answer_held, self.mail_held = None, None
        self.is_held, self.may_go_on = Event(), Event()

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        """Take the sender, at once or later."""
        envelope.mail_from = address
        if len(self.taken) == self.mail_held:
            await self._hold()
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802
        """Take an e-mail, and answer, at once or later."""
        self.taken.append(envelope.content)
        self.sessions.add(session)
        if len(self.sessions) >= self.expected:
            self.all_here.set()
        await self.all_here.wait()
        if len(self.taken) == self.answer_held:
            await self._hold()
        return "250 OK"

    async def _hold(self):
        self.is_held.set()
        await asyncio.get_running_loop().run_in_executor(None, self.may_go_on.wait, 60)

    @property
    def names(self):
        """The Message-IDs of what was taken, in order."""
        return [message_from_bytes(each)["Message-ID"] for each in self.taken]


class Seen(SMTP):
    """A session that is counted for as long as it lasts."""

    def connection_made(self, transport):
        """Count it."""
        self.event_handler.open += 1
        super().connection_made(transport)

    def connection_lost(self, error):
        """Count it no more."""
        super().connection_lost(error)
        self.event_handler.open -= 1


class AnyPort(Controller):
    """A server that takes a free port, and then says which."""

    def factory(self):
        """Return what talks to one client."""
        return Seen(self.handler, **self.SMTP_kwargs)

    def wait_for_the_end(self):
        """Wait until all that clients had said has been heard."""
        while self.handler.open:
            time.sleep(0.001)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def server():
    """Return a mail server on loopback that runs."""
    controller = AnyPort(Box(), hostname="127.0.0.1", port=0)
    controller.start()
    yield controller
    controller.handler.may_go_on.set()
    controller.stop()


def sends_to(house, server):
    """Have an installation send its e-mails to a server."""
    path = house.folder / configuration.FILE
    before, _, rest = path.read_text("utf-8").partition("[email]\n")
    _, _, behind = rest.partition("\n[")
    told = f'adapter = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nhostname = "localhost"\n'
    path.write_text(f"{before}[email]\n{told}" + (f"\n[{behind}" if behind else ""), "utf-8")


def queue(house, number):
    """Put so many messages into an outbox."""
    kind = MessageKind.USE_NATIONAL_ID
    messages = [
        Message(
            key=f"m{each}",
            kind=kind,
            to=EmailAddress.parse(f"osoba{each}@dom.example"),
            locale="pl",
            data=dict.fromkeys(FIELDS[kind], SECRET) | {"name": f"Osoba {each}"},
            created_at=NOW,
            due_at=NOW,
        )
        for each in range(number)
    ]
    with closing(from_config(house.folder)) as home, home.storage.unit() as unit:
        unit.outbox.add(messages)


def states(house, number):
    """Return in which state each message is; one that is done with holds nothing any more."""
    with closing(from_config(house.folder)) as home, home.storage.snapshot() as unit:
        found = [unit.outbox.peek(f"m{each}") for each in range(number)]
    assert all(each.state is not MessageState.SENT or not each.data for each in found)
    return [each.state for each in found]


def dispatch(house, *options):
    """Begin to send in a process of its own."""
    words = [*COMMAND, "--config", str(house.folder), "outbox", "dispatch", "--json", *options]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program


def kill(process):
    """End a process at this instant; return whether it had not ended by itself."""
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def bury(house):
    """Let the minutes pass after which a dispatcher that does not come back is dead."""
    with closing(sqlite3.connect(house.folder / "eszkola.sqlite", isolation_level=None)) as database:
        database.execute("UPDATE message SET leased_until = 1 WHERE state = 'leased'")


@pytest.mark.parametrize(("held", "again"), [("answer_held", 1), ("mail_held", 0)])
def test_an_email_is_repeated_only_where_the_server_had_answered_nothing(installed, server, held, again):
    """A dispatcher dies while the server keeps its answer back, or has answered and waits: one repeats, or none."""
    house, box = installed(), server.handler
    sends_to(house, server)
    queue(house, 6)
    setattr(box, held, 3)
    process = dispatch(house)
    assert box.is_held.wait(60)
    assert kill(process)
    box.may_go_on.set()
    assert states(house, 6).count(MessageState.SENT) == 3 - again

    bury(house)
    assert dispatch(house).wait() == 0

    assert states(house, 6) == [MessageState.SENT] * 6
    assert len(box.taken) == 6 + again
    assert len(set(box.names)) == len(set(box.taken)) == 6
    assert box.names[2 + again] == box.names[2] or not again


def test_a_dispatcher_killed_at_any_instant_loses_nothing_and_repeats_one_email_at_most(installed, server, capsys):
    """Only what was on its way may come once more, with the same octets; what was written down never does."""
    dice = random.Random(None if MANY else 1)  # noqa: S311 - it need not be a secret
    house, box = installed(), server.handler
    number = 30 + 12 * KILLS
    sends_to(house, server)
    queue(house, number)
    killed, last_taken = 0, set()
    for _ in range(KILLS):
        process, goal = dispatch(house), len(box.taken) + dice.randint(1, 10)
        while len(box.taken) < goal and process.poll() is None:
            time.sleep(0.001)
        time.sleep(dice.uniform(0, 0.006))
        killed += kill(process)
        server.wait_for_the_end()
        last_taken.add(box.names[-1])
        unknown = len(set(box.names)) - states(house, number).count(MessageState.SENT)
        assert 0 <= unknown <= 1
        bury(house)
    assert dispatch(house).wait() == 0

    assert states(house, number) == [MessageState.SENT] * number
    assert len(set(box.names)) == len(set(box.taken)) == number
    repeated = Counter(box.names) - Counter(set(box.names))
    assert set(repeated) <= last_taken
    assert repeated.total() <= killed
    if MANY:
        with capsys.disabled():
            twice = repeated.total()
            sys.stdout.write(f"\n{number} e-mails, {killed} dispatchers killed, {twice} e-mails came twice\n")


@pytest.fixture(params=("sqlite", "postgresql") if "ESZKOLA_KILLS" in os.environ else ("sqlite",))
def shared(request, installed, own_server):
    """Return an installation on each kind of store."""
    if request.param == "sqlite":
        yield installed()
        return
    with own_server() as (url, _):
        house = installed()
        path = house.folder / configuration.FILE
        path.unlink()
        told = url.set(drivername="postgresql").render_as_string()
        assert house.run_command("init", house.folder.with_name("on-server"), "--database", told).code == 0
        yield type(house)(house.folder.with_name("on-server"), house.run_command)


def test_several_dispatchers_at_once_send_each_email_once(shared, server):
    """Three processes take their batches from one outbox while the others send theirs."""
    sends_to(shared, server)
    queue(shared, 220)
    server.handler.expected = 3

    processes = [dispatch(shared) for _ in range(3)]

    assert [each.wait() for each in processes] == [0] * 3
    assert len(server.handler.sessions) >= 3
    assert len(server.handler.taken) == len(set(server.handler.names)) == 220
    assert states(shared, 220) == [MessageState.SENT] * 220


def test_who_stops_a_watching_dispatcher_waits_for_what_is_being_sent(installed, server):
    """It sends what comes after its start; asked to end as services are, it finishes its batch and ends with 0."""
    house, box = installed(), server.handler
    sends_to(house, server)
    box.answer_held = 3
    process = dispatch(house, "--watch")
    queue(house, 6)
    assert box.is_held.wait(60)
    process.send_signal(signal.SIGTERM)
    box.may_go_on.set()

    assert process.wait() == 0
    assert len(box.taken) == 3
    assert states(house, 6) == [MessageState.SENT] * 3 + [MessageState.QUEUED] * 3


def test_who_asks_twice_does_not_wait(installed, server):
    """The second time it ends at once, and says that it was stopped; what had no receipt is sent by the next."""
    house, box = installed(), server.handler
    sends_to(house, server)
    box.answer_held = 3
    queue(house, 6)
    process = dispatch(house, "--watch")
    assert box.is_held.wait(60)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(1)  # two signals that come together are one

    assert process.wait() == 1
    box.may_go_on.set()
    assert states(house, 6).count(MessageState.SENT) == 2


def test_a_watching_dispatcher_outlives_a_database_that_is_away(installed, monkeypatch):
    """It says what is in the way and looks again; without --watch the same ends with 3."""
    house, rounds = installed(), []

    def away(_, **__):
        rounds.append(1)
        raise Unavailable("the database is away", code="database-away")

    def pause(stopping, _):
        stopping.is_asked = len(rounds) > 2

    monkeypatch.setattr(Platform, "dispatch", away)
    monkeypatch.setattr(Stopping, "pause", pause)

    watched = house.run("outbox", "dispatch", "--watch")
    assert (watched.code, len(rounds)) == (0, 3)
    assert watched.err.count("the database is away") == 3
    once = house.run("outbox", "dispatch")
    assert (once.code, once.err.count("the database is away")) == (3, 1)
