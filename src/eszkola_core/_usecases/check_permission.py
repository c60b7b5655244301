"""Whether somebody may do something to somebody, answered from storage and remembered (ROLE-4)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from typing import Final

from attrs import define, field, frozen

from eszkola_core._usecases._sight import look_at
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.days import day_of
from eszkola_core.domain.permissions import Action, Ground, Permission, may
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock

_MOST: Final = 100_000


@frozen
class _Answer:
    """An answer that was given, with the day and the versions of everybody that it followed from."""

    permission: Permission
    day: date
    versions: Mapping[PersonId, int]


@define
class CheckPermission:
    """
    Answers what one person may do to another now, with what decided it.

    An answer is remembered together with the versions of both sides and the day. It is given again only while these
    are the same, which is read in this very call: a change by any process is seen by the next call (ROLE-4b).
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    _answers: OrderedDict[tuple[PersonId, Action, PersonId], _Answer] = field(factory=OrderedDict, init=False)

    def may(self, person: PersonId, action: Action, target: PersonId) -> Permission:
        """Return whether *person* may do *action* to *target*, and what decided; who is nobody may nothing."""
        day = day_of(self.clock.now(), self.tenant.zone)
        asked = (person, action, target)
        known = self._answers.get(asked)
        with self.storage.snapshot() as unit:
            versions = unit.people.versions({person, target})
            if known is not None and (known.day, known.versions) == (day, versions):
                return known.permission
            permission = self._answered(unit, person, action, target, day)
        self._remember(asked, _Answer(permission, day, versions))
        return permission

    def _answered(self, unit: Unit, person: PersonId, action: Action, target: PersonId, day: date) -> Permission:
        sight = look_at(unit, {person, target}, self.tenant, day)
        if not {person, target} <= sight.world.people.keys():
            return Permission(allowed=False, ground=Ground.NO_ROLE)
        return may(sight.actor(person), action, sight.target(target))

    def _remember(self, asked: tuple[PersonId, Action, PersonId], answer: _Answer) -> None:
        """Keep an answer in the stead of the one that was given longest ago."""
        self._answers.pop(asked, None)
        self._answers[asked] = answer
        if len(self._answers) > _MOST:
            self._answers.popitem(last=False)
