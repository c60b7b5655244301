"""
Who is who (ID-2, ID-6, ID-8).

`recognise` groups the places of a closed world into people. It remembers: a place that is bound to a person stays
bound. What is not bound is recognised by national id, by the source's own key of the person, and failing both by
address and name. Nothing depends on any order: each step reads only what the steps before it have settled.

The steps, and why they come in this order:

1. *Bound places* keep their person. Their newest content is held where it looks like somebody else's, and so is whoever
   is new beside a student of whom that is true.
2. *Late ids*: a person without an id of a kind takes the one that the places now state, unless another wants it.
3. *Ids*: unbound places join the person who has their id, and teach the others that they state; those whose ids nobody
   has form new people together.
4. *Own keys*: unbound places without an id join whoever the source knows by the same key.
5. *Addresses*: unbound places without either, students never, join whoever states the same address under the same name.

The first step stands in `bound_places`, the next two in `joining_by_id`, the last two in `joining_without_id`; what
they all do with a place is in `who_is_who`, and the measure of names in `namesakes`.

Where the outcome would join a child that a restriction stands for to somebody new, or somebody who is kept from a child
to a new one, those places are held, and the steps are taken once more without them.

Whether a name is a stranger's is judged by what sources state, and not by who has joined before: else the next run
would let in whom this one kept out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from attrs import field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.bound_places import ASKED, keep_bound_places
from eszkola_core.domain.claims import Hold, Place, PlaceKey, RecordKey, World
from eszkola_core.domain.duplicates import Duplicate, Group, Who, possible_duplicates
from eszkola_core.domain.joining_by_id import join_by_id
from eszkola_core.domain.joining_without_id import join_by_address, join_by_own_key
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.newcomers import newcomers
from eszkola_core.domain.who_is_who import WhoIsWho, records_by_id


@frozen
class Recognised:
    """
    Who is who in a closed world.

    ``places`` are all places of the world as recognition leaves them: newest content applied, or held with its reason.
    ``doubts`` say of whom somebody must tell whether a held place is theirs.
    """

    groups: tuple[Group, ...]
    places: Mapping[PlaceKey, Place]
    duplicates: tuple[Duplicate, ...] = ()
    _of_place: Mapping[PlaceKey, Group] = field(factory=dict, repr=False)
    doubts: Mapping[PlaceKey, Who] = field(factory=dict)

    def who_stands_in(self, place: Place) -> Who:
        """Return whose a place is; the place itself where it is nobody's yet."""
        group = self._of_place.get(place.key)
        return group.who if group is not None else place.key

    def group_of(self, key: PlaceKey) -> Group | None:
        """Return the group that a place belongs to, or None while it is held without ever having been applied."""
        return self._of_place.get(key)

    def meant_by(self, key: PlaceKey) -> PersonId | None:
        """Return of whose account somebody must tell whether a held place is its owner's, or None where of nobody's."""
        who = self.doubts.get(key)
        return None if isinstance(who, PlaceKey) else who


def recognise(world: World, today: date) -> Recognised:
    """
    Return who is who on *today*.

    *world* must be closed; places carry their newest content as ``pending`` and what was applied as ``accepted``.
    """
    waiting: frozenset[PlaceKey] = frozenset()
    while True:
        recognised = _recognised(world, today, waiting)
        further = newcomers(world, recognised.places, recognised.groups, recognised.group_of) - waiting
        if not further:
            return recognised
        waiting |= further


def _recognised(world: World, today: date, waiting: Collection[PlaceKey]) -> Recognised:
    """Take the steps once; *waiting* are places that a restriction holds (LINK-3b)."""
    known = WhoIsWho(world, today)
    keep_bound_places(known, waiting)
    known.hear_names()
    join_by_id(known)
    join_by_own_key(known)
    join_by_address(known)
    _tell_reasons(known)
    groups = tuple(_groups(known))
    one_id = (*known.shared_ids, *_of_anothers_id(groups))
    return Recognised(
        groups=groups,
        places=known.settled,
        duplicates=possible_duplicates(groups, one_id, known.aliases),
        of_place={place.key: group for group in groups for place in group.places},
        doubts={
            key: known.moved.get(who, who) for key, who in known.doubts.items() if known.settled[key].hold in ASKED
        },
    )


def _tell_reasons(known: WhoIsWho) -> None:
    """Give whoever waits the reason that the next run would give, now that everybody is somebody."""
    owners: dict[NationalId, set[Who]] = defaultdict(set)
    for who, ids in known.ids.items():
        for each in ids:
            owners[each].add(who)
    for place in list(known.settled.values()):
        if place.hold is None or place.person is not None or not place.is_present:
            continue
        if len({who for each in place.stated_ids for who in owners.get(each, ())}) > 1:
            known.settle(place, Hold.AMBIGUOUS)
        elif place.hold is Hold.NAME_MISMATCH and place.key.record in _records_of_asked(known, place.key):
            known.settle(place, Hold.TWICE_IN_RECORD)


def _records_of_asked(known: WhoIsWho, key: PlaceKey) -> set[RecordKey]:
    """Return the records that name, by an id, the human whom a held place is asked about."""
    asked = known.doubts.get(key)
    return records_by_id(known.members.get(known.moved.get(asked, asked), ())) if asked is not None else set()


def _groups(known: WhoIsWho) -> Iterable[Group]:
    """Yield every human with the places in their order; whoever does not last yet is told by the first."""
    for who, places in known.members.items():
        if places or not isinstance(who, PlaceKey):
            ordered = tuple(sorted(places, key=lambda each: (each.is_given, each.key.order)))
            ids = tuple(sorted(known.ids[who]))
            former = tuple(sorted(each for each, people in known.former.items() if who in people))
            yield Group(who if not isinstance(who, PlaceKey) else ordered[0].key, ordered, ids, former)


def _of_anothers_id(groups: Iterable[Group]) -> Iterable[tuple[Who, Who]]:
    """Yield the pairs of whom one states the other's id, though the other be known since this very run."""
    groups = tuple(groups)
    owners = {each: group.who for group in groups for each in group.ids}
    for group in groups:
        for place in group.places:
            stated = place.newest if place.hold is Hold.ID_CORRECTION and place.is_present else place.accepted
            for each in stated.ids if stated is not None else ():
                if owners.get(each, group.who) != group.who:
                    yield owners[each], group.who
