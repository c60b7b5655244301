"""
Whether a school made sure of a guardian: links that a code or an approved application verified (LINK-6, LINK-9).

Verification is of one link: of a guardian and a child. Another child of the same guardian, named in a record later, is
verified by a code of its own: a mistaken record gives nobody power over a child's account.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Decision, DecisionKind
from eszkola_core.domain.hidden import Secret


class VerifiedBy(StrEnum):
    """How a school came to know that a guardian is the one it means."""

    CODE = "code"
    APPLICATION = "application"


@frozen
class Verified:
    """That a link is verified: how, and since when."""

    how: VerifiedBy
    since: datetime


def verification(guardian: PersonId, child: PersonId, how: VerifiedBy, *, author: str, at: datetime) -> Decision:
    """Return the decision that the link of *guardian* and *child* is verified."""
    return Decision(
        kind=DecisionKind.LINK_VERIFIED, subject=guardian, object=child, value=Secret(how.value), author=author, at=at
    )


def verified(decisions: Iterable[Decision], guardian: PersonId, child: PersonId) -> Verified | None:
    """Return how the link of *guardian* and *child* was verified last, or None where it was not."""
    known = tuple(decisions)
    aliases = Aliases.of(known)
    found = [
        each
        for each in known
        if each.kind is DecisionKind.LINK_VERIFIED and each.stands and aliases.means(each, guardian, child)
    ]
    latest = max(found, key=lambda each: (each.at, each.id), default=None)
    if latest is None:
        return None
    return Verified(VerifiedBy(latest.value.reveal()) if latest.value is not None else VerifiedBy.CODE, latest.at)
