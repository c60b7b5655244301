"""Events that wait to be heard, in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, or_, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.events import EVENT_FINAL, Event, EventKind, EventState
from eszkola_core.domain.hidden import Secret
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.values import chunks, dumped, has_come, instant_of, loaded, maybe, micros

_T: Final = tables.event
_WAITING: Final = [each.value for each in EventState if each not in EVENT_FINAL]


class SqlEvents:
    """Keeps `Events` in a table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, events: Sequence[Event]) -> None:
        """Queue events (EV1)."""
        first: dict[tuple[str, str], Event] = {}
        for event in events:
            first.setdefault((event.subscriber, event.key), event)
        for chunk in chunks({key for _, key in first}):
            known = select(_T.c.subscriber, _T.c.key).where(_T.c.tenant == self._desk.tenant, _T.c.key.in_(chunk))
            for row in self._desk.rows(known):
                first.pop((row.subscriber, row.key), None)
        numbers = self._desk.numbers(_T, len(first))
        rows = [self._values(event, row) for row, event in zip(numbers, first.values(), strict=True)]
        self._desk.insert(_T, rows)

    def lease(self, subscriber: str, limit: int, *, now: datetime, until: datetime) -> Sequence[Event]:
        """
        Take up to *limit* events for *subscriber* in hand until *until* (EV2, EV3).

        One statement finds and takes: an event is in one hand only.
        """
        at = micros(now)
        free = or_(_T.c.leased_until.is_(None), _T.c.leased_until <= at)
        due = (
            select(_T.c.id)
            .where(_T.c.tenant == self._desk.tenant, _T.c.subscriber == subscriber)
            .where(_T.c.state.in_(_WAITING), has_come(_T.c.due_at, at), free)
            .order_by(_T.c.due_at, _T.c.id)
            .limit(limit)
        )
        taken = {"state": EventState.LEASED.value, "leased_until": micros(until), "attempts": _T.c.attempts + 1}
        rows = self._desk.rows(update(_T).where(_T.c.id.in_(due)).values(taken).returning(_T))
        return [self.of_row(row) for row in sorted(rows, key=lambda row: (row.due_at, row.id))]

    def settle(self, event: Event, *, held_until: datetime | None) -> None:
        """Write what became of an event that was leased until *held_until* (EV4, EV5)."""
        if held_until is None:
            return
        mine = (_T.c.id == event.id) & (_T.c.state == EventState.LEASED.value)
        values: dict[str, object] = {
            "state": event.state.value,
            "attempts": event.attempts,
            "due_at": micros(event.due_at),
            "leased_until": maybe(micros, event.leased_until),
        }
        if event.state in EVENT_FINAL:
            values["data"] = None
        held = (_T.c.tenant == self._desk.tenant) & (_T.c.leased_until == micros(held_until))
        self._desk.write(update(_T).where(mine, held).values(values))

    def peek(self, subscriber: str, key: str) -> Event | None:
        """Return the event with *key* as it stands with *subscriber*, in whatever state (EV1, EV5)."""
        mine = (_T.c.tenant == self._desk.tenant) & (_T.c.subscriber == subscriber)
        row = self._desk.first(select(_T).where(mine, _T.c.key == key))
        return None if row is None else self.of_row(row)

    def counts(self) -> Mapping[str, Mapping[EventState, int]]:
        """Return how many events each subscriber has in each state (EV6)."""
        counted: dict[str, dict[EventState, int]] = {}
        by_state = select(_T.c.subscriber, _T.c.state, func.count().label("many"))
        by_state = by_state.where(_T.c.tenant == self._desk.tenant).group_by(_T.c.subscriber, _T.c.state)
        for row in self._desk.rows(by_state):
            counted.setdefault(row.subscriber, {})[EventState(row.state)] = row.many
        return counted

    def _values(self, event: Event, row: int) -> tuple[object, ...]:
        data = None
        if event.state not in EVENT_FINAL:
            data = self._desk.sealed(Secret(dumped(dict(event.data))), _T, "data", row)
        return (
            *(row, self._desk.tenant, event.subscriber, event.key, event.kind.value, event.person, data),
            *(event.state.value, event.attempts, micros(event.happened_at), micros(event.due_at)),
            maybe(micros, event.leased_until),
        )

    def of_row(self, row: Row[Any]) -> Event:
        """Return the event that a row holds."""
        return Event(
            id=row.id,
            key=row.key,
            subscriber=row.subscriber,
            kind=EventKind(row.kind),
            person=PersonId(row.person),
            data={} if row.data is None else loaded(self._desk.opened(row.data, _T, "data", row.id).reveal()),
            state=EventState(row.state),
            attempts=row.attempts,
            happened_at=instant_of(row.happened_at),
            due_at=instant_of(row.due_at),
            leased_until=maybe(instant_of, row.leased_until),
        )
