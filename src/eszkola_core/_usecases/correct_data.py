"""Entering what a record lacks, and correcting what it says wrongly (ROLE-3, SYNC-8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases._gathering import gather
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.claims import Claims, Decision, DecisionKind, Place, PlaceKey, Seeds, World
from eszkola_core.domain.corrections import Correction, canonical, contradiction, name_in, states
from eszkola_core.domain.held_roles import HeldRole, class_of, roles_without
from eszkola_core.domain.permissions import Action, Ground, NotPermitted, Permission, may
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets


class CorrectionRefused(StrEnum):
    """Why a record stays as it is."""

    NO_SUCH_PLACE = "no-such-place"
    PLACE_HELD = "place-held"
    SAID_ALREADY = "said-already"
    ID_STATED_ALREADY = "id-stated-already"
    CONTRADICTS_ID = "contradicts-id"
    ANOTHER_PERSON = "another-person"
    NOT_CORRECTED = "not-corrected"


@frozen
class Corrected:
    """The field is as it was corrected, whatever the source says, until the source says the same."""

    person: PersonId


@frozen
class TakenBack:
    """The correction stands no more; with the next import the field is what the source says."""


@frozen
class NotCorrected:
    """Nothing was changed."""

    reason: CorrectionRefused


class _Undone(Exception):
    """The unit is left, and nothing of it has happened."""

    def __init__(self, outcome: NotCorrected | NotPermitted) -> None:
        super().__init__()
        self.outcome = outcome


@frozen
class CorrectData:
    """
    Lets staff enter and correct what records say, each as far as the table of permissions goes.

    Nobody comes by rights in this way: whoever corrects an address must have power over every role that it opens and
    that no other record gives it to, and nobody makes themselves, or what concerns them, of it.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def correct(
        self, actor: Actor, place: PlaceKey, field: Field, text: str, *, reason: str = ""
    ) -> Corrected | NotCorrected | NotPermitted:
        """
        Give one field at one place another value; an empty text takes an address or a number away.

        Raises:
            InvalidValue: the text cannot be right, or the field is none that is corrected here.
        """
        try:
            with self.storage.unit() as unit:
                acting = Acting(unit, self.storage, self.tenant, self.clock.now())
                actor = acting.known(actor)
                return _Correcting(acting, self._door, actor, place).correct(field, text, reason)
        except _Undone as undone:
            return undone.outcome

    def take_back(
        self, actor: Actor, place: PlaceKey, field: Field, *, reason: str = ""
    ) -> TakenBack | NotCorrected | NotPermitted:
        """Withdraw what was corrected in one field at one place."""
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            correcting = _Correcting(acting, self._door, acting.known(actor), place)
            return correcting.take_back(field, reason)

    @property
    def _door(self) -> Door:
        return Door(self.storage, self.tenant, self.secrets)


