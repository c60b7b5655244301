"""A real mail server on loopback, and e-mails to give it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from attrs import field, frozen

from eszkola_core.ports.messages import RenderedEmail
from eszkola_smtp import SmtpCourier

SENDER = "eSzkoła Opolska <konta@eszkola.example>"
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PASSWORD = "pa55word-of-the-platform"


@frozen
class Box:
    """
    What a server took, and how it answers: ``replies`` says what a command about an address gets instead of *250*.

    The reply *die* cuts the connection, *take and die* does so once the e-mail is taken, *hang* never comes.
    """

    mails: list[Any] = field(factory=list)
    sessions: set[object] = field(factory=set)
    replies: dict[tuple[str, str], str] = field(factory=dict)

    async def handle_MAIL(self, server, _session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        """Take the sender, or not."""
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._reply(server, "MAIL", address)

    async def handle_RCPT(self, server, _session, envelope, address, options):  # noqa: N802
        """Take one recipient, or not."""
        reply = await self._reply(server, "RCPT", address)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return reply

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """Take the e-mail, or not."""
        reply = await self._reply(server, "DATA", envelope.rcpt_tos[0])
        if reply.startswith(("250", "take")):
            self.mails.append(envelope)
            self.sessions.add(session)
        return reply

    async def _reply(self, server, command, address):
        reply = self.replies.get((command, address), "250 OK")
        if reply.endswith("die"):
            server.transport.abort()
        if reply == "hang":
            await server.loop.create_future()
        return reply


@pytest.fixture(scope="session")
def authority() -> Any:
    """Return an authority that no system trusts by itself."""
    return pytest.importorskip("trustme", reason="certificates for these tests are made by trustme").CA()


@pytest.fixture
def trust(authority) -> ssl.SSLContext:
    """Return a client's context that trusts that authority, and still checks names."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def certified(authority) -> Callable[[str], ssl.SSLContext]:
    """Return a maker of server contexts with a certificate for one name."""

    def make(name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        return context

    return make


@pytest.fixture
def running() -> Iterator[dict[int, Any]]:
    """Return the servers that run, by port; those that are left at the end are stopped."""
    servers: dict[int, Any] = {}
    yield servers
    for controller in servers.values():
        controller.stop()


@pytest.fixture
def stop(running: dict[int, Any]) -> Callable[[int], None]:
    """Return what stops the server at a port: from then on nobody answers there."""
    return lambda port: running.pop(port).stop()


@pytest.fixture
def serve(running: dict[int, Any]) -> Callable[..., tuple[Box, int]]:
    """Return a starter of servers, which tells what the server takes and its port."""
    library: Any = pytest.importorskip("aiosmtpd.controller", reason="the server of these tests is aiosmtpd")
    controller_class: Any = library.Controller

    class AnyPort(controller_class):  # type: ignore[misc]
        """A server that takes a free port, and then says which."""

        def _trigger_server(self) -> None:
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    def start(**options: object) -> tuple[Box, int]:
        box = Box()
        controller = AnyPort(box, hostname="127.0.0.1", port=0, **options)
        controller.start()
        running[controller.port] = controller
        return box, controller.port

    return start


def known(_server, _session, _envelope, _mechanism, data):
    """Let in who knows the password; be too busy for who says so."""
    right = data.login == b"eszkola" and data.password == PASSWORD.encode()
    words = "454 4.7.0 busy" if data.password == b"busy" else None
    result = pytest.importorskip("aiosmtpd.smtp").AuthResult
    return result(success=right, handled=False, message=words)


@pytest.fixture
def secured(certified) -> dict[str, object]:
    """Return the options of a server that wants STARTTLS and a password."""
    return {
        "tls_context": certified("127.0.0.1"),
        "require_starttls": True,
        "auth_required": True,
        "auth_require_tls": True,
        "authenticator": known,
    }


@pytest.fixture
def courier_to() -> Callable[..., SmtpCourier]:
    """Return a maker of couriers to a port on loopback: plain and quick to give up, unless told otherwise."""

    def make(port: int, **others: object) -> SmtpCourier:
        settings: dict[str, object] = {
            "sender": SENDER,
            "security": "none",
            "timeout": timedelta(seconds=0.5),
            "hostname": "localhost",
            "now": lambda: NOW,
        }
        return SmtpCourier("127.0.0.1", port, **(settings | others))  # type: ignore[arg-type]

    return make


@pytest.fixture
def secure_courier_to(courier_to, trust) -> Callable[..., SmtpCourier]:
    """Return a maker of couriers that start TLS and trust the authority of these tests."""
    return partial(courier_to, security="starttls", ssl_context=trust)


def an_email(number: int = 1, **others: object) -> RenderedEmail:
    """Return an e-mail to a person of that number."""
    values: dict[str, object] = {
        "reference": f"first-access:{number}:once",
        "to": f"person{number}@example.com",
        "subject": "Pierwsze logowanie – zażółć",
        "text": f"Dzień dobry, osobo {number}!\n\nhttps://eszkola.example/access/complete?token=abc\n",
        "html": f"<p>Dzień dobry, osobo {number}!</p>",
        "locale": "pl",
    }
    return RenderedEmail(**(values | others))  # type: ignore[arg-type]


@pytest.fixture(name="an_email")
def an_email_fixture() -> Callable[..., RenderedEmail]:
    """Return the maker of e-mails."""
    return an_email
