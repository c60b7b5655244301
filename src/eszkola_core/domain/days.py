"""Time as schools count it: instants in UTC, days in the tenant's zone (DAY-1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen

from eszkola_core.errors import InvalidValue


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """
    Return the time zone called *name*, such as ``Europe/Warsaw``.

    Raises:
        InvalidValue: no such zone is known.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidValue(
            "there is no time zone of that name; write one of the IANA database, such as Europe/Warsaw",
            code="unknown-zone",
        ) from None


def aware(instant: datetime) -> datetime:
    """
    Return *instant* unchanged when it knows its offset.

    Raises:
        InvalidValue: it is naive; an instant without an offset means a different moment on every machine.
    """
    if instant.utcoffset() is None:
        raise InvalidValue("an instant must carry its offset; use datetime.now(timezone.utc)", code="naive-datetime")
    return instant


def day_of(instant: datetime, in_zone: ZoneInfo) -> date:
    """Return the day that *instant* falls on in the tenant's zone (DAY-1)."""
    return aware(instant).astimezone(in_zone).date()


def is_expired(expires_at: datetime, now: datetime) -> bool:
    """Return whether *expires_at* has come: the instant itself is already expired (DAY-1)."""
    return aware(now) >= aware(expires_at)


@frozen
class Days:
    """
    A span of days, first and last inside (DAY-1, ROLE-1).

    None leaves that side open. ``gone`` is the first day on which the source no longer named the role: rights end that
    very day, whatever ``last`` says (SYNC-9).
    """

    first: date | None = None
    last: date | None = None
    gone: date | None = None

    def include(self, day: date) -> bool:
        """Return whether *day* lies inside."""
        begun = self.first is None or self.first <= day
        lasting = self.last is None or day <= self.last
        present = self.gone is None or day < self.gone
        return begun and lasting and present

    def is_over(self, day: date) -> bool:
        """Return whether the span has ended before *day*."""
        return self.end is not None and self.end <= day

    @property
    def end(self) -> date | None:
        """The first day after the span, or None where it is open."""
        ends = [self.gone] if self.gone is not None else []
        if self.last is not None and self.last != date.max:
            ends.append(self.last + timedelta(days=1))
        return min(ends, default=None)
