"""Confirming applicants, and returning or rejecting what they ask for (LINK-5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._applicants import Desk
from eszkola_core.domain.applications import (
    UNDECIDED,
    Application,
    ApplicationKept,
    ApplicationMoved,
    ApplicationState,
    ApplicationStep,
)
from eszkola_core.domain.permissions import Action, Actor
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock

Moved = ApplicationMoved | ApplicationKept | NotPermitted

_PLATFORM: Final = Actor(name="")


@frozen
class DecideApplications:
    """Lets staff of the student's school handle the applications that were handed in there, but for approving them."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def confirm(self, actor: Actor, number: int, *, how: str) -> Moved:
        """Write down that *actor* knows who the applicant is, and *how*: which document they saw."""
        return self._step(actor, number, ApplicationStep.CONFIRM, how)

    def hand_back(self, actor: Actor, number: int, *, reason: str) -> Moved:
        """Return an application to its applicant, who may correct what *reason* names."""
        return self._step(actor, number, ApplicationStep.RETURN, reason)

    def reject(self, actor: Actor, number: int, *, reason: str) -> Moved:
        """Refuse an application for *reason*."""
        return self._step(actor, number, ApplicationStep.REJECT, reason)

    def listed(
        self, actor: Actor, school: str, states: Collection[ApplicationState] = UNDECIDED
    ) -> Sequence[Application]:
        """Return the applications at a school that *actor* may handle, as they stand now, in the order of numbers."""
        with self.storage.snapshot() as unit:
            desk = self._desk(unit)
            found = [desk.as_it_stands(each) for each in unit.applications.of_school(school)]
            return [
                each
                for each in found
                if each.state in states
                and desk.permission(actor, Action.CONFIRM_APPLICANT, each.student, each.applicant)
            ]

    def lapse(self, *, limit: int = 500) -> int:
        """Write down which applications nobody has decided in time, and return how many."""
        with self.storage.unit() as unit:
            desk = self._desk(unit)
            lapsed = unit.applications.unmoved(desk.acting.now - desk.lifetime, limit=limit)
            for each in lapsed:
                unit.applications.save(desk.take(_PLATFORM, each, ApplicationStep.LAPSE))
        return len(lapsed)

    def _desk(self, unit: Unit) -> Desk:
        return Desk(Acting(unit, self.storage, self.tenant, self.clock.now()))

    def _step(self, actor: Actor, number: int, step: ApplicationStep, reason: str) -> Moved:
        """Take a step that changes nothing but the application."""
        with self.storage.unit() as unit:
            desk = self._desk(unit)
            application = desk.found(actor, number, step, reason)
            if not isinstance(application, Application):
                return application
            moved = desk.take(actor, application, step, reason=reason)
            unit.applications.save(moved)
            return ApplicationMoved(moved)
