"""Cases of conflicts, in tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Row, bindparam, delete, or_, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.conflicts import CaseKind, CaseState, ConflictCase, Subject
from eszkola_core.errors import Conflict
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.images import text_of_record
from eszkola_sqlalchemy.plain import key_of, text_of_key
from eszkola_sqlalchemy.values import AT_ONCE, chunks, instant_of, is_storable, loaded, maybe, micros, storable

_C: Final = tables.conflict_case
_S: Final = tables.case_school
_PARTS_OF_A_RECORD: Final = 4
_MANY: Final = 4 * AT_ONCE
"""Whoever asks about more keys than that reads all cases at once: there are fewer of them than statements saved."""

_CHANGE: Final = (
    update(_C)
    .where(_C.c.tenant == bindparam("of"), _C.c.number == bindparam("which"), _C.c.revision == bindparam("before"))
    .values(
        {
            each: bindparam(f"new_{each}")
            for each in ("state", "opened_at", "assignee", "closed_at", "reopened", "revision")
        }
    )
)
_ALL: Final = select(_C).where(_C.c.tenant == bindparam(OURS))
_LEAVE: Final = delete(_S).where(_S.c.tenant == bindparam("of"), _S.c.number == bindparam("which"))


class SqlCases:
    """Keeps `Cases` in a table, with the schools beside it; the tenant's row counts their numbers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, cases: Sequence[ConflictCase]) -> Sequence[ConflictCase]:
        """Keep new cases and return them with their numbers (CC1)."""
        if not cases:
            return []
        desk, tenant = self._desk, tables.tenant
        with desk.together():
            counted = update(tenant).where(tenant.c.id == desk.tenant).values(last_case=tenant.c.last_case + len(cases))
            row = desk.first(counted.returning(tenant.c.last_case))
            last = row.last_case if row is not None else len(cases)
            kept = [evolve(each, number=number) for number, each in enumerate(cases, last - len(cases) + 1)]
            desk.insert(_C, [self._row(each) for each in kept])
            desk.insert(_S, [each for case in kept for each in self._schools(case)])
        return kept

    def get(self, number: int) -> ConflictCase | None:
        """Return the case with *number* (CC2)."""
        wanted = select(_C).where(_C.c.tenant == self._desk.tenant, _C.c.number.in_(storable([number])))
        return next(iter(self._cases(self._desk.rows(wanted))), None)

    def about(self, keys: Collection[PlaceKey | RecordKey]) -> Sequence[ConflictCase]:
        """Return the cases about one of these places and records (CC2, CC3)."""
        return self._cases({row.number: row for row in self._touching(frozenset(keys))}.values())

    def _touching(self, keys: frozenset[PlaceKey | RecordKey]) -> Iterator[Row[Any]]:
        if len(keys) > _MANY:
            every = self._desk.rows(_ALL, **{OURS: self._desk.tenant})
            yield from (row for row in every if not _subject(row).keys.isdisjoint(keys))
            return
        texts = sorted(filter(is_storable, map(_text, keys)))
        for side in (_C.c.about, _C.c.other):
            yield from self._desk.among(_ALL, side, texts)

    def change(self, cases: Sequence[ConflictCase]) -> None:
        """Keep changed cases (CC4)."""
        desk = self._desk
        with desk.together():
            if desk.each(_CHANGE, map(self._changed, cases)) != len(cases):
                raise Conflict("the conflict moved on in the meantime", code="stale-case")
            desk.each(_LEAVE, ({"of": desk.tenant, "which": each.number} for each in cases))
            desk.insert(_S, [each for case in cases for each in self._schools(case)])

    def listed(self, schools: Collection[str] | None = None, *, closed: bool = False) -> Sequence[ConflictCase]:
        """Return the cases that are not closed, or those that are (CC5)."""
        over = _C.c.closed_at.is_not(None) if closed else _C.c.closed_at.is_(None)
        every = select(_C).where(_C.c.tenant == self._desk.tenant, over)
        if schools is None:
            return self._cases(self._desk.rows(every))
        found: dict[int, Row[Any]] = {}
        for chunk in chunks(sorted(set(filter(is_storable, schools)))):
            theirs = select(_S.c.number).where(_S.c.tenant == self._desk.tenant, _S.c.school.in_(chunk))
            found |= {row.number: row for row in self._desk.rows(every.where(_C.c.number.in_(theirs)))}
        return self._cases(found.values())

    def forget(self, before: datetime) -> int:
        """Drop the cases that closed before that instant (CC6)."""
        over = (_C.c.tenant == self._desk.tenant) & (_C.c.closed_at < micros(before))
        return self._desk.write(delete(_C).where(over))

    def erase(self, person: PersonId, places: Collection[PlaceKey]) -> None:
        """Take away the cases about places, and hand back those that *person* was asked to mend (DO3)."""
        desk = self._desk
        ours = _C.c.tenant == desk.tenant
        for chunk in chunks(sorted({each for key in places for each in _texts(key)})):
            desk.write(delete(_C).where(ours, or_(_C.c.about.in_(chunk), _C.c.other.in_(chunk))))
        theirs = update(_C).where(ours, _C.c.assignee == person)
        changed = {"assignee": None, "revision": _C.c.revision + 1}
        is_open = _C.c.state == CaseState.ASSIGNED.value
        desk.write(theirs.where(is_open).values(state=CaseState.OPEN.value, **changed))
        desk.write(theirs.values(changed))

    # Rows

    def _row(self, case: ConflictCase) -> tuple[object, ...]:
        subject = case.subject
        return (
            *(self._desk.tenant, case.number, subject.kind.value, _text(subject.about), text_of_key(subject.other)),
            *(case.state.value, micros(case.opened_at), case.assignee, maybe(micros, case.closed_at)),
            *(case.reopened, case.revision),
        )

    def _changed(self, case: ConflictCase) -> Mapping[str, object]:
        return {
            "of": self._desk.tenant,
            "which": case.number,
            "before": case.revision - 1,
            "new_state": case.state.value,
            "new_opened_at": micros(case.opened_at),
            "new_assignee": case.assignee,
            "new_closed_at": maybe(micros, case.closed_at),
            "new_reopened": case.reopened,
            "new_revision": case.revision,
        }

    def _schools(self, case: ConflictCase) -> Iterator[tuple[object, ...]]:
        return ((self._desk.tenant, each, case.number) for each in dict.fromkeys(case.schools))

    def _cases(self, rows: Collection[Row[Any]]) -> list[ConflictCase]:
        """Return cases with their schools, in the order of numbers."""
        schools: dict[int, list[str]] = defaultdict(list)
        for each in self._schools_of(sorted(row.number for row in rows)):
            schools[each.number].append(each.school)
        return [_case(row, tuple(sorted(schools[row.number]))) for row in sorted(rows, key=lambda row: row.number)]

    def _schools_of(self, numbers: Sequence[int]) -> Iterable[Row[Any]]:
        for chunk in chunks(numbers):
            yield from self._desk.rows(select(_S).where(_S.c.tenant == self._desk.tenant, _S.c.number.in_(chunk)))


def _case(row: Row[Any], schools: tuple[str, ...]) -> ConflictCase:
    return ConflictCase(
        number=row.number,
        subject=_subject(row),
        schools=schools,
        state=CaseState(row.state),
        opened_at=instant_of(row.opened_at),
        assignee=maybe(PersonId, row.assignee),
        closed_at=maybe(instant_of, row.closed_at),
        reopened=row.reopened,
        revision=row.revision,
    )


def _subject(row: Row[Any]) -> Subject:
    return Subject(CaseKind(row.kind), _key(row.about), key_of(row.other) if row.other else None)


def _key(text: str) -> PlaceKey | RecordKey:
    """Return what `_text` made a text of: a record's has no role in it."""
    parts = loaded(text)
    return RecordKey(RosterKey(*parts[:3]), parts[3]) if len(parts) == _PARTS_OF_A_RECORD else key_of(text)


def _text(key: PlaceKey | RecordKey) -> str:
    return text_of_record(key) if isinstance(key, RecordKey) else text_of_key(key)


def _texts(key: PlaceKey) -> Iterator[str]:
    """Yield what stands for a place, and for the record where the record is about that one."""
    yield text_of_key(key)
    if not key.who:
        yield text_of_record(key.record)
