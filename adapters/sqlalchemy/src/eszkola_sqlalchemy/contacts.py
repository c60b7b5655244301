"""Who answers for their own contact data, and when they are asked about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, delete, select

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.contacts import OwnContacts
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.values import instant_of, micros

_T: Final = tables.own_contacts


class SqlContacts:
    """Keeps `Contacts` in a table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def get(self, person: PersonId) -> OwnContacts | None:
        """Return the person's entry (CN1)."""
        row = self._desk.first(select(_T).where(_T.c.tenant == self._desk.tenant, _T.c.person == person))
        return None if row is None else _entry(row)

    def put(self, contacts: OwnContacts) -> None:
        """Keep an entry in the stead of the former one (CN1)."""
        desk = self._desk
        row = (
            *(desk.tenant, contacts.person),
            *(micros(each) for each in (contacts.since, contacts.confirmed_at, contacts.ask_at)),
        )
        with desk.together():
            desk.write(delete(_T).where(_T.c.tenant == desk.tenant, _T.c.person == contacts.person))
            desk.insert(_T, [row])

    def due(self, now: datetime, *, limit: int) -> Sequence[OwnContacts]:
        """Return whose owners are to be asked by *now* (CN2)."""
        waiting = (_T.c.tenant == self._desk.tenant) & (_T.c.ask_at <= micros(now))
        rows = self._desk.rows(select(_T).where(waiting).order_by(_T.c.ask_at, _T.c.person).limit(limit))
        return [_entry(row) for row in rows]


def _entry(row: Row[Any]) -> OwnContacts:
    return OwnContacts(
        person=PersonId(row.person),
        since=instant_of(row.since),
        confirmed_at=instant_of(row.confirmed_at),
        ask_at=instant_of(row.ask_at),
    )
