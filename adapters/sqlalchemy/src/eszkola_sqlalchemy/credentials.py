"""Passwords: what they are checked against."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.credentials import Credential, CredentialKind
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.values import dumped, instant_of, loaded, maybe, micros, storable

_T: Final = tables.credential
_ALL: Final = select(_T).where(_T.c.tenant == bindparam(OURS))
_ONE: Final = _ALL.where(_T.c.person == bindparam("whose"))


class SqlCredentials:
    """Keeps `Credentials` in a table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def get(self, person: PersonId) -> Credential | None:
        """Return the person's credential (CR1)."""
        row = self._row(person)
        return None if row is None else self._credential(row)

    def get_many(self, people: Collection[PersonId]) -> Mapping[PersonId, Credential]:
        """Return the credentials of *people*, those left out who have none (CR3)."""
        rows = self._desk.among(_ALL, _T.c.person, storable(people))
        return {PersonId(row.person): self._credential(row) for row in rows}

    def put(self, credential: Credential) -> None:
        """Keep a credential in the stead of the former one (CR1)."""
        before, desk, person = self._row(credential.person), self._desk, credential.person
        sealed = None
        if credential.sealed is not None:
            cell = before.sealed if before is not None else None
            sealed = desk.kept_or_sealed(credential.sealed, cell, _T, "sealed", person)
        row = (
            *(desk.tenant, person, credential.kind.value, credential.encoded, micros(credential.set_at)),
            *(maybe(micros, credential.expires_at), dumped(credential.history), dumped(credential.spent)),
            *(sealed, maybe(micros, credential.warned_at)),
        )
        with desk.together():
            desk.forget(_T, _T.c.person, [person])
            desk.insert(_T, [row])

    def set_before(self, instant: datetime, *, limit: int, after: PersonId | None = None) -> Sequence[Credential]:
        """Return own credentials that were set before *instant*, by person number, from the one after *after* (CR2)."""
        own = (_T.c.kind == CredentialKind.OWN.value) & (_T.c.set_at < micros(instant))
        statement = select(_T).where(_T.c.tenant == self._desk.tenant, own).order_by(_T.c.person).limit(limit)
        if after is not None:
            statement = statement.where(_T.c.person > after)
        return [self._credential(row) for row in self._desk.rows(statement)]

    def wipe_expired(self, now: datetime) -> int:
        """Take the text away from the credentials that have expired on *now*, and return of how many (CR4)."""
        over = (_T.c.tenant == self._desk.tenant) & _T.c.sealed.is_not(None) & (_T.c.expires_at <= micros(now))
        return self._desk.write(update(_T).where(over).values(sealed=None))

    def _row(self, person: PersonId) -> Row[Any] | None:
        return self._desk.first(_ONE, **{OURS: self._desk.tenant, "whose": person})

    def _credential(self, row: Row[Any]) -> Credential:
        text = None if row.sealed is None else self._desk.opened(row.sealed, _T, "sealed", row.person)
        return Credential(
            person=PersonId(row.person),
            kind=CredentialKind(row.kind),
            encoded=row.encoded,
            set_at=instant_of(row.set_at),
            expires_at=maybe(instant_of, row.expires_at),
            history=tuple(loaded(row.history)),
            spent=tuple(loaded(row.spent)),
            sealed=text,
            warned_at=maybe(instant_of, row.warned_at),
        )
