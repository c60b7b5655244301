"""E-mail addresses for people who do not exist, under domains that are reserved for examples (RFC 2606)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from random import Random
from typing import Final

from eszkola_cli.region.names import plain

PLATFORM_DOMAIN: Final = "eszkola.example.org"
"""Where the platform's own mailboxes are: no private address may be there (MAIL-2)."""

_DOMAINS: Final = {
    "PL": ("poczta.example.com", "mail.example.net", "example.com", "example.org"),
    "SI": ("posta.example.org", "mail.example.net", "example.com"),
    "UA": ("mail.example.net", "example.com"),
}

PRIVATE_DOMAINS: Final = frozenset(domain for domains in _DOMAINS.values() for domain in domains)
"""Where the people of the region have their private mailboxes."""


class AddressBook:
    """Hands out addresses, each to one person only."""

    def __init__(self, rng: Random, *, taken: Iterable[str] = ()) -> None:
        """Draw from *rng*; the addresses *taken* already belong to somebody."""
        self._rng = rng
        self._taken = set(taken)

    def issue(self, first_name: str, last_name: str, country: str) -> str:
        """Return a private address that nobody has and that its owner would recognise."""
        domain = self._rng.choice(_DOMAINS[country])
        front = f"{plain(first_name)}.{plain(last_name)}"
        for number in count(1):
            address = f"{front}{number if number > 1 else ''}@{domain}"
            if address not in self._taken:
                break
        self._taken.add(address)
        return address
