"""What runs wrote, and what was there before."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Row, bindparam, delete, func, select

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Place, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.runs import Image, RecordState, Run, RunKind, Undone, Written
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.images import images, last_images, row_of, text_of_record
from eszkola_sqlalchemy.people import SqlPeople
from eszkola_sqlalchemy.places import Places
from eszkola_sqlalchemy.plain import key_of, text_of_key
from eszkola_sqlalchemy.records import Records, RosterNumbers, state_of
from eszkola_sqlalchemy.tables import ImageKind
from eszkola_sqlalchemy.values import chunks, instant_of, loaded, micros

_T: Final = tables.run
_B: Final = tables.before_image
_U: Final = tables.undone
# Not before the oldest run of which anything is kept: runs stay, and there are more every night.
_OLDEST: Final = select(func.min(_B.c.run)).where(_B.c.tenant == bindparam(OURS)).scalar_subquery()
_OLD: Final = select(_T.c.id).where(_T.c.tenant == bindparam(OURS), _T.c.id >= _OLDEST, _T.c.at < bindparam("before"))
_FORGET: Final = delete(_B).where(_B.c.tenant == bindparam(OURS), _B.c.run.in_(_OLD))
_CONTENTS: Final = select(_U).where(_U.c.roster == bindparam("listed"))

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", RecordState, Place, Person)


class SqlRuns:
    """Keeps `Runs` in tables."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def get(self, number: int) -> Run | None:
        """Return the run with this number (RN1)."""
        row = self._desk.first(self._selected().where(_T.c.id == number))
        return None if row is None else run_of(row, row.undone_by)

    def newest(self, limit: int, *, before: int | None = None) -> Sequence[Run]:
        """Return runs, the newest first (RN1)."""
        statement = self._selected().order_by(_T.c.id.desc()).limit(limit)
        rows = self._desk.rows(statement if before is None else statement.where(_T.c.id < before))
        return [run_of(row, row.undone_by) for row in rows]

    def _selected(self) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        undoing = _T.alias()
        joined = _T.outerjoin(undoing, (undoing.c.tenant == _T.c.tenant) & (undoing.c.undoes == _T.c.id))
        selected = select(_T, undoing.c.id.label("undone_by")).select_from(joined)
        return selected.where(_T.c.tenant == self._desk.tenant)

    def written(self, number: int) -> Written:
        """Return everything that a run wrote (RN2, RN3)."""
        found = {kind: self._found(kind, number) for kind in ImageKind}
        records = self._records(found[ImageKind.RECORD], number)
        return Written(
            records=records,
            places=self._places(found[ImageKind.PLACE], number, records),
            people=self._people(found[ImageKind.PERSON], number),
        )

    def _found(self, kind: ImageKind, number: int) -> dict[str, list[Row[Any]]]:
        """Return what was kept under each key where the run found or left something."""
        of = (_B.c.tenant == self._desk.tenant) & (_B.c.kind == kind.value)
        theirs = select(_B.c.key).where(of, (_B.c.run == number) | (_B.c.was == number)).distinct()
        found: dict[str, list[Row[Any]]] = {}
        for row in images(self._desk, kind, [row.key for row in self._desk.rows(theirs)]):
            found.setdefault(row.key, []).append(row)
        return found

    def _records(self, kept: Mapping[str, list[Row[Any]]], number: int) -> Mapping[RecordKey, Image[RecordState]]:
        rows, records = Records(self._desk), {_record_of(text): each for text, each in kept.items()}
        now = {
            key: (state_of(key.roster, row), int(row.run))
            for key, row in {**rows.kept_of(number), **rows.rows(records)}.items()
        }
        columns = tables.record.c.keys()
        before = {
            key: [(row.run, row.was, state_of(key.roster, row_of(row.cells, columns))) for row in each]
            for key, each in records.items()
        }
        return self._images(ImageKind.RECORD, number, before, now, text_of_record)

    def _places(
        self, kept: Mapping[str, list[Row[Any]]], number: int, records: Collection[RecordKey]
    ) -> Mapping[PlaceKey, Image[Place]]:
        places = Places(self._desk)
        keys = {key_of(text): list(each) for text, each in kept.items()}
        beside = places.in_records(records)
        now = {
            key: (each.place, int(each.raw.run))
            for key, each in {**places.kept_of(number), **places.named(keys), **beside}.items()
        }
        for row in images(self._desk, ImageKind.PLACE, [text_of_key(key) for key in beside if key not in keys]):
            keys.setdefault(key_of(row.key), []).append(row)
        before = {key: [(row.run, row.was, places.of_image(row.cells)) for row in each] for key, each in keys.items()}
        return self._images(ImageKind.PLACE, number, before, now, text_of_key)

    def _people(self, kept: Mapping[str, list[Row[Any]]], number: int) -> Mapping[PersonId, Image[Person]]:
        people, keys = SqlPeople(self._desk), {PersonId(int(text)): each for text, each in kept.items()}
        now = {**people.kept_of(number), **people.written_by(keys)}
        before = {key: [(row.run, row.was, people.of_image(row.cells)) for row in each] for key, each in keys.items()}
        return self._images(ImageKind.PERSON, number, before, now, str)

    def _images(
        self,
        kind: ImageKind,
        number: int,
        before: Mapping[K, Sequence[tuple[int, int, V]]],
        now: Mapping[K, tuple[V, int]],
        text_of: Any,  # noqa: ANN401 - a function of K
    ) -> Mapping[K, Image[V]]:
        """Put together what is told of each key: found by the run, left by it, and what stands now."""
        ended = {text_of(key): key for key in before if key not in now}
        last = {ended[text]: run for text, run in last_images(self._desk, kind, ended).items()}
        found: dict[K, Image[V]] = {}
        for key in {*before, *now}:
            by = now[key][1] if key in now else last.get(key, 0)
            kept = before.get(key, ())
            at_first = next((each for run, _, each in kept if run == number), None)
            left = next((each for _, was, each in kept if was == number), None)
            if left is None and by == number and key in now:
                left = now[key][0]
            if at_first is None and left is None:
                at_first = left = _as_of(number, kept, now.get(key))
            found[key] = Image(before=at_first, after=left, by=by)
        return found

    def forget(self, before: datetime) -> None:
        """Drop what runs before that instant found (RN6)."""
        self._desk.write(_FORGET, **{OURS: self._desk.tenant, "before": micros(before)})

    def undone(self, roster: RosterKey) -> Mapping[RecordKey, frozenset[bytes]]:
        """Return the contents that were taken back, by record; those without one are left out (RN7)."""
        return Contents(self._desk).of_roster(roster)

    def writers(self, people: Collection[PersonId]) -> Mapping[PersonId, int]:
        """Return the run that wrote each of *people* last (RN8)."""
        return {number: run for number, (_, run) in SqlPeople(self._desk).written_by(people).items() if run}


