"""Events in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.days import is_expired
from eszkola_core.domain.events import EVENT_FINAL, Event, EventState
from eszkola_core.memory.state import State


@define
class MemoryEvents:
    """Keeps `Events` in a dictionary."""

    _state: State

    def add(self, events: Sequence[Event]) -> None:
        for event in events:
            if self.peek(event.subscriber, event.key) is None:
                queued = evolve(event, id=self._state.next("event"))
                self._state.events[queued.id] = queued

    def lease(self, subscriber: str, limit: int, *, now: datetime, until: datetime) -> Sequence[Event]:
        due = [e for e in self._state.events.values() if e.subscriber == subscriber and self._is_free(e, now)]
        taken = sorted(due, key=lambda each: (each.due_at, each.id))[:limit]
        held = [evolve(e.moved(EventState.LEASED), attempts=e.attempts + 1, leased_until=until) for e in taken]
        self._state.events.update({each.id: each for each in held})
        return held

    @staticmethod
    def _is_free(event: Event, now: datetime) -> bool:
        lease = event.leased_until
        return event.state not in EVENT_FINAL and event.due_at <= now and (lease is None or is_expired(lease, now))

    def settle(self, event: Event, *, held_until: datetime | None) -> None:
        stored = self._state.events[event.id]
        if stored.state is EventState.LEASED and stored.leased_until == held_until:
            self._state.events[event.id] = event

    def peek(self, subscriber: str, key: str) -> Event | None:
        found = (each for each in self._state.events.values() if (each.subscriber, each.key) == (subscriber, key))
        return next(found, None)

    def counts(self) -> Mapping[str, Mapping[EventState, int]]:
        counted: dict[str, dict[EventState, int]] = {}
        for each in self._state.events.values():
            of_one = counted.setdefault(each.subscriber, {})
            of_one[each.state] = of_one.get(each.state, 0) + 1
        return counted
