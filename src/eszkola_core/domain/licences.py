"""
Software licences: who is entitled to one, and how one ends (LIC-1, LIC-2).

A licence goes to a person, known by a validated national id, for a role that the pool names. When that role ends the
seat is kept for the grace, so that a child who changes class for a week loses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.roles import STAFF, Role
from eszkola_core.domain.settings import Settings
from eszkola_core.errors import InvalidValue


class Entitling(StrEnum):
    """The kinds of roles that a pool of licences can name; a guardian as such is none of them (LIC-1)."""

    STUDENT = "student"
    TEACHER = "teacher"
    OTHER_STAFF = "other-staff"


class LicenceState(StrEnum):
    """What a licence is."""

    ASSIGNED = "assigned"
    GRACE = "grace"
    WITHDRAWN = "withdrawn"


_L = LicenceState

LICENCE_LIFECYCLE: Final[Mapping[LicenceState, frozenset[LicenceState]]] = MappingProxyType(
    {
        _L.ASSIGNED: frozenset({_L.GRACE, _L.WITHDRAWN}),
        _L.GRACE: frozenset({_L.ASSIGNED, _L.WITHDRAWN}),
        _L.WITHDRAWN: frozenset(),
    },
)
"""Every transition of a licence; one that was withdrawn stays so, and another may be assigned."""

HOLDS_A_SEAT: Final = frozenset({_L.ASSIGNED, _L.GRACE})
"""States in which a licence takes one of the pool's seats (LIC-2)."""


def _no_fewer_than_none(_: Pool, __: object, seats: int) -> None:
    if seats < 0:
        raise InvalidValue(f"a pool has no {seats} seats; give the number that was bought", code="too-few-seats")


@frozen(kw_only=True)
class Pool:
    """Licences of one product, as many as there are seats, for the kinds of roles that it names."""

    key: str
    product: str
    seats: int = field(validator=_no_fewer_than_none)
    roles: frozenset[Entitling] = frozenset(Entitling)


@frozen(kw_only=True)
class Licence:
    """A licence of one person from one pool."""

    id: int = 0
    pool: str
    person: PersonId
    state: LicenceState = LicenceState.ASSIGNED
    since: datetime
    grace_until: datetime | None = None

    @property
    def holds_a_seat(self) -> bool:
        """Whether one of the pool's seats is taken by it."""
        return self.state in HOLDS_A_SEAT


class NotEntitled(StrEnum):
    """Why somebody gets no licence."""

    NO_NATIONAL_ID = "no-national-id"
    NO_ENTITLING_ROLE = "no-entitling-role"


def kind_of(role: Role) -> Entitling | None:
    """Return what a role counts as, or None for a guardian's (LIC-1)."""
    if role is Role.STUDENT:
        return Entitling.STUDENT
    if role in (Role.TEACHER, Role.HOMEROOM_TEACHER):
        return Entitling.TEACHER
    return Entitling.OTHER_STAFF if role in STAFF else None


def not_entitled(person: Person, roles: Collection[HeldRole], pool: Pool) -> NotEntitled | None:
    """Return why *person*, who holds *roles* today, gets no licence of *pool*; None where they may have one (LIC-1)."""
    if all(each.is_document for each in person.ids):
        return NotEntitled.NO_NATIONAL_ID
    if pool.roles.isdisjoint({kind_of(each.role) for each in roles}):
        return NotEntitled.NO_ENTITLING_ROLE
    return None


def reviewed(licence: Licence, *, entitled: bool, settings: Settings, now: datetime) -> Licence:
    """
    Return what a licence is at *now*: in grace once its owner is not entitled any more, withdrawn when that is over.

    Whoever is entitled again before then has it as before (LIC-2).
    """
    if not licence.holds_a_seat:
        return licence
    if entitled:
        return evolve(licence, state=LicenceState.ASSIGNED, grace_until=None)
    if licence.grace_until is None:
        return evolve(licence, state=LicenceState.GRACE, grace_until=now + settings.licence_grace)
    return withdrawn(licence) if is_expired(licence.grace_until, now) else licence


def withdrawn(licence: Licence) -> Licence:
    """
    Return a licence as it is after its end.

    Raises:
        InvalidValue: it was withdrawn before.
    """
    if LicenceState.WITHDRAWN not in LICENCE_LIFECYCLE[licence.state]:
        raise InvalidValue("a licence that was withdrawn cannot be withdrawn again", code="no-such-transition")
    return evolve(licence, state=LicenceState.WITHDRAWN, grace_until=None)
