"""How long to wait for a service that is busy, and when to give up (SYNC-7)."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from attrs import define, field

from eszkola_core.errors import Unavailable

_FIRST: Final = 0.5
_LONGEST: Final = 30.0
_DIGITS: Final = re.compile(r"\d{1,9}")


@define
class Patience:
    """
    Pauses between tries, longer each time and never the same, so that many clients do not come back together.

    ``tries`` bounds one request, ``budget`` the seconds of all pauses of one reading.
    """

    tries: int = 6
    budget: float = 600
    sleep: Callable[[float], object] = field(default=time.sleep, repr=False)
    chance: Callable[[], float] = field(factory=lambda: secrets.SystemRandom().random, repr=False)

    def wait(self, done: int, asked: float | None, complaint: str) -> None:
        """
        Pause after *done* tries, at least for as long as the service *asked*.

        Raises:
            Unavailable: that was the last try, or the pause would be longer than there is patience for.
        """
        grown = min(_LONGEST, _FIRST * 2 ** (done - 1))
        pause = max(grown * (0.5 + self.chance() / 2), (asked or 0) * (1 + self.chance() / 10))
        if done >= self.tries or pause > self.budget:
            raise Unavailable(
                f"{complaint}; nothing was changed: try again later",
                code="service-unavailable",
                retry_after=timedelta(seconds=min(max(pause, _LONGEST), 86_400)),
            )
        self.budget -= pause
        self.sleep(pause)


def asked_for(retry_after: str | None, date: str | None) -> float | None:
    """Return how many seconds a service asks to be left alone, as a number or as an instant of its own clock."""
    if retry_after is None:
        return None
    if _DIGITS.fullmatch(retry_after.strip()):
        return float(retry_after)
    try:
        until, now = parsedate_to_datetime(retry_after), parsedate_to_datetime(date or "")
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None
