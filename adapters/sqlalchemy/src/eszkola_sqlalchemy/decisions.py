"""What people decided, and the addresses that are kept for those who left them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Row, bindparam, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind, Reservation
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.merged import Merged
from eszkola_sqlalchemy.values import address_of, instant_of, maybe, micros, parts_of, storable
from eszkola_sqlalchemy.versions import Versions

_D: Final = tables.decision
_R: Final = tables.reservation
_DECISIONS: Final = select(_D).where(_D.c.tenant == bindparam(OURS))
_RESERVATIONS: Final = select(_R).where(_R.c.tenant == bindparam(OURS))


class Decisions:
    """Finds and writes decisions; none is ever deleted."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._versions = Versions(desk)
        self._merged = Merged(desk)

    def add(self, decision: Decision) -> Decision:
        """Keep a decision and return it with its number."""
        numbered = evolve(decision, id=self._desk.highest(_D.c.id, _D.c.tenant == self._desk.tenant) + 1)
        row = (
            *(self._desk.tenant, numbered.id, numbered.kind.value, numbered.subject, *parts_of(numbered.address)),
            *(numbered.author, numbered.reason, micros(numbered.at), maybe(micros, numbered.withdrawn_at)),
            *(numbered.object, maybe(lambda text: self._desk.sealed(text, _D, "value", numbered.id), numbered.value)),
            *(numbered.withdrawn_by, numbered.withdrawn_why),
        )
        self._desk.insert(_D, [row])
        self._follow(numbered.kind, numbered.people)
        return numbered

    def end(self, number: int, at: datetime, *, by: str, why: str) -> None:
        """End a decision that stands."""
        standing = (_D.c.tenant == self._desk.tenant) & (_D.c.id == number) & _D.c.withdrawn_at.is_(None)
        ended = {"withdrawn_at": micros(at), "withdrawn_by": by, "withdrawn_why": why}
        row = self._desk.first(select(_D.c.kind, _D.c.person, _D.c.object).where(standing))
        if row is not None:
            self._desk.write(update(_D).where(standing).values(ended))
            self._follow(DecisionKind(row.kind), {row.person, row.object})

    def _follow(self, kind: DecisionKind, people: Collection[PersonId | None]) -> None:
        """Note that something was decided about *people*, or no longer is."""
        if kind is DecisionKind.MERGED:
            self._merged.follow(people)
        self._versions.touch(people)

    def about(self, people: Collection[PersonId]) -> Iterator[Decision]:
        """Yield the decisions that name one of *people*, on either side, each once."""
        seen: set[int] = set()
        for side in (_D.c.person, _D.c.object):
            for row in self._desk.among(_DECISIONS, side, storable(people)):
                if row.id not in seen:
                    seen.add(row.id)
                    yield self._decision(row)

    def numbered(self, numbers: Collection[int]) -> Iterator[Decision]:
        """Yield the decisions with these numbers."""
        yield from map(self._decision, self._desk.among(_DECISIONS, _D.c.id, sorted(numbers)))

    def _decision(self, row: Row[Any]) -> Decision:
        return Decision(
            id=row.id,
            kind=DecisionKind(row.kind),
            subject=PersonId(row.person),
            object=maybe(PersonId, row.object),
            address=address_of(row.address_spelling, row.address_mailbox),
            value=maybe(lambda cell: self._desk.opened(cell, _D, "value", row.id), row.value),
            author=row.author,
            reason=row.reason,
            at=instant_of(row.at),
            withdrawn_at=maybe(instant_of, row.withdrawn_at),
            withdrawn_by=row.withdrawn_by,
            withdrawn_why=row.withdrawn_why,
        )


class Reservations:
    """Finds and writes reservations."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def touching(self, people: Collection[PersonId], mailboxes: Collection[str]) -> Iterator[Reservation]:
        """Yield the reservations for *people* and of *mailboxes*."""
        yield from map(_reservation, self._desk.among(_RESERVATIONS, _R.c.person, storable(people)))
        yield from map(_reservation, self._desk.among(_RESERVATIONS, _R.c.mailbox, sorted(mailboxes)))

    def holder(self, mailbox: str, now: datetime) -> PersonId | None:
        """Return for whom an address is kept, for the longest time where it is for several."""
        standing = (_R.c.tenant == self._desk.tenant) & (_R.c.mailbox == mailbox) & (_R.c.until > micros(now))
        row = self._desk.first(select(_R.c.person).where(standing).order_by(_R.c.until.desc(), _R.c.person))
        return None if row is None else PersonId(row.person)

    def replace(self, mailboxes: Collection[str], reservations: Collection[Reservation]) -> None:
        """Keep *reservations* in the stead of those of *mailboxes*; the same one stands once."""
        new = frozenset(reservations)
        others = set(self.touching((), {each.mailbox for each in new}.difference(mailboxes)))
        self._desk.forget(_R, _R.c.mailbox, sorted(mailboxes))
        rows = [(self._desk.tenant, each.mailbox, each.person, micros(each.until)) for each in sorted(new - others)]
        self._desk.insert(_R, rows)


def _reservation(row: Row[Any]) -> Reservation:
    return Reservation(row.mailbox, PersonId(row.person), instant_of(row.until))
