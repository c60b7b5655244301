"""What every use case of staff shares: who acts, whether they may, and the journal of it (ROLE-4, LAW-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from attrs import evolve, frozen

from eszkola_core._usecases._gathering import gather
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.audit import AuditEntry, sealed
from eszkola_core.domain.children import children_of
from eszkola_core.domain.claims import Claims, Place, PlaceKey, Seeds
from eszkola_core.domain.days import day_of
from eszkola_core.domain.held_roles import former_roles, held_roles
from eszkola_core.domain.hidden import without_numbers
from eszkola_core.domain.permissions import Action, Ground, NotPermitted, Permission, may
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.restrictions import children_kept_from
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit


@frozen
class Acting:
    """
    What somebody does in one unit on behalf of a school.

    The actor's roles and children are looked up in this very unit, whatever the caller believed of them: a role that
    ended a moment ago allows nothing any more.
    """

    unit: Unit
    storage: Storage
    tenant: Tenant
    now: datetime

    @property
    def today(self) -> date:
        """The day in the tenant's zone (DAY-1)."""
        return day_of(self.now, self.tenant.zone)

    def known(self, actor: Actor) -> Actor:
        """Return *actor* with the roles and children of today."""
        if actor.person is None:
            return evolve(actor, roles=(), children=frozenset())
        world = gather(self.unit, Seeds(people=frozenset({actor.person}))).kept
        children = children_of(actor.person, recognise(world, self.today), world, self.tenant, self.today)
        return evolve(
            actor,
            roles=held_roles(actor.person, tuple(world.places.values()), self.today),
            children=frozenset(each.person for each in children if each.person is not None),
            kept_from=children_kept_from(world.decisions, actor.person),
        )

    def target(self, person: PersonId, *, concerns: Iterable[PersonId] = ()) -> Target:
        """
        Return a person with all current roles, and others whom the action is about too.

        Somebody without a role today is in reach of those who had power over the roles that ended.
        """
        places = self.places_around(person).values()
        roles = held_roles(person, places, self.today) or former_roles(person, places)
        return Target(person=person, roles=roles, concerns=frozenset(concerns))

    def places_around(self, person: PersonId) -> Mapping[PlaceKey, Place]:
        """Return all places of a person, with those of everybody who stands in the same records."""
        mine = self.unit.rosters.gather(Seeds(people=frozenset({person}))).places
        around = self.unit.rosters.gather(Seeds(records=frozenset(key.record for key in mine))).places
        return {**around, **mine}

    def permission(self, actor: Actor, action: Action, target: Target) -> Permission:
        """Return whether *actor* may do *action* to *target* now."""
        return may(self.known(actor), action, target)

    def permission_about(self, actor: Actor, action: Action, target: Target, stated: Iterable[Claims]) -> Permission:
        """
        Return whether *actor* may do *action* to *target*, where others are *stated* whom nobody knows yet.

        Whoever has the name of one of them counts as that one, unless ids or birth dates prove them different: nobody
        acts on what may concern themselves (ROLE-6).
        """
        found = self.permission(actor, action, target)
        if not found or actor.person is None:
            return found
        known = self.unit.people.get_many([actor.person])[actor.person]
        mine = Claims(name=known.name, ids=known.ids)
        if any(mine.may_be_of_one_with(each) for each in stated):
            return Permission(allowed=False, ground=Ground.CONCERNS_ACTOR)
        return found

    def note(
        self,
        actor: Actor,
        deed: str,
        *,
        on: Iterable[PersonId] = (),
        why: str = "",
        detail: Mapping[str, str] | None = None,
    ) -> None:
        """Write down what was done, in the same unit: it is in the journal if and only if it happened (LAW-3)."""
        entry = AuditEntry(
            at=self.now,
            by=actor.person,
            console="" if actor.person is not None else actor.name,
            deed=deed,
            on=tuple(dict.fromkeys(on)),
            where=actor.where,
            why=without_numbers(why),
            detail=detail or {},
        )
        self.unit.audit.add(sealed(entry, self.unit.audit.head(), self.storage.fingerprints[0]))


__all__ = ["Acting", "NotPermitted"]
