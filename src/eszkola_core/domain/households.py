"""
Households: those who may share one private address, where the tenant allows it (MAIL-5b).

Who is linked to whom decides: guardian and child, and through the child the other guardian, and through a guardian the
brothers and sisters. Pairs would not do: what three people share must be theirs all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from attrs import evolve

from eszkola_core.domain.claims import Place, World
from eszkola_core.domain.duplicates import Group, Who
from eszkola_core.domain.links import links
from eszkola_core.domain.recognition import Recognised
from eszkola_core.domain.roles import STAFF
from eszkola_core.domain.settings import Sharing
from eszkola_core.domain.tenants import Tenant


def households(recognised: Recognised, world: World, tenant: Tenant, today: date) -> Mapping[Who, Who]:
    """
    Return the household of each human, named by one of its members.

    Where sharing is forbidden everybody is a household of their own, and staff are everywhere. A link joins two only
    while the guardian sees the child through it.
    """
    head: dict[Who, Who] = {group.who: group.who for group in recognised.groups}
    if tenant.settings.sharing is Sharing.FORBID:
        return head
    staff = {group.who for group in recognised.groups if _works(group)}

    def whose(place: Place) -> Who:
        group = recognised.group_of(place.key)
        return group.who if group is not None else place.key

    for link in links(evolve(world, places=recognised.places), tenant, today, whose=whose):
        pair = {link.guardian, link.child}
        if link.is_open and pair <= head.keys() and pair.isdisjoint(staff):
            head[_head_of(head, link.child)] = _head_of(head, link.guardian)
    return {who: _head_of(head, who) for who in head}


def members(homes: Mapping[Who, Who], who: Who) -> Iterable[Who]:
    """Yield everybody of the household that *who* belongs to."""
    return (each for each, home in homes.items() if home == homes[who])


def _works(group: Group) -> bool:
    """Return whether a human works for a school, whatever else they are."""
    return any(place.role in STAFF and place.is_present and place.accepted is not None for place in group.places)


def _head_of(head: Mapping[Who, Who], who: Who) -> Who:
    while head[who] != who:
        who = head[who]
    return who
