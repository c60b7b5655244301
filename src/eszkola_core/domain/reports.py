"""Reports that a password is known to somebody else (LAW-2)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from eszkola_core.domain.accounts import PersonId


class ReportedBy(StrEnum):
    """How the owner said it."""

    SESSION = "session"
    LINK = "link"
    STAFF = "staff"


@frozen(kw_only=True)
class Report:
    """
    That the owner of an account reported their password as known to somebody else.

    ``by`` is the one who took it down, the owner's own person in a session, None at the console or by the link *this
    was not me*; ``console`` names the console's user. ``words`` are what the owner said. ``told`` are those to whom a
    notice went, ``untold`` those whose address nobody has entered: ``region``, ``data-protection-officer``, and
    ``school:`` with the school's key.
    """

    id: int = 0
    person: PersonId
    at: datetime
    way: ReportedBy
    by: PersonId | None = None
    console: str = ""
    words: str = field(default="", repr=False)
    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
