"""
What undoing a run starts from, and whom it must not take anything from (SYNC-9).

A run's claims are taken back record by record. What people decided stays, and so does whatever a later run stated anew.
Who lasts only because the run opened an account is forgotten again, unless the account was used or decided upon.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from eszkola_core.domain.accounts import Person, PersonId, State
from eszkola_core.domain.claims import Decision, Evidence, EvidenceKind, Place, PlaceKey, RecordKey, World
from eszkola_core.domain.owners_addresses import OwnersAddresses
from eszkola_core.domain.runs import GONE, Image, RecordState, Run, Undone, Written
from eszkola_core.domain.settlement import Settlement

_GIVEN: Final = ("name", "ids", "central", "sharing", "phone")
"""What runs give people beside an account: given back where no later run gave something else."""

_OF_ADDRESS: Final = ("central", "sharing")
"""What of that stays with whoever keeps the address."""


class Taken(StrEnum):
    """What undoing a run would take from somebody whom the run did not touch, or from a later run."""

    ADDRESS = "address"
    NATIONAL_ID = "national-id"
    NAME = "name"
    PHONE = "phone"
    ROLE = "role"


@frozen(kw_only=True)
class Undoing:
    """
    The world without a run.

    ``places`` are as they were before, or gone where an account that stays must be known by one; ``removed`` are as if
    they had never been. ``people`` have what they had been given; the ``closing`` are nobody's any more. The content of
    the records ``staying`` is a later run's. The address of those ``keeping`` it is theirs alone by now (MAIL-4e).
    """

    records: tuple[RecordState, ...]
    ended: tuple[RecordKey, ...]
    undone: tuple[Undone, ...]
    places: Mapping[PlaceKey, Place]
    removed: frozenset[PlaceKey]
    people: Mapping[PersonId, Person]
    closing: frozenset[PersonId]
    staying: tuple[RecordKey, ...]
    keeping: frozenset[PersonId]

    def without(self, world: World) -> World:
        """Return *world* as it is without the run."""
        places = {key: each for key, each in {**world.places, **self.places}.items() if key not in self.removed}
        people = {key: each for key, each in {**world.people, **self.people}.items() if key not in self.closing}
        reservations = frozenset(each for each in world.reservations if each.person not in self.closing)
        return evolve(world, places=places, people=people, reservations=reservations)


def undoing(run: Run, written: Written, world: World, newer: Collection[RecordKey], today: date) -> Undoing:
    """
    Return what is taken back of what *run* wrote.

    *world* holds everybody whom that bears on, with all of their places and decisions; *newer* are the records in it
    that were stated since.
    """
    ours = {key: each for key, each in written.records.items() if each.by == run.id}
    back = {
        key: each
        for key, each in written.places.items()
        if key.record in ours or (each.by == run.id and key.record not in written.records)
    }
    opened = frozenset(person for person, each in written.people.items() if each.before is None)
    known = {place.person for key, place in world.places.items() if key not in back}
    known |= {each.before.person for each in back.values() if each.before is not None}
    closing = frozenset(
        each for each in opened if each not in known and not _is_used(world.people[each], world.decisions)
    )
    places = {
        key: evolve(each.before, person=_owner(each, world.places.get(key), opened, closing))
        for key, each in back.items()
        if each.before is not None
    }
    known |= {place.person for place in places.values()}
    begun = {key: world.places[key] for key, each in back.items() if each.before is None and key in world.places}
    lasting = {key for key, place in begun.items() if place.person not in {*known, *closing, None}}
    # Whoever lasts must stay known by something, so that they are found when the record returns.
    places |= {key: evolve(begun[key], pending=None, hold=None, gone=begun[key].gone or today) for key in lasting}
    removed = frozenset(begun.keys() - lasting)
    then = {key: each for key, each in {**world.places, **places}.items() if key not in removed}
    addresses = OwnersAddresses(run, world, then, newer)
    keeping = frozenset(each for each, image in written.people.items() if addresses.stays(image, world.people[each]))
    staying = (key for key in written.records if key not in ours and not key.roster.is_of_platform)
    return Undoing(
        records=tuple(each.before for each in ours.values() if each.before is not None),
        ended=_ordered(key for key, each in ours.items() if each.before is None),
        undone=tuple(sorted(_undone(ours))),
        places=places,
        removed=removed,
        people=dict(_given_back(written, world, closing, keeping)),
        closing=closing,
        staying=_ordered(staying),
        keeping=keeping,
    )


def _owner(
    image: Image[Place], now: Place | None, opened: Collection[PersonId], closing: Collection[PersonId]
) -> PersonId | None:
    """
    Return whose a place is again: whose it was, or whose it became by more than the run.

    That is an account of the run's that stays, and whoever a later decision named there.
    """
    before, after = image.before, image.after
    if before is not None and before.person is not None:
        return before.person
    owner = now.person if now is not None else None
    if owner is None or owner in closing:
        return None
    named_since = after is None or after.person != owner
    return owner if owner in opened or named_since else None


def _ordered(keys: Iterable[RecordKey]) -> tuple[RecordKey, ...]:
    return tuple(sorted(keys, key=lambda each: each.order))


def _is_used(person: Person, decisions: Collection[Decision]) -> bool:
    """Return whether somebody did anything with an account, or decided about it."""
    return person.state is not State.AWAITING or any(person.id in each.people for each in decisions)


def _undone(ours: Mapping[RecordKey, Image[RecordState]]) -> Iterable[Undone]:
    for key, each in ours.items():
        if not key.roster.is_of_platform and each.after != each.before:
            yield Undone(key, GONE if each.after is None else each.after.content)


def _given_back(
    written: Written, world: World, closing: Collection[PersonId], keeping: Collection[PersonId]
) -> Iterable[tuple[PersonId, Person]]:
    """Yield people with what they had been given before the run, where no later run gave them something else."""
    for number, image in written.people.items():
        before, after = image.before, image.after
        now = world.people[number]
        if before is not None and after is not None and number not in closing:
            given = _GIVEN if number not in keeping else [name for name in _GIVEN if name not in _OF_ADDRESS]
            unmoved = [name for name in given if getattr(after, name) == getattr(now, name)]
            yield number, evolve(now, **{name: getattr(before, name) for name in unmoved})


def clashes(undone: Undoing, world: World) -> Iterable[tuple[PersonId, Taken]]:
    """Yield whoever has by now what is given back to somebody else: *world* is as it is without the run."""
    holders: dict[Evidence, list[Person]] = defaultdict(list)
    for person in world.people.values():
        for each in person.ids:
            holders[Evidence.of_id(each)].append(person)
        if person.central is not None:
            holders[Evidence.of_mailbox(person.central)].append(person)
    for evidence, people in holders.items():
        is_address = evidence.kind is EvidenceKind.MAILBOX
        sharing = is_address and all(each.sharing for each in people)
        if len(people) > 1 and not sharing:
            taken = Taken.ADDRESS if is_address else Taken.NATIONAL_ID
            others = [each for each in people if each.id not in undone.people.keys() - undone.keeping] or people[1:]
            yield from ((each.id, taken) for each in others)


def takings(
    undone: Undoing, touched: Collection[PersonId], world: World, after: Settlement
) -> Iterable[tuple[PersonId | None, PlaceKey | None, Taken]]:
    """
    Yield what would be taken from people whom the run did not touch, and from claims that are not the run's.

    *world* is what is kept now, *after* what follows without the run.
    """
    for each in after.people:
        if each.person is None or each.person.id in touched:
            continue
        now = world.people[each.person.id]
        lost = {
            Taken.ADDRESS: now.central is not None and each.central != now.central,
            Taken.NATIONAL_ID: not set(now.ids) <= set(each.ids),
            Taken.NAME: each.name != now.name and bool(each.places),
            Taken.PHONE: now.phone is not None and each.phone != now.phone,
        }
        yield from ((now.id, None, taken) for taken, is_lost in lost.items() if is_lost)
    owners = {place.key: each.who for each in after.people for place in each.places}
    for key, place in world.places.items():
        is_ours = key in undone.places or key in undone.removed
        # An approval follows the student's role, and comes back with it (LINK-5).
        if is_ours or not place.is_present or place.accepted is None or key.record.roster.is_of_platform:
            continue
        then = after.places.get(key)
        stands = then is not None and then.is_present and then.accepted == place.accepted
        if not stands or place.person not in {None, owners.get(key)}:
            yield place.person, key, Taken.ROLE
