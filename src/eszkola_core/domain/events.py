"""
What happened, for services that subscribed: gradebook messages hang on the private address (MAIL-7).

A service that keeps something of its own by a person's number hears too when two numbers become one, part again, or
are erased.

An event waits in the unit that made it happen, so that it leaves if and only if it happened. Each subscriber has a copy
of its own, with a life of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.messages import backoff, spread_of
from eszkola_core.domain.settings import Settings
from eszkola_core.errors import InvalidValue


class EventKind(StrEnum):
    """What services can hear of."""

    ADDRESS_CHANGED = "address-changed"
    ACCOUNTS_MERGED = "accounts-merged"
    MERGE_UNDONE = "merge-undone"
    PERSON_ERASED = "person-erased"


EVENT_FIELDS: Final[Mapping[EventKind, frozenset[str]]] = MappingProxyType(
    {
        EventKind.ADDRESS_CHANGED: frozenset({"login", "platform_address", "old", "new", "revision"}),
        EventKind.ACCOUNTS_MERGED: frozenset({"survivor", "merge"}),
        EventKind.MERGE_UNDONE: frozenset({"survivor", "merge"}),
        EventKind.PERSON_ERASED: frozenset(),
    },
)
"""
The data of each kind: addresses as they are sent to, empty for none; ``revision`` tells the newer of two.

Of a merge and an erasure nothing is told but numbers: ``survivor`` is whom the event's person is read as, or was, and
``merge`` the number of the decision, the same in the merge and its undoing.
"""


class EventState(StrEnum):
    """Where an event stands with one subscriber."""

    QUEUED = "queued"
    LEASED = "leased"
    DELIVERED = "delivered"
    FAILED_FOR_NOW = "failed-for-now"
    ABANDONED = "abandoned"


_E = EventState

EVENT_LIFECYCLE: Final[Mapping[EventState, frozenset[EventState]]] = MappingProxyType(
    {
        _E.QUEUED: frozenset({_E.LEASED}),
        _E.LEASED: frozenset({_E.DELIVERED, _E.FAILED_FOR_NOW, _E.ABANDONED, _E.LEASED}),
        _E.FAILED_FOR_NOW: frozenset({_E.LEASED}),
        _E.DELIVERED: frozenset(),
        _E.ABANDONED: frozenset(),
    },
)
"""Every transition of an event; a lease that ran out is leased again."""

EVENT_FINAL: Final = frozenset(state for state, following in EVENT_LIFECYCLE.items() if not following)
"""States that nothing follows; what the event held is wiped there."""


@frozen(kw_only=True)
class Event:
    """
    One thing that happened, on its way to one subscriber.

    ``key`` is the same however often it is handed over: a subscriber that knows it has heard of it before. ``data``
    holds personal data; it is sealed at rest, hidden here, and empty once the event is done with.
    """

    id: int = 0
    key: str
    subscriber: str
    kind: EventKind
    person: PersonId
    data: Mapping[str, str] = field(factory=dict, repr=False)
    state: EventState = EventState.QUEUED
    attempts: int = 0
    happened_at: datetime
    due_at: datetime
    leased_until: datetime | None = None

    def __attrs_post_init__(self) -> None:
        if self.state not in EVENT_FINAL and self.data.keys() != EVENT_FIELDS[self.kind]:
            raise InvalidValue(f"an event {self.kind} has other data", code="wrong-event-data")

    def moved(self, state: EventState) -> Event:
        """
        Return the event in another state, wiped where nothing follows.

        Raises:
            InvalidValue: the table has no such transition.
        """
        if state not in EVENT_LIFECYCLE[self.state]:
            raise InvalidValue(f"an event that is {self.state} cannot become {state}", code="no-such-transition")
        return evolve(self, state=state, data={} if state in EVENT_FINAL else self.data, leased_until=None)

    def put_back(self, due_at: datetime) -> Event:
        """Return the event as nobody could try it: due again at *due_at*, the attempt not counted."""
        return evolve(self.moved(EventState.FAILED_FOR_NOW), attempts=self.attempts - 1, due_at=due_at)

    def failed(self, now: datetime, settings: Settings, *, for_good: bool) -> Event:
        """Return the event after a failed attempt: due again later, or abandoned."""
        if for_good or self.attempts >= settings.message_attempts:
            return self.moved(EventState.ABANDONED)
        wait = backoff(self.attempts, settings, spread=spread_of(self.key, self.attempts))
        return evolve(self.moved(EventState.FAILED_FOR_NOW), due_at=now + wait)