class Contents:
    """Finds and writes the contents that were taken back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of_roster(self, roster: RosterKey) -> Mapping[RecordKey, frozenset[bytes]]:
        """Return those of a roster."""
        found: dict[RecordKey, frozenset[bytes]] = {}
        number = RosterNumbers(self._desk).number(roster)
        for row in self._desk.rows(select(_U).where(_U.c.roster == number)) if number is not None else ():
            key = RecordKey(roster, row.record)
            found[key] = found.get(key, frozenset()) | {row.content}
        return found

    def of(self, records: Collection[RecordKey]) -> Mapping[RecordKey, frozenset[bytes]]:
        """Return those of *records*."""
        found: dict[RecordKey, frozenset[bytes]] = {}
        for roster, number, named in RosterNumbers(self._desk).by_number(records):
            for row in self._desk.among(_CONTENTS, _U.c.record, named, listed=number):
                key = RecordKey(roster, row.record)
                found[key] = found.get(key, frozenset()) | {row.content}
        return found

    def change(self, undone: Collection[Undone], redone: Collection[RecordKey]) -> None:
        """Forget those of *redone*, and keep *undone*."""
        numbers = RosterNumbers(self._desk)
        for _, number, named in numbers.by_number(redone):
            for chunk in chunks(named):
                self._desk.write(delete(_U).where(_U.c.roster == number, _U.c.record.in_(chunk)))
        known = self.of({each.record for each in undone})
        new = sorted({each for each in undone if each.content not in known.get(each.record, ())})
        self._desk.insert(_U, [(numbers.made(each.record.roster), each.record.key, each.content) for each in new])


def _as_of(number: int, kept: Sequence[tuple[int, int, V]], now: tuple[V, int] | None) -> V | None:
    """Return how something stood when a run was saved that did not write it."""
    later = next(((was, each) for run, was, each in kept if run > number), None)
    if later is not None:
        return later[1] if later[0] < number else None
    return now[0] if now is not None and now[1] < number else None


def run_of(row: Row[Any], undone_by: int | None = None) -> Run:
    """Return the run that a row holds."""
    return Run(
        id=row.id,
        kind=RunKind(row.kind),
        author=row.author,
        at=instant_of(row.at),
        plan=row.plan,
        summary=loaded(row.summary),
        schools=tuple(loaded(row.schools)),
        undoes=row.undoes,
        undone_by=undone_by,
    )


def _record_of(text: str) -> RecordKey:
    """Return the record that an image is of."""
    school, origin, name, key = loaded(text)
    return RecordKey(RosterKey(school, origin, name), key)
