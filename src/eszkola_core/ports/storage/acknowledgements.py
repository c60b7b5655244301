"""Notices that were published, and who acknowledged which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.notices import Acknowledgement, Notice


class Acknowledgements(Protocol):
    """
    Published notices, and acknowledgements of these and of those that ship.

    AK1. What was acknowledged comes back equal, one person's, the oldest first.
    AK2. The same content acknowledged again by the same person is kept once: the first stands.
    AK3. `publish` raises `Conflict` where kind, school and version are taken already.
    AK4. `notices` gives what was published last of each kind and school, equal to what was given, by kind and school.
    AK5. `notice` gives any that was ever published, by its digest.
    AK6. What somebody acknowledged whose account was merged into another is read as the survivor's.
    """

    def add(self, acknowledgement: Acknowledgement) -> None:
        """Keep that somebody acknowledged a notice (AK1, AK2)."""

    def of(self, person: PersonId) -> Sequence[Acknowledgement]:
        """Return what *person* acknowledged (AK1)."""

    def publish(self, notice: Notice) -> None:
        """Keep a notice in the stead of the former one of its kind and school (AK3, AK4)."""

    def notices(self) -> Sequence[Notice]:
        """Return what was published last (AK4)."""

    def notice(self, digest: bytes) -> Notice | None:
        """Return the notice with *digest*, or None where none was published (AK5)."""
