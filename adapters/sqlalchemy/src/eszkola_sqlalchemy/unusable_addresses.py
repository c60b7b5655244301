"""Addresses to which nothing is sent, and how many bounces led to what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import bindparam, delete, select, update

from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.bounces import BounceFate, BounceKind, UnusableAddress
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.values import AT_ONCE, instant_of, is_storable, micros

_T: Final = tables.unusable_address
_C: Final = tables.bounce_count
_ALL: Final = select(_T).where(_T.c.tenant == bindparam(OURS))


class SqlUnusableAddresses:
    """Keeps `UnusableAddresses` in two tables, in which a mailbox has one mark at most."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def mark(self, unusable: UnusableAddress) -> bool:
        """Keep a mark unless there is one (UA1)."""
        if self.among([unusable.mailbox]):
            return False
        row = (self._desk.tenant, unusable.mailbox, unusable.address.spelling, unusable.why.value)
        with self._desk.together():
            self._desk.insert(_T, [(*row, micros(unusable.since))])
        return True

    def among(self, mailboxes: Collection[str]) -> Mapping[str, UnusableAddress]:
        """
        Return the marks of *mailboxes*, by mailbox (UA2).

        Few are looked for; where more are asked about than one statement takes, all marks are read: they are rare.
        """
        wanted = {each for each in mailboxes if is_storable(each)}
        if not wanted:
            return {}
        if len(wanted) <= AT_ONCE:
            marks = [*self._desk.among(_ALL, _T.c.mailbox, sorted(wanted))]
        else:
            marks = [*self._desk.rows(_ALL, **{OURS: self._desk.tenant})]
        return {
            row.mailbox: UnusableAddress(
                address=EmailAddress(row.spelling, row.mailbox), why=BounceKind(row.why), since=instant_of(row.since)
            )
            for row in sorted(marks, key=lambda row: row.mailbox)
            if row.mailbox in wanted
        }

    def clear(self, mailbox: str) -> bool:
        """Take the mark of *mailbox* away (UA3)."""
        return bool(self._desk.write(delete(_T).where(_T.c.tenant == self._desk.tenant, _T.c.mailbox == mailbox)))

    def count(self, fate: BounceFate) -> None:
        """Count one bounce (UA4)."""
        mine = (_C.c.tenant == self._desk.tenant) & (_C.c.fate == fate.value)
        if not self._desk.write(update(_C).where(mine).values(many=_C.c.many + 1)):
            with self._desk.together():
                self._desk.insert(_C, [(self._desk.tenant, fate.value, 1)])

    def counts(self) -> Mapping[BounceFate, int]:
        """Return how many bounces led to what (UA4)."""
        rows = self._desk.rows(select(_C.c.fate, _C.c.many).where(_C.c.tenant == self._desk.tenant))
        found = {BounceFate(row.fate): row.many for row in rows}
        return {fate: found[fate] for fate in BounceFate if fate in found}
