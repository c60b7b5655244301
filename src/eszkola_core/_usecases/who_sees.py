"""Who sees a student, and through what (WHY-4)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._sight import look_at
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.days import day_of
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.permissions import PERMISSIONS, Action, Permission, Scope, may
from eszkola_core.domain.roles import STAFF
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock


@frozen
class Viewer:
    """Somebody who sees the student; ``permission`` says through what: a role with its school, a link, or oneself."""

    person: PersonId
    name: PersonName
    permission: Permission


@frozen
class WhoSees:
    """Answers who sees a student today: exactly those whom the rules let."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def of(self, actor: Actor, student: PersonId) -> tuple[Viewer, ...] | NotPermitted:
        """
        Return everybody who may view *student*, in the order of their names.

        Raises:
            InvalidValue: *student* is nobody.
        """
        now = self.clock.now()
        day = day_of(now, self.tenant.zone)
        with self.storage.snapshot() as unit:
            if not unit.people.get_many([student]):
                raise InvalidValue("nobody has this number", code="unknown-person")
            acting = Acting(unit, self.storage, self.tenant, now)
            allowed = acting.permission(actor, Action.DIAGNOSE, acting.target(student))
            if not allowed:
                return NotPermitted(allowed)
            near = look_at(unit, {student}, self.tenant, day)
            target = near.target(student)
            around = {place.person for place in near.world.places.values() if place.person is not None}
            candidates = around | _staff_in_reach(unit, target)
            sight = look_at(unit, candidates, self.tenant, day)
        answers = {each: may(sight.actor(each), Action.VIEW, target) for each in candidates}
        people = sight.world.people
        found = [Viewer(each, people[each].name, permission) for each, permission in answers.items() if permission]
        return tuple(sorted(found, key=lambda each: (each.name, each.person)))


def _staff_in_reach(unit: Unit, target: Target) -> frozenset[PersonId]:
    """Return all staff whose role could reach the target: in the target's schools, or in all."""
    scopes = PERMISSIONS[Action.VIEW]
    everywhere = {role for role in STAFF if scopes.get(role) is Scope.TENANT}
    here = {role for role in STAFF if scopes.get(role) in (Scope.SCHOOL, Scope.CLASS)}
    schools = {each.school for each in target.roles}
    return unit.rosters.holders(everywhere) | unit.rosters.holders(here, schools)
