"""
Records that the platform itself makes of what was decided on it (LINK-5).

An approved application is a record of the list *applications*, with the student's place and the guardian's: the link is
two places of one record, as everywhere. It says nothing of its own that a gradebook says too: the student's place
follows the student's record at that school, and ends with it; of the guardian it states what no gradebook does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from attrs import evolve

from eszkola_core.domain.claims import PLATFORM, Claims, Place, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.recognition import Recognised
from eszkola_core.domain.roles import Role

APPLICATIONS: Final = "applications"
"""The list of approved access applications."""


def application_record(school: str, number: int) -> RecordKey:
    """Return the record of an approved application."""
    return RecordKey(RosterKey(school, PLATFORM, APPLICATIONS), str(number))


def is_of_application(place: Place | PlaceKey) -> bool:
    """Return whether a place is in the record of an application."""
    key = place.key if isinstance(place, Place) else place
    return key.record.roster.is_of_platform and key.record.roster.list == APPLICATIONS


def follow_gradebooks(recognised: Recognised, today: date, grace: timedelta) -> Recognised:
    """
    Return *recognised* with the places of approved applications as gradebooks have it now.

    A student who is at the school no longer takes the application's link along; one who is back within *grace* brings
    it back. Doing it again changes nothing.
    """
    changed: dict[PlaceKey, Place] = {}
    for group in recognised.groups:
        for place in group.places:
            if is_of_application(place) and place.role is Role.STUDENT:
                changed[place.key] = _student(place, group.places, today, grace)
    if not changed:
        return recognised
    gone = {key.record: place.gone for key, place in changed.items()}
    for group in recognised.groups:
        for place in group.places:
            if place.key.record in gone and place.role is Role.GUARDIAN:
                changed[place.key] = _guardian(evolve(place, gone=gone[place.key.record]), group.places)
    return _with(recognised, changed)


def _student(place: Place, places: Iterable[Place], today: date, grace: timedelta) -> Place:
    """Return the student's place as the gradebook's places at that school have it."""
    there = [each for each in places if each.role is Role.STUDENT and each.school == place.school and _states(each)]
    present = sorted((each for each in there if each.is_present), key=lambda each: each.key.order)
    if not present:
        last = max((each.gone for each in there if each.gone is not None), default=today)
        return evolve(place, gone=place.gone or last)
    if place.gone is not None and today >= place.gone + grace:
        return place
    said = [each.accepted for each in present if each.accepted is not None]
    ends = [each.last_day for each in said]
    says = Claims(
        name=said[0].name,
        class_name=said[0].class_name,
        last_day=None if None in ends else max(filter(None, ends)),
    )
    return evolve(place, accepted=says, gone=None)


def _guardian(place: Place, places: Iterable[Place]) -> Place:
    """Return the guardian's place, silent about what a gradebook states."""
    said = [each.accepted for each in places if each.is_present and each.accepted is not None and _states(each)]
    if place.accepted is None or not said:
        return place
    says = evolve(
        place.accepted,
        name=said[0].name,
        ids=() if any(each.ids for each in said) else place.accepted.ids,
        email=None if any(each.email is not None for each in said) else place.accepted.email,
        phone=None if any(each.phone is not None for each in said) else place.accepted.phone,
    )
    return evolve(place, accepted=says, email_since=place.email_since if says.email is not None else None)


def _states(place: Place) -> bool:
    """Return whether a gradebook states the place."""
    return not place.key.record.roster.is_of_platform and place.accepted is not None


def _with(recognised: Recognised, changed: Mapping[PlaceKey, Place]) -> Recognised:
    """Return *recognised* with places in the stead of their former selves."""
    groups = tuple(
        evolve(group, places=tuple(changed.get(each.key, each) for each in group.places)) for group in recognised.groups
    )
    return Recognised(
        groups,
        {**recognised.places, **changed},
        recognised.duplicates,
        {place.key: group for group in groups for place in group.places},
        recognised.doubts,
    )
