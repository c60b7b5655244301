"""Sessions, by the digest of their key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.sessions import Session, SessionEnd
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.values import instant_of, maybe, micros

_T: Final = tables.session
_ONE: Final = select(_T).where(_T.c.tenant == bindparam(OURS), _T.c.digest == bindparam("which"))
_OPEN: Final = (_T.c.tenant == bindparam(OURS)) & _T.c.ended_at.is_(None)
_ENDED: Final[Mapping[str, Any]] = {"ended_at": bindparam("ended"), "ended_by": bindparam("by")}
_END: Final = update(_T).where(_OPEN, _T.c.digest == bindparam("which")).values(_ENDED)
_END_ALL: Final = update(_T).where(_OPEN, _T.c.person == bindparam("whose")).values(_ENDED)
_END_OTHERS: Final = _END_ALL.where(_T.c.digest != bindparam("but"))


class SqlSessions:
    """Keeps `Sessions` in a table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, session: Session) -> None:
        """Keep a session (SS1)."""
        ended_by = maybe(lambda end: end.value, session.end)
        times = (micros(session.opened_at), micros(session.seen_at), maybe(micros, session.ended_at))
        self._desk.insert(_T, [(self._desk.tenant, session.digest, session.person, *times, ended_by)])

    def get(self, digest: bytes) -> Session | None:
        """Return the session with *digest* (SS1)."""
        row = self._desk.first(_ONE, **{OURS: self._desk.tenant, "which": digest})
        return None if row is None else session_of(row)

    def end(self, digest: bytes, *, end: SessionEnd, now: datetime) -> None:
        """End one session (SS3)."""
        self._desk.write(_END, which=digest, **self._ended(end, now))

    def end_all(self, person: PersonId, *, end: SessionEnd, now: datetime, except_for: bytes | None = None) -> int:
        """End the open sessions of a person and return how many (SS2)."""
        if except_for is None:
            return self._desk.write(_END_ALL, whose=person, **self._ended(end, now))
        return self._desk.write(_END_OTHERS, whose=person, but=except_for, **self._ended(end, now))

    def touch(self, digest: bytes, *, seen_after: datetime, now: datetime) -> None:
        """
        Note that a session was used, if it was seen after an instant (SS4).

        One guarded statement looks and writes: what is over meanwhile is not seen again.
        """
        seen = (_T.c.digest == digest) & (_T.c.seen_at > micros(seen_after)) & (_T.c.seen_at < micros(now))
        still_open = update(_T).where(_T.c.tenant == self._desk.tenant, _T.c.ended_at.is_(None), seen)
        self._desk.write(still_open.values(seen_at=micros(now)))

    def of(self, person: PersonId) -> Sequence[Session]:
        """Return a person's sessions that nobody has ended (SS5)."""
        theirs = (_T.c.tenant == self._desk.tenant) & (_T.c.person == person) & _T.c.ended_at.is_(None)
        return [
            session_of(row) for row in self._desk.rows(select(_T).where(theirs).order_by(_T.c.opened_at, _T.c.digest))
        ]

    def prune(self, before: datetime) -> int:
        """Forget the sessions that were opened before an instant, and return how many they were (SS6)."""
        old = (_T.c.tenant == self._desk.tenant) & (_T.c.opened_at < micros(before))
        return self._desk.write(delete(_T).where(old))

    def _ended(self, end: SessionEnd, now: datetime) -> dict[str, object]:
        """Return what is written of sessions that end: one that has ended keeps its end."""
        return {OURS: self._desk.tenant, "ended": micros(now), "by": end.value}


def session_of(row: Row[Any]) -> Session:
    """Return the session that a row holds."""
    return Session(
        digest=row.digest,
        person=PersonId(row.person),
        opened_at=instant_of(row.opened_at),
        seen_at=instant_of(row.seen_at),
        ended_at=maybe(instant_of, row.ended_at),
        end=maybe(SessionEnd, row.ended_by),
    )
