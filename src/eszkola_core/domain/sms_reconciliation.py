"""
The ledger beside the gateway's own list: what is in doubt is closed, what differs is booked truly (SMS-5).

The list counts for more than what was believed here. What it cannot be read from is left open: a message is only taken
for not sent where the list covers all the time in which it may have been handed over, and does not name it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.days import is_expired
from eszkola_core.domain.money import Money
from eszkola_core.domain.sms_ledger import ChargeState, SmsEntry

MARGIN: Final = timedelta(hours=1)
"""How far the clocks of the gateway and of this platform may lie apart."""


@frozen(kw_only=True)
class GatewayRow:
    """
    One message as the gateway lists it: by our reference or by its own id.

    Where it has neither of ours, the telephone number and the time may tell. ``cost`` is what it took for the message,
    in a currency or, where the list states none, without.
    """

    line: int
    reference: str = ""
    gateway_id: str = ""
    number: str = field(default="", repr=False)
    cost: Money | None = None
    at: datetime | None = None


class Difference(StrEnum):
    """What the gateway's list says otherwise than the ledger."""

    WAS_SENT = "was-sent"
    WAS_NOT_SENT = "was-not-sent"
    OTHER_COST = "other-cost"
    BILLED_ALL_THE_SAME = "billed-all-the-same"
    OTHER_CURRENCY = "other-currency"
    BILLED_TWICE = "billed-twice"
    NOT_OURS = "not-ours"
    NOT_LISTED = "not-listed"


BOOKED_TRULY: Final = frozenset(
    {Difference.WAS_SENT, Difference.WAS_NOT_SENT, Difference.OTHER_COST, Difference.BILLED_ALL_THE_SAME}
)
"""What the ledger is changed by; all else is for a person to look at."""


@frozen(kw_only=True)
class Reconciled:
    """One difference: the line of the list, the number in the ledger, and both costs, as far as there are such."""

    difference: Difference
    line: int | None = None
    entry: int | None = None
    ours: Money | None = None
    theirs: Money | None = None


@frozen
class Reconciliation:
    """What a list agrees with, and what it says otherwise; ``changes`` are entries as they were and as they become."""

    matched: int
    differences: Sequence[Reconciled]
    changes: Sequence[tuple[SmsEntry, SmsEntry]] = field(repr=False)


def around(rows: Iterable[GatewayRow]) -> tuple[datetime, datetime] | None:
    """Return the time in which what a list may be about was handed over, or None where it states no instant."""
    instants = [each.at for each in rows if each.at is not None]
    return (min(instants) - MARGIN, max(instants) + MARGIN) if instants else None


def covered(rows: Iterable[GatewayRow]) -> tuple[datetime, datetime] | None:
    """Return the time that a list surely covers, or None where there is none."""
    times = around(rows)
    if times is None:
        return None
    first, last = times[0] + 2 * MARGIN, times[1] - 2 * MARGIN
    return (first, last) if first <= last else None


def reconcile(entries: Iterable[SmsEntry], rows: Sequence[GatewayRow], now: datetime) -> Reconciliation:
    """
    Return what becomes of *entries* by the gateway's list.

    Args:
        entries: those that the rows name, and all that were handed over around the time that the list covers.
        rows: the list.
        now: a message that a dispatcher still holds is not taken for not sent.
    """
    known = [each for each in entries if each.handed_at is not None]
    found, strangers = _matched(known, rows)
    differences: list[Reconciled] = []
    changes: list[tuple[SmsEntry, SmsEntry]] = []
    for entry in known:
        its = found.get(entry.id, [])
        after, said = _by_rows(entry, its) if its else _by_absence(entry, covered(rows), now)
        differences += said
        if after is not entry:
            changes.append((entry, after))
    differences += (Reconciled(difference=Difference.NOT_OURS, line=each.line, theirs=each.cost) for each in strangers)
    ordered = sorted(differences, key=lambda each: (each.line or 0, each.entry or 0))
    return Reconciliation(sum(1 for each in found.values() if each), ordered, changes)


