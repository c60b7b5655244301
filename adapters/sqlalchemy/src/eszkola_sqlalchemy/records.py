"""Rosters and the state of their records: the narrow table that an import reads first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, literal_column, select

from eszkola_core.domain.claims import RecordKey, RosterKey
from eszkola_core.domain.runs import RecordState
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.images import Images, text_of_record
from eszkola_sqlalchemy.tables import ImageKind

_T: Final = tables.record
_OF_ROSTER: Final = (tables.roster.c.school, tables.roster.c.origin, tables.roster.c.list)
_ROWS: Final = 10_000
_LISTED: Final = select(_T).where(_T.c.roster == bindparam("listed"))
_PAGE: Final = _LISTED.order_by(_T.c.key).limit(bindparam("at_most"))
_NEXT_PAGE: Final = _PAGE.where(_T.c.key > bindparam("behind"))
_NUMBER: Final = select(tables.roster.c.id).where(
    tables.roster.c.tenant == bindparam(OURS),
    tables.roster.c.school == bindparam("of_school"),
    tables.roster.c.origin == bindparam("of_origin"),
    tables.roster.c.list == bindparam("of_list"),
)
# By themselves first, and by the number that the index is made for: otherwise every roster would be looked through.
_WAITS: Final = _T.c.unsettled == literal_column("1")
_WAITING: Final = select(_T.c.roster, _T.c.key).where(_WAITS).cte("waiting").prefix_with("MATERIALIZED")
_UNSETTLED: Final = (
    select(_WAITING.c.key, *_OF_ROSTER)
    .join(tables.roster, tables.roster.c.id == _WAITING.c.roster)
    .where(tables.roster.c.tenant == bindparam(OURS))
)
_FORGET: Final = delete(_T).where(_T.c.roster == bindparam("of"), _T.c.key == bindparam("known_by"))


class RosterNumbers:
    """The numbers of rosters, which one transaction looks up once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._numbers = desk.roster_numbers

    def number(self, key: RosterKey) -> int | None:
        """Return the number of a roster, or None where nothing of it was ever kept."""
        if key not in self._numbers:
            named = {"of_school": key.school, "of_origin": key.origin, "of_list": key.list}
            found = self._desk.first(_NUMBER, **{OURS: self._desk.tenant, **named})
            if found is None:
                return None
            self._numbers[key] = found.id
        return self._numbers[key]

    def made(self, key: RosterKey) -> int:
        """Return the number of a roster, a new one where it needs one."""
        number = self.number(key)
        if number is None:
            values = {"school": key.school, "origin": key.origin, "list": key.list}
            number = self._numbers[key] = self._desk.inserted(tables.roster, tenant=self._desk.tenant, **values)
        return number

    def by_number(self, records: Collection[RecordKey]) -> Iterator[tuple[RosterKey, int, list[str]]]:
        """Yield the rosters of *records* that are known, each with its number and the records' keys."""
        keys: dict[RosterKey, set[str]] = {}
        for record in records:
            keys.setdefault(record.roster, set()).add(record.key)
        for roster, named in keys.items():
            number = self.number(roster)
            if number is not None:
                yield roster, number, sorted(named)


class Records:
    """Finds and writes the states of records."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of_roster(self, roster: RosterKey) -> Iterator[RecordState]:
        """Yield the records of a roster, ascending by key; page by page, so that memory stays small."""
        number = RosterNumbers(self._desk).number(roster)
        if number is None:
            return
        named = {"listed": number, "at_most": _ROWS}
        page = self._desk.rows(_PAGE, **named)
        while page:
            for row in page:
                yield state_of(roster, row)
            page = self._desk.rows(_NEXT_PAGE, **named, behind=page[-1].key) if len(page) == _ROWS else ()

    def named(self, keys: Collection[RecordKey]) -> Mapping[RecordKey, RecordState]:
        """Return the records with these keys, unknown ones left out."""
        found = {}
        for roster, number, named in RosterNumbers(self._desk).by_number(keys):
            for row in self._desk.among(_LISTED, _T.c.key, named, listed=number):
                state = state_of(roster, row)
                found[state.key] = state
        return found

    def unsettled(self) -> frozenset[RecordKey]:
        """Return the records of any roster that are to be looked at again."""
        rows = self._desk.rows(_UNSETTLED, **{OURS: self._desk.tenant})
        return frozenset(RecordKey(RosterKey(row.school, row.origin, row.list), row.key) for row in rows)

    def kept_of(self, run: int) -> dict[RecordKey, Row[Any]]:
        """Return the rows that a run wrote last."""
        roster = tables.roster
        statement = select(_T, *_OF_ROSTER).join(roster, roster.c.id == _T.c.roster)
        rows = self._desk.rows(statement.where(roster.c.tenant == self._desk.tenant, _T.c.run == run))
        return {RecordKey(RosterKey(row.school, row.origin, row.list), row.key): row for row in rows}

    def rows(self, keys: Collection[RecordKey]) -> dict[RecordKey, Row[Any]]:
        """Return the rows of the records with these keys."""
        found = {}
        for roster, number, named in RosterNumbers(self._desk).by_number(keys):
            for row in self._desk.among(_LISTED, _T.c.key, named, listed=number):
                found[RecordKey(roster, row.key)] = row
        return found

    def put(self, records: Sequence[RecordState], ended: Collection[RecordKey], images: Images) -> None:
        """
        Write *records* in the stead of their former states, and forget those that *ended*.

        One that keeps its digest is still the former run's (RN3).
        """
        rosters, latest, ending = RosterNumbers(self._desk), {each.key: each for each in records}, frozenset(ended)
        kept = self.rows({*latest, *ending})
        same = {key for key, each in latest.items() if key in kept and kept[key].digest == each.digest}
        noted = {*latest, *ending} if images.newcomers else kept.keys()
        written = {key: text_of_record(key) for key in noted - (same - ending)}
        found = {written[key]: row for key, row in kept.items() if key in written}
        whose = images.note(
            ImageKind.RECORD, found, written.values(), ending={written[key] for key in ending if key in written}
        )
        runs = dict.fromkeys(latest, images.by) | {key: whose[text] for key, text in written.items()}
        runs |= {key: kept[key].run for key in same}
        self._desk.each(_FORGET, ({"of": rosters.made(key.roster), "known_by": key.key} for key in kept))
        rows = [
            (
                *(rosters.made(key.roster), key.key, each.digest, each.people, int(each.unsettled)),
                *(runs[key], each.trace or None),
            )
            for key, each in latest.items()
            if key not in ending
        ]
        self._desk.insert(_T, rows)


def state_of(roster: RosterKey, row: Row[Any]) -> RecordState:
    """Return what a row says of a record."""
    key = RecordKey(roster, row.key)
    return RecordState(
        key=key,
        digest=row.digest,
        people=row.people,
        unsettled=bool(row.unsettled),
        trace=row.trace or b"",
        run=row.run,
    )
