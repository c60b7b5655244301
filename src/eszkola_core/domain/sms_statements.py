"""What a payer's month came to, line by line (SMS-5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from attrs import field, frozen

from eszkola_core.domain.days import day_of
from eszkola_core.domain.money import Money, sums
from eszkola_core.domain.sms_budgets import Spending
from eszkola_core.domain.sms_ledger import BOOKED, ChargeState, SmsEntry

COLUMNS = (
    "number", "day", "school", "key", "gateway_id", "tariff", "segments", "messages", "quoted", "charged", "currency",
    "state", "delivery", "code",
)  # fmt: skip
"""The columns of a statement as a table."""


@frozen(kw_only=True)
class Statement:
    """
    The text messages that a payer paid, or reserved, in a month.

    ``spending`` is how that stands to the budget; there may be sums in other currencies beside.
    """

    payer: str
    month: str
    entries: Sequence[SmsEntry] = field(repr=False)
    spending: Spending
    zone: ZoneInfo = field(repr=False)

    @property
    def charged(self) -> Mapping[str, Money]:
        """What was charged, by currency."""
        return sums(each.booked for each in self.entries if each.state is ChargeState.CHARGED)

    @property
    def reserved(self) -> Mapping[str, Money]:
        """What is reserved or in doubt, by currency."""
        return sums(each.booked for each in self.entries if each.state in BOOKED)

    @property
    def counts(self) -> Mapping[ChargeState, int]:
        """How many messages are in each state."""
        found = Counter(each.state for each in self.entries)
        return {state: found[state] for state in ChargeState if state in found}

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield a row for each message, under `COLUMNS`."""
        for each in self.entries:
            yield (
                *(str(each.id), day_of(each.handed_at or each.created_at, self.zone).isoformat(), each.school),
                *(each.key, each.gateway_id, each.tariff, str(each.segments), str(each.messages)),
                *(each.cost.spelling, "" if each.charged is None else each.charged.spelling, each.cost.currency),
                *(each.state.value, each.delivery.value, each.code),
            )

    def plain(self) -> Mapping[str, object]:
        """Return the statement as data for programs."""
        return {
            "payer": self.payer,
            "month": self.month,
            "charged": _plain(self.charged),
            "reserved": _plain(self.reserved),
            "budget": {
                "cap": self.spending.cap.spelling,
                "spent": self.spending.spent.spelling,
                "left": self.spending.left.spelling,
                "currency": self.spending.cap.currency,
                "warning": self.spending.is_warned,
            },
            "counts": {state.value: many for state, many in self.counts.items()},
            "messages": [dict(zip(COLUMNS, row, strict=True)) for row in self.rows()],
        }


def _plain(amounts: Mapping[str, Money]) -> list[dict[str, str]]:
    return [{"amount": each.spelling, "currency": each.currency} for each in amounts.values()]


def together(entries: Iterable[SmsEntry], currency: str) -> Money:
    """Return what entries come to in a currency: the sum that `booked` must have."""
    return sums(each.booked for each in entries).get(currency, Money.of_micros(0, currency))
