"""
Restrictions: a court or a school decided that one human has no access to one child (LINK-3).

A restriction is a decision about the pair: its subject is the human, its object the child. It binds humans and not
places, so no import touches it; it stands until somebody with the right withdraws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.aliases import Aliases
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


def pairs_kept_apart(decisions: Iterable[Decision]) -> frozenset[tuple[PersonId, PersonId]]:
    """Return every human with the child to whom that human has no access."""
    return frozenset((each.subject, each.object) for each in restrictions_in(decisions) if each.object is not None)


def restrictions_in(decisions: Iterable[Decision]) -> Iterator[Decision]:
    """Yield the restrictions that stand, each for everybody whom it binds: all who were or are merged (ID-7d)."""
    known = tuple(decisions)
    aliases = Aliases.of(known)
    for each in known:
        if each.kind is not DecisionKind.RESTRICTED or not each.stands or each.object is None:
            continue
        humans, children = (sorted(aliases.bearers(who, each.at)) for who in (each.subject, each.object))
        for human, child in product(humans, children):
            yield evolve(each, subject=human, object=child)
