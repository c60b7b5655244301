"""Keeping a human from a child, and lifting that again (LINK-3)."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind
from eszkola_core.domain.permissions import Action, Actor
from eszkola_core.domain.restrictions import standing
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets
from eszkola_core.usecases._acting import Acting, NotPermitted
from eszkola_core.usecases._deciding import Door
from eszkola_core.usecases._post import Post


class RestrictionRefused(StrEnum):
    """Why everything stays as it is."""

    NO_REASON = "no-reason"
    SAME_PERSON = "same-person"
    ALREADY_RESTRICTED = "already-restricted"
    NOT_RESTRICTED = "not-restricted"


@frozen
class Restricted:
    """From the next call on the human has no access to the child."""

    decision: Decision


@frozen
class Lifted:
    """The restrictions no longer stand; the link is what the records say."""

    decisions: tuple[Decision, ...]


@frozen
class RestrictionKept:
    """Nothing was changed."""

    reason: RestrictionRefused


@frozen
class RestrictLinks:
    """Lets a school carry out what a court or the school decided about a human and a child."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def restrict(
        self, actor: Actor, human: PersonId, child: PersonId, *, reason: str
    ) -> Restricted | RestrictionKept | NotPermitted:
        """
        Keep *human* from *child*, whatever links, roles or addresses there are or will be.

        The child leaves every address that the human can read; tokens and credentials that were handed out die.

        Raises:
            InvalidValue: one of the two is nobody.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            refused = self._refusal(acting, actor, Action.RESTRICT, human, child, reason)
            if refused is not None:
                return refused
            if standing(unit.people.decisions(child), human, child):
                return RestrictionKept(RestrictionRefused.ALREADY_RESTRICTED)
            decision = unit.people.decide(
                Decision(
                    kind=DecisionKind.RESTRICTED,
                    subject=human,
                    object=child,
                    author=actor.name,
                    reason=reason.strip(),
                    at=acting.now,
                )
            )
            self._follow(acting, actor, "link-restricted", human, child, reason)
            Post(unit, self.tenant, acting.now).shut_out(unit.people.get_many([child])[child])
        return Restricted(decision)

    def lift(
        self, actor: Actor, human: PersonId, child: PersonId, *, reason: str
    ) -> Lifted | RestrictionKept | NotPermitted:
        """
        Let what the records say hold again between *human* and *child*.

        Raises:
            InvalidValue: one of the two is nobody.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            refused = self._refusal(acting, actor, Action.LIFT_RESTRICTION, human, child, reason)
            if refused is not None:
                return refused
            lifted = standing(unit.people.decisions(child), human, child)
            if not lifted:
                return RestrictionKept(RestrictionRefused.NOT_RESTRICTED)
            for each in lifted:
                unit.people.withdraw(each.id, acting.now, by=actor.name, why=reason.strip())
            self._follow(acting, actor, "link-restriction-lifted", human, child, reason)
        return Lifted(lifted)

    def _refusal(  # noqa: PLR0913, PLR0917 - who, what, on whom and why
        self, acting: Acting, actor: Actor, action: Action, human: PersonId, child: PersonId, reason: str
    ) -> RestrictionKept | NotPermitted | None:
        """Return why nothing happens, or None; nobody restricts or lifts what concerns themselves (ROLE-6)."""
        _check_known(acting.unit, human, child)
        allowed = acting.permission(actor, action, acting.target(child, concerns={human}))
        if not allowed:
            return NotPermitted(allowed)
        if human == child:
            return RestrictionKept(RestrictionRefused.SAME_PERSON)
        return None if reason.strip() else RestrictionKept(RestrictionRefused.NO_REASON)

    def _follow(  # noqa: PLR0913, PLR0917 - who, what, on whom and why
        self, acting: Acting, actor: Actor, deed: str, human: PersonId, child: PersonId, reason: str
    ) -> None:
        """Write it down, and settle what follows."""
        acting.note(actor, deed, on=(human, child), why=reason.strip())
        door = Door(self.storage, self.tenant, self.secrets)
        door.settle(acting.unit, {human, child}, author=actor.name, now=acting.now)


def _check_known(unit: Unit, *people: PersonId) -> None:
    """Raise InvalidValue where one of *people* is nobody."""
    if len(unit.people.get_many(people)) < len(set(people)):
        raise InvalidValue("nobody has this number", code="unknown-person")
