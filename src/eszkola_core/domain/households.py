"""
Households: those who may share one private address, where the tenant allows it (MAIL-5b).

Who is linked to whom decides: guardian and child, and through the child the other guardian, and through a guardian the
brothers and sisters. Pairs would not do: what three people share must be theirs all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from eszkola_core.domain.claims import PlaceKey, RecordKey, World
from eszkola_core.domain.duplicates import Group, Who
from eszkola_core.domain.restrictions import pairs_kept_apart
from eszkola_core.domain.roles import STAFF, Role
from eszkola_core.domain.settings import Sharing


def households(groups: Iterable[Group], world: World, sharing: Sharing, today: date) -> Mapping[Who, Who]:
    """
    Return the household of each human, named by one of its members.

    Where sharing is forbidden everybody is a household of their own, and staff are everywhere. A link that is
    restricted, or not in force today, joins nobody.
    """
    everybody = sorted(groups, key=_order)
    head: dict[Who, Who] = {group.who: group.who for group in everybody}
    if sharing is Sharing.FORBID:
        return head
    apart = pairs_kept_apart(world.decisions)
    children, guardians = _standing(everybody, Role.STUDENT, today), _standing(everybody, Role.GUARDIAN, today)
    for record in sorted(guardians.keys() & children.keys(), key=lambda each: each.order):
        for guardian in guardians[record]:
            for child in children[record]:
                if (guardian, child) not in apart:
                    _join(head, guardian, child)
    return {who: _head_of(head, who) for who in head}


def _standing(groups: Iterable[Group], role: Role, today: date) -> Mapping[RecordKey, list[Who]]:
    """Return who stands in each record in *role* today; staff left out, wherever they stand."""
    found: dict[RecordKey, list[Who]] = {}
    for group in groups:
        if any(place.role in STAFF and place.is_present and place.accepted is not None for place in group.places):
            continue
        for place in group.places:
            if place.role is role and place.is_in_force(today):
                found.setdefault(place.key.record, []).append(group.who)
    return found


def _join(head: dict[Who, Who], one: Who, other: Who) -> None:
    """Make one household of two; which of its members names it depends on nothing but who they are."""
    head[_head_of(head, other)] = _head_of(head, one)


def _head_of(head: Mapping[Who, Who], who: Who) -> Who:
    while head[who] != who:
        who = head[who]
    return who


def _order(group: Group) -> tuple[bool, tuple[str, ...], int]:
    """Return the order in which households grow, so that nobody's names depend on how the world was gathered."""
    if isinstance(group.who, PlaceKey):
        return (True, group.who.order, 0)
    return (False, (), group.who)
