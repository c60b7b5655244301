"""Why something does not work for somebody: the help page as a program (WHY-1, WHY-2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._signs import Signs
from eszkola_core.domain import national_ids
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.causes import Cause, CauseCode, cause
from eszkola_core.domain.claims import Evidence, Place, Seeds
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.notices import Notice
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock

T = TypeVar("T")


@frozen
class Diagnosis:
    """
    What stands in somebody's way, the blocking causes first.

    ``person`` is None where there is no account yet. Nothing blocks exactly when the right password opens a session,
    from the source that was asked about (WHY-2).
    """

    person: PersonId | None
    causes: tuple[Cause, ...]

    @property
    def blocks(self) -> bool:
        """Whether no session opens."""
        return any(each.blocks for each in self.causes)


@frozen
class Diagnose:
    """Says why somebody cannot sign in, does not see a child, gets no message, or lost the application."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    notices: tuple[Notice, ...]

    def of(self, actor: Actor, identifier: str, *, source: str = "") -> Diagnosis | NotPermitted:
        """
        Return what stands in the way of whoever has this login, address, national id, or ``SCHOOL/RECORD``.

        Somebody who has no account yet is found by the same in the records. ``source`` is where the person tries to
        sign in from, as `SignIn.attempt` is told.
        """
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            person = self._person(unit, identifier.strip(), acting.today)
            if person is not None:
                permission = acting.permission(actor, Action.DIAGNOSE, acting.target(person.id))
                return self._diagnosed(unit, person, source) if permission else NotPermitted(permission)
            places = self._places(unit, identifier.strip(), acting.today)
            permission = acting.permission(actor, Action.DIAGNOSE, Target(roles=tuple(sorted(map(_role_of, places)))))
            if places and not permission:
                return NotPermitted(permission)
            if not places:
                return Diagnosis(None, (cause(CauseCode.UNKNOWN, blocks=True),))
            return Diagnosis(None, self._signs(unit).of_places(places))

    def of_person(self, person: PersonId, *, source: str = "") -> Diagnosis:
        """
        Return what stands in the way of somebody with an account, for a service that has asked who may know.

        Raises:
            InvalidValue: there is no such person.
        """
        with self.storage.snapshot() as unit:
            found = unit.people.get_many([person]).get(person)
            if found is None:
                raise InvalidValue("there is no such person", code="unknown-person")
            return self._diagnosed(unit, found, source)

    def _diagnosed(self, unit: Unit, person: Person, source: str) -> Diagnosis:
        return Diagnosis(person.id, self._signs(unit).of_person(person, source))

    def _signs(self, unit: Unit) -> Signs:
        return Signs(unit, self.storage, self.tenant, self.notices, self.clock.now())

    def _person(self, unit: Unit, text: str, today: date) -> Person | None:
        """Return who has this login, central address or national id."""
        if "@" in text:
            address = _or_none(lambda: EmailAddress.parse(text))
            holders = unit.people.by_central(address.mailbox) if address is not None else ()
            if len(holders) > 1:
                raise InvalidValue("several share this address; name one of them by login", code="shared-address")
            return holders[0] if holders else None
        number = _or_none(
            lambda: national_ids.parse(text, schemes=self.tenant.settings.national_id_schemes, today=today)
        )
        if number is not None:
            return unit.people.by_national_id(number)
        found = unit.people.by_login(text)
        if found is None and "/" in text:
            bound = [place.person for place in self._in_record(unit, text) if place.person is not None]
            about = [place for place in self._in_record(unit, text) if place.key.who == ""]
            wanted = about[0].person if about else (bound[0] if bound else None)
            return unit.people.get_many([wanted])[wanted] if wanted is not None else None
        return found

    def _places(self, unit: Unit, text: str, today: date) -> tuple[Place, ...]:
        """Return the present places of somebody without an account, by what a record states."""
        if "/" in text:
            return tuple(place for place in self._in_record(unit, text) if place.person is None)
        address = _or_none(lambda: EmailAddress.parse(text))
        number = _or_none(
            lambda: national_ids.parse(text, schemes=self.tenant.settings.national_id_schemes, today=today)
        )
        evidence = {Evidence.of_mailbox(address)} if address is not None else set()
        evidence |= {Evidence.of_id(number)} if number is not None else set()
        world = unit.rosters.gather(Seeds(evidence=frozenset(evidence)))
        return tuple(
            place
            for place in world.places.values()
            if place.is_present and place.person is None and evidence & place.evidence()
        )

    @staticmethod
    def _in_record(unit: Unit, text: str) -> tuple[Place, ...]:
        school, _, record = text.partition("/")
        found = [place for place in unit.rosters.places(school) if place.key.record.key == record]
        return tuple(sorted(found, key=lambda each: each.key.order))


def _or_none(parse: Callable[[], T]) -> T | None:
    try:
        return parse()
    except InvalidValue:
        return None


def _role_of(place: Place) -> HeldRole:
    """Return the role that a record would give."""
    return HeldRole(place.school, place.role, place.newest.class_name if place.newest is not None else "")
