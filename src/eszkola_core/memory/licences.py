"""Licences in memory."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.licences import Licence, Pool
from eszkola_core.errors import Conflict
from eszkola_core.memory.state import State


@define
class MemoryLicences:
    """Keeps `Licences` in dictionaries."""

    _state: State

    def pools(self) -> Sequence[Pool]:
        return [pool for _, pool in sorted(self._state.pools.items())]

    def put_pool(self, pool: Pool) -> None:
        if pool.seats < len(self.held(pool.key)):
            raise Conflict("more licences are in use than the pool would have seats", code="seats-taken")
        self._state.pools[pool.key] = pool

    def assign(self, licence: Licence) -> Licence | None:
        pool, held = self._state.pools.get(licence.pool), self.held(licence.pool)
        if pool is None or len(held) >= pool.seats or any(each.person == licence.person for each in held):
            return None
        kept = evolve(licence, id=self._state.next("licence"))
        self._state.licences[kept.id] = kept
        return kept

    def change(self, before: Licence, after: Licence) -> bool:
        kept = self._state.licences.get(before.id)
        if kept is None or self._as_read(kept) != before or (after.holds_a_seat and not before.holds_a_seat):
            return False
        self._state.licences[before.id] = evolve(kept, state=after.state, grace_until=after.grace_until)
        return True

    def of(self, person: PersonId) -> Sequence[Licence]:
        members = self._state.aliases.members(person)
        return [self._as_read(each) for _, each in sorted(self._state.licences.items()) if each.person in members]

    def held(self, pool: str) -> Sequence[Licence]:
        seated = [each for _, each in sorted(self._state.licences.items()) if each.pool == pool and each.holds_a_seat]
        return list(map(self._as_read, seated))

    def _as_read(self, licence: Licence) -> Licence:
        """Return a licence as its survivor's."""
        return evolve(licence, person=self._state.aliases.survivor(licence.person))