@frozen
class _Correcting:
    """One place, and somebody who corrects it."""

    acting: Acting
    door: Door
    actor: Actor
    key: PlaceKey

    def correct(self, field: Field, text: str, reason: str) -> Corrected | NotCorrected | NotPermitted:
        """Check, decide, settle, and look whether anything followed that must not."""
        world = self._world()
        place = world.places.get(self.key)
        if place is None or not place.is_present or place.accepted is None:
            return NotCorrected(CorrectionRefused.NO_SUCH_PLACE)
        permission = self._permission(world, place, _action(place, field))
        if not permission:
            return NotPermitted(permission)
        correction = Correction(self.key, field, canonical(field, text, self.acting.tenant, self.acting.today))
        refused = _refused(place, correction)
        if refused is not None:
            return NotCorrected(refused)
        subject = place.person
        before = self._person(subject)
        if subject is None:
            # Nobody lasts there yet: whom the corrected place is about is found out with the correction in it.
            staged = [evolve(place, pending=correction.applied_to(place.accepted))]
            self.door.settle(self._unit, (), author=self.actor.name, now=self._now, staged=staged, naming=(self.key,))
            subject = self._owner()
            with self.acting.storage.snapshot() as untouched:
                before = untouched.people.get_many([subject]).get(subject)
        former = self._withdraw(subject, field, why="corrected again")
        was = former.was if former is not None else name_in(place.accepted, field)
        self._unit.people.decide(
            Decision(
                kind=DecisionKind.CORRECTED,
                subject=subject,
                value=evolve(correction, was=was).written(),
                author=self.actor.name,
                reason=reason,
                at=self._now,
            )
        )
        self.door.settle(self._unit, [subject], author=self.actor.name, now=self._now)
        self._look_at(subject, before, place)
        self._note("data-corrected", subject, field, reason)
        return Corrected(subject)

    def take_back(self, field: Field, reason: str) -> TakenBack | NotCorrected | NotPermitted:
        """Withdraw the correction; the record is read again with the next import."""
        world = self._world()
        place = world.places.get(self.key)
        if place is None or place.person is None:
            return NotCorrected(CorrectionRefused.NO_SUCH_PLACE)
        action = Action.CORRECT_GUARDIAN_DATA if place.role is Role.GUARDIAN else Action.CORRECT_PERSONAL_DATA
        permission = self._permission(world, place, action)
        if not permission:
            return NotPermitted(permission)
        if self._withdraw(place.person, field, why=reason) is None:
            return NotCorrected(CorrectionRefused.NOT_CORRECTED)
        self.door.settle(self._unit, [place.person], author=self.actor.name, now=self._now)
        self._note("correction-withdrawn", place.person, field, reason)
        return TakenBack()

    # What it stands on

    @property
    def _unit(self) -> Unit:
        return self.acting.unit

    @property
    def _now(self) -> datetime:
        return self.acting.now

    def _world(self) -> World:
        return gather(self._unit, Seeds(records=frozenset({self.key.record}))).kept

    def _person(self, person: PersonId | None) -> Person | None:
        return self._unit.people.get_many([person]).get(person) if person is not None else None

    def _owner(self) -> PersonId:
        """Return whose the place is by now; nobody's where it came to be held."""
        found = self._unit.rosters.gather(Seeds(records=frozenset({self.key.record}))).places[self.key]
        if found.hold is not None or found.person is None:
            raise _Undone(NotCorrected(CorrectionRefused.ANOTHER_PERSON))
        return found.person

    def _permission(self, world: World, place: Place, action: Action) -> Permission:
        """Return whether the actor may do it to the one in this place; it concerns all who stand in the record."""
        around = [each for each in world.places.values() if each.key.record == self.key.record]
        role = HeldRole(place.school, place.role, class_of(place, around))
        concerns = frozenset(each.person for each in around if each.person is not None)
        return may(self.actor, action, Target(person=place.person, roles=(role,), concerns=concerns))

    # What it does

    def _withdraw(self, person: PersonId, field: Field, *, why: str) -> Correction | None:
        """End the correction of that field that stands, and return it."""
        for decision in self._unit.people.decisions(person):
            if decision.kind is DecisionKind.CORRECTED and decision.stands:
                correction = Correction.of(decision)
                if (correction.place, correction.field) == (self.key, field):
                    self._unit.people.withdraw(decision.id, self._now, by=self.actor.name, why=why)
                    return correction
        return None

    def _look_at(self, subject: PersonId, before: Person | None, place: Place) -> None:
        """Undo everything where the place is another's by now, or an account went where the actor has no power."""
        owner = self._owner()
        concerned = {self.actor.person, *self.actor.children, *self.actor.kept_from}
        if owner != subject or (owner in concerned and place.person != owner):
            raise _Undone(NotPermitted(Permission(allowed=False, ground=Ground.CONCERNS_ACTOR)))
        person = self._unit.people.get_many([owner])[owner]
        places = tuple(self.acting.places_around(owner).values())
        vouching: list[Callable[[Claims], bool]] = []
        if person.central is not None and (before is None or before.central != person.central):
            vouching.append(lambda claims: claims.email == person.central)
        if person.phone is not None and (before is None or before.phone != person.phone):
            vouching.append(lambda claims: claims.phone == person.phone)
        for vouches in vouching:
            silent = roles_without(owner, places, self.acting.today, vouches)
            here = HeldRole(place.school, place.role, class_of(place, places))
            permission = may(self.actor, Action.SET_ADDRESS, Target(person=owner, roles=tuple(sorted({*silent, here}))))
            if not permission:
                raise _Undone(NotPermitted(permission))

    def _note(self, deed: str, person: PersonId, field: Field, reason: str) -> None:
        detail = {"field": field.value, "school": self.key.school}
        self.acting.note(self.actor, deed, on=[person], why=reason, detail=detail)


def _action(place: Place, field: Field) -> Action:
    """Return what it is to give *field* a value: to enter what is missing is less than to correct what is there."""
    if place.role is Role.GUARDIAN:
        return Action.CORRECT_GUARDIAN_DATA
    is_there = place.accepted is not None and states(place.accepted, field)
    return Action.CORRECT_PERSONAL_DATA if is_there else Action.ENTER_PERSONAL_DATA


def _refused(place: Place, correction: Correction) -> CorrectionRefused | None:
    """Return what stands in the way, whoever corrects."""
    claims = place.accepted
    if claims is None or place.hold is not None:
        return CorrectionRefused.PLACE_HELD
    if correction.agrees_with(claims):
        return CorrectionRefused.SAID_ALREADY
    if correction.field is Field.NATIONAL_ID and claims.ids:
        return CorrectionRefused.ID_STATED_ALREADY
    if contradiction(correction.applied_to(claims)) is not None:
        return CorrectionRefused.CONTRADICTS_ID
    return None
