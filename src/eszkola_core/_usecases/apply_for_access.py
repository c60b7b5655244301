"""Handing in an access application, and taking it back (LINK-5)."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._applicants import Desk, is_own
from eszkola_core.domain.accounts import Person
from eszkola_core.domain.applications import (
    Application,
    ApplicationKept,
    ApplicationMoved,
    ApplicationRefused,
    ApplicationStep,
)
from eszkola_core.domain.claims import PLATFORM, Claims
from eszkola_core.domain.days import day_of
from eszkola_core.domain.permissions import Action, Actor
from eszkola_core.domain.platform_records import APPLICATIONS
from eszkola_core.domain.reading import read
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import StatedId, StatedPerson, StatedRecord, StatedRoster
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock

Moved = ApplicationMoved | ApplicationKept | NotPermitted


@frozen
class ApplyForAccess:
    """
    Takes applications in, at the student's school.

    Staff write down what an applicant hands in on paper; whoever has an account already may apply from it, for
    themselves only, and take their own application back.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock

    def read(  # noqa: PLR0913 - all that is stated of somebody
        self,
        *,
        first_name: str,
        last_name: str,
        national_id: str = "",
        email: str = "",
        phone: str = "",
        birth_date: date | None = None,
    ) -> Claims | ApplicationKept:
        """Return what an applicant states, checked by the rules that hold for gradebooks, or what is wrong with it."""
        stated = StatedPerson(
            role=Role.GUARDIAN,
            first_name=first_name,
            last_name=last_name,
            ids=(StatedId(national_id),) if national_id.strip() else (),
            email=email,
            phone=phone,
            birth_date=birth_date,
        )
        record = StatedRecord(key=APPLICATIONS, people=(stated,), source=PLATFORM)
        roster = StatedRoster(school="", origin=PLATFORM, list=APPLICATIONS, records=(record,))
        today = day_of(self.clock.now(), self.tenant.zone)
        outcome = read(record, roster, before={}, tenant=self.tenant, today=today, pseudonym=self.storage.pseudonym)
        wrong = tuple(f"{each.field} {each.code}".strip() for each in outcome.findings)
        found = tuple(outcome.places.values())
        return ApplicationKept(ApplicationRefused.DATA_REFUSED, wrong) if wrong or not found else found[0]

    def hand_in(self, actor: Actor, school: str, record: str, applicant: Claims, *, as_draft: bool = False) -> Moved:
        """
        Take in an application for the student whom *school* has under the key *record*.

        Args:
            actor: the member of staff who takes it in.
            school: the school's key.
            record: the key of the student's record in the school's gradebook.
            applicant: what the applicant states of themselves.
            as_draft: begin it only; it is handed in later.
        """
        return self._begin(actor, school, record, applicant, None, as_draft=as_draft)

    def apply(self, actor: Actor, school: str, record: str) -> Moved:
        """Hand in an application of the account that *actor* is, with what the account says of its owner."""
        if actor.person is None:
            return ApplicationKept(ApplicationRefused.NO_ACCOUNT)
        with self.storage.snapshot() as unit:
            person = unit.people.get_many([actor.person])[actor.person]
        applicant = Claims(name=person.name, ids=person.ids, email=person.central)
        return self._begin(actor, school, record, applicant, person, as_draft=False)

    def submit(self, actor: Actor, number: int, applicant: Claims | None = None) -> Moved:
        """Hand in a draft, or one that was returned; *applicant* replaces what was stated before."""
        with self.storage.unit() as unit:
            desk = Desk(Acting(unit, self.storage, self.tenant, self.clock.now()))
            application = desk.found(actor, number, ApplicationStep.SUBMIT)
            if not isinstance(application, Application):
                return application
            if applicant is not None:
                amended = application.amended(applicant)
                desk.note(actor, application, "amend")
                unit.applications.save(amended)
                application = amended
            submitted = desk.take(actor, application, ApplicationStep.SUBMIT)
            unit.applications.save(submitted)
            return ApplicationMoved(submitted)

    def withdraw(self, actor: Actor, number: int, *, reason: str = "") -> Moved:
        """Take an application back: its applicant, or staff on the applicant's word, who say so in *reason*."""
        with self.storage.unit() as unit:
            desk = Desk(Acting(unit, self.storage, self.tenant, self.clock.now()))
            application = desk.found(actor, number, ApplicationStep.WITHDRAW)
            if not isinstance(application, Application):
                return application
            if not reason.strip() and not is_own(actor, application):
                return ApplicationKept(ApplicationRefused.NO_REASON)
            withdrawn = desk.take(actor, application, ApplicationStep.WITHDRAW, reason=reason)
            unit.applications.save(withdrawn)
            return ApplicationMoved(withdrawn)

    def _begin(  # noqa: PLR0913 - who applies for whom
        self,
        actor: Actor,
        school: str,
        record: str,
        applicant: Claims,
        owner: Person | None,
        *,
        as_draft: bool,
    ) -> Moved:
        with self.storage.unit() as unit:
            desk = Desk(Acting(unit, self.storage, self.tenant, self.clock.now()))
            student = desk.student(school, record)
            if student is None:
                return ApplicationKept(ApplicationRefused.NO_SUCH_STUDENT)
            if owner is None:
                allowed = desk.permission(actor, Action.TAKE_APPLICATION, student.key, applicant)
                if not allowed:
                    return NotPermitted(allowed)
            begun = Application(
                student=student.key,
                applicant=applicant,
                applied_by=owner.id if owner is not None else None,
                begun_at=desk.acting.now,
            )
            application = unit.applications.add(begun)
            desk.note(actor, application, "draft")
            if not as_draft:
                application = desk.take(actor, application, ApplicationStep.SUBMIT)
                unit.applications.save(application)
            return ApplicationMoved(application)
