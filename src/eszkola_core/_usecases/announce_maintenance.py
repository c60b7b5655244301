"""Announcing that nobody signs in for a while (ACCESS-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.maintenance import Maintenance
from eszkola_core.domain.permissions import Action, Permission
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class Begun:
    """From now on whoever signs in is told of it."""

    maintenance: Maintenance


@frozen
class Ended:
    """People sign in again; ``maintenance`` is what ended, or None where none was under way."""

    maintenance: Maintenance | None


@frozen
class UnderWayAlready:
    """Nothing was changed: one maintenance at a time."""

    maintenance: Maintenance


@frozen
class AnnounceMaintenance:
    """Begins and ends maintenance. Open sessions, requests, imports and messages go on all the while."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def begin(
        self, actor: Actor, *, texts: Mapping[str, str] | None = None, expected_end_at: datetime | None = None
    ) -> Begun | UnderWayAlready | NotPermitted:
        """
        Begin a maintenance.

        Raises:
            InvalidValue: a text is empty or too long, or of a language that there is not.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            permission = self._permission(acting, actor)
            if not permission:
                return NotPermitted(permission)
            newest = unit.maintenances.newest()
            if newest is not None and newest.is_under_way:
                return UnderWayAlready(newest)
            begun = unit.maintenances.begin(
                Maintenance(
                    author=actor.name, begun_at=acting.now, expected_end_at=expected_end_at, texts=dict(texts or {})
                )
            )
            detail = {"expected-end": expected_end_at.isoformat()} if expected_end_at is not None else {}
            acting.note(actor, "maintenance-begun", detail=detail)
        return Begun(begun)

    def end(self, actor: Actor) -> Ended | NotPermitted:
        """End the maintenance that is under way."""
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            permission = self._permission(acting, actor)
            if not permission:
                return NotPermitted(permission)
            ended = unit.maintenances.end(acting.now)
            if ended is not None:
                acting.note(actor, "maintenance-ended")
        return Ended(ended)

    def newest(self) -> Maintenance | None:
        """Return the maintenance that is under way, or else the last one."""
        with self.storage.snapshot() as unit:
            return unit.maintenances.newest()

    @staticmethod
    def _permission(acting: Acting, actor: Actor) -> Permission:
        return acting.permission(actor, Action.ANNOUNCE_MAINTENANCE, Target.of_school(""))
