"""Coming of age: from a student's eighteenth birthday on links may need the student's consent, or end (LINK-4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from eszkola_core.domain.claims import Claims
from eszkola_core.domain.national_ids import NationalId

OF_AGE: Final = 18


def comes_of_age(born: date) -> date:
    """
    Return the first day on which somebody born on *born* is of age.

    >>> str(comes_of_age(date(2008, 3, 1))), str(comes_of_age(date(2008, 2, 29)))
    ('2026-03-01', '2026-02-28')
    """
    try:
        return born.replace(year=born.year + OF_AGE)
    except ValueError:
        return date(born.year + OF_AGE, 2, 28)


def born_on(ids: Iterable[NationalId], claims: Iterable[Claims]) -> date | None:
    """
    Return when somebody was born: as an id encodes it, else as records state it, or None where none does.

    Where records without an id state different days, the latest counts: a slip of a pen makes nobody of age too early.
    """
    encoded = next((each.birth_date for each in ids if each.birth_date is not None), None)
    return encoded or max((each.born for each in claims if each.born is not None), default=None)


def is_of_age(born: date | None, day: date) -> bool:
    """Return whether somebody is of age on *day*, a day in the tenant's zone; an unknown birth date decides nothing."""
    return born is not None and day >= comes_of_age(born)
