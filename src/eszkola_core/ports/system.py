"""What the machine gives: the time, and secrets."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """
    Tells the time.

    CK1. Every instant is aware, and in UTC.
    CK2. An instant is never earlier than one told before, unless the machine's own clock was set back.
    """

    def now(self) -> datetime:
        """Return the present instant (CK1, CK2)."""


class Secrets(Protocol):
    """
    Gives randomness that nobody can foresee.

    SR1. All values are equally likely, whatever was given before, and come from a source fit for secrets.
    SR2. Any number of threads may ask at once.
    SR3. The values never show themselves in a log, a repr or an error.
    """

    def token_bytes(self, count: int) -> bytes:
        """Return *count* random bytes (SR1)."""

    def below(self, limit: int) -> int:
        """Return a random number from 0 up to but not *limit*, which is at least 1 (SR1)."""
