"""
Newcomers to a child whom a restriction keeps from somebody (LINK-3b).

While it stands, a guardian new to the child could be the one who is kept away, spelled another way or under another
address; and a child new to that human could be the child. So whichever place would join the two waits, unless both ids
prove that they are others, or those two were guardian and child before, or somebody with the right has admitted it.
A new child of the same name as the one that a restriction is about could be that child, too.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Claims, DecisionKind, Place, PlaceKey, RecordKey, World
from eszkola_core.domain.duplicates import Group, Who
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.kept_apart import Apart, kept_apart
from eszkola_core.domain.names import PersonName, parts
from eszkola_core.domain.national_ids import NationalId, prove_two
from eszkola_core.domain.roles import Role

GroupOf = Callable[[PlaceKey], Group | None]


def newcomers(
    world: World, places: Mapping[PlaceKey, Place], groups: Iterable[Group], group_of: GroupOf
) -> frozenset[PlaceKey]:
    """
    Return the places that must wait.

    Args:
        world: what was known before, with the newest content pending.
        places: the same places as recognition would leave them.
        groups: whose they would be.
        group_of: whose place each would be.
    """
    apart = kept_apart(world, groups)
    return frozenset(_Newcomers(world, places, group_of, apart).waiting()) if apart else frozenset()


def admission(place: PlaceKey, name: PersonName) -> Secret:
    """Return the value of the decision that admits whoever stands in a place under a name (LINK-3b)."""
    roster = place.record.roster
    parts_of_key = [roster.school, roster.origin, roster.list, place.record.key, place.role.value, place.who, name.key]
    return Secret(json.dumps(parts_of_key, ensure_ascii=False))


def namesakes_beside(groups: Iterable[Group], one: PersonId, other: PersonId, role: Role) -> tuple[Who, ...]:
    """
    Return who stands beside *other* in *role*, is called as *one* is, and is proven by no id to be another human.

    They were there before, so they are no newcomers; but one human may have two accounts (ID-6d).
    """
    of_who = {group.who: group for group in groups}
    if one not in of_who or other not in of_who:
        return ()
    names = {_claims(each).name.key for each in of_who[one].places if each.accepted is not None}
    records = {each.key.record for each in of_who[other].places}
    found = [
        group
        for group in of_who.values()
        if group.who not in (one, other)
        and not prove_two(group.ids, of_who[one].ids)
        and any(
            each.role is role
            and each.key.record in records
            and each.accepted is not None
            and each.accepted.name.key in names
            for each in group.places
        )
    ]
    return tuple(group.who for group in sorted(found, key=lambda each: each.places[0].key.order))


class _Newcomers:
    """One look at a world in which somebody is kept from somebody."""

    def __init__(self, world: World, places: Mapping[PlaceKey, Place], group_of: GroupOf, apart: Apart) -> None:
        self._world = world
        self._places = places
        self._group_of = group_of
        self._apart = apart
        self._admitted = {
            each.value for each in world.decisions if each.kind is DecisionKind.GUARDIAN_ADMITTED and each.stands
        }
        self._about: dict[Who, set[int]] = defaultdict(set)
        self._humans: dict[int, set[Who]] = defaultdict(set)
        self._kept_from: dict[int, set[Who]] = defaultdict(set)
        self._children: dict[Who, set[Who]] = defaultdict(set)
        for (human, child), restrictions in apart.known.items():
            self._children[human].add(child)
            for each in restrictions:
                self._about[child].add(each.id)
                self._humans[each.id].add(human)
                self._kept_from[each.id].add(child)
        self._groups: dict[Who, Group] = {}
        self._students: dict[RecordKey, list[Place]] = defaultdict(list)
        self._guardians: dict[RecordKey, list[Place]] = defaultdict(list)
        for place in places.values():
            group = group_of(place.key)
            if group is None or place.accepted is None:
                continue
            self._groups[group.who] = group
            if place.role is Role.STUDENT:
                self._students[place.key.record].append(place)
            elif place.role is Role.GUARDIAN:
                self._guardians[place.key.record].append(place)
        self._met = self._acquaintances()

    def waiting(self) -> Iterator[PlaceKey]:
        """Yield the place of each new pair that must wait: the guardian's, or the child's where that is the news."""
        for student, guardian in self._pairs(present=True):
            if self._is_doubtful(student, guardian):
                if not self._is_the_same(guardian):
                    yield guardian.key
                elif not self._is_the_same(student):
                    yield student.key

    def _pairs(self, *, present: bool) -> Iterator[tuple[Place, Place]]:
        """Yield each student and guardian of one record, those that the record still names or all."""
        for record, guardians in self._guardians.items():
            for student in self._students.get(record, ()):
                for guardian in guardians:
                    if not present or (student.is_present and guardian.is_present):
                        yield student, guardian

    def _is_doubtful(self, student: Place, guardian: Place) -> bool:
        """Return whether this guardian and this child could be two who are kept apart."""
        child, human = self._who(student), self._who(guardian)
        if (human, child) in self._apart.known or self._has_met(student, guardian):
            return False
        if any(admission(each.key, _claims(each).name) in self._admitted for each in (student, guardian)):
            return False
        restrictions = {*self._about.get(child, ()), *self._about_namesakes(student)}
        ids = self._ids_behind(guardian) if restrictions else frozenset()
        if any(not prove_two(ids, self._ids_of(self._humans[each])) for each in restrictions):
            return True
        return any(not self._is_another_child(student, other) for other in self._children.get(human, set()) - {child})

    def _about_namesakes(self, student: Place) -> Iterator[int]:
        """Yield the restrictions of children who were called as this one is, unless it is proven another."""
        claims, who = _claims(student), self._who(student)
        for each in self._apart.called.get(claims.name.key, ()):
            children = self._kept_from[each.id]
            if who in children:
                continue
            born = {_claims(place).born for child in children for place in self._places_of(child)} - {None}
            is_born_apart = claims.born is not None and bool(born) and claims.born not in born
            if not is_born_apart and not prove_two(self._ids_behind(student), self._ids_of(children)):
                yield each.id

    def _ids_of(self, people: Iterable[Who]) -> frozenset[NationalId]:
        """Return all ids of one human under former and present accounts."""
        return frozenset(one for who in people for one in self._ids(who))

    def _has_met(self, student: Place, guardian: Place) -> bool:
        """Return whether they were child and guardian before, under names that still meet."""
        known_as = self._met.get((self._who(guardian), self._who(student)))
        return known_as is not None and (
            self._is_the_same(guardian)
            or any(_first_names_meet(_claims(guardian).name, each) for each in known_as)
            or self._states_own_id(guardian)
        )

    def _acquaintances(self) -> Mapping[tuple[Who, Who], set[PersonName]]:
        """Return who was whose guardian before, and under which names."""
        found: dict[tuple[Who, Who], set[PersonName]] = defaultdict(set)
        for student, guardian in self._pairs(present=False):
            if self._is_the_same(student) and self._is_the_same(guardian) and _overlap(student, guardian):
                found[self._who(guardian), self._who(student)].add(_claims(guardian).name)
        return found

    def _is_the_same(self, place: Place) -> bool:
        """Return whether a place was applied before, and still states who it stated then."""
        before = self._world.places.get(place.key)
        if before is None or before.person != place.person:
            # What stands under a key of its own because its record was passed on was applied before.
            return before is None and place.person is not None
        if before.accepted is None:
            return False
        return _first_names_meet(before.accepted.name, _claims(place).name) or self._states_own_id(place)

    def _states_own_id(self, place: Place) -> bool:
        """Return whether a place states an id by which its person was known before."""
        who = self._who(place)
        before = self._world.places.get(place.key)
        known = set(before.accepted.ids) if before is not None and before.accepted is not None else set()
        if not isinstance(who, PlaceKey):
            known.update(self._world.people[who].ids)
        return place.accepted is not None and not known.isdisjoint(place.accepted.ids)

    def _is_another_child(self, student: Place, other: Who) -> bool:
        """Return whether ids prove that two are different children, or else birth dates and names together."""
        if prove_two(self._ids_behind(student), self._ids(other)):
            return True
        mine, theirs = _claims(student), [_claims(each) for each in self._places_of(other)]
        born = {each.born for each in theirs} - {None}
        meet = any(_first_names_meet(mine.name, each.name) for each in theirs)
        return mine.born is not None and bool(born) and mine.born not in born and not meet

    def _ids_behind(self, place: Place) -> frozenset[NationalId]:
        """Return the ids that speak for a place: its own, and its human's where name or id say that it is theirs."""
        claims, who = _claims(place), self._who(place)
        others = [_claims(each).name for each in self._places_of(who) if each.key != place.key]
        is_theirs = self._is_the_same(place) or self._states_own_id(place)
        if is_theirs or any(_first_names_meet(claims.name, each) for each in others):
            return self._ids(who) | frozenset(claims.ids)
        return frozenset(claims.ids)

    def _who(self, place: Place) -> Who:
        """Return whose place it is; only places of groups are looked at."""
        group = self._group_of(place.key)
        if group is None:
            raise AssertionError("only places of groups are looked at")
        return group.who

    def _ids(self, who: Who) -> frozenset[NationalId]:
        """Return all ids that somebody is known by, whether they stand in this world or not."""
        group = self._groups.get(who)
        known = self._world.people[who].ids if not isinstance(who, PlaceKey) and who in self._world.people else ()
        return frozenset({*known, *(group.ids if group is not None else ())})

    def _places_of(self, who: Who) -> tuple[Place, ...]:
        """Return the places of somebody that state anything."""
        group = self._groups.get(who)
        return tuple(each for each in group.places if each.accepted is not None) if group is not None else ()


def _claims(place: Place) -> Claims:
    """Return what a place states, as recognition would leave it."""
    if place.accepted is None:
        raise AssertionError("only places with content are looked at")
    return place.accepted


def _first_names_meet(one: PersonName, other: PersonName) -> bool:
    """Return whether two names are the same, or have a part of the first name in common."""
    return one.key == other.key or bool(set(parts(one.first)) & set(parts(other.first)))


def _overlap(one: Place, other: Place) -> bool:
    """Return whether a record named both at one time."""
    return (other.gone is None or one.since < other.gone) and (one.gone is None or other.since < one.gone)
