"""Keeping a human from a child, and lifting that again (LINK-3)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._gathering import gather
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._post import Post
from eszkola_core._usecases._restricting import RestrictionKept, RestrictionRefused, follow, known, lasting, refusal
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import Decision, DecisionKind, Seeds
from eszkola_core.domain.duplicates import Who
from eszkola_core.domain.newcomers import namesakes_beside
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.roles import Role
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock, Secrets

__all__ = ["Lifted", "RestrictLinks", "Restricted", "RestrictionKept", "RestrictionRefused"]


@frozen
class Restricted:
    """
    From the next call on the human has no access to the child.

    ``also`` are the same restrictions between other accounts that may be the same two humans'.
    """

    decision: Decision
    also: tuple[Decision, ...] = ()


@frozen
class Lifted:
    """The restrictions no longer stand; the link is what the records say."""

    decisions: tuple[Decision, ...]


@frozen
class RestrictLinks:
    """Lets a school carry out what a court or the school decided about a human and a child."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def restrict(
        self, actor: Actor, human: Who, child: Who, *, reason: str
    ) -> Restricted | RestrictionKept | NotPermitted:
        """
        Keep *human* from *child*, whatever links, roles or addresses there are or will be.

        Each is a person, or a place whose owner has no account yet and lasts from now on. The child leaves every
        address that the human can read; tokens and credentials that were handed out die.

        Raises:
            InvalidValue: one of the two is nobody.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            human, child = (known(unit, each) for each in (human, child))
            refused = refusal(acting, actor, Action.RESTRICT, child, {human}, reason)
            if refused is not None:
                return refused
            if human == child:
                return RestrictionKept(RestrictionRefused.SAME_PERSON)
            subject, child = (lasting(self.secrets, acting, actor, each) for each in (human, child))
            if self._standing(acting, subject, child):
                return RestrictionKept(RestrictionRefused.ALREADY_RESTRICTED)
            first, *also = [
                unit.people.decide(
                    Decision(
                        kind=DecisionKind.RESTRICTED,
                        subject=kept,
                        object=each,
                        author=actor.name,
                        reason=reason.strip(),
                        at=acting.now,
                    )
                )
                for kept, each in self._pairs(acting, actor, subject, child)
            ]
            about = tuple(dict.fromkeys(person for each in (first, *also) for person in sorted(each.people)))
            follow(self.secrets, acting, actor, "link-restricted", about, reason)
            post = Post(unit, self.tenant, acting.now)
            children = [each.object for each in (first, *also) if each.object is not None]
            for each in unit.people.get_many(children).values():
                post.shut_out(each)
        return Restricted(first, tuple(also))

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
            human, child = (known(unit, each) for each in (human, child))  # type: ignore[assignment]
            refused = refusal(acting, actor, Action.LIFT_RESTRICTION, child, {human}, reason)
            if refused is not None:
                return refused
            lifted = self._standing(acting, human, child)
            if not lifted:
                return RestrictionKept(RestrictionRefused.NOT_RESTRICTED)
            for each in lifted:
                unit.people.withdraw(each.id, acting.now, by=actor.name, why=reason.strip())
            follow(self.secrets, acting, actor, "link-restriction-lifted", (human, child), reason)
        return Lifted(lifted)

    def _pairs(self, acting: Acting, actor: Actor, human: PersonId, child: PersonId) -> list[tuple[PersonId, PersonId]]:
        """Return the pair, and then the pairs of other accounts of theirs that may be the same two humans'."""
        settlement = Moment(acting.unit, self.tenant, acting.now).settled(
            gather(acting.unit, Seeds(people=frozenset({human, child})))
        )
        groups = settlement.recognised.groups
        humans = [human, *namesakes_beside(groups, human, child, Role.GUARDIAN)]
        children = [child, *namesakes_beside(groups, child, human, Role.STUDENT)]
        number = {each: lasting(self.secrets, acting, actor, each) for each in (*humans, *children)}
        return [(number[one], number[other]) for one in humans for other in children]

    def _standing(self, acting: Acting, human: PersonId, child: PersonId) -> tuple[Decision, ...]:
        """Return the restrictions between two, those among them that were about former accounts of theirs."""
        ground = gather(acting.unit, Seeds(people=frozenset({human, child})))
        apart = Moment(acting.unit, self.tenant, acting.now).settled(ground).apart
        return apart.known.get((human, child), ())
