"""Access applications in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.applications import UNDECIDED, Application, ApplicationState
from eszkola_core.errors import Conflict
from eszkola_core.memory.state import State


@define
class MemoryApplications:
    """Keeps `Applications` in a dictionary."""

    _state: State

    def add(self, application: Application) -> Application:
        application = evolve(application, id=self._state.next("application"))
        self._state.applications[application.id] = application
        return application

    def get(self, number: int) -> Application | None:
        return self._state.applications.get(number)

    def save(self, application: Application) -> None:
        stored = self._state.applications.get(application.id)
        if stored is None or stored.revision != application.revision - 1:
            raise Conflict("the application was changed in the meantime", code="stale-revision")
        self._state.applications[application.id] = application

    def of_school(self, school: str, *, states: Collection[ApplicationState] | None = None) -> Sequence[Application]:
        return [each for each in self._ordered() if each.school == school and (states is None or each.state in states)]

    def unmoved(self, since: datetime, *, limit: int) -> Sequence[Application]:
        found = [each for each in self._ordered() if each.state in UNDECIDED and each.moved_at <= since]
        return sorted(found, key=lambda each: each.moved_at)[:limit]

    def about(self, person: PersonId) -> Sequence[Application]:
        members = self._state.aliases.members(person)
        return [
            each for each in self._ordered() if not members.isdisjoint((each.applied_by, each.guardian, each.child))
        ]

    def _ordered(self) -> Sequence[Application]:
        return [each for _, each in sorted(self._state.applications.items())]
