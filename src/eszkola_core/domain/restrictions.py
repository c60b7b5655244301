"""
Restrictions: a court or a school decided that one human has no access to one child (LINK-3).

A restriction is a decision about the pair: its subject is the human, its object the child. It binds humans and not
places, so no import touches it; it stands until somebody with the right withdraws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind, Place, World
from eszkola_core.domain.duplicates import Group, Who


def stands(decisions: Iterable[Decision], human: PersonId, child: PersonId) -> bool:
    """Return whether *human* has no access to *child*."""
    return bool(standing(decisions, human, child))


def standing(decisions: Iterable[Decision], human: PersonId, child: PersonId) -> tuple[Decision, ...]:
    """Return the restrictions that stand between *human* and *child*, oldest first."""
    found = [each for each in _standing(decisions) if (each.subject, each.object) == (human, child)]
    return tuple(sorted(found, key=lambda each: (each.at, each.id)))


def children_kept_from(decisions: Iterable[Decision], human: PersonId) -> frozenset[PersonId]:
    """Return the children to whom *human* has no access."""
    return frozenset(each.object for each in _standing(decisions) if each.subject == human and each.object is not None)


def humans_kept_from(decisions: Iterable[Decision], child: PersonId) -> frozenset[PersonId]:
    """Return those who have no access to *child*."""
    return frozenset(each.subject for each in _standing(decisions) if each.object == child)


def pairs_kept_apart(decisions: Iterable[Decision]) -> frozenset[tuple[PersonId, PersonId]]:
    """Return every human with the child to whom that human has no access."""
    return frozenset((each.subject, each.object) for each in _standing(decisions) if each.object is not None)


def barred_mailboxes(world: World, groups: Iterable[Group]) -> Mapping[Who, frozenset[str]]:
    """
    Return for each child the mailboxes that somebody who is kept from it can read (LINK-3c).

    That is every address that was theirs, or that a record or they themselves ever stated for them.
    """
    apart = pairs_kept_apart(world.decisions)
    if not apart:
        return {}
    places = {group.who: group.places for group in groups}
    barred: dict[Who, frozenset[str]] = {}
    for human, child in apart:
        barred[child] = barred.get(child, frozenset()) | _readable_by(human, world, places.get(human, ()))
    return barred


def _readable_by(human: PersonId, world: World, places: Iterable[Place]) -> frozenset[str]:
    """Return the mailboxes that *human* can be thought to read."""
    person = world.people.get(human)
    addresses = {person.central if person is not None else None}
    addresses |= {claims.email for place in places for claims in (place.accepted, place.pending) if claims is not None}
    chosen = DecisionKind.ADDRESS_CHOSEN
    addresses |= {each.address for each in world.decisions if each.kind is chosen and each.subject == human}
    left = {each.mailbox for each in world.reservations if each.person == human}
    return frozenset(left | {each.mailbox for each in addresses if each is not None})


def _standing(decisions: Iterable[Decision]) -> Iterable[Decision]:
    return (each for each in decisions if each.kind is DecisionKind.RESTRICTED and each.stands)
