"""How an e-mail looks on the wire: one Internet message with text and HTML, the same whoever takes it away."""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Iterator
from datetime import datetime
from email.headerregistry import Address, BaseHeader
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final

from attrs import frozen

from eszkola_core.domain.addresses import EmailAddress, ascii_domain
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.messages import RenderedEmail

_SENDER: Final = re.compile(r"\s*(?:(?P<name>.*)<(?P<inside>[^<>]+)>|(?P<bare>\S+))\s*", re.DOTALL)
_QUOTED: Final = re.compile(r'"(?P<inside>[^"]*)"')
_ADDRESS: Final = re.compile(r"(?P<local>[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64})@(?P<domain>[^\s@]+)")
_DOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_GAPS: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_CLEAR: Final = re.compile(r"(?=.{1,70}\Z)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9.-]+")
"""Addresses that stand in a header as they are, on one line."""

_END: Final = "\r\n"


@frozen
class Sender:
    """Who e-mails come from: a name to show, possibly empty, and the address that answers and bounces go to."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The domain that Message-IDs are made in."""
        return self.address.rpartition("@")[2]


def parse_sender(text: str) -> Sender:
    """
    Return the sender that *text* spells: ``Name <address>`` or the address alone.

    Raises:
        InvalidValue: it spells no sender.
    """
    spelt = _SENDER.fullmatch(text)
    parts = _ADDRESS.fullmatch((spelt["inside"] or spelt["bare"]).strip()) if spelt is not None else None
    if spelt is None or parts is None:
        raise InvalidValue("sender: write an address, or a name and <address>", code="invalid-sender")
    domain = ascii_domain(parts["domain"])
    if _DOMAIN.fullmatch(domain) is None:
        raise InvalidValue("sender: the address ends in a domain name", code="invalid-sender")
    name = one_line(spelt["name"] or "")
    quoted = _QUOTED.fullmatch(name)
    return Sender(quoted["inside"] if quoted is not None else name, f"{parts['local']}@{domain}")


def one_line(text: str) -> str:
    """
    Return *text* so that no header can grow a second line from it.

    White space and control characters become single spaces. What looks like an encoded word (RFC 2047) loses its
    look: Python would decode it while it builds the header, line ends inside included.
    """
    return _GAPS.sub(" ", text).strip().replace("=?", "= ?")


def recipient(email: RenderedEmail) -> str:
    """
    Return the address that *email* goes to as servers want it: as its owner spells it, the domain in ASCII (MAIL-8).

    Raises:
        InvalidValue: it is no address, or none that servers deliver to.
    """
    local, _, domain = EmailAddress.parse(email.to).spelling.rpartition("@")
    return f"{local}@{ascii_domain(domain)}"


def identity(email: RenderedEmail, sender: Sender) -> str:
    """
    Return what *email* is known by wherever it turns up again, telling nobody what its reference says (EC6).

    Where it has a proof that is it (EC7). Else sender and recipient count as well, because two tenants may use the same
    reference.
    """
    if email.proof:
        return email.proof
    parts = f"{email.reference}\0{sender.address}\0{email.to}"
    return sha256(parts.encode(errors="surrogatepass")).hexdigest()[:32]


def internet_message(email: RenderedEmail, sender: Sender, now: datetime) -> bytes:
    """
    Return *email* as the octets of a message of RFC 5322, marked as sent by a program (RFC 3834).

    Its date is when it was written, or *now* where it does not say; all else is the same, byte for byte, whenever it is
    taken (EC6). Every line is short and plain ASCII, so that no server on the way has a reason to touch it.

    Raises:
        InvalidValue: it goes to no address, or holds characters that are none (lone surrogates).
    """
    try:
        f"{email.subject}{email.text}{email.html}{email.locale}".encode()
    except UnicodeEncodeError:
        raise InvalidValue("an e-mail holds half a character", code="unencodable-text") from None
    name = identity(email, sender)
    return b"".join(
        [
            _from(sender),
            _to(recipient(email)),
            _header("Subject", one_line(email.subject)),
            f"Date: {format_datetime(email.written_at or now)}{_END}".encode(),
            f"Message-ID: <{name}@{sender.domain}>{_END}".encode(),
            f"Auto-Submitted: auto-generated{_END}".encode(),
            _header("Content-Language", one_line(email.locale)),
            f"MIME-Version: 1.0{_END}".encode(),
            *(_part("plain", email.text) if email.html is None else _side_by_side(email.text, email.html, f"=_{name}")),
        ]
    )


@lru_cache(maxsize=256)
def _header(name: str, value: str) -> bytes:
    """Return a header that many e-mails have, folded and encoded where it must be; it names nobody."""
    return _folded(name, value)


@lru_cache(maxsize=16)
def _from(sender: Sender) -> bytes:
    return _folded("From", str(Address(sender.name, addr_spec=sender.address)))


def _to(address: str) -> bytes:
    """Return the header that says who an e-mail is for."""
    return (
        f"To: {address}{_END}".encode() if _CLEAR.fullmatch(address) else _folded("To", str(Address(addr_spec=address)))
    )


def _folded(name: str, value: str) -> bytes:
    header: BaseHeader = SMTP.header_factory(name, value)
    return header.fold(policy=SMTP).encode()


def _side_by_side(text: str, html: str, boundary: str) -> Iterator[bytes]:
    """Yield two parts of which a mail program shows the second if it can (RFC 2046, 5.1.4)."""
    # The boundary is chosen, not drawn; and quoted-printable text holds no "=_" that could be taken for it.
    yield f'Content-Type: multipart/alternative;{_END} boundary="{boundary}"{_END}{_END}'.encode()
    for subtype, content in (("plain", text), ("html", html)):
        yield f"--{boundary}{_END}".encode()
        yield from _part(subtype, content)
        yield _END.encode()
    yield f"--{boundary}--{_END}".encode()


def _part(subtype: str, content: str) -> Iterator[bytes]:
    """Yield the headers and the content of one part; whatever ends its lines, CRLF does."""
    yield f'Content-Type: text/{subtype}; charset="utf-8"{_END}'.encode()
    yield f"Content-Transfer-Encoding: quoted-printable{_END}{_END}".encode()
    yield b2a_qp(b"\r\n".join([*content.encode().splitlines(), b""]) or b"\r\n")
