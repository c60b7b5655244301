"""What is open, for whoever may see and mend it (MAIL-3, ID-6d, ID-8, SYNC-3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from attrs import field, frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._gathering import decided_about
from eszkola_core._usecases._queue import Looked, Side, look
from eszkola_core._usecases._schools import known_schools
from eszkola_core._usecases.see_held import HeldPlace, SeeHeld
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Hold, Place, PlaceKey, RecordKey
from eszkola_core.domain.conflicts import CaseKind, ConflictCase
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.mending import MENDING, Mending
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.permissions import Action, NotPermitted, may
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock

_PAGE: Final = 100
"""So many cases are looked at together."""

_HELD: Final = frozenset(each.value for each in Hold)


@frozen
class ConflictSide:
    """
    One of those whom a conflict is about, as the reader may know them.

    Of somebody in other schools' records only the school is told: ``record`` and ``name`` are None then. Somebody may
    have no name either: a record that was never taken in says none.
    """

    school: str
    record: RecordKey | None = None
    name: PersonName | None = None
    role: HeldRole | None = None
    login: str = ""


@frozen
class Assignee:
    """Who was asked to mend it; ``may_mend`` says whether they still have the right."""

    person: PersonId
    name: PersonName
    login: str
    may_mend: bool


@frozen
class SeenConflict:
    """
    A case as its reader sees it.

    ``facts`` are those of today, safe to show. ``held`` is what is asked where somebody is held, with the name by which
    to answer. ``may_mend`` says whether the reader has the right that mending it needs.
    """

    case: ConflictCase
    sides: tuple[ConflictSide, ...]
    facts: tuple[str, ...]
    held: HeldPlace | None = field(repr=False)
    assignee: Assignee | None
    may_mend: bool

    @property
    def mending(self) -> Mending:
        """Who can mend it, and where."""
        return MENDING[self.case.subject.kind]


@frozen
class SeeConflicts:
    """
    Lists what is open, each for those who see the readiness of one of its classes or schools.

    The office of a school sees whatever has to do with a record of its own, and of other schools' people no more than
    the school. What concerns the reader, or a child of theirs, is left out (ROLE-6).
    """

    storage: Storage
    tenant: Tenant
    clock: Clock

    def of(
        self,
        actor: Actor,
        *,
        school: str | None = None,
        kind: CaseKind | None = None,
        mine: bool = False,
        closed: bool = False,
    ) -> tuple[SeenConflict, ...] | NotPermitted:
        """
        Return the conflicts that *actor* may see, in the order of their numbers: of one *school*, of one *kind*.

        ``mine`` are those that *actor* was asked to mend, ``closed`` those that are over and not forgotten yet.

        Raises:
            InvalidValue: there is no such school.
        """
        with self.storage.snapshot() as unit:
            known_schools(unit, school)
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            reader = acting.known(actor)
            permission = may(reader, Action.VIEW_READINESS, Target(roles=reader.roles))
            if not permission:
                return NotPermitted(permission)
            sees_all = bool(may(reader, Action.VIEW_READINESS, Target.of_school("")))
            schools = None if sees_all else {each.school for each in reader.roles}
            if school is not None:
                schools = {school} if schools is None else schools & {school}
            asked = _accounts_of(unit, reader) if mine else frozenset()
            cases = [
                case
                for case in unit.cases.listed(schools, closed=closed)
                if kind in (None, case.subject.kind) and (not mine or case.assignee in asked)
            ]
            pages = (cases[at : at + _PAGE] for at in range(0, len(cases), _PAGE))
            return tuple(each for page in pages for each in self._seen(acting, reader, page))

    def find(self, actor: Actor, number: int) -> SeenConflict | None:
        """Return the conflict with *number*, open or over, or None where *actor* may not see one."""
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            case = unit.cases.get(number)
            if case is None:
                return None
            return next(self._seen(acting, acting.known(actor), [case]), None)

    def _seen(self, acting: Acting, reader: Actor, cases: Collection[ConflictCase]) -> Iterator[SeenConflict]:
        """Yield what *reader* may see of some cases."""
        looked = [each for each in look(acting, cases) if each.may_see(reader)]
        held = self._held(acting, reader, looked)
        assignees = _assignees(acting, looked)
        people = {side.person for each in looked if each.is_settled for side in each.sides if side.person is not None}
        accounts = acting.unit.people.get_many(people)
        for each in looked:
            subject = each.case.subject
            asked = held.get(subject.about) if isinstance(subject.about, PlaceKey) else None
            yield SeenConflict(
                case=each.case,
                sides=tuple(_shown(side, reader, accounts) for side in each.sides),
                facts=each.facts,
                held=asked if asked is not None and asked.hold.value == subject.kind.value else None,
                assignee=assignees.get(each.case.number),
                may_mend=bool(each.may_mend(reader)),
            )

    def _held(self, acting: Acting, reader: Actor, looked: Collection[Looked]) -> Mapping[PlaceKey, HeldPlace]:
        """Return what is asked of whoever is held in one of the cases."""
        kinds = [each.case.subject for each in looked if each.case.subject.kind.value in _HELD]
        records = frozenset(each.record for each in kinds)
        if not records:
            return {}
        seeing = SeeHeld(self.storage, self.tenant, self.clock)
        found = seeing.among(acting.unit, reader, records.__contains__)
        return {} if isinstance(found, NotPermitted) else {each.key: each for each in found}


def _accounts_of(unit: Unit, reader: Actor) -> frozenset[PersonId]:
    """Return the accounts that are read as the reader's (ID-7)."""
    if reader.person is None:
        return frozenset()
    return Aliases.of(decided_about(unit, reader.person)).members(reader.person)


def _assignees(acting: Acting, looked: Collection[Looked]) -> Mapping[int, Assignee]:
    """Return who was asked to mend the cases, by their numbers."""
    asked = {each.case.assignee for each in looked if each.case.assignee is not None}
    people = acting.unit.people.get_many(asked)
    actors = {number: acting.known(Actor(name=person.login, person=number)) for number, person in people.items()}
    return {
        each.case.number: Assignee(
            person=number,
            name=people[number].name,
            login=people[number].login,
            may_mend=bool(each.may_mend(actors[number])),
        )
        for each in looked
        if (number := each.case.assignee) is not None and number in people
    }


def _shown(side: Side, reader: Actor, accounts: Mapping[PersonId, Person]) -> ConflictSide:
    """Return one side as the reader may know it: by a place of theirs that the reader looks after."""
    account = accounts.get(side.person) if side.person is not None else None
    for place, role in side.places:
        if may(reader, Action.VIEW_READINESS, Target(roles=(role,))):
            return ConflictSide(
                place.school, place.key.record, _name(place), role, account.login if account is not None else ""
            )
    if isinstance(side.key, RecordKey) and not side.places:
        return ConflictSide(side.school, side.key)
    return ConflictSide(side.school)


def _name(place: Place) -> PersonName | None:
    claims = place.newest
    return claims.name if claims is not None else None
