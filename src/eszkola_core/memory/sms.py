"""Text messages and their ledger in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.money import Money
from eszkola_core.domain.sms_ledger import WAITING, ChargeState, SmsEntry
from eszkola_core.memory.state import State


@define
class MemorySmsLedger:
    """Keeps `SmsLedger` in a dictionary; what is booked is added up anew each time."""

    _state: State

    def add(self, entries: Sequence[SmsEntry]) -> None:
        known = {each.key for each in self._state.sms.values()}
        for entry in entries:
            if entry.key not in known:
                known.add(entry.key)
                number = self._state.next("sms")
                self._state.sms[number] = evolve(entry, id=number)

    def lease(self, limit: int, *, now: datetime, until: datetime, doubtful_below: int = 0) -> Sequence[SmsEntry]:
        due = [
            each
            for each in self._state.sms.values()
            if each.due_at <= now
            and (each.leased_until is None or each.leased_until <= now)
            and (each.state in WAITING or _is_doubtful(each, doubtful_below))
        ]
        taken = [each.leased(until) for each in sorted(due, key=lambda each: (each.due_at, each.id))[:limit]]
        self._state.sms.update({each.id: each for each in taken})
        return taken

    def reserve(self, entry: SmsEntry, month: str, *, cap: Money) -> SmsEntry | None:
        kept = self._state.sms.get(entry.id)
        if kept is None or kept.revision != entry.revision or entry.state is not ChargeState.QUOTED:
            return None
        currency = entry.cost.currency
        if cap.currency != currency or self.booked(entry.payer, month, currency).plus(entry.cost).micros > cap.micros:
            return None
        after = entry.reserved(month)
        self._state.sms[entry.id] = after
        return after

    def change(self, before: SmsEntry, after: SmsEntry) -> bool:
        kept = self._state.sms.get(before.id)
        if kept is None or kept.revision != before.revision:
            return False
        is_over = after.state in (ChargeState.CHARGED, ChargeState.RELEASED)
        self._state.sms[before.id] = after.wiped() if is_over else after
        return True

    def booked(self, payer: str, month: str, currency: str) -> Money:
        of_month = [each.booked.micros for each in self.of_month(payer, month) if each.cost.currency == currency]
        return Money.of_micros(sum(of_month), currency)

    def known(self, keys: Collection[str], gateway_ids: Collection[str] = ()) -> Sequence[SmsEntry]:
        wanted = frozenset(gateway_ids) - {""}
        return [each for each in self._in_order() if each.key in keys or each.gateway_id in wanted]

    def handed_between(self, first: datetime, last: datetime) -> Sequence[SmsEntry]:
        return [each for each in self._in_order() if each.handed_at is not None and first <= each.handed_at <= last]

    def of_month(self, payer: str, month: str) -> Sequence[SmsEntry]:
        return [each for each in self._in_order() if (each.payer, each.month) == (payer, month)]

    def of_person(self, person: PersonId) -> Sequence[SmsEntry]:
        return [each for each in self._in_order() if each.person == person]

    def counts(self) -> Mapping[ChargeState, int]:
        found = Counter(each.state for each in self._state.sms.values())
        return {state: found[state] for state in ChargeState if state in found}

    def oldest_waiting(self) -> datetime | None:
        return min((each.created_at for each in self._state.sms.values() if each.state in WAITING), default=None)

    def _in_order(self) -> list[SmsEntry]:
        return [each for _, each in sorted(self._state.sms.items())]


def _is_doubtful(entry: SmsEntry, below: int) -> bool:
    return entry.state is ChargeState.IN_DOUBT and entry.text is not None and entry.attempts < below
