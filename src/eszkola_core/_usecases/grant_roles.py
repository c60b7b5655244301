"""Giving roles on the platform, and taking them back (ROLE-2, ROLE-6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._deciding import Door
from eszkola_core.domain.accounts import Person, PersonId, State
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.claims import GIVEN_ROLES, PLATFORM, Place, PlaceKey, RosterKey, Seeds
from eszkola_core.domain.given_roles import APPOINTED, EVERY_SCHOOL, given, given_key, in_force, is_from_here, taken
from eszkola_core.domain.granting import GrantRefused, doubt_about
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.permissions import Action, NotPermitted, may, may_grant
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets


@frozen
class Granted:
    """The role is given, up to its last day and that day too."""

    person: PersonId
    role: HeldRole
    last_day: date


@frozen
class Withdrawn:
    """The role allows nothing any more."""

    person: PersonId
    role: HeldRole


@frozen
class NotGranted:
    """Nothing was changed."""

    reason: GrantRefused


@frozen
class GivenRole:
    """One role that was given here: whose, until when, and whether it is in force today."""

    person: PersonId
    name: str
    login: str
    role: HeldRole
    first_day: date
    last_day: date
    is_in_force: bool


_SHUT = frozenset({State.UNOPENED, State.CLOSED, State.ERASED, State.MERGED})


@frozen
class GrantRoles:
    """
    Gives roles to people whom the platform knows, each up to a last day, and takes them back.

    Nobody gives what the table does not let them give, or anything to themselves. A role is in force only while its
    holder works at the school by the gradebook, but for the two that stand alone.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def grant(
        self, actor: Actor, person: PersonId, role: HeldRole, *, last_day: date, reason: str = ""
    ) -> Granted | NotGranted | NotPermitted:
        """Give *role* to *person* until *last_day*; one that is held already ends on that day instead."""
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            permission = may_grant(acting.known(actor), role, person)
            if not permission:
                return NotPermitted(permission)
            found = unit.people.get_many([person]).get(person)
            if found is None or found.state in _SHUT:
                return NotGranted(GrantRefused.NO_SUCH_PERSON if found is None else GrantRefused.ACCOUNT_SHUT)
            schools = {each.key for each in unit.rosters.schools([role.school])}
            settings = self.tenant.settings
            doubt = doubt_about(role, last_day, today=acting.today, schools=schools, settings=settings)
            if doubt is not None:
                return NotGranted(doubt)
            places = _places_of(unit, person)
            key = given_key(person, role.role, role.school, role.class_name)
            kept = places.get(key) or Place(key=key, since=acting.today)
            place = given(kept, found, role.class_name, today=acting.today, last=last_day)
            if place not in in_force((*places.values(), place), acting.today):
                return NotGranted(GrantRefused.NOT_EMPLOYED_THERE)
            self._write(acting, actor, place)
            detail = {**_told(role), "until": last_day.isoformat()}
            acting.note(actor, "role-granted", on=[person], why=reason, detail=detail)
        return Granted(person, role, last_day)

    def withdraw(
        self, actor: Actor, person: PersonId, role: HeldRole, *, reason: str = ""
    ) -> Withdrawn | NotGranted | NotPermitted:
        """Take back a role that was given here; it allows nothing from this day on."""
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            permission = may_grant(acting.known(actor), role, person)
            if not permission:
                return NotPermitted(permission)
            places = [each for each in _places_of(unit, person).values() if is_from_here(each)]
            held = [each for each in places if each.is_in_force(acting.today) and _held(each) == role]
            if not held:
                return NotGranted(GrantRefused.NOT_HELD)
            self._write(acting, actor, *(taken(each, acting.today) for each in held))
            acting.note(actor, "role-withdrawn", on=[person], why=reason, detail=_told(role))
        return Withdrawn(person, role)

    def given(self, actor: Actor, school: str | None = None) -> tuple[GivenRole, ...] | NotPermitted:
        """
        Return the roles that were given here and have neither ended nor been taken back, of one school or of all.

        Where no school is named, they are those of the schools in which *actor* may give any.
        """
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            today, reader = acting.today, acting.known(actor)
            asked = Target(roles=reader.roles) if school is None else Target.of_school(school)
            permission = may(reader, Action.GRANT_ROLE, asked)
            if not permission:
                return NotPermitted(permission)
            schools = [school] if school is not None else [EVERY_SCHOOL, *(each.key for each in unit.rosters.schools())]
            reached = [each for each in schools if may(reader, Action.GRANT_ROLE, Target.of_school(each))]
            lists = (RosterKey(each, PLATFORM, name) for each in reached for name in (GIVEN_ROLES, APPOINTED))
            records = frozenset(state.key for each in lists for state in unit.rosters.records(each))
            listed = unit.rosters.gather(Seeds(records=records)).places.values()
            holders = frozenset(place.person for place in listed if place.person is not None)
            people = unit.people.get_many(holders)
            holding = in_force(tuple(unit.rosters.gather(Seeds(people=holders)).places.values()), today)
        return tuple(
            _given_role(people[place.person], place, is_in_force=place in holding)
            for place in sorted(listed, key=lambda each: each.key.order)
            if place.person is not None and place.is_present and not place.days.is_over(today)
        )

    def _write(self, acting: Acting, actor: Actor, *places: Place) -> None:
        """Write the places, and settle again what they bear on."""
        people = {place.person for place in places if place.person is not None}
        door = Door(self.storage, self.tenant, self.secrets)
        door.settle(acting.unit, people, author=actor.name, now=acting.now, staged=places)


def _places_of(unit: Unit, person: PersonId) -> Mapping[PlaceKey, Place]:
    found = unit.rosters.gather(Seeds(people=frozenset({person}))).places
    return {key: place for key, place in found.items() if place.person == person}


def _held(place: Place) -> HeldRole:
    return HeldRole(place.school, place.role, place.accepted.class_name if place.accepted is not None else "")


def _told(role: HeldRole) -> Mapping[str, str]:
    """Return a role in the words of the journal."""
    told = {"role": role.role.value, "school": role.school, "class": role.class_name}
    return {name: text for name, text in told.items() if text}


def _given_role(person: Person, place: Place, *, is_in_force: bool) -> GivenRole:
    claims = place.accepted
    if claims is None or claims.last_day is None:
        raise AssertionError("a role that was given here has a last day")
    return GivenRole(
        person=person.id,
        name=str(person.name),
        login=person.login,
        role=_held(place),
        first_day=place.days.first or place.since,
        last_day=claims.last_day,
        is_in_force=is_in_force,
    )
