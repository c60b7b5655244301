"""
Where the post brings letters, as a school lists it when it prints them (INIT-4).

The platform keeps no postal addresses: only letters need them, and the school's gradebook has them.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from eszkola_core.domain.letters import PostalAddress
from eszkola_core.domain.names import PersonName

HOUSEHOLD = ""
"""In the stead of a name: whomever the record is about, and everybody in it who has no line of their own."""


@frozen
class AddressBook:
    """Postal addresses, by the key of a record, and in it by the name of one of those whom it names."""

    _lines: Mapping[tuple[str, str], PostalAddress] = field(factory=dict, repr=False)

    @classmethod
    def of(cls, lines: Mapping[tuple[str, str], PostalAddress]) -> AddressBook:
        """Return a book of *lines*: a record's key and a name, or `HOUSEHOLD`, with the address."""
        return cls(
            {(record, PersonName("", name).key if name else HOUSEHOLD): to for (record, name), to in lines.items()}
        )

    def household(self, record: str) -> PostalAddress | None:
        """Return where whomever a record is about lives."""
        return self._lines.get((record, HOUSEHOLD))

    def own(self, record: str, name: PersonName) -> PostalAddress | None:
        """Return the address on somebody's own line, or None."""
        return self._lines.get((record, name.key))
