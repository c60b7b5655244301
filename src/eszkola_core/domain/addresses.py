"""E-mail addresses: what counts as one, and when two are the same (MAIL-2, MAIL-8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import idna
from attrs import field, frozen

from eszkola_core.errors import InvalidValue

ONE_MAILBOX_DOMAINS: Final[Mapping[str, str]] = {
    "tlen.pl": "o2.pl",
    "go2.pl": "o2.pl",
    "prokonto.pl": "o2.pl",
    "googlemail.com": "gmail.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
}
"""Domains that deliver to the same mailbox, each with the one it is compared as (MAIL-8)."""

# The plain shape that email-validator accepts without a second thought; everything else is put to it. A property in the
# tests holds it against it. A label with two hyphens in third and fourth place, or a reserved name, is not plain.
_PLAIN: Final = re.compile(
    r"(?P<local>[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@"
    r"(?P<domain>(?:[A-Za-z0-9](?:[A-Za-z0-9]|-(?!-))*(?<!-)\.)+(?P<top>[A-Za-z]{2,24}))",
)
_MAX_LOCAL: Final = 64
_MAX_LABEL: Final = 63
_MAX_LENGTH: Final = 254
_LONGEST_SPELLING: Final = 4 * _MAX_LENGTH
"""A letter is at most four characters once it is taken apart: what is longer is read no further."""
_NOT_PLAIN_TOPS: Final = frozenset({"test", "invalid", "localhost", "local", "arpa", "onion", "example"})


@frozen
class EmailAddress:
    """
    An address that a message can be sent to.

    ``spelling`` is as its owner gave it, for sending; ``mailbox`` is what is compared: case folded, the domain in its
    IDNA form, domains of one mailbox as one (MAIL-8). Two addresses are equal when their mailboxes are.
    """

    spelling: str = field(eq=False)
    mailbox: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> EmailAddress:
        """
        Return the address that *text* spells.

        Raises:
            InvalidValue: it is no address (code ``invalid-email``), or one with letters in the local part that mail
                servers of today do not deliver to (code ``undeliverable-email``).
        """
        spelling = text.strip()
        if len(spelling) > _LONGEST_SPELLING:
            raise InvalidValue("this is not an e-mail address", code="invalid-email")
        plain = _PLAIN.fullmatch(spelling)
        if plain is not None and _is_plainly_valid(plain):
            return cls(spelling, mailbox_of(plain["local"], plain["domain"].lower()))
        return cls._validated(spelling)

    @classmethod
    def _validated(cls, spelling: str) -> EmailAddress:
        """Return the address as email-validator reads it."""
        from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - 50 ms that plain ones save

        try:
            found = validate_email(spelling, check_deliverability=False, allow_smtputf8=True)
        except EmailNotValidError:
            raise InvalidValue("this is not an e-mail address", code="invalid-email") from None
        if not found.local_part.isascii():
            raise InvalidValue(
                "mail servers do not deliver to an address with such letters before the @",
                code="undeliverable-email",
            )
        return cls(spelling, mailbox_of(found.local_part, found.ascii_domain))

    @property
    def domain(self) -> str:
        """The domain as it is compared."""
        return self.mailbox.rpartition("@")[2]

    def lies_in(self, domain: str) -> bool:
        """Return whether the address lies in *domain* or below it (MAIL-2)."""
        wanted = ascii_domain(domain)
        return self.domain == wanted or self.domain.endswith(f".{wanted}")

    @property
    def masked(self) -> str:
        """The address as somebody else may see it: ``a•••@example.com``."""
        local, _, domain = self.spelling.rpartition("@")
        return f"{local[:1]}•••@{domain}"


def mailbox_of(local: str, domain: str) -> str:
    """Return what the address *local*@*domain* is compared as (MAIL-8)."""
    return f"{local.casefold()}@{ONE_MAILBOX_DOMAINS.get(domain, domain)}"


def ascii_domain(domain: str) -> str:
    """
    Return *domain* in IDNA form and lower case (RFC 5891).

    Raises:
        InvalidValue: it is not a domain name.
    """
    if domain.isascii():
        return domain.lower().rstrip(".")
    try:
        # A label of signs that mean nothing there is nothing by now, but for the dot before it.
        return idna.encode(domain.rstrip("."), uts46=True).decode("ascii").lower().rstrip(".")
    except idna.IDNAError:
        raise InvalidValue("this is not a domain name", code="invalid-domain") from None


def _is_plainly_valid(plain: re.Match[str]) -> bool:
    """Return whether an address of the plain shape also keeps the lengths and names that email-validator asks for."""
    labels = plain["domain"].lower().split(".")
    return (
        len(plain[0]) <= _MAX_LENGTH
        and len(plain["local"]) <= _MAX_LOCAL
        and all(len(label) <= _MAX_LABEL for label in labels)
        and labels[-1] not in _NOT_PLAIN_TOPS
    )
