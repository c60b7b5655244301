"""
Guardians and their children: two places of one record (LINK-1, LINK-2).

No link is stored. It follows from what records claim, from what was decided about the two, and from the day; so does
the state that it is in. All of its states stand in one table here, with what leads from one to another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Decision, DecisionKind, Place, PlaceKey, RecordKey, World
from eszkola_core.domain.coming_of_age import born_on, comes_of_age, is_of_age
from eszkola_core.domain.days import day_of
from eszkola_core.domain.duplicates import Who
from eszkola_core.domain.restrictions import stands
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import WhenOfAge
from eszkola_core.domain.tenants import Tenant


class LinkState(StrEnum):
    """What a link is; all but *claimed* and *verified* let the guardian see nothing."""

    HELD = "held"
    CLAIMED = "claimed"
    VERIFIED = "verified"
    AWAITING_CONSENT = "awaiting-consent"
    RESTRICTED = "restricted"
    ENDED = "ended"


class LinkHappening(StrEnum):
    """What moves a link from one state to another."""

    CLAIMED = "a record names both"
    ADMITTED = "what was held is applied"
    VERIFIED = "a security code was used"
    CAME_OF_AGE = "the student came of age"
    CONSENTED = "the student consented"
    CONSENT_WITHDRAWN = "the student withdrew the consent"
    RESTRICTED = "restricted"
    LIFTED = "restriction lifted"
    ENDED = "no record names both any more"


_H, _S = LinkHappening, LinkState
OPEN: Final = frozenset({_S.CLAIMED, _S.VERIFIED})
"""The states in which the guardian sees the child."""

LINK_LIFECYCLE: Final[Mapping[LinkState, Mapping[LinkHappening, frozenset[LinkState]]]] = MappingProxyType(
    {
        _S.HELD: {
            _H.ADMITTED: OPEN | {_S.AWAITING_CONSENT},
            _H.RESTRICTED: frozenset({_S.RESTRICTED}),
            _H.ENDED: frozenset({_S.ENDED}),
        },
        _S.CLAIMED: {
            _H.VERIFIED: frozenset({_S.VERIFIED}),
            _H.CAME_OF_AGE: frozenset({_S.AWAITING_CONSENT, _S.ENDED}),
            _H.CONSENT_WITHDRAWN: frozenset({_S.AWAITING_CONSENT}),
            _H.RESTRICTED: frozenset({_S.RESTRICTED}),
            _H.ENDED: frozenset({_S.ENDED}),
        },
        _S.VERIFIED: {
            _H.CAME_OF_AGE: frozenset({_S.AWAITING_CONSENT, _S.ENDED}),
            _H.CONSENT_WITHDRAWN: frozenset({_S.AWAITING_CONSENT}),
            _H.RESTRICTED: frozenset({_S.RESTRICTED}),
            _H.ENDED: frozenset({_S.ENDED}),
        },
        _S.AWAITING_CONSENT: {
            _H.CONSENTED: OPEN,
            _H.RESTRICTED: frozenset({_S.RESTRICTED}),
            _H.ENDED: frozenset({_S.ENDED}),
        },
        _S.RESTRICTED: {_H.LIFTED: frozenset(_S) - {_S.RESTRICTED}},
        _S.ENDED: {
            _H.CLAIMED: OPEN | {_S.AWAITING_CONSENT, _S.HELD},
            _H.RESTRICTED: frozenset({_S.RESTRICTED}),
        },
    },
)
"""Every transition of a link; what is not here does not happen. Several states stand where the ground decides."""


@frozen
class Link:
    """
    A guardian and a child, and how they stand to each other.

    ``places`` are the child's places in the records that name both: those of today where the link is open, else all.
    """

    guardian: Who
    child: Who
    state: LinkState
    places: tuple[PlaceKey, ...]

    @property
    def is_open(self) -> bool:
        """Whether the guardian sees the child."""
        return self.state in OPEN


Whose = Callable[[Place], Who]


def bound_to(place: Place) -> Who:
    """Return whom a place is bound to, or the place itself where nobody lasts there: how a kept world names people."""
    return place.person if place.person is not None else place.key


def links(
    world: World, tenant: Tenant, day: date, *, whose: Whose = bound_to, guardian: PersonId | None = None
) -> tuple[Link, ...]:
    """
    Return all links in a world on *day*, or those of one guardian, in the order of guardians and children.

    Args:
        world: places with their records whole, all places of the children in them, and the decisions about both sides.
        tenant: whose settings hold.
        day: the day in the tenant's zone.
        whose: whose a place is.
        guardian: whose links are wanted; all where left out.
    """
    return tuple(_Links(world, tenant, day, whose).of(guardian))


class _Links:
    """All that a link's state follows from."""

    def __init__(self, world: World, tenant: Tenant, day: date, whose: Whose) -> None:
        self._world = world
        self._aliases = Aliases.of(world.decisions)
        self._tenant = tenant
        self._day = day
        self._whose = whose
        self._places: dict[Who, list[Place]] = defaultdict(list)
        self._students: dict[RecordKey, list[Place]] = defaultdict(list)
        self._guardians: list[Place] = []
        for place in world.places.values():
            if place.role is Role.STUDENT:
                self._places[whose(place)].append(place)
                self._students[place.key.record].append(place)
            elif place.role is Role.GUARDIAN:
                self._guardians.append(place)

    def of(self, guardian: PersonId | None) -> Iterator[Link]:
        """Yield the links of one guardian, or all."""
        pairs: dict[tuple[Who, Who], list[tuple[Place, Place]]] = defaultdict(list)
        for mine in self._guardians:
            if guardian is None or self._whose(mine) == guardian:
                for student in self._students.get(mine.key.record, ()):
                    pairs[self._whose(mine), self._whose(student)].append((mine, student))
        for (human, child), joined in sorted(pairs.items(), key=lambda each: tuple(map(_order, each[0]))):
            states = [(self._state(human, child, *each), each[1].key) for each in joined]
            best = min((state for state, _ in states if state is not None), key=_PRECEDENCE.index, default=None)
            if best is not None:
                places = {key for state, key in states if best not in OPEN or state in OPEN}
                yield Link(human, child, best, tuple(sorted(places, key=lambda each: each.order)))

    def _state(self, human: Who, child: Who, guardian: Place, student: Place) -> LinkState | None:
        """Return the state that one record gives; None while it has not begun."""
        known = [each for each in (human, child) if not isinstance(each, PlaceKey)]
        if len(known) == 2 and stands(self._world.decisions, *known):  # noqa: PLR2004 - both
            return LinkState.RESTRICTED
        if not (guardian.is_present and student.is_present):
            return LinkState.ENDED
        if guardian.accepted is None or student.accepted is None:
            return LinkState.HELD
        if not (guardian.is_in_force(self._day) and student.is_in_force(self._day)):
            over = any(each.days.last is not None and each.days.last < self._day for each in (guardian, student))
            return LinkState.ENDED if over else None
        return self._by_age(child, known) or (LinkState.VERIFIED if self._is_verified(known) else LinkState.CLAIMED)

    def _by_age(self, child: Who, known: Sequence[PersonId]) -> LinkState | None:
        """Return what becomes of a link as the student is of age, or None where it stays (LINK-4)."""
        rule = self._tenant.settings.links_when_of_age
        if rule is WhenOfAge.STAY:
            return None
        born = self._born(child)
        if born is None or not is_of_age(born, self._day):
            return None
        if rule is WhenOfAge.END:
            return LinkState.ENDED
        return None if self._has_consented(known, comes_of_age(born)) else LinkState.AWAITING_CONSENT

    def _born(self, child: Who) -> date | None:
        ids = self._world.people[child].ids if not isinstance(child, PlaceKey) and child in self._world.people else ()
        stated = [place.accepted for place in self._places[child] if place.accepted is not None]
        return born_on((*ids, *(each for claims in stated for each in claims.ids)), stated)

    def _has_consented(self, known: Sequence[PersonId], since: date) -> bool:
        """Return whether the student, being of age, has consented, and has not withdrawn it."""
        return any(
            day_of(each.at, self._tenant.zone) >= since
            for each in self._between(DecisionKind.CONSENTED)
            if len(known) == 2 and self._aliases.means(each, known[1], known[0])  # noqa: PLR2004 - both
        )

    def _is_verified(self, known: Sequence[PersonId]) -> bool:
        """Return whether a security code has shown that the two belong together (LINK-6)."""
        if len(known) != 2:  # noqa: PLR2004 - both
            return False
        return any(self._aliases.means(each, known[0], known[1]) for each in self._between(DecisionKind.LINK_VERIFIED))

    def _between(self, kind: DecisionKind) -> Iterable[Decision]:
        return (each for each in self._world.decisions if each.kind is kind and each.stands)


_PRECEDENCE: Final = (_S.RESTRICTED, _S.VERIFIED, _S.CLAIMED, _S.AWAITING_CONSENT, _S.HELD, _S.ENDED)
"""Of the states that several records give, the first counts."""


def _order(who: Who) -> tuple[bool, int, tuple[str, ...]]:
    """Return the order of people: by number, then those without one by place."""
    return (True, 0, who.order) if isinstance(who, PlaceKey) else (False, who, ())
