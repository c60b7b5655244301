"""Cases of conflicts as one reader may know them: what they are about, whom they concern, and who may mend them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from attrs import field, frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._sight import look_at
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.claims import Claims, Place, PlaceKey, RecordKey
from eszkola_core.domain.conflicts import CaseKind, ConflictCase, Subject, subject_of
from eszkola_core.domain.held_roles import HeldRole, stated_role
from eszkola_core.domain.mending import MENDING
from eszkola_core.domain.permissions import Action, Permission, may
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settlement import ConflictKind

_OF_HUMANS = frozenset(each.value for each in ConflictKind)
_ACCOUNT_AS_WHOLE = frozenset({CaseKind.POSSIBLE_DUPLICATE, CaseKind.ID_CORRECTION})
"""What is mended by somebody whose rights reach every role of the account, wherever it is held (ACCESS-8)."""


@frozen
class Side:
    """One of those whom a case is about: where they stand, in order, with the role that each place states."""

    key: PlaceKey | RecordKey
    places: tuple[tuple[Place, HeldRole], ...] = field(repr=False)
    person: PersonId | None

    @property
    def school(self) -> str:
        """The school of the place or record that the case names."""
        return (self.key if isinstance(self.key, RecordKey) else self.key.record).roster.school

    @property
    def roles(self) -> tuple[HeldRole, ...]:
        """The roles that the places state; of a record that nobody is known in, somebody's of its school."""
        return tuple(sorted({role for _, role in self.places})) or (HeldRole(self.school, Role.STUDENT),)


@frozen
class Looked:
    """A case as it was looked at: its sides, everybody whom it concerns, and what is stated of people not known yet."""

    case: ConflictCase
    sides: tuple[Side, ...]
    concerns: frozenset[PersonId]
    strangers: tuple[Claims, ...] = field(repr=False)
    facts: tuple[str, ...]
    targets: tuple[Target, ...] = field(repr=False)

    @property
    def is_settled(self) -> bool:
        """Whether it is known whose the places are; of who is held that is the very question."""
        return self.case.subject.kind.value in _OF_HUMANS

    def may_see(self, reader: Actor) -> Permission:
        """Return whether somebody may see the case, as those who see the readiness of the class or school (WHY-3)."""
        roles = tuple(role for side in self.sides for role in side.roles)
        return may(reader, Action.VIEW_READINESS, Target(roles=roles, concerns=self.concerns))

    def may_mend(self, reader: Actor, acting: Acting | None = None) -> Permission:
        """
        Return whether somebody has the right that mending it needs, over everybody whom it is about.

        With *acting*, whoever has the name of somebody stated there counts as that one (ROLE-6).
        """
        action = MENDING[self.case.subject.kind].action
        if acting is None:
            return min((may(reader, action, each) for each in self.targets), key=bool)
        about = (acting.permission_about(reader, action, each, self.strangers) for each in self.targets)
        return min(about, key=bool)


def look(acting: Acting, cases: Collection[ConflictCase]) -> Iterator[Looked]:
    """Yield the cases as they stand now, looked at together."""
    page = _Page(acting, cases)
    return (page.looked(each) for each in cases)


class _Page:
    """Some cases, with everybody around them settled once."""

    def __init__(self, acting: Acting, cases: Collection[ConflictCase]) -> None:
        records = {_record(key) for case in cases for key in case.subject.keys}
        self._settlement = Moment(acting.unit, acting.tenant, acting.now).look_at(records)
        self._facts: Mapping[Subject, list[str]] = defaultdict(list)
        for conflict in self._settlement.conflicts:
            self._facts[subject_of(conflict)] += conflict.facts
        self._beside: Mapping[RecordKey, list[Place]] = defaultdict(list)
        for place in sorted(self._settlement.places.values(), key=lambda each: each.key.order):
            self._beside[place.key.record].append(place)
        self._sides = {case.number: tuple(self._sides_of(case.subject)) for case in cases}
        wholly = [case.number for case in cases if case.subject.kind in _ACCOUNT_AS_WHOLE]
        people = {side.person for number in wholly for side in self._sides[number] if side.person is not None}
        self._sight = look_at(acting.unit, people, acting.tenant, acting.today) if people else None

    def looked(self, case: ConflictCase) -> Looked:
        sides = self._sides[case.number]
        beside = [place for side in sides for place in self._beside_side(side)]
        known = {place.person for place in beside} | {side.person for side in sides}
        concerns = frozenset(each for each in known if each is not None)
        strangers = (place.newest for place in beside if place.person is None and place.newest is not None)
        targets = tuple(self._target(case.subject.kind, side, concerns) for side in sides)
        facts = tuple(self._facts.get(case.subject, ()))
        return Looked(case, sides, concerns, tuple(dict.fromkeys(strangers)), facts, targets)

    def _target(self, kind: CaseKind, side: Side, concerns: frozenset[PersonId]) -> Target:
        roles = side.roles
        if kind in _ACCOUNT_AS_WHOLE and side.person is not None and self._sight is not None:
            roles = tuple(sorted({*roles, *self._sight.target(side.person).roles}))
        return Target(person=side.person, roles=roles, concerns=concerns)

    def _sides_of(self, subject: Subject) -> Iterator[Side]:
        yield self._side(subject.kind, subject.about)
        if subject.other is not None:
            yield self._side(subject.kind, subject.other)

    def _side(self, kind: CaseKind, key: PlaceKey | RecordKey) -> Side:
        """Return a human with all of their places; of what is held only that, and whom recognition thinks of."""
        if isinstance(key, RecordKey):
            return Side(key, self._stating(self._beside.get(key, ())), None)
        group = self._settlement.recognised.group_of(key) if kind.value in _OF_HUMANS else None
        if group is not None:
            person = group.who if not isinstance(group.who, PlaceKey) else None
            return Side(key, self._stating(group.places), person)
        place = self._settlement.places.get(key)
        person = self._settlement.recognised.meant_by(key) or (place.person if place is not None else None)
        return Side(key, self._stating([place] if place is not None else ()), person)

    def _stating(self, places: Iterable[Place]) -> tuple[tuple[Place, HeldRole], ...]:
        """Return places with the roles that they state; those that are gone count where no other is left."""
        known = sorted(places, key=lambda each: each.key.order)
        present = [each for each in known if each.is_present] or known
        return tuple((each, stated_role(each, self._beside[each.key.record])) for each in present)

    def _beside_side(self, side: Side) -> Iterator[Place]:
        """Yield everybody who stands in a record with one side of a case."""
        records = {_record(side.key), *(place.key.record for place, _ in side.places)}
        for record in sorted(records, key=lambda each: each.order):
            yield from (each for each in self._beside.get(record, ()) if each.is_present)


def _record(key: PlaceKey | RecordKey) -> RecordKey:
    return key if isinstance(key, RecordKey) else key.record
