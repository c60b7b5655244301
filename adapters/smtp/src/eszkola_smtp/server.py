"""E-mail by SMTP (RFC 5321), over verified TLS."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import TYPE_CHECKING, Final

from attrs import Attribute, field, frozen

from eszkola_core import InvalidValue, Secret, SystemClock, Unavailable
from eszkola_core.ports.messages import Bounce, Outcome, Receipt, RenderedEmail
from eszkola_smtp.bounces import read_bounce
from eszkola_smtp.mime import Sender, internet_message, parse_sender, recipient

if TYPE_CHECKING:
    from eszkola_core.ports.messages import BounceReader, EmailCourier

_TRY_AGAIN: Final = timedelta(minutes=1)
_LOSSES: Final = 2
"""How many connections in a row may be lost before the server counts as out of reach."""

_PERMANENT: Final = range(500, 600)
_REPLIES: Final = range(400, 600)
_OK: Final = 250
_TAKEN: Final = frozenset({250, 251})
_GO_ON: Final = 354
_GOING: Final = 421
_TOO_LARGE: Final = 552
_PORTS: Final = range(1, 65536)


class Security(StrEnum):
    """How the way to the server is kept secret; ``none`` only to a server on the same machine."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def parse_security(name: str) -> Security:
    """Return the security called *name*, or raise InvalidValue."""
    try:
        return Security(name)
    except ValueError:
        raise InvalidValue(f"security: one of {', '.join(Security)}", code="unknown-security") from None


def _is_port(_: object, __: Attribute[int], port: int) -> None:
    if port not in _PORTS:
        raise InvalidValue("port: a number from 1 to 65535", code="invalid-port")


def _is_wait(_: object, __: Attribute[timedelta], timeout: timedelta) -> None:
    if timeout <= timedelta():
        raise InvalidValue("timeout: longer than nothing", code="invalid-timeout")


@frozen
class Mail:
    """An e-mail as a server is given it, dots doubled and the last one alone (RFC 5321, 4.5.2)."""

    reference: str
    to: str = field(repr=False)
    octets: bytes = field(repr=False)


