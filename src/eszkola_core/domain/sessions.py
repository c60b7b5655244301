"""Sessions: what a sign-in opens, and when it is over (ACCESS-5, ACCESS-9a)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.settings import Settings


class SessionState(StrEnum):
    """What became of a session; that it was idle or reached its limit follows from the clock and is not stored."""

    OPEN = "open"
    IDLE = "idle"
    LIMIT = "limit"
    ENDED = "ended"


SESSION_LIFECYCLE: Final[Mapping[SessionState, frozenset[SessionState]]] = MappingProxyType(
    {
        SessionState.OPEN: frozenset({SessionState.IDLE, SessionState.LIMIT, SessionState.ENDED}),
        SessionState.IDLE: frozenset(),
        SessionState.LIMIT: frozenset(),
        SessionState.ENDED: frozenset(),
    },
)
"""Every transition of a session: none that is over opens again."""


class SessionEnd(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed-out"
    ENDED_ELSEWHERE = "ended-elsewhere"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a reason
    ADDRESS_CHANGED = "address-changed"
    REPORTED = "reported"
    LOCKED = "locked"
    MERGED = "merged"
    PASSWORD_REPLACED = "password-replaced"  # noqa: S105 - a reason
    ROLE_ENDED = "role-ended"


@frozen(kw_only=True)
class Session:
    """
    A session, kept under the digest of its key; the key is its owner's alone.

    ``seen_at`` is when it was last used, as exactly as the tenant keeps it.
    """

    digest: bytes = field(repr=False)
    person: PersonId
    opened_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
    end: SessionEnd | None = None

    @property
    def name(self) -> str:
        """What its owner tells it from others by; nobody comes to the key from there."""
        return self.digest.hex()[:16]

    def state_at(self, now: datetime, settings: Settings) -> SessionState:
        """Return the state on *now*: of the ends that have come the earliest counts (ACCESS-9a)."""
        ends = [
            (self.opened_at + settings.session_limit, SessionState.LIMIT),
            (self.seen_at + settings.session_idle, SessionState.IDLE),
        ]
        if self.ended_at is not None:
            ends.append((self.ended_at, SessionState.ENDED))
        at, state = min(ends, key=lambda end: end[0])
        if is_expired(at, now):
            return state
        # Whoever ended it may have had a clock that was ahead of this one.
        return SessionState.OPEN if self.ended_at is None else SessionState.ENDED

    def is_open(self, now: datetime, settings: Settings) -> bool:
        """Return whether the session is open on *now*."""
        return self.state_at(now, settings) is SessionState.OPEN

    def is_due_to_be_seen(self, now: datetime, settings: Settings) -> bool:
        """Return whether it was seen so long ago that its use on *now* is worth a write."""
        return now - self.seen_at >= settings.session_seen_every


def open_session(person: PersonId, *, random: bytes, now: datetime) -> tuple[Session, Secret]:
    """Return a new session and its key, made from 32 *random* bytes."""
    key = Secret(base64.urlsafe_b64encode(random).rstrip(b"=").decode("ascii"))
    return Session(digest=session_digest(key), person=person, opened_at=now, seen_at=now), key


def session_digest(key: Secret) -> bytes:
    """Return what a session is found by."""
    return hashlib.sha256(b"session:" + key.reveal().encode("utf-8", "surrogatepass")).digest()
