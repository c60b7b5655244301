"""
The removal guard: an empty or foreign file ends nobody's role by accident (SYNC-6).

A new school year is an ordinary roster to it. Where so many leave that it stops, it can be told, school by school, that
they really do (SYNC-11). Beside what ends it looks at what comes: a whole list of which a school that has one knows
hardly a record, neither its key nor whom it is about, is another school's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from attrs import frozen

from eszkola_core.domain.claims import Place, RecordKey, World
from eszkola_core.domain.recognition import Recognised
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import Settings

LINK: Final = "link"
"""The kind that links between guardians and students are counted as, beside the roles."""

Kind = tuple[str, str]
"""A school's key, and a role's value or ``link``."""


@frozen(order=True)
class Stop:
    """Why the guard lets nothing of a school through: so many of a kind would end, of so many."""

    school: str
    kind: str
    ending: int
    active: int


@frozen(order=True)
class ForeignRoster:
    """Why the guard lets nothing of a school through: it knows so few of the records of its lists, of so many."""

    school: str
    known: int
    stated: int


def foreign(known: Mapping[str, int], stated: Mapping[str, int], settings: Settings) -> tuple[ForeignRoster, ...]:
    """
    Return the schools whose lists look like another school's (SYNC-6d).

    Args:
        known: by school, how many records of its whole lists it has already.
        stated: by school, how many records the whole lists have of which it has any; a first list is nobody else's.
        settings: the share, and below how many records nothing can be told from it.
    """
    return tuple(
        ForeignRoster(school, known.get(school, 0), count)
        for school, count in sorted(stated.items())
        if count >= settings.guard_all_of and known.get(school, 0) * 100 < count * settings.guard_known
    )


def familiar(before: World, after: Recognised, records: Collection[RecordKey], today: date) -> Mapping[str, int]:
    """Return, by school, how many of *records* are about its own students and staff, who stood in others before."""
    identity = _Identity(after)
    was = {each for place in _stated(before.places.values(), today) for each in _roles(place, identity)}
    others = [
        place for place in after.places.values() if place.key.record in records and place.role is not Role.GUARDIAN
    ]
    found = {place.key.record for place in others if not was.isdisjoint(_roles(place, identity))}
    return Counter(record.roster.school for record in found)


def endings(before: World, after: Recognised, today: date) -> Mapping[Kind, int]:
    """
    Return how many of each school's roles and links would end, counted in people and not in records.

    A role does not end when the same person, or for those who do not last yet somebody of the same name, has it in the
    same school under another record: a new gradebook with new record keys ends nobody.
    """
    identity = _Identity(after)
    was = _stated(before.places.values(), today)
    still = _stated(after.places.values(), today)
    remaining = {(kind, who) for place in still for kind, who in _roles(place, identity)}
    remaining |= set(_links(still, identity))
    ended = {(kind, who) for place in was for kind, who in _roles(place, identity)} | set(_links(was, identity))
    return Counter(kind for kind, _ in ended - remaining)


def census(places: Iterable[Place], today: date) -> Mapping[Kind, int]:
    """Return how many people have each role in each school on *today*, and how many links there are."""
    by_place = _Identity(None)
    present = _stated(places, today)
    everybody = {(kind, who) for place in present for kind, who in _roles(place, by_place)}
    return Counter(kind for kind, _ in everybody | set(_links(present, by_place)))


def _stated(places: Iterable[Place], today: date) -> Sequence[Place]:
    """Return the places that records give a role by today: what was given here no import can end."""
    return [place for place in places if place.is_in_force(today) and not place.is_given]


def stops(active: Mapping[Kind, int], ending: Mapping[Kind, int], settings: Settings) -> tuple[Stop, ...]:
    """Return what the guard stops at: five or more and above the share, or all of a kind of three or more."""
    found = []
    for (school, kind), count in sorted(ending.items()):
        whole = max(active.get((school, kind), 0), count)
        above_share = count >= settings.guard_least and count * 100 > whole * settings.guard_share
        if above_share or (count == whole and whole >= settings.guard_all_of):
            found.append(Stop(school, kind, count, whole))
    return tuple(found)


def stops_everything(stopped: int, schools: int, settings: Settings) -> bool:
    """Return whether so many of a run's schools stopped that nothing of the run may be applied."""
    return stopped * 100 > schools * settings.guard_share


class _Identity:
    """Says whom a place is about, as far as the guard needs to know."""

    def __init__(self, after: Recognised | None) -> None:
        self._after = after
        self._by_name: dict[tuple[str, Role, str], object] = {}
        if after is not None:
            for place in sorted(after.places.values(), key=lambda each: each.key.order):
                group = after.group_of(place.key)
                if place.is_present and place.accepted is not None and group is not None:
                    self._by_name.setdefault((place.school, place.role, place.accepted.name.key), group.who)

    def of(self, place: Place) -> object:
        """Return the person, or what stands in for one who does not last yet."""
        if place.person is not None:
            return place.person
        group = self._after.group_of(place.key) if self._after is not None else None
        if group is not None:
            return group.who
        name = place.accepted.name.key if place.accepted is not None else ""
        return self._by_name.get((place.school, place.role, name), place.key)


def _roles(place: Place, identity: _Identity) -> Iterable[tuple[Kind, object]]:
    yield (place.school, place.role.value), identity.of(place)


def _links(places: Iterable[Place], identity: _Identity) -> Iterable[tuple[Kind, tuple[object, object]]]:
    """Yield every pair of a guardian and a student who stand in one record."""
    by_record: dict[RecordKey, list[Place]] = defaultdict(list)
    for place in places:
        if place.role in (Role.STUDENT, Role.GUARDIAN):
            by_record[place.key.record].append(place)
    for record, people in by_record.items():
        for guardian in people:
            for student in people:
                if guardian.role is Role.GUARDIAN and student.role is Role.STUDENT:
                    yield (record.roster.school, LINK), (identity.of(guardian), identity.of(student))
