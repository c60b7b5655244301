"""Security codes as they are kept: by digest, never by their digits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.security_codes import CodeHandOver, SecurityCode


class Codes(Protocol):
    """
    Security codes, by digest.

    CO1. What was added comes back equal, with every hand-over in order.
    CO2. `add` replaces the live code of the same guardian and school.
    CO3. `redeem` returns a live code once, and None ever after; an expired one never.
    CO4. Of any number of simultaneous redemptions at most one wins.
    CO5. `wrong_date` counts a wrong date against a live code and kills it at the limit; it returns the code as it is
         then, or None, with nothing counted, where the code is not live.
    CO6. `cancel` ends the live codes of a guardian, and returns how many they were.
    CO7. `of` returns all codes of the guardians named, the oldest first.
    """

    def add(self, code: SecurityCode) -> None:
        """Keep *code* (CO1, CO2)."""

    def peek(self, digest: bytes) -> SecurityCode | None:
        """Return the code with *digest*, in whatever state (CO1)."""

    def redeem(self, digest: bytes, *, now: datetime) -> SecurityCode | None:
        """Redeem the live code with *digest*, and return it redeemed (CO3, CO4)."""

    def wrong_date(self, digest: bytes, *, limit: int, now: datetime) -> SecurityCode | None:
        """Count a wrong date against the live code with *digest* (CO5)."""

    def cancel(self, guardian: PersonId) -> int:
        """End the live codes of *guardian* (CO6)."""

    def of(self, guardians: Collection[PersonId]) -> Sequence[SecurityCode]:
        """Return the codes of *guardians* (CO7)."""

    def hand_over(self, digest: bytes, handed: CodeHandOver) -> None:
        """Keep that the code with *digest* was handed over (CO1)."""
