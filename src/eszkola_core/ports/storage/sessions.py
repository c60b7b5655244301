"""Sessions as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
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
    SS4. `touch` moves the last sight of a session on, and never back; of one that ended, or was not seen after an
         instant, it moves nothing.
    SS5. `of` returns the sessions of a person that nobody has ended, the oldest first.
    SS6. `prune` forgets the sessions that were opened before an instant, says how many, and leaves the rest.
    """

    def add(self, session: Session) -> None:
        """Keep a session (SS1)."""

    def get(self, digest: bytes) -> Session | None:
        """Return the session with *digest* (SS1)."""

    def end(self, digest: bytes, *, end: SessionEnd, now: datetime) -> None:
        """End one session (SS3)."""

    def end_all(self, person: PersonId, *, end: SessionEnd, now: datetime, except_for: bytes | None = None) -> int:
        """End the open sessions of a person and return how many (SS2)."""

    def touch(self, digest: bytes, *, seen_after: datetime, now: datetime) -> None:
        """Note that a session was used, if it was seen after an instant (SS4)."""

    def of(self, person: PersonId) -> Sequence[Session]:
        """Return a person's sessions that nobody has ended (SS5)."""

    def prune(self, before: datetime) -> int:
        """Forget the sessions that were opened before an instant, and return how many they were (SS6)."""
