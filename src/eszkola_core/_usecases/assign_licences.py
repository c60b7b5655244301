"""Giving licences to those who are entitled, and taking them back (LIC-1, LIC-2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.claims import Seeds
from eszkola_core.domain.days import day_of
from eszkola_core.domain.held_roles import HeldRole, held_roles
from eszkola_core.domain.licences import Licence, LicenceState, NotEntitled, Pool, not_entitled, reviewed, withdrawn
from eszkola_core.domain.permissions import Action, may
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sds_export import Licensed, tables
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock

_PAGE = 500


class LicenceRefused(StrEnum):
    """Why no licence changed hands."""

    NO_NATIONAL_ID = NotEntitled.NO_NATIONAL_ID.value
    NO_ENTITLING_ROLE = NotEntitled.NO_ENTITLING_ROLE.value
    NO_SEAT_OR_HAS_ONE = "no-seat-or-has-one"
    HAS_NONE = "has-none"


@frozen
class NoLicence:
    """Nothing was changed."""

    reason: LicenceRefused


@frozen
class PoolUse:
    """A pool, and how many of its seats are taken."""

    pool: Pool
    taken: int


@frozen(kw_only=True)
class Reviewed:
    """What a review of all licences came to."""

    into_grace: int = 0
    restored: int = 0
    withdrawn: int = 0


@frozen
class AssignLicences:
    """Gives licences and takes them back; who loses the role that entitles keeps the seat for the grace."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def pools(self, actor: Actor) -> tuple[PoolUse, ...] | NotPermitted:
        """Return the pools, in the order of their keys, with the seats that are taken, to whoever may assign any."""
        with self.storage.snapshot() as unit:
            reader = self._acting(unit).known(actor)
            students = Target(roles=tuple(HeldRole(each.school, Role.STUDENT) for each in reader.roles))
            permission = may(reader, Action.ASSIGN_LICENCE, students)
            if not permission:
                return NotPermitted(permission)
            return tuple(PoolUse(pool, len(unit.licences.held(pool.key))) for pool in unit.licences.pools())

    def keep_pool(self, actor: Actor, pool: Pool) -> PoolUse | NotPermitted:
        """
        Make a pool, or give one another number of seats, another product, or other roles.

        Raises:
            Conflict: more licences are in use than it would have seats.
        """
        with self.storage.unit() as unit:
            acting = self._acting(unit)
            permission = acting.permission(actor, Action.MANAGE_LICENCES, Target.of_school(""))
            if not permission:
                return NotPermitted(permission)
            unit.licences.put_pool(pool)
            acting.note(actor, "licence-pool-kept", detail={"pool": pool.key, "seats": str(pool.seats)})
            return PoolUse(pool, len(unit.licences.held(pool.key)))

    def assign(self, actor: Actor, person: PersonId, pool_key: str) -> Licence | NoLicence | NotPermitted:
        """
        Give *person* a licence.

        Raises:
            InvalidValue: there is no such pool.
        """
        with self.storage.unit() as unit:
            acting, pool = self._acting(unit), self._pool(unit, pool_key)
            target = acting.target(person)
            permission = acting.permission(actor, Action.ASSIGN_LICENCE, target)
            if not permission:
                return NotPermitted(permission)
            found = unit.people.get_many([person])[person]
            reason = not_entitled(found, target.roles, pool)
            if reason is not None:
                return NoLicence(LicenceRefused(reason.value))
            licence = unit.licences.assign(Licence(pool=pool.key, person=person, since=self.clock.now()))
            if licence is None:
                return NoLicence(LicenceRefused.NO_SEAT_OR_HAS_ONE)
            acting.note(actor, "licence-assigned", on=[person], detail={"pool": pool.key})
            return licence

    def withdraw(
        self, actor: Actor, person: PersonId, pool_key: str, *, why: str
    ) -> Licence | NoLicence | NotPermitted:
        """Take a licence back at once, without a grace."""
        with self.storage.unit() as unit:
            acting = self._acting(unit)
            permission = acting.permission(actor, Action.ASSIGN_LICENCE, acting.target(person))
            if not permission:
                return NotPermitted(permission)
            held = [each for each in unit.licences.of(person) if each.pool == pool_key and each.holds_a_seat]
            if not held or not unit.licences.change(held[0], ended := withdrawn(held[0])):
                return NoLicence(LicenceRefused.HAS_NONE)
            acting.note(actor, "licence-withdrawn", on=[person], why=why, detail={"pool": pool_key})
            return ended

    def review(self) -> Reviewed:
        """Bring every licence up to what its owner is entitled to now; running it often does no harm (LIC-2)."""
        came_to: Counter[LicenceState] = Counter()
        with self.storage.snapshot() as unit:
            work = [(pool, each) for pool in unit.licences.pools() for each in unit.licences.held(pool.key)]
        for begin in range(0, len(work), _PAGE):
            came_to.update(each.state for each in self._reviewed(work[begin : begin + _PAGE]))
        return Reviewed(
            into_grace=came_to[LicenceState.GRACE],
            restored=came_to[LicenceState.ASSIGNED],
            withdrawn=came_to[LicenceState.WITHDRAWN],
        )

    def export(self, actor: Actor, pool_key: str) -> Mapping[str, str] | NotPermitted:
        """
        Return who has a licence of a pool as files of School Data Sync v2.1, by name (LIC-1).

        Raises:
            InvalidValue: there is no such pool.
        """
        with self.storage.unit() as unit:
            acting, pool = self._acting(unit), self._pool(unit, pool_key)
            permission = acting.permission(actor, Action.MANAGE_LICENCES, Target.of_school(""))
            if not permission:
                return NotPermitted(permission)
            numbers = [each.person for each in unit.licences.held(pool.key)]
            people, roles = unit.people.get_many(numbers), self._roles(unit, numbers)
            licensed = [Licensed(people[each], roles[each]) for each in numbers]
            acting.note(actor, "licences-exported", detail={"pool": pool.key, "people": str(len(numbers))})
            return tables(licensed, unit.rosters.schools(), pool.roles)

    def _reviewed(self, work: Sequence[tuple[Pool, Licence]]) -> Sequence[Licence]:
        """Bring some licences up to date, and return those that changed, as they are now."""
        changed = []
        with self.storage.unit() as unit:
            numbers = [each.person for _, each in work]
            people, roles = unit.people.get_many(numbers), self._roles(unit, numbers)
            for pool, before in work:
                entitled = not_entitled(people[before.person], roles[before.person], pool) is None
                after = reviewed(before, entitled=entitled, settings=self.tenant.settings, now=self.clock.now())
                if after != before and unit.licences.change(before, after):
                    changed.append(after)
        return changed

    def _roles(self, unit: Unit, people: Sequence[PersonId]) -> Mapping[PersonId, tuple[HeldRole, ...]]:
        """Return the roles that people hold today, found in one look."""
        today = day_of(self.clock.now(), self.tenant.zone)
        places = unit.rosters.gather(Seeds(people=frozenset(people))).places.values()
        theirs: dict[PersonId, list[object]] = {each: [] for each in people}
        for place in places:
            if place.person in theirs:
                theirs[place.person].append(place)
        return {each: held_roles(each, mine, today) for each, mine in theirs.items()}  # type: ignore[arg-type]

    def _acting(self, unit: Unit) -> Acting:
        return Acting(unit, self.storage, self.tenant, self.clock.now())

    @staticmethod
    def _pool(unit: Unit, key: str) -> Pool:
        pools = {each.key: each for each in unit.licences.pools()}
        if key not in pools:
            known = ", ".join(pools) or "none yet"
            raise InvalidValue(f"there is no pool {key!r} of licences; there are: {known}", code="unknown-pool")
        return pools[key]
