"""Approving an access application: account and link open in the very transaction (LINK-5)."""

from __future__ import annotations

from attrs import evolve, frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._applicants import Desk, Family
from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases._gathering import gather
from eszkola_core._usecases._moments import Moment
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.applications import (
    Application,
    ApplicationKept,
    ApplicationMoved,
    ApplicationRefused,
    ApplicationStep,
    StepTaken,
)
from eszkola_core.domain.children import children_of
from eszkola_core.domain.claims import Claims, Place, PlaceKey, Seeds
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.permissions import Actor, Ground, Permission
from eszkola_core.domain.platform_records import application_record
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.roles import Role
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.verification import VerifiedBy, verification
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets

Moved = ApplicationMoved | ApplicationKept | NotPermitted


class _Undone(Exception):
    """What was written does not come to account and link: the unit is left, and nothing of it has happened."""

    def __init__(self, outcome: ApplicationKept | NotPermitted) -> None:
        super().__init__()
        self.outcome = outcome


@frozen
class ApproveApplication:
    """
    Approves applications.

    An approval is a claim that the platform makes: a record of its own names the student and the guardian, and goes
    through the same door as a gradebook's. It ends with the student's role at that school.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def approve(self, actor: Actor, number: int) -> Moved:
        """
        Open the guardian's account and the link to the child, together with the approval.

        What keeps the account shut, or holds the guardian, refuses the approval: then nothing has changed.

        Raises:
            Conflict: somebody decided about the application, or its people, at the very same time.
        """
        try:
            with self.storage.unit() as unit:
                return self._approve(unit, actor, number)
        except _Undone as undone:
            return undone.outcome

    def _approve(self, unit: Unit, actor: Actor, number: int) -> Moved:
        desk = Desk(Acting(unit, self.storage, self.tenant, self.clock.now()))
        application = desk.found(actor, number, ApplicationStep.APPROVE)
        if not isinstance(application, Application):
            return application
        if self.tenant.settings.applications_four_eyes and _took(application.confirmation, actor):
            return ApplicationKept(ApplicationRefused.FOUR_EYES)
        family = desk.family(application.student)
        if family.student is None:
            return ApplicationKept(ApplicationRefused.STUDENT_GONE)
        guardian, child = self._join(desk, actor, application, family)
        by = VerifiedBy.APPLICATION
        unit.people.decide(verification(guardian, child, by, author=actor.name, at=desk.acting.now))
        approved = evolve(application, guardian=guardian, child=child)
        approved = desk.take(actor, approved, ApplicationStep.APPROVE, on=(guardian, child))
        unit.applications.save(approved)
        return ApplicationMoved(approved)

    def _join(self, desk: Desk, actor: Actor, application: Application, family: Family) -> tuple[PersonId, PersonId]:
        """Make the platform's record of both, settle what follows, and return the guardian and the child."""
        unit, now, today = desk.acting.unit, desk.acting.now, desk.acting.today
        door = Door(self.storage, self.tenant, self.secrets)
        child = door.name(unit, application.student, author=actor.name, now=now)
        guardian = application.applied_by
        own = None if guardian is not None or _is_known(unit, application) else family.own_place(application.applicant)
        if own is not None:
            guardian = door.name(unit, own, author=actor.name, now=now)
        if child is None or guardian == child:
            raise _Undone(ApplicationKept(ApplicationRefused.APPLICANT_IS_STUDENT))
        record = application_record(application.school, application.id)
        student = Place(key=PlaceKey(record, Role.STUDENT), pending=_student(family), person=child, since=today)
        key = PlaceKey(record, Role.GUARDIAN, f"name {application.applicant.name.key}")
        stated = Place(key=key, pending=application.applicant, person=guardian, since=today)
        door.settle(unit, (), author=actor.name, now=now, staged=(student, stated))
        return self._opened(desk, actor, key, child), child

    def _opened(self, desk: Desk, actor: Actor, key: PlaceKey, child: PersonId) -> PersonId:
        """Return the guardian, whose account and link are open now; else undo everything."""
        unit, today = desk.acting.unit, desk.acting.today
        ground = gather(unit, Seeds(records=frozenset({key.record})))
        place = ground.kept.places[key]
        if place.hold is not None:
            raise _Undone(ApplicationKept(ApplicationRefused.HELD, (place.hold.value,)))
        guardian = place.person
        person = ground.kept.people.get(guardian) if guardian is not None else None
        if guardian is None or person is None or not person.is_opened:
            raise _Undone(ApplicationKept(ApplicationRefused.ACCOUNT_LACKS, self._lacks(desk, key)))
        if guardian == actor.person:
            raise _Undone(NotPermitted(Permission(allowed=False, ground=Ground.CONCERNS_ACTOR)))
        seen = children_of(guardian, recognise(ground.kept, today), ground.kept, self.tenant, today)
        if child not in {each.person for each in seen}:
            raise _Undone(ApplicationKept(ApplicationRefused.HELD, ("restricted",)))
        return guardian

    def _lacks(self, desk: Desk, key: PlaceKey) -> tuple[str, ...]:
        """Return what keeps the guardian's account shut."""
        settlement = Moment(desk.acting.unit, self.tenant, desk.acting.now).look_at([key.record])
        found = [each for each in settlement.people if key in {place.key for place in each.places}]
        return tuple(lack.value for each in found for lack in each.lacks)


def _student(family: Family) -> Claims:
    """Return what the platform's record says of the student: it follows the gradebook's from then on."""
    said = family.student.accepted if family.student is not None else None
    return Claims(name=said.name, class_name=said.class_name) if said is not None else Claims(name=PersonName("", ""))


def _is_known(unit: Unit, application: Application) -> bool:
    """Return whether an id of the applicant is somebody's: then that says who they are, whatever the record does."""
    return any(unit.people.by_national_id(each) is not None for each in application.applicant.ids)


def _took(taken: StepTaken | None, actor: Actor) -> bool:
    """Return whether it was *actor* who took a step."""
    if taken is None:
        return False
    return taken.by == actor.person if actor.person is not None else taken.by is None and taken.name == actor.name
