"""Sessions as they are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.sessions import Session, SessionEnd


class Sessions(Protocol):
    """
    Sessions, by the digest of their key.

    SS1. What was added comes back equal.
    SS2. `end_all` ends every open session of a person but the one excepted.
    SS3. An ended session stays ended.
    """

    def add(self, session: Session) -> None:
        """Keep a session (SS1)."""

    def get(self, digest: bytes) -> Session | None:
        """Return the session with *digest* (SS1)."""

    def end(self, digest: bytes, *, end: SessionEnd, now: datetime) -> None:
        """End one session (SS3)."""

    def end_all(self, person: PersonId, *, end: SessionEnd, now: datetime, except_for: bytes | None = None) -> int:
        """End the open sessions of a person and return how many (SS2)."""
