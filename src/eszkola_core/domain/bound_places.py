"""
The first step of recognition: what is bound stays bound, and whatever looks like somebody else's is held (ID-6b).

Beside it whoever must wait is held before they are anybody's: those whom a restriction holds (LINK-3b), and those who
are new beside a student who may be another child by now (LINK-1a).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Final

from attrs import evolve

from eszkola_core.domain.accounts import Person
from eszkola_core.domain.claims import Hold, Place, PlaceKey, RecordKey
from eszkola_core.domain.national_ids import prove_two
from eszkola_core.domain.roles import Role
from eszkola_core.domain.who_is_who import WhoIsWho

ASKED: Final = frozenset({Hold.ANOTHERS_ID, Hold.ID_CORRECTION, Hold.NAME_MISMATCH, Hold.RENAMED})
"""Holds that end when somebody says whose the place is; a *no* that was a mistake is taken back by a *yes*."""


def keep_bound_places(known: WhoIsWho, waiting: Collection[PlaceKey]) -> None:
    """Keep what is bound with its person, set aside what is not, and hold the places that are *waiting*."""
    for key in sorted(known.world.places, key=lambda each: each.order):
        place = known.world.places[key]
        if place.person is not None:
            _keep(known, place, known.world.people[place.person], waiting)
        elif place.is_present:
            known.unbound.append(place)
        else:
            known.settled[key] = place
    for who, places in known.members.items():
        known.members[who] = list(_once_in_each_record(known, places))
    _hold_waiting(known, waiting)
    _hold_newcomers_beside_doubt(known)


def _keep(known: WhoIsWho, place: Place, person: Person, waiting: Collection[PlaceKey]) -> None:
    """Keep a bound place with its person; its newest content is applied, or held with the reason (ID-6b, ID-6e)."""
    if place.is_present:
        hold = _doubt_about(known, place, person, waiting)
        if isinstance(hold, _Reused):
            _pass_on(known, place, person)
            return
        if hold in ASKED:
            known.doubts[place.key] = person.id
        if hold is Hold.ID_CORRECTION:
            owners = {known.owner[each] for each in place.stated.ids if each in known.owner}
            known.shared_ids.extend((owner, person.id) for owner in owners - {person.id})
        known.settle(place, hold)
    else:
        known.settled[place.key] = place
    known.members[person.id].append(known.settled[place.key])


class _Reused:
    """Marks a bound place whose record now belongs to somebody else."""


def _doubt_about(known: WhoIsWho, place: Place, person: Person, waiting: Collection[PlaceKey]) -> Hold | _Reused | None:
    """Return why the newest content of a bound place must wait, or None."""
    newest, accepted = place.pending, place.accepted
    if newest is None:
        return None
    known_as, stated = (accepted.name, accepted.ids) if accepted is not None else (person.name, ())
    if newest.name.differs_wholly_from(known_as) and set(stated).isdisjoint(newest.ids):
        # Only what this very place stated tells that it is another's: what others come to state must not matter.
        told = known.answer(place, person.id)
        if told is False or prove_two(newest.ids, stated):
            return _Reused()
        if told is None:
            return Hold.RENAMED
    if known.clashes(known.current_ids(place, person.id), person.id):
        return Hold.ID_CORRECTION
    return Hold.RESTRICTION if place.key in waiting else None


def _pass_on(known: WhoIsWho, place: Place, person: Person) -> None:
    """End a place whose record is somebody else's by now, under a key of its own, and set the newcomer's aside."""
    key = evolve(place.key, who=f"former {person.id}")
    known.settled[key] = evolve(place, key=key, pending=None, hold=None, gone=known.today)
    known.members[person.id].append(known.settled[key])
    newcomer = evolve(place, person=None, accepted=None, since=known.today, email_since=None)
    known.unbound.append(newcomer)


def _once_in_each_record(known: WhoIsWho, places: Sequence[Place]) -> Iterable[Place]:
    """
    Yield the places of one human, and hold those by which a record would name the human twice.

    That comes about where a place that was gone returns beside one that has been bound since.
    """
    first: dict[RecordKey, Place] = {}
    for place in places:
        if place.is_present:
            record = place.key.record
            first[record] = min(first.get(record, place), place, key=_standing)
    for place in places:
        if place.is_present and first[place.key.record] != place:
            known.settle(evolve(place, accepted=None, pending=place.newest), Hold.TWICE_IN_RECORD)
        else:
            yield place


def _standing(place: Place) -> tuple[bool, bool, date, tuple[str, ...]]:
    """Return which of several places in one record is the human's, the least first."""
    return (place.accepted is None, place.role is not Role.STUDENT, place.since, place.key.order)


def _hold_waiting(known: WhoIsWho, waiting: Collection[PlaceKey]) -> None:
    """Hold those who must wait because of a restriction, before they are anybody's."""
    for place in known.unbound:
        if place.key in waiting:
            known.settle(place, Hold.RESTRICTION)
    known.unbound = [place for place in known.unbound if place.key not in waiting]


def _hold_newcomers_beside_doubt(known: WhoIsWho) -> None:
    """
    Let nobody new into a record while its student may be another child by now (LINK-1a).

    What is applied of the student stands: whoever came with the other child would see the former one.
    """
    doubted = {
        place.key.record: place.hold
        for place in known.settled.values()
        if place.hold is not None and place.is_present and place.role is Role.STUDENT
    }
    newcomers = [place for place in known.unbound if place.key.record in doubted]
    known.unbound = [place for place in known.unbound if place.key.record not in doubted]
    for place in newcomers:
        known.settle(place, doubted[place.key.record])
