"""Tallies of attempts, by fingerprint."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select, text

from eszkola_core.domain.throttling import Tally
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.values import instant_of, maybe, micros

_T: Final = tables.attempt
_PUT: Final = text(
    "INSERT INTO attempt (tenant, key, first_at, touched_at, failed_at, clear_at, good_at) "
    "VALUES (:tenant, :key, :first_at, :touched_at, :failed_at, :clear_at, :good_at) "
    "ON CONFLICT (tenant, key) DO UPDATE SET first_at = excluded.first_at, touched_at = excluded.touched_at, "
    "failed_at = excluded.failed_at, clear_at = excluded.clear_at, good_at = excluded.good_at"
)
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
        rows = (
            {
                "tenant": self._desk.tenant,
                "key": key,
                "first_at": micros(each.first_at),
                "touched_at": micros(each.touched_at),
                "failed_at": maybe(micros, each.failed_at),
                "clear_at": maybe(micros, each.clear_at),
                "good_at": maybe(micros, each.good_at),
            }
            for key, each in tallies.items()
        )
        self._desk.each(_PUT, rows)

    def prune(self, before: datetime) -> int:
        """Forget the tallies that were last touched before an instant, and return how many they were (AT3)."""
        old = (_T.c.tenant == self._desk.tenant) & (_T.c.touched_at < micros(before))
        return self._desk.write(delete(_T).where(old))
