"""Text messages, each with its line in the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.money import Money
from eszkola_core.domain.sms_ledger import ChargeState, SmsEntry


class SmsLedger(Protocol):
    """
    Keeps text messages and what was quoted, reserved and charged for them.

    SL1. An entry whose key is known is not added again; what was added comes back equal, with a number of its own.
    SL2. `lease` hands out entries that are quoted or reserved, due, and in nobody's hands, the longest due first, each
         to one dispatcher only; a lease that ran out is handed out again.
    SL3. It hands out an entry in doubt only if that was tried fewer times than ``doubtful_below``.
    SL4. `reserve` gives a quoted entry its month if with its cost no more than the cap is booked there; otherwise it
         changes nothing and returns None. Of any number who reserve at once no more succeed than the cap holds.
    SL5. `change` writes an entry in the stead of what it was, if nobody has changed it since; otherwise it does nothing
         and returns False.
    SL6. `booked` is what all entries of a payer, month and currency count together, at every moment.
    SL7. An entry that is charged or released holds neither number nor text.
    SL8. `known` finds entries by keys and by the gateway's ids; `handed_between` those whose ``handed_at`` lies in a
         time, both instants inside; `of_month` those of a payer and month: each in the order of their numbers.
    SL9. `counts` says how many are in each state, and `oldest_waiting` since when the oldest waits.
    """

    def add(self, entries: Sequence[SmsEntry]) -> None:
        """Keep quoted entries (SL1)."""

    def lease(self, limit: int, *, now: datetime, until: datetime, doubtful_below: int = 0) -> Sequence[SmsEntry]:
        """Take up to *limit* entries in hand until *until* (SL2, SL3)."""

    def reserve(self, entry: SmsEntry, month: str, *, cap: Money) -> SmsEntry | None:
        """Reserve the cost of a quoted entry in *month* (SL4)."""

    def change(self, before: SmsEntry, after: SmsEntry) -> bool:
        """Write *after* in the stead of *before* (SL5, SL7)."""

    def booked(self, payer: str, month: str, currency: str) -> Money:
        """Return what a payer's month comes to (SL6)."""

    def known(self, keys: Collection[str], gateway_ids: Collection[str] = ()) -> Sequence[SmsEntry]:
        """Return the entries with one of *keys* or *gateway_ids* (SL8)."""

    def handed_between(self, first: datetime, last: datetime) -> Sequence[SmsEntry]:
        """Return the entries that were handed over in that time (SL8)."""

    def of_month(self, payer: str, month: str) -> Sequence[SmsEntry]:
        """Return the entries of a payer that were reserved in *month* (SL8)."""

    def counts(self) -> Mapping[ChargeState, int]:
        """Return how many entries are in each state (SL9)."""

    def oldest_waiting(self) -> datetime | None:
        """Return since when the oldest entry waits to be sent (SL9)."""
