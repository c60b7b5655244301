"""People as recognition groups them, and those of them who might be one (ID-6d)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import Final

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Place, PlaceKey, RecordKey
from eszkola_core.domain.national_ids import NationalId, prove_two
from eszkola_core.domain.roles import Role


class Likeness(StrEnum):
    """Why two people might be one (ID-6d)."""

    SAME_ID = "same-national-id"
    SAME_ADDRESS = "same-name-and-address"
    SAME_PHONE = "same-name-and-phone"
    SAME_CHILD = "same-name-and-child"


_MOST_ALIKE: Final = 20
"""How many may be alike so that each of them is compared with each other."""

Who = PersonId | PlaceKey
"""A person who lasts, or the least place of one who does not last yet."""


@frozen
class Group:
    """
    The places that are one human's.

    ``who`` is the person, or the least place key where the human does not last yet. ``ids`` are all that the human is
    known by, those that were just learnt included; ``former_ids`` were corrected (ID-6e).
    """

    who: Who
    places: tuple[Place, ...]
    ids: tuple[NationalId, ...]
    former_ids: tuple[NationalId, ...] = ()


@frozen(order=True)
class Duplicate:
    """Two who may be one human; ``first`` is the lesser place key of the two. Reported, never merged (ID-6d)."""

    first: PlaceKey
    second: PlaceKey
    likeness: Likeness


def possible_duplicates(
    groups: Sequence[Group], one_id: Iterable[tuple[Who, Who]], aliases: Aliases
) -> tuple[Duplicate, ...]:
    """
    Return the pairs who share a name key and an address, a phone or a child, or who state one id, each with its reason.

    Not reported are two whose ids prove them different, and two who stand in one record; unless it is an id that they
    share. *one_id* names the pairs of whom one states the other's id. Two who were called distinct are never reported.
    Where very many are alike, such as in a list in which everybody has the school's telephone, each of them is reported
    with one other: all pairs would be more than anybody could look at, or a machine hold.
    """
    by_who = {group.who: group for group in groups}
    found = {
        _pair(by_who[first], by_who[second], Likeness.SAME_ID)
        for first, second in one_id
        if not _are_distinct(first, second, aliases)
    }
    for likeness, people in _alike(groups):
        found |= {_pair(first, second, likeness) for first, second in _who_may_be_one(people, aliases)}
    return tuple(sorted((pair for pair in found if pair is not None), key=_order))


def _alike(groups: Sequence[Group]) -> Iterable[tuple[Likeness, list[Group]]]:
    """Yield the groups that share a name key and, as students or as grown-ups, an address, a phone or a child."""
    children = _children(groups)
    seen: dict[tuple[Likeness, str, bool, object], dict[Who, Group]] = defaultdict(dict)
    for group in groups:
        for place in group.places:
            if place.accepted is None or not place.is_present or place.is_given:
                continue
            name, is_student = place.accepted.name.key, place.role is Role.STUDENT
            if place.accepted.email is not None:
                seen[Likeness.SAME_ADDRESS, name, is_student, place.accepted.email.mailbox][group.who] = group
            if place.accepted.phone is not None:
                seen[Likeness.SAME_PHONE, name, is_student, place.accepted.phone][group.who] = group
            if place.role is Role.GUARDIAN:
                for child in children.get(place.key.record, ()):
                    seen[Likeness.SAME_CHILD, name, is_student, child][group.who] = group
    for (likeness, *_), people in seen.items():
        yield likeness, list(people.values())


def _who_may_be_one(people: Sequence[Group], aliases: Aliases) -> Iterator[tuple[Group, Group]]:
    """Yield the pairs of people who are alike and may be one; of very many each with one other at least."""

    def may_be_one(first: Group, second: Group) -> bool:
        proven = prove_two(first.ids, second.ids) or _are_distinct(first.who, second.who, aliases)
        return not proven and _records(first).isdisjoint(_records(second))

    few, others = people, people[:0]
    if len(people) > _MOST_ALIKE:
        in_order = sorted(people, key=_least)
        few, others = in_order[:_MOST_ALIKE], in_order[_MOST_ALIKE:]
    for first, second in combinations(few, 2):
        if may_be_one(first, second):
            yield first, second
    for each in others:
        likely = next((one for one in few if may_be_one(one, each)), None)
        if likely is not None:
            yield likely, each


def _least(group: Group) -> tuple[str, ...]:
    """Return what puts groups in one order, whatever order they came in; all who are alike have a place."""
    return min(place.key.order for place in group.places)


def _children(groups: Sequence[Group]) -> Mapping[RecordKey, Collection[Who]]:
    """Return the students of each record."""
    found: dict[RecordKey, list[Who]] = defaultdict(list)
    for group in groups:
        for place in group.places:
            if place.role is Role.STUDENT and place.is_present:
                found[place.key.record].append(group.who)
    return found


def _are_distinct(first: Who, second: Who, aliases: Aliases) -> bool:
    """Return whether somebody said that two who last are two (ID-6d)."""
    if isinstance(first, PlaceKey) or isinstance(second, PlaceKey):
        return False
    return aliases.are_distinct(first, second)


def _pair(first: Group, second: Group, likeness: Likeness) -> Duplicate | None:
    """Return the pair, named by least places; None where one has none to be named by."""
    if not first.places or not second.places:
        return None
    lesser, greater = sorted((first.places[0].key, second.places[0].key), key=lambda each: each.order)
    return Duplicate(lesser, greater, likeness)


def _records(group: Group) -> set[RecordKey]:
    return {place.key.record for place in group.places}


def _order(duplicate: Duplicate) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    return duplicate.first.order, duplicate.second.order, duplicate.likeness
