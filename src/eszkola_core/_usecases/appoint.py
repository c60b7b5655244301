"""Naming the first delegates, and others whom no gradebook knows (ROLE-2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases._moments import Moment
from eszkola_core.domain.accounts import Person
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import PLATFORM, Place, Seeds
from eszkola_core.domain.findings import Finding
from eszkola_core.domain.given_roles import APPOINTED, STANDS_ALONE
from eszkola_core.domain.granting import GrantRefused, doubt_about
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.permissions import NotPermitted, may_grant
from eszkola_core.domain.reading import read
from eszkola_core.domain.settlement import Lack
from eszkola_core.domain.stated import StatedId, StatedPerson, StatedRecord, StatedRoster
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets


@frozen
class Appointed:
    """The account is open and has the role; its owner is told at the private address, where there is one."""

    person: Person
    role: HeldRole
    last_day: date


@frozen
class NotAppointed:
    """Nothing was changed; ``findings`` say which values cannot be taken, ``lacks`` what the tenant asks for beside."""

    reason: GrantRefused
    findings: Sequence[Finding] = ()
    lacks: Sequence[Lack] = ()


class _Undone(Exception):
    """The unit is left, and nothing of it has happened."""

    def __init__(self, reason: GrantRefused, lacks: Sequence[Lack] = ()) -> None:
        super().__init__()
        self.reason = reason
        self.lacks = lacks


@frozen
class Appoint:
    """
    Opens accounts for delegates and regional administrators who stand in no gradebook.

    The platform keeps a record of its own of them, which is read by the same rules as a gradebook's.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def appoint(  # noqa: PLR0913 - all that is stated of somebody
        self,
        actor: Actor,
        role: HeldRole,
        *,
        first_name: str,
        last_name: str,
        national_id: str = "",
        email: str = "",
        last_day: date,
        reason: str = "",
    ) -> Appointed | NotAppointed | NotPermitted:
        """Open an account with *role* until *last_day*, for somebody whom the platform does not know yet."""
        stated = StatedPerson(
            role=role.role,
            first_name=first_name,
            last_name=last_name,
            ids=(StatedId(national_id),) if national_id.strip() else (),
            email=email,
            last_day=last_day,
        )
        try:
            with self.storage.unit() as unit:
                acting = Acting(unit, self.storage, self.tenant, self.clock.now())
                permission = may_grant(acting.known(actor), role)
                if not permission:
                    return NotPermitted(permission)
                doubt = self._doubt(unit, role, last_day, acting.today)
                if doubt is not None:
                    return NotAppointed(doubt)
                place, findings = self._place(stated, role, acting.today)
                if place is None:
                    return NotAppointed(GrantRefused.DATA_REFUSED, findings)
                person = self._open(acting, actor, place)
                detail = {"role": role.role.value, "school": role.school, "until": last_day.isoformat()}
                acting.note(actor, "person-appointed", on=[person.id], why=reason, detail=detail)
        except _Undone as undone:
            return NotAppointed(undone.reason, lacks=undone.lacks)
        return Appointed(person, role, last_day)

    def _doubt(self, unit: Unit, role: HeldRole, last_day: date, today: date) -> GrantRefused | None:
        """Return what stands in the way, whoever it is."""
        if role.role not in STANDS_ALONE:
            return GrantRefused.NOT_EMPLOYED_THERE
        schools = {each.key for each in unit.rosters.schools([role.school])}
        return doubt_about(role, last_day, today=today, schools=schools, settings=self.tenant.settings)

    def _place(self, stated: StatedPerson, role: HeldRole, today: date) -> tuple[Place | None, Sequence[Finding]]:
        """Return the place of the platform's own record, or what is wrong with the data (ID-1, MAIL-2, MAIL-8)."""
        known_by = [stated.first_name, stated.last_name, stated.email, *(each.text for each in stated.ids)]
        record = StatedRecord(key=self.storage.pseudonym("\n".join(known_by)), people=(stated,), source=PLATFORM)
        roster = StatedRoster(school=role.school, origin=PLATFORM, list=APPOINTED, records=(record,))
        outcome = read(record, roster, before={}, tenant=self.tenant, today=today, pseudonym=self.storage.pseudonym)
        if outcome.findings or outcome.key is None:
            return None, outcome.findings
        ((key, claims),) = outcome.places.items()
        return Place(key=key, pending=claims, since=today), ()

    def _open(self, acting: Acting, actor: Actor, place: Place) -> Person:
        """Write the place and return whose account opened with it; nothing is written where none did."""
        unit = acting.unit
        first = unit.rosters.next_person()
        door = Door(self.storage, self.tenant, self.secrets)
        door.settle(unit, (), author=actor.name, now=acting.now, staged=[place])
        owner = unit.rosters.gather(Seeds(records=frozenset({place.key.record}))).places[place.key].person
        if owner is None:
            raise self._stays_shut(acting, place)
        if owner < first:
            raise _Undone(GrantRefused.PERSON_KNOWN)
        return unit.people.get_many([owner])[owner]

    def _stays_shut(self, acting: Acting, place: Place) -> _Undone:
        """Return why no account opened: what was not stated, or an address that was and is another's (ID-4)."""
        settlement = Moment(acting.unit, self.tenant, acting.now).look_at({place.key.record})
        group = settlement.recognised.group_of(place.key)
        lacks = next((each.lacks for each in settlement.people if group is not None and each.who == group.who), ())
        stated = place.pending
        is_taken = Lack.EMAIL in lacks and stated is not None and stated.email is not None
        missing = tuple(each for each in lacks if not (is_taken and each is Lack.EMAIL))
        return _Undone(
            GrantRefused.ADDRESS_TAKEN if is_taken and not missing else GrantRefused.ACCOUNT_STAYS_SHUT, missing
        )
