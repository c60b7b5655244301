"""How an e-mail looks on the wire: one Internet message with text and HTML, the same whoever takes it away."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
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

# Every line stays short and plain ASCII, so that no server on the way has a reason to touch it.
_ENCODING: Final = "quoted-printable"


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


def internet_message(email: RenderedEmail, sender: Sender, now: datetime) -> EmailMessage:
    """
    Return *email* as a message of RFC 5322, marked as sent by a program (RFC 3834).

    Taken again at the same instant it is the same, byte for byte; at another only its Date differs (EC6).

    Raises:
        InvalidValue: it goes to no address, or holds characters that are none (lone surrogates).
    """
    try:
        f"{email.subject}{email.text}{email.html}{email.locale}".encode()
    except UnicodeEncodeError:
        raise InvalidValue("an e-mail holds half a character", code="unencodable-text") from None
    name = identity(email, sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(addr_spec=recipient(email))
    message["Subject"] = one_line(email.subject)
    message["Date"] = now
    message["Message-ID"] = f"<{name}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(email.text, cte=_ENCODING)
    if email.html is not None:
        message.add_alternative(email.html, subtype="html", cte=_ENCODING)
        # Chosen here, not at random; and quoted-printable text holds no "=_" that could be taken for it.
        message.set_boundary(f"=_{name}")
    # Last, because a body takes the place of all headers on content.
    message["Content-Language"] = one_line(email.locale)
    return message
