"""Sessions: what a sign-in opens (ACCESS-5, ACCESS-9)."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.hidden import Secret


class SessionEnd(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed-out"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a reason
    ADDRESS_CHANGED = "address-changed"
    REPORTED = "reported"


@frozen(kw_only=True)
class Session:
    """An open session, kept under the digest of its key; the key is the owner's alone."""

    digest: bytes = field(repr=False)
    person: PersonId
    opened_at: datetime
    ended_at: datetime | None = None
    end: SessionEnd | None = None

    @property
    def is_open(self) -> bool:
        """Whether the session has not ended."""
        return self.ended_at is None


def open_session(person: PersonId, *, random: bytes, now: datetime) -> tuple[Session, Secret]:
    """Return a new session and its key, made from 32 *random* bytes."""
    key = Secret(base64.urlsafe_b64encode(random).rstrip(b"=").decode("ascii"))
    return Session(digest=session_digest(key), person=person, opened_at=now), key


def session_digest(key: Secret) -> bytes:
    """Return what a session is found by."""
    return hashlib.sha256(b"session:" + key.reveal().encode("utf-8", "surrogatepass")).digest()