def _matched(
    entries: Sequence[SmsEntry], rows: Sequence[GatewayRow]
) -> tuple[Mapping[int, list[GatewayRow]], list[GatewayRow]]:
    """Return the rows of each entry, and those of none: by reference, by the gateway's id, by number and time."""
    by_key = {each.key: each for each in entries}
    by_id = {each.gateway_id: each for each in entries if each.gateway_id}
    found: dict[int, list[GatewayRow]] = defaultdict(list)
    rest = []
    for row in rows:
        entry = by_key.get(row.reference) if row.reference else by_id.get(row.gateway_id)
        if entry is None:
            rest.append(row)
        else:
            found[entry.id].append(row)
    nameless = [each for each in entries if each.id not in found and each.state is ChargeState.IN_DOUBT]
    candidates = {row.line: [each for each in nameless if _may_be(each, row)] for row in rest}
    wanted = [entry.id for each in candidates.values() for entry in each]
    strangers = []
    for row in rest:
        match candidates[row.line]:
            case [only] if wanted.count(only.id) == 1:
                found[only.id].append(row)
            case _:
                strangers.append(row)
    return found, strangers


def _may_be(entry: SmsEntry, row: GatewayRow) -> bool:
    """Return whether a row without a name of ours is about an entry in doubt: the same number at the same time."""
    if row.reference or row.at is None or entry.to is None or entry.handed_at is None:
        return False
    return row.number.lstrip("+0") == entry.to.e164.lstrip("+") and abs(row.at - entry.handed_at) <= MARGIN


def _by_rows(entry: SmsEntry, rows: Sequence[GatewayRow]) -> tuple[SmsEntry, list[Reconciled]]:
    """Return an entry as its row in the list says that it was."""
    row, *more = rows
    said = [_told(entry, Difference.BILLED_TWICE, each) for each in more]
    cost = row.cost
    if cost is not None and cost.currency != entry.cost.currency:
        said.append(_told(entry, Difference.OTHER_CURRENCY, row))
        cost = None
    if entry.state is ChargeState.CHARGED:
        if cost is None or cost == entry.charged:
            return entry, said
        after = evolve(entry, charged=cost, revision=entry.revision + 1)
        return after, [*said, _told(entry, Difference.OTHER_COST, row)]
    was = Difference.WAS_SENT if entry.state is ChargeState.IN_DOUBT else Difference.BILLED_ALL_THE_SAME
    # What was refused for now and waits is not sent again: the list knows better.
    doubted = entry.moved(ChargeState.IN_DOUBT) if entry.state is ChargeState.RESERVED else entry
    after = doubted.charged_with(cost, gateway_id=row.gateway_id, code="reconciled")
    return after, [*said, _told(entry, was, row)]


def _by_absence(
    entry: SmsEntry, times: tuple[datetime, datetime] | None, now: datetime
) -> tuple[SmsEntry, list[Reconciled]]:
    """Return an entry as it is where a list that covers its time does not name it."""
    first, last = entry.handed_at, entry.doubted_until
    if times is None or first is None or last is None or first < times[0]:
        return entry, []
    if entry.state is ChargeState.CHARGED and first <= times[1]:
        return entry, [_told(entry, Difference.NOT_LISTED, None)]
    in_hand = entry.leased_until is not None and not is_expired(entry.leased_until, now)
    if entry.state is not ChargeState.IN_DOUBT or in_hand or last > times[1]:
        return entry, []
    return entry.released("reconciled"), [_told(entry, Difference.WAS_NOT_SENT, None)]


def _told(entry: SmsEntry, difference: Difference, row: GatewayRow | None) -> Reconciled:
    return Reconciled(
        difference=difference,
        line=None if row is None else row.line,
        entry=entry.id,
        ours=entry.booked,
        theirs=None if row is None else row.cost,
    )
