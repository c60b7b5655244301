"""Text messages with their line in the ledger; amounts are whole millionths."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.sms_ledger import WAITING, ChargeState, SmsEntry
from eszkola_core.domain.text_messages import Delivery
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.values import chunks, has_come, instant_of, is_storable, maybe, micros

_T: Final = tables.sms
_S: Final = tables.sms_spending
_WAITING: Final = sorted(each.value for each in WAITING)
_OVER: Final = frozenset({ChargeState.CHARGED, ChargeState.RELEASED})


class SqlSmsLedger:
    """
    Keeps `SmsLedger` in two tables.

    What is booked in a payer's month is counted beside, in the same transaction as each change of an entry, so that one
    guarded statement holds the cap however many messages a month has.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, entries: Sequence[SmsEntry]) -> None:
        """Keep quoted entries (SL1)."""
        first: dict[str, SmsEntry] = {}
        for entry in entries:
            first.setdefault(entry.key, entry)
        for chunk in chunks(list(first)):
            for row in self._desk.rows(select(_T.c.key).where(self._ours, _T.c.key.in_(chunk))):
                del first[row.key]
        numbered = zip(self._desk.numbers(_T, len(first)), first.values(), strict=True)
        self._desk.insert(_T, [self._row(number, entry) for number, entry in numbered])

    def lease(self, limit: int, *, now: datetime, until: datetime, doubtful_below: int = 0) -> Sequence[SmsEntry]:
        """
        Take up to *limit* entries in hand until *until* (SL2, SL3).

        One statement finds and takes: an entry is in one hand only.
        """
        at = micros(now)
        doubtful = and_(
            _T.c.state == ChargeState.IN_DOUBT.value, _T.c.text.is_not(None), _T.c.attempts < doubtful_below
        )
        due = (
            select(_T.c.id)
            .where(
                self._ours,
                or_(_T.c.state.in_(_WAITING), doubtful),
                has_come(_T.c.due_at, at),
                or_(_T.c.leased_until.is_(None), _T.c.leased_until <= at),
            )
            .order_by(_T.c.due_at, _T.c.id)
            .limit(limit)
        )
        taken = {"leased_until": micros(until), "revision": _T.c.revision + 1}
        rows = self._desk.rows(update(_T).where(_T.c.id.in_(due)).values(taken).returning(_T))
        return [self._entry(row) for row in sorted(rows, key=lambda row: (row.due_at, row.id))]

    def reserve(self, entry: SmsEntry, month: str, *, cap: Money) -> SmsEntry | None:
        """
        Reserve the cost of a quoted entry in *month* (SL4).

        The month is counted up by one guarded statement, before the entry is written: nobody comes in between.
        """
        if cap.currency != entry.cost.currency or entry.state is not ChargeState.QUOTED:
            return None
        after = entry.reserved(month)
        with self._desk.together():
            if not self._is_still(entry) or not self._booked_within(after, cap):
                return None
            self._write(entry, after)
        return after

    def change(self, before: SmsEntry, after: SmsEntry) -> bool:
        """Write *after* in the stead of *before* (SL5, SL7)."""
        with self._desk.together():
            kept = self._first(_T.c.id == before.id)
            if kept is None or not self._write(before, after.wiped() if after.state in _OVER else after):
                return False
            self._book(kept, -1)
            self._book(after, 1)
        return True

    def booked(self, payer: str, month: str, currency: str) -> Money:
        """Return what a payer's month comes to (SL6)."""
        row = self._desk.first(select(_S.c.booked).where(self._month(payer, month, currency)))
        return Money.of_micros(0 if row is None else row.booked, currency)

    def known(self, keys: Collection[str], gateway_ids: Collection[str] = ()) -> Sequence[SmsEntry]:
        """Return the entries with one of *keys* or *gateway_ids* (SL8)."""
        found: dict[int, SmsEntry] = {}
        for column, values in ((_T.c.key, keys), (_T.c.gateway_id, gateway_ids)):
            for chunk in chunks(sorted({each for each in values if each and is_storable(each)})):
                found |= {each.id: each for each in self._entries(column.in_(chunk))}
        return [each for _, each in sorted(found.items())]

    def handed_between(self, first: datetime, last: datetime) -> Sequence[SmsEntry]:
        """Return the entries that were handed over in that time (SL8)."""
        return list(self._entries(_T.c.handed_at.between(micros(first), micros(last))))

    def of_month(self, payer: str, month: str) -> Sequence[SmsEntry]:
        """Return the entries of a payer that were reserved in *month* (SL8)."""
        return list(self._entries((_T.c.payer == payer) & (_T.c.month == month)))

    def of_person(self, person: PersonId) -> Sequence[SmsEntry]:
        """Return the entries that name *person*, for their dossier."""
        return list(self._entries(_T.c.person == person))

    def counts(self) -> Mapping[ChargeState, int]:
        """Return how many entries are in each state (SL9)."""
        by_state = select(_T.c.state, func.count().label("many")).where(self._ours).group_by(_T.c.state)
        found = {ChargeState(row.state): row.many for row in self._desk.rows(by_state)}
        return {state: found[state] for state in ChargeState if state in found}

    def oldest_waiting(self) -> datetime | None:
        """Return since when the oldest entry waits to be sent (SL9)."""
        waiting = select(func.min(_T.c.created_at).label("since")).where(self._ours, _T.c.state.in_(_WAITING))
        row = self._desk.first(waiting)
        return None if row is None else maybe(instant_of, row.since)

    @property
    def _ours(self) -> ColumnElement[bool]:
        return _T.c.tenant == self._desk.tenant

    def _entries(self, where: ColumnElement[bool]) -> Iterator[SmsEntry]:
        for row in self._desk.rows(select(_T).where(self._ours, where).order_by(_T.c.id)):
            yield self._entry(row)

    def _first(self, where: ColumnElement[bool]) -> SmsEntry | None:
        return next(self._entries(where), None)

    def _is_still(self, entry: SmsEntry) -> bool:
        same = select(_T.c.id).where(self._ours, _T.c.id == entry.id, _T.c.revision == entry.revision)
        return self._desk.first(same) is not None

    def _write(self, before: SmsEntry, after: SmsEntry) -> bool:
        """Write an entry that nobody has changed since, and return whether that was so."""
        same = (_T.c.id == before.id) & (_T.c.revision == before.revision)
        columns = [each.name for each in _T.columns]
        values = dict(zip(columns, self._row(before.id, after), strict=True))
        return bool(self._desk.write(update(_T).where(self._ours, same).values(values)))

    def _month(self, payer: str, month: str, currency: str) -> ColumnElement[bool]:
        return and_(
            _S.c.tenant == self._desk.tenant, _S.c.payer == payer, _S.c.month == month, _S.c.currency == currency
        )

    def _booked_within(self, entry: SmsEntry, cap: Money) -> bool:
        """Count an entry's cost in its month, and return whether the cap leaves room for it."""
        here = self._month(entry.payer, entry.month, entry.cost.currency)
        if self._desk.first(select(_S.c.booked).where(here)) is None:
            self._desk.insert(_S, [(self._desk.tenant, entry.payer, entry.month, entry.cost.currency, 0)])
        more = _S.c.booked + entry.cost.micros
        return bool(self._desk.write(update(_S).where(here, more <= cap.micros).values(booked=more)))

    def _book(self, entry: SmsEntry, sign: int) -> None:
        """Count what an entry comes to in its month, or take it out."""
        amount = sign * entry.booked.micros
        if not amount:
            return
        here = self._month(entry.payer, entry.month, entry.cost.currency)
        if not self._desk.write(update(_S).where(here).values(booked=_S.c.booked + amount)):
            self._desk.insert(_S, [(self._desk.tenant, entry.payer, entry.month, entry.cost.currency, amount)])

    def _row(self, number: int, entry: SmsEntry) -> tuple[object, ...]:
        """Return an entry as a row, its columns in order."""
        phone = None if entry.to is None else self._desk.sealed(Secret(entry.to.e164), _T, "number", entry.key)
        return (
            *(number, self._desk.tenant, entry.key, entry.school, entry.payer, entry.person, phone),
            None if entry.text is None else self._desk.sealed(entry.text, _T, "text", entry.key),
            *(entry.tariff, entry.segments, entry.messages, entry.cost.micros, entry.cost.currency),
            *(entry.state.value, entry.month, None if entry.charged is None else entry.charged.micros),
            *(entry.gateway_id, entry.code, entry.delivery.value, entry.attempts),
            *(micros(entry.created_at), micros(entry.due_at), maybe(micros, entry.useful_until)),
            *(maybe(micros, entry.leased_until), maybe(micros, entry.handed_at), entry.revision),
        )

    def _entry(self, row: Row[Any]) -> SmsEntry:
        phone = None if row.number is None else self._desk.opened(row.number, _T, "number", row.key).reveal()
        return SmsEntry(
            id=row.id,
            key=row.key,
            school=row.school,
            payer=row.payer,
            person=maybe(PersonId, row.person),
            to=maybe(PhoneNumber, phone),
            text=None if row.text is None else self._desk.opened(row.text, _T, "text", row.key),
            tariff=row.tariff,
            segments=row.segments,
            messages=row.messages,
            cost=Money.of_micros(row.cost, row.currency),
            state=ChargeState(row.state),
            month=row.month,
            charged=None if row.charged is None else Money.of_micros(row.charged, row.currency),
            gateway_id=row.gateway_id,
            code=row.code,
            delivery=Delivery(row.delivery),
            attempts=row.attempts,
            created_at=instant_of(row.created_at),
            due_at=instant_of(row.due_at),
            useful_until=maybe(instant_of, row.useful_until),
            leased_until=maybe(instant_of, row.leased_until),
            handed_at=maybe(instant_of, row.handed_at),
            revision=row.revision,
        )
