"""
Restrictions: a court or a school decided that one human has no access to one child (LINK-3).

A restriction is a decision about the pair: its subject is the human, its object the child. It binds humans and not
places, so no import touches it; it stands until somebody with the right withdraws it.
"""

from __future__ import annotations

from collections.abc import Iterable

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind


def stands(decisions: Iterable[Decision], human: PersonId, child: PersonId) -> bool:
    """Return whether *human* has no access to *child*."""
    return bool(standing(decisions, human, child))


def standing(decisions: Iterable[Decision], human: PersonId, child: PersonId) -> tuple[Decision, ...]:
    """Return the restrictions that stand between *human* and *child*, oldest first."""
    found = [each for each in restrictions_in(decisions) if (each.subject, each.object) == (human, child)]
    return tuple(sorted(found, key=lambda each: (each.at, each.id)))


def children_kept_from(decisions: Iterable[Decision], human: PersonId) -> frozenset[PersonId]:
    """Return the children to whom *human* has no access."""
    return frozenset(child for kept, child in pairs_kept_apart(decisions) if kept == human)


def humans_kept_from(decisions: Iterable[Decision], child: PersonId) -> frozenset[PersonId]:
    """Return those who have no access to *child*."""
    return frozenset(human for human, kept in pairs_kept_apart(decisions) if kept == child)


def pairs_kept_apart(decisions: Iterable[Decision]) -> frozenset[tuple[PersonId, PersonId]]:
    """Return every human with the child to whom that human has no access."""
    return frozenset((each.subject, each.object) for each in restrictions_in(decisions) if each.object is not None)


def restrictions_in(decisions: Iterable[Decision]) -> Iterable[Decision]:
    """Return the restrictions that stand, in no order."""
    return (each for each in decisions if each.kind is DecisionKind.RESTRICTED and each.stands)
