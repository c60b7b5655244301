"""Coming of age: the eighteenth birthday (LINK-4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

MAJORITY: Final = 18
"""How old one is when of age."""


def of_age_from(born: date) -> date:
    """
    Return the first day on which somebody born on *born* is of age; a leap day's birthday comes on the day before.

    >>> of_age_from(date(2008, 2, 29))
    datetime.date(2026, 2, 28)
    """
    year = born.year + MAJORITY
    leap_day = (born.month, born.day) == (2, 29)
    return date(year, 2, 28) if leap_day else born.replace(year=year)


def is_minor(born: Collection[date], day: date) -> bool:
    """Return whether somebody is under age on *day* by any of the birth dates that are stated."""
    return any(day < of_age_from(each) for each in born)
