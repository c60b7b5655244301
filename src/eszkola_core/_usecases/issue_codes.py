"""Security codes at the school's desk: issuing one, and writing down to whom it went (LINK-7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases._guardians import Guardian
from eszkola_core._usecases._schools import school_name
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.claims import Claims, Place
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.permissions import Action, Permission
from eszkola_core.domain.platform_records import is_of_application
from eszkola_core.domain.roles import Role
from eszkola_core.domain.security_codes import CodeHandOver, SecurityCode, invent_code
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock, Secrets

CODE_CONTEXT: Final = "security code"
"""What codes are fingerprinted for."""


class CodeRefused(StrEnum):
    """Why no code was issued, or no hand-over written down."""

    NO_SUCH_GUARDIAN = "no-such-guardian"
    HELD = "held"
    NO_CHILD = "no-child"
    NO_BIRTH_DATE = "no-birth-date"
    NO_CODE = "no-code"
    RECEIPT_INCOMPLETE = "receipt-incomplete"


@frozen
class CodeIssued:
    """A new code, and all that the instructions under it say; it is shown once, and not kept."""

    code: Secret
    guardian: PersonId
    name: PersonName
    school: str
    children: tuple[str, ...]
    expires_at: datetime
    link: str


@frozen
class HandOverKept:
    """The receipt is with the code, and the deed in the journal."""

    handed: CodeHandOver


@frozen
class CodeNotIssued:
    """Nothing was changed; ``details`` are codes that say more."""

    reason: CodeRefused
    details: tuple[str, ...] = ()


class _Undone(Exception):
    """There is no code after all: the unit is left, and nothing of it has happened."""

    def __init__(self, reason: CodeRefused) -> None:
        super().__init__()
        self.reason = reason


@frozen
class _Desk:
    """A guardian in a record of the school, and everybody in it, as whoever stands at the desk names them."""

    acting: Acting
    place: Place
    record: tuple[Place, ...]

    def permission(self, actor: Actor) -> Permission:
        """Return whether *actor* may issue a code to the guardian: nobody does so for a child of their own (ROLE-6)."""
        guardians = [each for each in self.record if each.role is Role.GUARDIAN]
        return self.acting.permission_about(actor, Action.ISSUE_CODE, self._target(), map(_claims, guardians))

    def _target(self) -> Target:
        """Return the student in their class, with everybody else in the record."""
        student = next((each for each in self.record if each.role is Role.STUDENT), None)
        class_name = _claims(student).class_name if student is not None else ""
        return Target(
            person=student.person if student is not None else None,
            roles=(HeldRole(self.place.school, Role.STUDENT, class_name),),
            concerns=frozenset(each.person for each in self.record if each.person is not None),
        )


@frozen
class IssueCodes:
    """Lets a school issue codes to the guardians of its students."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def issue(
        self, actor: Actor, school: str, record: str, guardian: str = ""
    ) -> CodeIssued | CodeNotIssued | NotPermitted:
        """
        Issue a code to a guardian; a former one of the same school stops at once (LINK-7b).

        Whoever gets one lasts from then on, with an account or without: the code is theirs through every change of
        records.

        Args:
            actor: who issues it.
            school: the school's key.
            record: the key of the student's record in the school's gradebook.
            guardian: the guardian's name, where the record has several.
        """
        try:
            with self.storage.unit() as unit:
                acting = Acting(unit, self.storage, self.tenant, self.clock.now())
                desk = self._find(acting, school, record, guardian)
                if desk is None:
                    return CodeNotIssued(CodeRefused.NO_SUCH_GUARDIAN)
                allowed = desk.permission(actor)
                return self._issue(desk, actor) if allowed else NotPermitted(allowed)
        except _Undone as undone:
            return CodeNotIssued(undone.reason)

    def hand_over(
        self, actor: Actor, school: str, record: str, guardian: str, handed: CodeHandOver
    ) -> HandOverKept | CodeNotIssued | NotPermitted:
        """Write down that a guardian's live code was printed, read out or handed over, with the receipt (LINK-7e)."""
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            desk = self._find(acting, school, record, guardian)
            if desk is None:
                return CodeNotIssued(CodeRefused.NO_SUCH_GUARDIAN)
            allowed = desk.permission(actor)
            if not allowed:
                return NotPermitted(allowed)
            if handed.missing:
                return CodeNotIssued(CodeRefused.RECEIPT_INCOMPLETE, handed.missing)
            theirs = unit.codes.of([desk.place.person]) if desk.place.person is not None else ()
            code = next((each for each in theirs if each.school == school and each.is_live(acting.now)), None)
            if code is None:
                return CodeNotIssued(CodeRefused.NO_CODE)
            kept = evolve(handed, at=acting.now, by=actor.person, name=actor.name)
            unit.codes.hand_over(code.digest, kept)
            detail = {"school": school, "channel": kept.channel.value}
            acting.note(actor, "code-handed-over", on=[code.guardian], detail=detail)
            return HandOverKept(kept)

    def _issue(self, desk: _Desk, actor: Actor) -> CodeIssued:
        acting, unit, school = desk.acting, desk.acting.unit, desk.place.school
        door = Door(self.storage, self.tenant, self.secrets)
        person = door.name(unit, desk.place.key, author=actor.name, now=acting.now)
        if person is None or desk.place.hold is not None:
            raise _Undone(CodeRefused.HELD)
        guardian = Guardian.of(unit, person, self.tenant, acting.today)
        covered = [each for each in guardian.children if school in each.schools]
        if not covered:
            raise _Undone(CodeRefused.NO_CHILD)
        if all(each.born is None for each in covered):
            raise _Undone(CodeRefused.NO_BIRTH_DATE)
        text = invent_code(self.secrets.below)
        code = SecurityCode(
            digest=code_digests(self.storage, text)[0],
            guardian=person,
            school=school,
            issued_at=acting.now,
            expires_at=acting.now + self.tenant.settings.code_lifetime,
        )
        unit.codes.add(code)
        acting.note(actor, "code-issued", on=[person], detail={"school": school})
        return CodeIssued(
            code=text,
            guardian=person,
            name=_claims(desk.place).name,
            school=school_name(unit, school),
            children=tuple(each.name for each in covered),
            expires_at=code.expires_at,
            link=self.tenant.link("codes"),
        )

    @staticmethod
    def _find(acting: Acting, school: str, record: str, guardian: str) -> _Desk | None:
        """Return the one guardian of that name whom a record of the school's gradebook names, with the student."""
        found = [
            place
            for place in acting.unit.rosters.places(school)
            if place.key.record.key == record and not is_of_application(place)
        ]
        wanted = PersonName("", guardian).key
        guardians = [
            place
            for place in found
            if place.role is Role.GUARDIAN and (not wanted or _claims(place).name.key == wanted)
        ]
        if len(guardians) != 1:
            return None
        (place,) = guardians
        return _Desk(acting, place, tuple(each for each in found if each.key.record == place.key.record))


def code_digests(storage: Storage, code: Secret) -> Sequence[bytes]:
    """Return what a code may be kept under, beginning with what a new one is (LINK-7b, LAW-5b)."""
    return [by(code.reveal().encode("ascii"), CODE_CONTEXT) for by in storage.fingerprints]


def _claims(place: Place) -> Claims:
    return place.newest or Claims(name=PersonName("", ""))
