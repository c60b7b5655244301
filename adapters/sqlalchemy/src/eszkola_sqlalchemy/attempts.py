"""Tallies of attempts, by fingerprint."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select

from eszkola_core.domain.throttling import Tally
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.values import instant_of, maybe, micros

_T: Final = tables.attempt
_TALLIES: Final = select(_T).where(_T.c.tenant == bindparam(OURS))


class SqlAttempts:
    """Keeps `Attempts` in a table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tallies(self, keys: Collection[bytes]) -> Mapping[bytes, Tally]:
        """Return what is kept under each of *keys* (AT1, AT2)."""
        return {
            row.key: Tally(
                first_at=instant_of(row.first_at),
                touched_at=instant_of(row.touched_at),
                failed_at=maybe(instant_of, row.failed_at),
                clear_at=maybe(instant_of, row.clear_at),
                good_at=maybe(instant_of, row.good_at),
            )
            for row in self._desk.among(_TALLIES, _T.c.key, keys)
        }

    def put(self, tallies: Mapping[bytes, Tally]) -> None:
        """Keep *tallies*, each under its key (AT1)."""
        rows = [
            (
                *(self._desk.tenant, key, micros(each.first_at), micros(each.touched_at)),
                *(maybe(micros, each.failed_at), maybe(micros, each.clear_at), maybe(micros, each.good_at)),
            )
            for key, each in tallies.items()
        ]
        with self._desk.together():
            self._desk.forget(_T, _T.c.key, tallies)
            self._desk.insert(_T, rows)

    def prune(self, before: datetime) -> int:
        """Forget the tallies that were last touched before an instant, and return how many they were (AT3)."""
        old = (_T.c.tenant == self._desk.tenant) & (_T.c.touched_at < micros(before))
        return self._desk.write(delete(_T).where(old))
