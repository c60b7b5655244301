"""Events that wait to be heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.events import Event, EventState


class Events(Protocol):
    """
    Events that wait for the services that subscribed.

    EV1. An event whose key its subscriber has is not queued again; another subscriber's is another event.
    EV2. `lease` hands out one subscriber's events that are due and in nobody's hands, the longest due first, each to
         one dispatcher only.
    EV3. A lease that ran out is handed out again.
    EV4. `settle` writes an event's state; one that somebody else has leased since is left alone.
    EV5. An event done with holds no data.
    EV6. `counts` says how many of each subscriber's events are in each state.
    """

    def add(self, events: Sequence[Event]) -> None:
        """Queue events (EV1)."""

    def lease(self, subscriber: str, limit: int, *, now: datetime, until: datetime) -> Sequence[Event]:
        """Take up to *limit* events for *subscriber* in hand until *until* (EV2, EV3)."""

    def settle(self, event: Event, *, held_until: datetime | None) -> None:
        """Write what became of an event that was leased until *held_until* (EV4, EV5)."""

    def peek(self, subscriber: str, key: str) -> Event | None:
        """Return the event with *key* as it stands with *subscriber*, in whatever state (EV1, EV5)."""

    def counts(self) -> Mapping[str, Mapping[EventState, int]]:
        """Return how many events each subscriber has in each state (EV6)."""
