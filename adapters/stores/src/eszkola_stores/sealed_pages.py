"""
What a page looks like to whoever keeps it: a head that says what it is, and the rest sealed.

A page is either the *changes* of one unit or an *image* of everything at one moment, which makes those before it
needless. It is sealed for its number, so that pages which change places do not open. The head of an image has the proof
of the tenant's keys, by which it is known before anything is opened whether these are the ones.
"""

from __future__ import annotations

import struct
from typing import Final

from attrs import field, frozen

from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_stores.changes import Changes
from eszkola_stores.vault import Vault

_HEAD: Final = struct.Struct(">4sBH")
_MAGIC: Final = b"eszk"
_LAYOUT: Final = 1


@frozen
class SealedPage:
    """A page with its number; ``proof`` is empty but for images."""

    number: int
    proof: bytes = field(repr=False)
    _sealed: bytes = field(repr=False)

    @classmethod
    def changes(cls, number: int, changes: Changes, vault: Vault) -> SealedPage:
        """Return the page of one unit."""
        return cls(number, b"", vault.seal(changes.to_bytes(), _context(number)))

    @classmethod
    def image(cls, number: int, changes: Changes, vault: Vault) -> SealedPage:
        """Return the page from which reading may begin."""
        return cls(number, vault.proof(), vault.seal(changes.to_bytes(), _context(number)))

    @classmethod
    def read(cls, number: int, page: bytes) -> SealedPage:
        """
        Return the page in these bytes.

        Raises:
            Unavailable: they are none, or of a newer layout.
        """
        if len(page) < _HEAD.size or not page.startswith(_MAGIC):
            raise Unavailable(f"page {number} is damaged: restore a backup", code="page-damaged")
        _, layout, length = _HEAD.unpack_from(page)
        if layout > _LAYOUT:
            raise Unavailable("this was kept by a newer version: install that", code="database-newer")
        return cls(number, page[_HEAD.size : _HEAD.size + length], page[_HEAD.size + length :])

    @property
    def is_image(self) -> bool:
        """Whether everything before this page is in it."""
        return bool(self.proof)

    def to_bytes(self) -> bytes:
        """Return the page as it is kept."""
        return _HEAD.pack(_MAGIC, _LAYOUT, len(self.proof)) + self.proof + self._sealed

    def opened(self, vault: Vault) -> Changes:
        """
        Return what is in it.

        Raises:
            Unavailable: it was touched, put somewhere else, or sealed with other keys.
        """
        try:
            return Changes.from_bytes(vault.opened(self._sealed, _context(self.number)))
        except InvalidValue:
            fault = Unavailable(f"page {self.number} is damaged: restore a backup", code="page-damaged")
        raise fault

    def __len__(self) -> int:
        return len(self._sealed)


def _context(number: int) -> str:
    return f"page|{number}"
