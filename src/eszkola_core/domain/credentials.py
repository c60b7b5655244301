"""What a password is checked against (CRED-4, CRED-5)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.hidden import Secret


class CredentialKind(StrEnum):
    """Whose making a password is."""

    OWN = "own"
    GIVEN = "given"


@frozen(kw_only=True)
class Credential:
    """
    What a password is checked against.

    ``encoded`` holds scheme, parameters, salt and hash. ``history`` are the encodings that the owner chose, ``spent``
    those that somebody else made, newest first, the present one among them (CRED-4). A *given* one must be changed and
    expires (CRED-5); ``sealed`` is its text until then. ``warned_at`` is when its expiry was last told (CRED-3b).
    """

    person: PersonId
    kind: CredentialKind
    encoded: str = field(repr=False)
    set_at: datetime
    expires_at: datetime | None = None
    history: tuple[str, ...] = field(default=(), repr=False)
    spent: tuple[str, ...] = field(default=(), repr=False)
    sealed: Secret | None = field(default=None, repr=False)
    warned_at: datetime | None = None
