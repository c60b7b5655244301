"""The outbox in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.access_requests import AccessRequest
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.messages import FINAL, Message, MessageState
from eszkola_core.memory.state import WAITING, State


@define
class MemoryOutbox:
    """Keeps `Outbox` in dictionaries."""

    _state: State

    def add(self, messages: Sequence[Message]) -> None:
        known = {each.key for each in self._state.messages.values()}
        for message in messages:
            if message.key not in known:
                known.add(message.key)
                queued = evolve(message, id=self._state.next("message"))
                self._state.messages[queued.id] = queued

    def lease(self, limit: int, *, now: datetime, until: datetime) -> Sequence[Message]:
        due = [each for each in self._state.messages.values() if each.state in WAITING and self._is_free(each, now)]
        taken = sorted(due, key=lambda each: (each.due_at, each.id))[:limit]
        held = [
            evolve(each.moved(MessageState.LEASED), attempts=each.attempts + 1, leased_until=until) for each in taken
        ]
        self._state.messages.update({each.id: each for each in held})
        return held

    @staticmethod
    def _is_free(message: Message, now: datetime) -> bool:
        lease = message.leased_until
        return message.due_at <= now and (lease is None or is_expired(lease, now))

    def settle(self, message: Message, *, held_until: datetime | None) -> None:
        stored = self._state.messages[message.id]
        if stored.state is MessageState.LEASED and stored.leased_until == held_until:
            self._state.messages[message.id] = message

    def peek(self, key: str) -> Message | None:
        return next((each for each in self._state.messages.values() if each.key == key), None)

    def cancel(self, tokens: Collection[bytes]) -> int:
        dead = set(tokens)
        ended = [e for e in self._state.messages.values() if dead.intersection(e.tokens) and e.state not in FINAL]
        for each in ended:
            self._state.messages[each.id] = each.moved(MessageState.CANCELLED)
        return len(ended)

    def of_run(self, run: int) -> Sequence[Message]:
        found = [each for each in self._state.messages.values() if each.run == run]
        return sorted(found, key=lambda each: (each.created_at, each.id))

    def cancel_of(self, run: int, people: Collection[PersonId]) -> int:
        ended = [each for each in self.of_run(run) if each.person in people and each.state not in FINAL]
        for each in ended:
            self._state.messages[each.id] = each.moved(MessageState.CANCELLED)
        return len(ended)

    def bounce(self, number: int) -> Message | None:
        found = self._state.messages.get(number)
        if found is None or found.state is not MessageState.SENT:
            return None
        self._state.messages[number] = found.moved(MessageState.BOUNCED)
        return self._state.messages[number]

    def counts(self) -> Mapping[MessageState, int]:
        states = [each.state for each in self._state.messages.values()]
        return {state: states.count(state) for state in MessageState if state in states}

    def oldest_waiting(self) -> datetime | None:
        return min((e.created_at for e in self._state.messages.values() if e.state in WAITING), default=None)

    def ask(self, request: AccessRequest) -> None:
        number = self._state.next("request")
        self._state.requests[number] = evolve(request, id=number)

    def take_requests(self, limit: int) -> Sequence[AccessRequest]:
        return [self._state.requests.pop(number) for number in sorted(self._state.requests)[:limit]]
