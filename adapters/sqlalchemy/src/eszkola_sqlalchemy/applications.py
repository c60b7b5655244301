"""Access applications: what applicants state, and why steps were taken, is sealed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Row, or_, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.applications import UNDECIDED, Application, ApplicationState, ApplicationStep, StepTaken
from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import Conflict
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.merged import Merged
from eszkola_sqlalchemy.plain import held_claims, key_of, text_of_claims, text_of_key
from eszkola_sqlalchemy.values import dumped, has_come, instant_of, loaded, maybe, micros

_A: Final = tables.application
_UNDECIDED: Final = sorted(each.value for each in UNDECIDED)


class SqlApplications:
    """Keeps `Applications` in a table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._merged = Merged(desk)

    @property
    def _ours(self) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        return _A.c.tenant == self._desk.tenant

    def add(self, application: Application) -> Application:
        """Keep a new application and return it with its number (AP1)."""
        numbered = evolve(application, id=self._desk.highest(_A.c.id, self._ours) + 1)
        self._desk.insert(_A, [tuple(self._values(numbered)[column.name] for column in _A.c)])
        return numbered

    def get(self, number: int) -> Application | None:
        """Return the application with *number* (AP1)."""
        row = self._desk.first(select(_A).where(self._ours, _A.c.id == number))
        return None if row is None else self._application(row)

    def save(self, application: Application) -> None:
        """Write a changed application (AP1, AP2)."""
        before = self._ours & (_A.c.id == application.id) & (_A.c.revision == application.revision - 1)
        if self._desk.write(update(_A).where(before).values(self._values(application))) != 1:
            raise Conflict("the application was changed in the meantime", code="stale-revision")

    def of_school(self, school: str, *, states: Collection[ApplicationState] | None = None) -> Sequence[Application]:
        """Return the applications at *school* (AP3)."""
        wanted = self._ours & (_A.c.school == school)
        if states is not None:
            wanted &= _A.c.state.in_([each.value for each in states])
        return self._found(select(_A).where(wanted).order_by(_A.c.id))

    def unmoved(self, since: datetime, *, limit: int) -> Sequence[Application]:
        """Return undecided applications that have not moved after *since* (AP4)."""
        waiting = self._ours & _A.c.state.in_(_UNDECIDED) & has_come(_A.c.moved_at, micros(since))
        return self._found(select(_A).where(waiting).order_by(_A.c.moved_at, _A.c.id).limit(limit))

    def about(self, person: PersonId) -> Sequence[Application]:
        """Return the applications that name *person* (AP5)."""
        people = self._merged.members([person])
        named = or_(*(column.in_(people) for column in (_A.c.applied_by, _A.c.guardian, _A.c.child)))
        return self._found(select(_A).where(self._ours, named).order_by(_A.c.id))

    def _found(self, statement: Any) -> Sequence[Application]:  # noqa: ANN401 - as SQLAlchemy has it
        return [self._application(row) for row in self._desk.rows(statement)]

    def _values(self, application: Application) -> dict[str, object]:
        number = application.id
        steps = [[e.step.value, micros(e.at), e.by, e.name, e.reason] for e in application.history]
        return {
            "tenant": self._desk.tenant,
            "id": number,
            "revision": application.revision,
            "school": application.school,
            "student": text_of_key(application.student),
            "applicant": self._desk.sealed(text_of_claims(application.applicant), _A, "applicant", number),
            "begun_at": micros(application.begun_at),
            "moved_at": micros(application.moved_at),
            "state": application.state.value,
            "history": self._desk.sealed(Secret(dumped(steps)), _A, "history", number),
            "applied_by": application.applied_by,
            "guardian": application.guardian,
            "child": application.child,
        }

    def _application(self, row: Row[Any]) -> Application:
        steps = loaded(self._desk.opened(row.history, _A, "history", row.id).reveal())
        return Application(
            id=row.id,
            revision=row.revision,
            student=key_of(row.student),
            applicant=held_claims(self._desk.opened(row.applicant, _A, "applicant", row.id)),
            applied_by=maybe(PersonId, row.applied_by),
            begun_at=instant_of(row.begun_at),
            state=ApplicationState(row.state),
            history=tuple(
                StepTaken(
                    step=ApplicationStep(step), at=instant_of(at), by=maybe(PersonId, by), name=name, reason=reason
                )
                for step, at, by, name, reason in steps
            ),
            guardian=maybe(PersonId, row.guardian),
            child=maybe(PersonId, row.child),
        )