@frozen
class SmtpCourier:
    """
    Hands e-mails to a mail server, a whole batch over one connection.

    ``timeout`` is how long any single step may take. ``ssl_context`` replaces the system's trusted authorities;
    ``hostname`` is how this machine introduces itself. Receipts tell the server's codes, never its words, which may
    name people.
    """

    host: str
    port: int = field(validator=_is_port)
    sender: Sender = field(kw_only=True, converter=parse_sender)
    security: Security = field(kw_only=True, default=Security.STARTTLS, converter=parse_security)
    username: str | None = field(kw_only=True, default=None)
    password: Secret | None = field(kw_only=True, default=None)
    timeout: timedelta = field(kw_only=True, default=timedelta(seconds=30), validator=_is_wait)
    ssl_context: ssl.SSLContext | None = field(kw_only=True, default=None, repr=False)
    hostname: str | None = field(kw_only=True, default=None)
    now: Callable[[], datetime] = field(kw_only=True, factory=lambda: SystemClock().now, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.security is Security.NONE and not _is_loopback(self.host):
            raise InvalidValue(
                "security: none is for a server on this machine (127.0.0.1, ::1, localhost); take starttls or tls",
                code="insecure-server",
            )
        if (self.username is None) is not (self.password is None):
            raise InvalidValue("username and password: give both or neither", code="half-a-login")
        # smtplib would raise an error that holds the whole password.
        if not f"{self.username}{self.password.reveal() if self.password else ''}".isascii():
            raise InvalidValue("username and password: only ASCII characters can be sent", code="login-not-ascii")

    def send(self, emails: Sequence[RenderedEmail]) -> Iterator[Receipt]:
        """
        Send *emails*, yielding what became of each.

        When the connection is lost, the e-mail on its way has failed for now, and those behind it go over a new one.

        Raises:
            Unavailable: no session could be opened, or several were lost one after the other; nothing was sent that has
                no receipt.
        """
        if not emails:
            return
        # All at once, because so it takes half as long as between one answer of the server and the next.
        finished = [self._finished(email) for email in emails]
        server, lost = self._connect(), 0
        try:
            for mail in finished:
                if isinstance(mail, Receipt):
                    yield mail
                    continue
                if server.sock is None:
                    lost += 1
                    if lost == _LOSSES:
                        raise self._unreachable("the mail server breaks off again and again")
                    server = self._connect()
                yield self._hand_over(server, mail)
                if server.sock is not None:
                    lost = 0
        except KeyboardInterrupt:
            server.close()  # who asked for an end does not wait for a goodbye
            raise
        finally:
            if server.sock is not None:
                with suppress(OSError):  # every fate is known: whether the server says goodbye changes none
                    server.quit()
            server.close()

    @staticmethod
    def bounce(octets: bytes) -> Bounce | None:
        """Return what a message that came back reports, or None where it reports nothing."""
        return read_bounce(octets)

    def _finished(self, email: RenderedEmail) -> Mail | Receipt:
        """Return an e-mail as it is handed over, or why there is no such thing."""
        try:
            octets = internet_message(email, self.sender, self.now())
            return Mail(email.reference, recipient(email), octets.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        except InvalidValue as wrong:
            return Receipt(email.reference, Outcome.FAILED_FOR_GOOD, wrong.code)

    def _hand_over(self, server: SMTP, mail: Mail) -> Receipt:
        """Return what becomes of one e-mail (RFC 5321, 3.3); `SMTP.sendmail` would parse both addresses once more."""
        size = f" size={len(mail.octets)}" if server.has_extn("size") else ""
        try:
            code, _ = server.docmd("MAIL", f"FROM:<{self.sender.address}>{size}")
            if code != _OK:
                # Only its size is the e-mail's own fault; that we may not send is for the operator to mend (EC3).
                return _refused(server, mail, code, for_good=code == _TOO_LARGE)
            code, _ = server.docmd("RCPT", f"TO:<{mail.to}>")
            if code not in _TAKEN:
                return _refused(server, mail, code)
            code, _ = server.docmd("DATA")
            if code != _GO_ON:
                return _refused(server, mail, code)
            server.send(mail.octets)
            code, _ = server.getreply()
        except SMTPResponseException as nonsense:
            return _refused(server, mail, nonsense.smtp_code)
        except SMTPServerDisconnected as lost:
            why = "timeout" if isinstance(lost.__context__, TimeoutError) else "connection-lost"
            return Receipt(mail.reference, Outcome.FAILED_FOR_NOW, why)
        return Receipt(mail.reference, Outcome.SENT) if code == _OK else _refused(server, mail, code)

    def _connect(self) -> SMTP:
        """Return an open session, or raise Unavailable without the server's words."""
        place = f"{self.host}:{self.port}"
        try:
            return self._session()
        except SMTPResponseException as refused:
            raise Unavailable(
                f"{place}: the mail server refuses us ({refused.smtp_code}); check user name, password and security",
                code=_slug(refused.smtp_code),
                retry_after=None if refused.smtp_code in _PERMANENT else _TRY_AGAIN,
            ) from None
        except ssl.SSLError as error:
            raise Unavailable(
                f"{place}: no secure connection to the mail server; check its name, its certificate and security",
                code="smtp-tls",
                retry_after=None if isinstance(error, ssl.SSLCertVerificationError) else _TRY_AGAIN,
            ) from error
        except SMTPServerDisconnected as lost:
            raise self._unreachable() from lost
        except SMTPException:
            raise Unavailable(
                f"{place}: the mail server does not offer the security or sign-in that is configured",
                code="smtp-unsupported",
            ) from None
        except OSError as error:
            raise self._unreachable() from error

    def _unreachable(self, why: str = "no mail server answers there") -> Unavailable:
        return Unavailable(
            f"{self.host}:{self.port}: {why}",
            code="smtp-unreachable",
            retry_after=_TRY_AGAIN,
        )

    def _session(self) -> SMTP:
        """Connect, secure the way, sign in."""
        seconds = self.timeout.total_seconds()
        if self.security is Security.TLS:
            server: SMTP = SMTP_SSL(self.host, self.port, self.hostname, timeout=seconds, context=self._trust())
        else:
            server = SMTP(self.host, self.port, self.hostname, timeout=seconds)
        with ExitStack() as undo:
            undo.callback(server.close)
            if self.security is Security.STARTTLS:
                server.starttls(context=self._trust())
            if self.username is not None and self.password is not None:
                server.login(self.username, self.password.reveal())
            server.ehlo_or_helo_if_needed()
            undo.pop_all()
        return server

    def _trust(self) -> ssl.SSLContext:
        return self.ssl_context or ssl.create_default_context()


def _refused(server: SMTP, mail: Mail, code: int, *, for_good: bool = True) -> Receipt:
    """Have the server forget an e-mail that it answered with *code* (RFC 5321, 4.2.1), and return the receipt."""
    if code == _GOING:
        server.close()
    else:
        with suppress(SMTPException):  # the next e-mail finds out whether the server is still there
            server.rset()
    outcome = Outcome.FAILED_FOR_GOOD if for_good and code in _PERMANENT else Outcome.FAILED_FOR_NOW
    return Receipt(mail.reference, outcome, _slug(code))


def _slug(code: int) -> str:
    return f"smtp-{code}" if code in _REPLIES else "smtp-protocol"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


if TYPE_CHECKING:
    _kept: type[EmailCourier] = SmtpCourier
    _reads: type[BounceReader] = SmtpCourier
