"""Accounts that rest: since when nobody's role is in force any more, and when it has been long enough (ROLE-5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from eszkola_core.domain.accounts import LIFECYCLE, Happening, Person
from eszkola_core.domain.claims import Place
from eszkola_core.domain.given_roles import STANDS_ALONE, in_force
from eszkola_core.domain.settings import Settings


def resting_since(places: Collection[Place], today: date) -> date | None:
    """
    Return the first day of the rest that an account is in, or None while a role is in force or is still to come.

    *places* are all of one person's. An account whose last role was never in force rests from the beginning of time.
    """
    if in_force(places, today) or awaits_role(places, today):
        return None
    ends = [place.days.end for place in places if place.accepted is not None and _counts(place)]
    return max((end for end in ends if end is not None), default=date.min)


def awaits_role(places: Collection[Place], today: date) -> bool:
    """Return whether a role of somebody's begins after *today*, or is in force: whoever it is comes, or is there."""
    return any(
        place.is_present and place.accepted is not None and not place.days.is_over(today) and _counts(place)
        for place in places
    )


def is_to_close(person: Person, since: date, today: date, settings: Settings) -> bool:
    """Return whether an account that rests *since* a day has rested for long enough, and is one that can be closed."""
    kept = max(settings.dormant_retention, settings.removal_grace)
    return Happening.CLOSED in LIFECYCLE[person.state] and today - since >= kept


def _counts(place: Place) -> bool:
    """Return whether a place keeps an account awake by itself: what was given beside a gradebook's role does not."""
    return not place.is_given or place.role in STANDS_ALONE
