"""Asking somebody to mend a conflict, and handing it back."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._gathering import decided_about
from eszkola_core._usecases._queue import Looked, look
from eszkola_core.domain.accounts import Person, PersonId, State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.conflicts import ConflictCase
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


class AssignRefused(StrEnum):
    """Why a conflict stays with whom it was."""

    UNKNOWN = "unknown"
    CLOSED = "closed"
    NOBODY = "nobody"
    MAY_NOT_MEND = "may-not-mend"
    NOT_ASSIGNED = "not-assigned"


@frozen
class ConflictAssigned:
    """Somebody is asked to mend it, or nobody any more."""

    case: ConflictCase


@frozen
class ConflictKept:
    """Nothing was changed."""

    reason: AssignRefused


@frozen
class AssignConflict:
    """
    Asks somebody to mend a conflict who has the right that it needs, by somebody who has that right too.

    Nobody is asked, and nobody asks, about what concerns themselves (ROLE-6). Being asked gives no right: who loses it
    stays named, and the conflict can be given to another.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock

    def assign(
        self, actor: Actor, number: int, to: PersonId, *, reason: str = ""
    ) -> ConflictAssigned | ConflictKept | NotPermitted:
        """
        Ask *to* to mend the conflict with *number*; whoever was asked before is asked no more.

        Raises:
            Conflict: it moved on at the very same time; nothing was changed.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            looked = self._looked(acting, actor, number)
            if looked is None:
                return ConflictKept(AssignRefused.UNKNOWN)
            permission = looked.may_mend(actor, acting)
            if not permission:
                return NotPermitted(permission)
            if looked.case.is_closed:
                return ConflictKept(AssignRefused.CLOSED)
            person = _mender(acting, looked, to)
            if isinstance(person, AssignRefused):
                return ConflictKept(person)
            if looked.case.assignee == person.id:
                return ConflictAssigned(looked.case)
            return self._kept(acting, actor, looked.case.assigned(person.id), "conflict-assigned", person.id, reason)

    def release(self, actor: Actor, number: int, *, reason: str = "") -> ConflictAssigned | ConflictKept | NotPermitted:
        """
        Hand a conflict back, as whoever was asked to mend it, or as somebody who may ask another.

        Raises:
            Conflict: it moved on at the very same time; nothing was changed.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            case = unit.cases.get(number)
            mine = case is not None and actor.person is not None and _is(acting, case.assignee, actor.person)
            looked = self._looked(acting, actor, number)
            if case is None or (looked is None and not mine):
                return ConflictKept(AssignRefused.UNKNOWN)
            if looked is not None and not mine:
                permission = looked.may_mend(actor, acting)
                if not permission:
                    return NotPermitted(permission)
            if case.is_closed or case.assignee is None:
                return ConflictKept(AssignRefused.CLOSED if case.is_closed else AssignRefused.NOT_ASSIGNED)
            return self._kept(acting, actor, case.handed_back(), "conflict-handed-back", case.assignee, reason)

    @staticmethod
    def _looked(acting: Acting, actor: Actor, number: int) -> Looked | None:
        """Return a case that *actor* may see; one that is not there and one that they may not see are the same."""
        case = acting.unit.cases.get(number)
        if case is None:
            return None
        looked = next(look(acting, [case]))
        return looked if looked.may_see(acting.known(actor)) else None

    @staticmethod
    def _kept(  # noqa: PLR0913, PLR0917 - who did what to which case, and why
        acting: Acting, actor: Actor, case: ConflictCase, deed: str, on: PersonId, reason: str
    ) -> ConflictAssigned:
        """Write a case, and what was done."""
        acting.unit.cases.change([case])
        detail = {"conflict": str(case.number), "kind": case.subject.kind.value}
        acting.note(actor, deed, on=[on], why=reason, detail=detail)
        return ConflictAssigned(case)


_SHUT = frozenset({State.UNOPENED, State.CLOSED, State.ERASED, State.MERGED})


def _mender(acting: Acting, looked: Looked, to: PersonId) -> Person | AssignRefused:
    """Return the account of somebody who may mend it, or why that cannot be *to*."""
    survivor = Aliases.of(decided_about(acting.unit, to)).survivor(to)
    person = acting.unit.people.get_many([survivor]).get(survivor)
    if person is None or person.at(acting.now).state in _SHUT:
        return AssignRefused.NOBODY
    mends = looked.may_mend(Actor(name=person.login, person=person.id), acting)
    return person if mends else AssignRefused.MAY_NOT_MEND


def _is(acting: Acting, assignee: PersonId | None, person: PersonId) -> bool:
    """Return whether *assignee* is read as *person* (ID-7)."""
    return assignee is not None and assignee in Aliases.of(decided_about(acting.unit, person)).members(person)
