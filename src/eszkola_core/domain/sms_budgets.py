"""What a payer may spend on text messages in a month, and how much of it is spent (SMS-4)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from attrs import frozen

from eszkola_core.domain.money import Money
from eszkola_core.errors import InvalidValue

_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


def month_of(day: date) -> str:
    """
    Return the month of a day, as ledgers have it.

    >>> month_of(date(2026, 9, 1))
    '2026-09'
    """
    return f"{day:%Y-%m}"


def parse_month(text: str) -> str:
    """
    Return the month that *text* spells, such as ``2026-09``.

    Raises:
        InvalidValue: it spells none.
    """
    if _MONTH.fullmatch(text) is None:
        raise InvalidValue("write a month as year and month, such as 2026-09", code="invalid-month")
    return text


@frozen
class Spending:
    """
    What a payer has spent in a month: charged, reserved and in doubt together.

    ``cap`` is the budget, ``warning_share`` the percentage of it from which on somebody should look.
    """

    payer: str
    month: str
    spent: Money
    cap: Money
    warning_share: int

    @property
    def is_warned(self) -> bool:
        """Whether so much is spent that somebody should look before nothing is left."""
        return self.spent.micros * 100 >= self.cap.micros * self.warning_share

    @property
    def left(self) -> Money:
        """What may still be reserved; below nothing where the gateway charged more than was reserved."""
        return self.cap.plus(self.spent.times(-1))
