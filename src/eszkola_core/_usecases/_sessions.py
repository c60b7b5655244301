"""Whose session a key is, as long as the account can sign in."""

from __future__ import annotations

from datetime import datetime

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Place, Seeds
from eszkola_core.domain.days import day_of
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.sessions import session_digest
from eszkola_core.domain.signing_in import may_sign_in
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Unit


def places_of(unit: Unit, person: PersonId) -> tuple[Place, ...]:
    """Return the places that are bound to *person*, present and gone."""
    world = unit.rosters.gather(Seeds(people=frozenset({person})))
    return tuple(place for place in world.places.values() if place.person == person)


def person_with(unit: Unit, number: PersonId) -> Person:
    """
    Return the person with this number.

    Raises:
        InvalidValue: nobody has it.
    """
    found = unit.people.get_many([number]).get(number)
    if found is None:
        raise InvalidValue("nobody has this number", code="unknown-person")
    return found


def person_at(unit: Unit, person: PersonId, now: datetime) -> Person | None:
    """Return somebody as the account is at *now*, or None: a lock that has run out is lifted."""
    found = unit.people.get_many([person]).get(person)
    return found.at(now) if found is not None else None


def owner_of_session(unit: Unit, key: str, tenant: Tenant, now: datetime) -> Person | None:
    """Return whose open session *key* is, or None: the session ended, or the account rests or is shut."""
    session = unit.sessions.get(session_digest(Secret(key)))
    if session is None or not session.is_open(now, tenant.settings):
        return None
    person = unit.people.get_many([session.person])[session.person].at(now)
    return person if may_sign_in(person, places_of(unit, person.id), day_of(now, tenant.zone)) else None
