"""Messages that wait to leave, and requests that wait to be looked up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, or_, select, update

from eszkola_core.domain.access_requests import AccessRequest
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import FINAL, Message, MessageKind, MessageState
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.values import (
    chunks,
    dumped,
    has_come,
    instant_of,
    loaded,
    maybe,
    micros,
    parts_of,
    storable,
    written,
)

_T: Final = tables.message
_K: Final = tables.message_token
_KEYS: Final = select(_T.c.key).where(_T.c.tenant == bindparam(OURS))
_HELD: Final = (
    (_T.c.tenant == bindparam(OURS))
    & (_T.c.id == bindparam("of_id"))
    & (_T.c.state == MessageState.LEASED.value)
    & (_T.c.leased_until == bindparam("held_until"))
)
_BECAME: Final[Mapping[str, Any]] = {
    "state": bindparam("became"),
    "attempts": bindparam("tried"),
    "due_at": bindparam("due_again"),
    "leased_until": bindparam("held_again"),
}
_GIVE_BACK: Final = update(_T).where(_HELD).values(_BECAME)
_END: Final = update(_T).where(_HELD).values({**_BECAME, "data": None})
_CANCELLED: Final = {"state": MessageState.CANCELLED.value, "data": None, "leased_until": None}
_WAITING: Final = [each.value for each in MessageState if each not in FINAL]
_CARRYING: Final = select(_K.c.message).where(_K.c.tenant == bindparam(OURS))
# One by one by their numbers: asked for those among a list, SQLite looks through every message that waits.
_CANCEL: Final = (
    update(_T)
    .where(_T.c.tenant == bindparam(OURS), _T.c.id == bindparam("of_id"))
    .where(_T.c.state.in_(written(_WAITING)))
    .values(_CANCELLED)
)


class SqlOutbox:
    """Keeps `Outbox` in three tables."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # Messages

    def add(self, messages: Sequence[Message]) -> None:
        """Queue messages (OU1)."""
        first: dict[str, Message] = {}
        for message in messages:
            first.setdefault(message.key, message)
        for row in [*self._desk.among(_KEYS, _T.c.key, list(first))]:
            del first[row.key]
        numbered = list(zip(self._desk.numbers(_T, len(first)), first.values(), strict=True))
        with self._desk.together():
            self._desk.insert(_T, [self._values(message, row) for row, message in numbered])
            tokens = [(row, each, at) for row, message in numbered for at, each in enumerate(message.tokens)]
            self._desk.insert(_K, [(self._desk.tenant, each, row, at) for row, each, at in tokens])

    def lease(self, limit: int, *, now: datetime, until: datetime) -> Sequence[Message]:
        """
        Take up to *limit* messages in hand until *until* (OU2, OU3).

        One statement finds and takes: a message is in one hand only.
        """
        at = micros(now)
        free = or_(_T.c.leased_until.is_(None), _T.c.leased_until <= at)
        due = (
            select(_T.c.id)
            .where(_T.c.tenant == self._desk.tenant, _T.c.state.in_(_WAITING), has_come(_T.c.due_at, at), free)
            .order_by(_T.c.due_at, _T.c.id)
            .limit(limit)
        )
        taken = {"state": MessageState.LEASED.value, "leased_until": micros(until), "attempts": _T.c.attempts + 1}
        rows = self._desk.rows(update(_T).where(_T.c.id.in_(due)).values(taken).returning(_T))
        return self.of_rows(sorted(rows, key=lambda row: (row.due_at, row.id)))

    def settle(self, message: Message, *, held_until: datetime | None) -> None:
        """Write what became of a message that was leased until *held_until* (OU4, OU5)."""
        if held_until is None:
            return
        self._desk.write(
            _END if message.state in FINAL else _GIVE_BACK,
            **{OURS: self._desk.tenant, "of_id": message.id, "held_until": micros(held_until)},
            became=message.state.value,
            tried=message.attempts,
            due_again=micros(message.due_at),
            held_again=maybe(micros, message.leased_until),
        )

    def peek(self, key: str) -> Message | None:
        """Return the message with *key*, in whatever state (OU1, OU5)."""
        row = self._desk.first(select(_T).where(_T.c.tenant == self._desk.tenant, _T.c.key == key))
        return None if row is None else self.of_rows([row])[0]

    def cancel(self, tokens: Collection[bytes]) -> int:
        """End the waiting messages that carry one of *tokens* (OU6)."""
        carrying = {row.message for row in self._desk.among(_CARRYING, _K.c.token, sorted(set(tokens)))}
        return self._desk.each(_CANCEL, [{OURS: self._desk.tenant, "of_id": each} for each in sorted(carrying)])

    def of_run(self, run: int) -> Sequence[Message]:
        """Return the messages that follow from *run* (OU9)."""
        of = (_T.c.tenant == self._desk.tenant) & (_T.c.run == run)
        return self.of_rows(self._desk.rows(select(_T).where(of).order_by(_T.c.created_at, _T.c.id)))

    def cancel_of(self, run: int, people: Collection[PersonId]) -> int:
        """End the waiting messages to *people* that follow from *run* (OU10)."""
        count = 0
        for chunk in chunks(storable(people)):
            of = (_T.c.tenant == self._desk.tenant) & (_T.c.run == run) & _T.c.person.in_(chunk)
            count += self._desk.write(update(_T).where(of, _T.c.state.in_(_WAITING)).values(_CANCELLED))
        return count

    def bounce(self, number: int) -> Message | None:
        """Write that the sent message with *number* came back (OU11)."""
        sent = (_T.c.tenant == self._desk.tenant) & (_T.c.id == number) & (_T.c.state == MessageState.SENT.value)
        bounced = update(_T).where(sent).values(state=MessageState.BOUNCED.value)
        row = self._desk.first(bounced.returning(_T)) if storable([number]) else None
        return None if row is None else self.of_rows([row])[0]

    def counts(self) -> Mapping[MessageState, int]:
        """Return how many messages are in each state (OU7)."""
        by_state = select(_T.c.state, func.count().label("many")).where(_T.c.tenant == self._desk.tenant)
        found = {MessageState(row.state): row.many for row in self._desk.rows(by_state.group_by(_T.c.state))}
        return {state: found[state] for state in MessageState if state in found}

    def oldest_waiting(self) -> datetime | None:
        """Return since when the oldest waiting message waits (OU7)."""
        waiting = (_T.c.tenant == self._desk.tenant) & _T.c.state.in_(_WAITING)
        row = self._desk.first(select(func.min(_T.c.created_at).label("since")).where(waiting))
        return None if row is None else maybe(instant_of, row.since)

    def _values(self, message: Message, row: int) -> tuple[object, ...]:
        data = None
        if message.state not in FINAL:
            data = self._desk.sealed(Secret(dumped(dict(message.data))), _T, "data", message.key)
        return (
            *(row, self._desk.tenant, message.key, message.kind.value, *parts_of(message.to), message.person),
            *(message.locale, data, message.state.value, message.attempts),
            *(micros(message.created_at), micros(message.due_at), maybe(micros, message.leased_until)),
            message.run,
        )

    def of_rows(self, rows: Sequence[Row[Any]]) -> list[Message]:
        """Return messages with the tokens that they carry."""
        tokens: dict[int, list[bytes]] = {row.id: [] for row in rows}
        for chunk in chunks(tokens):
            theirs = (_K.c.tenant == self._desk.tenant) & _K.c.message.in_(chunk)
            carried = select(_K).where(theirs).order_by(_K.c.message, _K.c.position)
            for row in self._desk.rows(carried):
                tokens[row.message].append(row.token)
        return [self._message(row, tuple(tokens[row.id])) for row in rows]

    def _message(self, row: Row[Any], tokens: tuple[bytes, ...]) -> Message:
        return Message(
            id=row.id,
            key=row.key,
            kind=MessageKind(row.kind),
            to=EmailAddress(row.to_spelling, row.to_mailbox),
            person=maybe(PersonId, row.person),
            locale=row.locale,
            data={} if row.data is None else loaded(self._desk.opened(row.data, _T, "data", row.key).reveal()),
            tokens=tokens,
            state=MessageState(row.state),
            attempts=row.attempts,
            created_at=instant_of(row.created_at),
            due_at=instant_of(row.due_at),
            leased_until=maybe(instant_of, row.leased_until),
            run=row.run,
        )

    # Requests

    def ask(self, request: AccessRequest) -> None:
        """Keep a request for access (OU8)."""
        table, desk = tables.access_request, self._desk
        with desk.together():
            # The number is part of what the identifier is sealed for, and the database gives it.
            known = {"tenant": desk.tenant, "asked_at": micros(request.asked_at), "place": request.place or None}
            number = desk.inserted(table, identifier=b"", **known)
            sealed = desk.sealed(request.identifier, table, "identifier", number)
            theirs = (table.c.tenant == desk.tenant) & (table.c.id == number)
            desk.write(update(table).where(theirs).values(identifier=sealed))

    def take_requests(self, limit: int) -> Sequence[AccessRequest]:
        """Take up to *limit* requests, oldest first (OU8)."""
        table, desk = tables.access_request, self._desk
        oldest = select(table.c.id).where(table.c.tenant == desk.tenant).order_by(table.c.id).limit(limit)
        rows = desk.rows(delete(table).where(table.c.id.in_(oldest)).returning(table))
        return [
            AccessRequest(
                id=row.id,
                identifier=desk.opened(row.identifier, table, "identifier", row.id),
                asked_at=instant_of(row.asked_at),
                place=row.place or b"",
            )
            for row in sorted(rows, key=lambda row: row.id)
        ]
