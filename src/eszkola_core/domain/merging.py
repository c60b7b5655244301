"""Whether two accounts may become one, and which of them stays (ID-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import LIFECYCLE, Happening, Lock, Person, PersonId, State
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Decision, DecisionKind, PlaceKey, RecordKey
from eszkola_core.domain.duplicates import Group, Who
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.kept_apart import Apart
from eszkola_core.domain.national_ids import prove_two
from eszkola_core.domain.roles import Role

_LATEST: Final = datetime.max.replace(tzinfo=UTC)
_SHUT: Final = frozenset({State.CLOSED, State.ERASED, State.MERGED})
_KNOWS_A_PASSWORD: Final = frozenset({State.ACTIVE, State.CHANGE_DUE})


class MergeRefused(StrEnum):
    """Why two accounts stay two, or a merge stays."""

    SAME_PERSON = "same-person"
    NO_REASON = "no-reason"
    ACCOUNT_SHUT = "account-shut"
    DIFFERENT_IDS = "different-ids"
    CALLED_DISTINCT = "called-distinct"
    ONE_RECORD = "one-record"
    KEPT_APART = "kept-apart"
    PLAN_MOVED = "plan-moved"
    NO_SUCH_MERGE = "no-such-merge"
    TOO_LATE = "too-late"
    LATER_MERGE_FIRST = "later-merge-first"


@frozen
class MergePlan:
    """
    What a merge would do: who stays, and what comes to them (ID-7a).

    ``places`` are the roles that come, by school; ``children`` counts the links among them. ``id`` stands for both
    accounts as they were when this was planned: once anything that bears on one of them has changed, it is another.
    """

    survivor: PersonId
    absorbed: PersonId
    survivor_login: str
    absorbed_login: str
    places: tuple[tuple[str, Role], ...]
    children: int
    devices: int
    licences: int
    acknowledgements: int
    restrictions: int
    id: str = field(repr=False)


def survivor_first(first: Person, second: Person) -> tuple[Person, Person]:
    """
    Return two accounts, the one that stays first: who has an id, else is activated, else the older one (ID-7c).

    Who has no account yet never stays in the stead of who has one: an account once opened stays open (ID-4).
    """
    one, other = sorted((first, second), key=_right_to_stay)
    return one, other


def _right_to_stay(person: Person) -> tuple[bool, bool, bool, datetime, PersonId]:
    return not person.is_opened, not person.ids, not person.is_activated, person.opened_at or _LATEST, person.id


def refused(
    first: Person, second: Person, groups: Collection[Group], aliases: Aliases, apart: Apart
) -> MergeRefused | None:
    """Return why two accounts, of which neither is merged into another, are not to become one (ID-7b, ID-7g)."""
    pair = {(first.id, second.id), (second.id, first.id)}
    mine, theirs = (_group(groups, each.id) for each in (first, second))
    reasons = {
        MergeRefused.SAME_PERSON: first.id == second.id,
        MergeRefused.ACCOUNT_SHUT: not _SHUT.isdisjoint({first.state, second.state}),
        MergeRefused.CALLED_DISTINCT: aliases.are_distinct(first.id, second.id),
        MergeRefused.KEPT_APART: not pair.isdisjoint(apart.known),
        MergeRefused.DIFFERENT_IDS: prove_two(mine.ids, theirs.ids),
        MergeRefused.ONE_RECORD: not _records(mine).isdisjoint(_records(theirs)),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def children_met_anew(pair: Collection[PersonId], groups: Collection[Group], apart: Apart) -> frozenset[PersonId]:
    """
    Return the children whom somebody is kept from, and who would meet a guardian new to them (LINK-3b).

    That guardian may be the one who is kept away, unless ids prove another: who may lift the restriction decides.
    """
    ids = {group.who: frozenset(group.ids) for group in groups}
    stand = {role: _standing(groups, role) for role in (Role.GUARDIAN, Role.STUDENT)}
    before = {
        (guardian, child)
        for record, children in stand[Role.STUDENT].items()
        for guardian in stand[Role.GUARDIAN].get(record, ())
        for child in children
    }
    one = frozenset(pair)
    all_ids = frozenset(each for who in one for each in ids.get(who, ()))
    found = set()
    for guardian, child in before:
        for new_guardian in one if guardian in one else {guardian}:
            for known_child in one if child in one else {child}:
                if (new_guardian, known_child) in before or isinstance(known_child, PlaceKey):
                    continue
                mine = all_ids if new_guardian in one else ids.get(new_guardian, frozenset())
                kept_away = [human for human, kept in apart.known if kept == known_child]
                if any(not prove_two(mine, ids.get(human, ())) for human in kept_away):
                    found.add(known_child)
    return frozenset(found)


def _standing(groups: Iterable[Group], role: Role) -> Mapping[RecordKey, frozenset[Who]]:
    """Return who stands in each record in a role."""
    found: dict[RecordKey, set[Who]] = defaultdict(set)
    for group in groups:
        for place in group.places:
            if place.role is role and place.is_present and place.accepted is not None:
                found[place.key.record].add(group.who)
    return {record: frozenset(people) for record, people in found.items()}


def _group(groups: Iterable[Group], person: PersonId) -> Group:
    return next((each for each in groups if each.who == person), Group(person, (), ()))


def _records(group: Group) -> set[RecordKey]:
    return {place.key.record for place in group.places if place.is_present}


def merge(
    survivor: Person, absorbed: Person, *, author: str, reason: str, at: datetime
) -> tuple[Decision, Person, Person]:
    """
    Return the decision that *absorbed* is read as *survivor*, and the survivor and the absorbed account after it.

    A survivor without an address takes the other's: the owner of both read it before, so nothing ends by it. The
    decision keeps both addresses as they were: an undoing gives each back what was theirs (ID-7f).
    """
    own = survivor.central.mailbox if survivor.central is not None else ""
    decision = Decision(
        kind=DecisionKind.MERGED,
        subject=survivor.id,
        object=absorbed.id,
        address=absorbed.central,
        value=Secret(own),
        author=author,
        reason=reason,
        at=at,
    )
    after = absorbed.after(Happening.MERGED)
    if absorbed.central is None or survivor.central is not None or not survivor.is_opened:
        return decision, survivor, after
    taking = survivor.changed(central=absorbed.central, sharing=absorbed.sharing)
    return decision, taking, evolve(after, central=None, sharing=False)


def parted(survivor: Person, absorbed: Person, merged: Decision, holders: Iterable[Person]) -> tuple[Person, Person]:
    """
    Return both accounts after the merge that *merged* decided was undone (ID-7f).

    Each has the address that was theirs, unless one of the *holders* has it by now who is neither; nobody signs in
    before access was recovered anew.
    """
    address = merged.address
    others = [each for each in holders if each.id not in (survivor.id, absorbed.id)]
    survivor, absorbed = _without_password(survivor), _back(absorbed)
    if address is None or not all(each.sharing for each in others):
        return survivor, absorbed
    had_it_too = merged.value == Secret(address.mailbox)
    if survivor.central == address and not had_it_too:
        survivor = evolve(survivor, central=None, sharing=False)
    return survivor, evolve(absorbed, central=address, sharing=bool(others) or had_it_too)


def _back(absorbed: Person) -> Person:
    """Return an account that is read as another's as it comes back from there."""
    if not absorbed.is_opened:
        return absorbed.after(Happening.UNMERGED_UNOPENED)
    return absorbed.after(Happening.UNMERGED if absorbed.is_activated else Happening.UNMERGED_UNUSED)


def _without_password(survivor: Person) -> Person:
    """Return the survivor with a password that opens nothing any more; what opens nothing stays as it is."""
    lock: Lock | None = survivor.lock
    if survivor.state is State.LOCKED and lock is not None:
        former = State.RECOVERY_REQUIRED if survivor.is_activated else State.AWAITING
        kept = evolve(lock, former=former) if lock.former in _KNOWS_A_PASSWORD else lock
        return evolve(survivor, lock=kept, revision=survivor.revision + 1)
    happening = Happening.UNMERGED if survivor.is_activated else Happening.UNMERGED_UNUSED
    if happening in LIFECYCLE[survivor.state]:
        return survivor.after(happening)
    return evolve(survivor, revision=survivor.revision + 1)
