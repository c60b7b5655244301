"""Admitting who is held because of a restriction, and proved to be somebody else (LINK-3b)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._restricting import (
    RestrictionKept,
    RestrictionRefused,
    follow,
    lasting,
    places_beside,
    refusal,
)
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import Decision, DecisionKind, Hold, PlaceKey
from eszkola_core.domain.newcomers import admission
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.roles import Role
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock, Secrets


@frozen
class Admitted:
    """Whoever stands in the place is somebody else, and is held no longer because of a restriction."""

    decision: Decision


@frozen
class AdmitGuardians:
    """Lets those who may lift a restriction say about whom it is not."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def admit(self, actor: Actor, place: PlaceKey, *, reason: str) -> Admitted | RestrictionKept | NotPermitted:
        """
        Say that whoever stands in *place*, held because of a restriction, is not the one who is kept away.

        The restriction stands; it is about somebody else. Under another name the place waits again.

        Raises:
            InvalidValue: nobody stands in *place*.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            record = places_beside(unit, place)
            held = record.get(place)
            if held is None or held.newest is None:
                raise InvalidValue("nobody stands in this place", code="unknown-place")
            beside = [each for each in record.values() if each.is_present]
            student = next((each for each in beside if each.role is Role.STUDENT), held)
            others = {each.person for each in beside if each.person is not None}
            about = student.person if student.person is not None else student.key
            refused = refusal(acting, actor, Action.LIFT_RESTRICTION, about, others, reason)
            if refused is not None:
                return refused
            if held.hold is not Hold.RESTRICTION:
                return RestrictionKept(RestrictionRefused.NOT_HELD)
            bound = [each for each in (student.person, *sorted(others)) if each is not None]
            subject = bound[0] if bound else lasting(self.secrets, acting, actor, student.key)
            decision = unit.people.decide(
                Decision(
                    kind=DecisionKind.GUARDIAN_ADMITTED,
                    subject=subject,
                    value=admission(place, held.newest.name),
                    author=actor.name,
                    reason=reason.strip(),
                    at=acting.now,
                )
            )
            follow(self.secrets, acting, actor, "guardian-admitted", (subject,), reason)
        return Admitted(decision)
