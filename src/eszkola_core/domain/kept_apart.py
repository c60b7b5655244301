"""
Who is kept from whom in a world, and what follows for addresses (LINK-3c, LINK-3d).

Restrictions name people by their numbers. Their marks outlive an erasure of either side: whoever comes back under the
same national id is known again, and the restriction is made anew for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import OWNS_ADDRESS, Decision, Evidence, EvidenceKind, Mark, PlaceKey, Side, World
from eszkola_core.domain.duplicates import Group, Who
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.restrictions import restrictions_in
from eszkola_core.domain.roles import Role


@frozen
class Apart:
    """
    Who is kept from whom in one world.

    ``decided`` are the pairs that decisions name, ``known`` these and whoever the marks show to be one of them, with
    the restrictions that say so. ``called`` are restrictions by what the child was called: somebody new of that name
    may be the child.
    """

    decided: frozenset[tuple[PersonId, PersonId]] = frozenset()
    known: Mapping[tuple[Who, Who], tuple[Decision, ...]] = field(factory=dict)
    called: Mapping[str, frozenset[Decision]] = field(factory=dict)

    def __bool__(self) -> bool:
        return bool(self.known)


def kept_apart(world: World, groups: Iterable[Group]) -> Apart:
    """Return who is kept from whom in a closed *world*, whose people are *groups*."""
    restrictions = sorted(restrictions_in(world.decisions), key=lambda each: (each.at, each.id))
    if not restrictions:
        return Apart()
    back = _known_again(world, groups)
    # A restriction binds all who were merged, so it comes several times; between the same two it counts once.
    known: dict[tuple[Who, Who], dict[int, Decision]] = defaultdict(dict)
    for each in restrictions:
        for human in {each.subject, *back[each.id, Side.SUBJECT]}:
            for child in {each.object, *back[each.id, Side.OBJECT]} - {None}:
                known[human, child].setdefault(each.id, each)  # type: ignore[index]
    return Apart(
        frozenset((each.subject, each.object) for each in restrictions if each.object is not None),
        {pair: tuple(each.values()) for pair, each in known.items()},
        _called(world, restrictions),
    )


def _known_again(world: World, groups: Iterable[Group]) -> Mapping[tuple[int, Side], set[Who]]:
    """Return whom the marks of a decision show by a national id, on each side."""
    made: dict[Evidence, list[tuple[int, Side]]] = defaultdict(list)
    for mark in world.marks:
        made[mark.evidence].append((mark.decision, mark.side))
    found: dict[tuple[int, Side], set[Who]] = defaultdict(set)
    for group in groups if made else ():
        for each in group.ids:
            for decision_and_side in made.get(Evidence.of_id(each), ()):
                found[decision_and_side].add(group.who)
    return found


def _called(world: World, restrictions: Iterable[Decision]) -> Mapping[str, frozenset[Decision]]:
    """Return restrictions by what the child was called."""
    numbered: dict[int, set[Decision]] = defaultdict(set)
    for each in restrictions:
        numbered[each.id].add(each)
    found: dict[str, set[Decision]] = defaultdict(set)
    for mark in world.marks:
        if mark.evidence.kind is EvidenceKind.NAME and mark.decision in numbered:
            found[mark.evidence.value] |= numbered[mark.decision]
    return {name: frozenset(each) for name, each in found.items()}


def renewed(apart: Apart, number: Callable[[Who], PersonId | None], now: datetime) -> tuple[Decision, ...]:
    """
    Return the restrictions to make anew, for people whom marks have shown to be those of a former one.

    *number* gives the number of a human, or None while they do not last: then nothing can be decided about them.
    """
    pairs = {
        (subject, child): each[0]
        for (human, known_as), each in apart.known.items()
        if (subject := number(human)) is not None and (child := number(known_as)) is not None
    }
    return tuple(
        evolve(pairs[human, child], id=0, subject=human, object=child, at=now)
        for human, child in sorted(pairs)
        if (human, child) not in apart.decided and human != child
    )


def marks_of(world: World, groups: Collection[Group]) -> frozenset[Mark]:
    """
    Return the marks that the restrictions of a closed *world* should bear and do not: as people are known by now.

    Both sides are marked by their national ids, a child by what it is called as well.
    """
    restrictions = tuple(restrictions_in(world.decisions))
    if not restrictions:
        return frozenset()
    of_who = {group.who: group for group in groups}

    def wanted() -> Iterator[Mark]:
        for each in restrictions:
            for side, who in ((Side.SUBJECT, each.subject), (Side.OBJECT, each.object)):
                group = of_who.get(who) if who is not None else None
                ids = group.ids if group is not None else ()
                yield from (Mark(each.id, side, Evidence.of_id(one)) for one in ids)
                names = _names(group) if group is not None and side is Side.OBJECT else ()
                yield from (Mark(each.id, side, Evidence.of_name(one)) for one in names)

    return frozenset(wanted()) - world.marks


def barred_mailboxes(world: World, groups: Iterable[Group], apart: Apart) -> Mapping[Who, frozenset[str]]:
    """
    Return for each child the mailboxes that somebody who is kept from it can read (LINK-3c).

    That is every address that was theirs, or that a record or they themselves ever stated for them.
    """
    if not apart.known:
        return {}
    of_who = {group.who: group for group in groups}
    barred: dict[Who, frozenset[str]] = {}
    for human, child in apart.known:
        barred[child] = barred.get(child, frozenset()) | _readable_by(human, world, of_who.get(human))
    return barred


def _readable_by(human: Who, world: World, group: Group | None) -> frozenset[str]:
    """Return the mailboxes that *human* can be thought to read."""
    person = world.people.get(human) if not isinstance(human, PlaceKey) else None
    places = group.places if group is not None else ()
    addresses = {person.central if person is not None else None}
    addresses |= {claims.email for place in places for claims in (place.accepted, place.pending) if claims is not None}
    addresses |= {each.address for each in world.decisions if each.kind in OWNS_ADDRESS and each.subject == human}
    left = {each.mailbox for each in world.reservations if each.person == human}
    return frozenset(left | {each.mailbox for each in addresses if each is not None})


def _names(group: Group) -> frozenset[PersonName]:
    """Return what records call a student."""
    students = (each for each in group.places if each.role is Role.STUDENT and each.is_present)
    return frozenset(each.newest.name for each in students if each.newest is not None)
