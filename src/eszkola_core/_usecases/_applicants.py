"""What every step of an application shares: whose it is, who may take it, and writing it down (LINK-5, ROLE-6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._gathering import gather
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.applications import (
    NEEDS_REASON,
    Application,
    ApplicationKept,
    ApplicationRefused,
    ApplicationStep,
    StepTaken,
)
from eszkola_core.domain.claims import Claims, Evidence, Place, PlaceKey, Seeds
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.national_ids import prove_two
from eszkola_core.domain.permissions import Action, Actor, Permission, Target
from eszkola_core.domain.platform_records import is_of_application
from eszkola_core.domain.recognition import Recognised, recognise
from eszkola_core.domain.roles import Role


@frozen
class Family:
    """
    What is known around the student of an application: the child, and who is or was named in a record of theirs.

    A record that is gone for the moment makes nobody a stranger to their own child.
    """

    place: Place | None
    recognised: Recognised
    today: date

    @property
    def student(self) -> Place | None:
        """The student's place, where it gives that role today."""
        return self.place if self.place is not None and self.place.is_in_force(self.today) else None

    @property
    def child(self) -> PersonId | None:
        """The child, where they last."""
        return self.place.person if self.place is not None else None

    def own_place(self, applicant: Claims) -> PlaceKey | None:
        """
        Return where the school's gradebook names the applicant as a guardian of the child, or None.

        That is under an id of theirs, or under their name with nothing against it; where it fits two, nowhere. Staff
        who saw the applicant's document stand for the rest.
        """
        by_id: dict[object, PlaceKey] = {}
        by_name: dict[object, PlaceKey] = {}
        for place in self.places:
            group = self.recognised.group_of(place.key)
            if group is None or not self._is_guardian_here(place) or prove_two(applicant.ids, group.ids):
                continue
            if set(applicant.ids) & set(group.ids):
                by_id.setdefault(group.who, place.key)
            elif place.accepted is not None and applicant.may_be_of_one_with(place.accepted):
                by_name.setdefault(group.who, place.key)
        found = by_id or by_name
        return next(iter(found.values())) if len(found) == 1 else None

    def _is_guardian_here(self, place: Place) -> bool:
        """Return whether the gradebook of the student's school names a guardian in a place, present and not held."""
        return (
            place.role is Role.GUARDIAN
            and self.place is not None
            and place.school == self.place.school
            and place.is_present
            and place.hold is None
            and not is_of_application(place)
        )

    @property
    def places(self) -> tuple[Place, ...]:
        """Everybody who is, or was, named in a record of the child's, in any school."""
        group = self.recognised.group_of(self.place.key) if self.place is not None else None
        records = {place.key.record for place in group.places} if group is not None else set()
        records |= {self.place.key.record} if self.place is not None else set()
        found = [place for place in self.recognised.places.values() if place.key.record in records]
        return tuple(sorted(found, key=lambda each: each.key.order))


ACTIONS: Final[Mapping[ApplicationStep, Action]] = MappingProxyType(
    {
        ApplicationStep.SUBMIT: Action.TAKE_APPLICATION,
        ApplicationStep.WITHDRAW: Action.TAKE_APPLICATION,
        ApplicationStep.CONFIRM: Action.CONFIRM_APPLICANT,
        ApplicationStep.RETURN: Action.CONFIRM_APPLICANT,
        ApplicationStep.REJECT: Action.DECIDE_APPLICATION,
        ApplicationStep.APPROVE: Action.DECIDE_APPLICATION,
    }
)
"""What staff must be allowed to do for each step; no step of theirs is missing, and nobody makes one lapse."""


@frozen
class Desk:
    """Where applications are handled: one unit, on one day."""

    acting: Acting
    _families: dict[PlaceKey, Family] = field(factory=dict, init=False)

    def family(self, student: PlaceKey) -> Family:
        """Return what is known around a student."""
        if student not in self._families:
            world = gather(self.acting.unit, Seeds(records=frozenset({student.record}))).kept
            recognised = recognise(world, self.acting.today)
            self._families[student] = Family(recognised.places.get(student), recognised, self.acting.today)
        return self._families[student]

    def student(self, school: str, record: str) -> Place | None:
        """Return the place of the one student whom a school's gradebook has under this key of a record."""
        found = [
            place
            for place in self.acting.unit.rosters.places(school)
            if place.role is Role.STUDENT
            and place.key.record.key == record
            and place.is_in_force(self.acting.today)
            and not is_of_application(place)
        ]
        return found[0] if len(found) == 1 else None

    @property
    def lifetime(self) -> timedelta:
        """How long an application may lie undecided."""
        return self.acting.tenant.settings.application_lifetime

    def as_it_stands(self, application: Application) -> Application:
        """Return an application in the state that it has by now."""
        return evolve(application, state=application.state_at(self.acting.now, self.lifetime))

    def found(
        self, actor: Actor, number: int, step: ApplicationStep, reason: str = ""
    ) -> Application | ApplicationKept | NotPermitted:
        """Return the application with a number, or why *actor* may not take *step* with it."""
        application = self.acting.unit.applications.get(number)
        if application is None:
            return ApplicationKept(ApplicationRefused.NO_SUCH_APPLICATION)
        refused = self._refusal(actor, application, step, reason)
        return application if refused is None else refused

    def _refusal(
        self, actor: Actor, application: Application, step: ApplicationStep, reason: str
    ) -> ApplicationKept | NotPermitted | None:
        """Return why *actor* may not take *step*, or None; an applicant's own needs no permission."""
        if not is_own(actor, application) or ACTIONS[step] is not Action.TAKE_APPLICATION:
            allowed = self.permission(actor, ACTIONS[step], application.student, application.applicant)
            if not allowed:
                return NotPermitted(allowed)
        if not application.may_take(step, self.acting.now, self.lifetime):
            return ApplicationKept(ApplicationRefused.NOT_NOW, (self.as_it_stands(application).state.value,))
        if step in NEEDS_REASON and not reason.strip():
            return ApplicationKept(ApplicationRefused.NO_REASON)
        return None

    def permission(self, actor: Actor, action: Action, student: PlaceKey, applicant: Claims) -> Permission:
        """
        Return whether *actor* may handle an application for *student*.

        Nobody handles what concerns themselves: their own application, or one for a child of theirs (ROLE-6).
        """
        return self.acting.permission_about(actor, action, self.target(student, applicant), [applicant])

    def target(self, student: PlaceKey, applicant: Claims) -> Target:
        """Return the student in their class, with everybody else whom an application of *applicant* is about."""
        family = self.family(student)
        claims = family.place.accepted if family.place is not None else None
        role = HeldRole(student.school, Role.STUDENT, claims.class_name if claims is not None else "")
        return Target(person=family.child, roles=(role,), concerns=frozenset(self._concerned(family, applicant)))

    def take(
        self,
        actor: Actor,
        application: Application,
        step: ApplicationStep,
        *,
        reason: str = "",
        on: Iterable[PersonId | None] = (),
    ) -> Application:
        """Return the application after *step*, with the step in it and in the journal; saving it is the caller's."""
        taken = StepTaken(step=step, at=self.acting.now, by=actor.person, name=actor.name, reason=reason.strip())
        self.note(actor, application, step.value, reason=reason, on=on)
        return application.taken(taken)

    def note(
        self,
        actor: Actor,
        application: Application,
        deed: str,
        *,
        reason: str = "",
        on: Iterable[PersonId | None] = (),
    ) -> None:
        """Write down what was done with an application (LAW-3)."""
        people = (application.applied_by, self.family(application.student).child, *on)
        self.acting.note(
            actor,
            f"application-{deed}",
            on=[each for each in people if each is not None],
            why=reason.strip(),
            detail=_detail(application),
        )

    def _concerned(self, family: Family, applicant: Claims) -> Iterable[PersonId]:
        """Yield everybody in the child's records, and whoever the applicant can be told to be."""
        yield from (place.person for place in family.places if place.person is not None)
        evidence = {Evidence.of_id(each) for each in applicant.ids}
        if applicant.email is not None:
            evidence.add(Evidence.of_mailbox(applicant.email))
        yield from self.acting.unit.rosters.gather(Seeds(evidence=frozenset(evidence))).people


def is_own(actor: Actor, application: Application) -> bool:
    """Return whether *actor* handed the application in for themselves; a console has none of its own."""
    return actor.person is not None and application.applied_by == actor.person


def _detail(application: Application) -> Mapping[str, str]:
    return {"application": str(application.id), "school": application.school}
