"""
Whose address stays when a run that gave it is undone (MAIL-4e, SYNC-9).

Whoever stands above homeroom teacher moves only by themselves. A run may have moved them all the same, while they had
no such role yet: undoing it is no way round that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from attrs import frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Place, PlaceKey, RecordKey, World
from eszkola_core.domain.held_roles import is_owners_alone
from eszkola_core.domain.runs import Image, Run


@frozen
class OwnersAddresses:
    """
    Tells whose address is their own affair by now, and was not when *run* gave it.

    *world* is as it is now, ``places`` as they are without the run; the records in ``newer`` were stated since.
    """

    _run: Run
    _world: World
    _places: Mapping[PlaceKey, Place]
    _newer: Collection[RecordKey]

    def stays(self, image: Image[Person], now: Person) -> bool:
        """Return whether somebody to whom the run gave another address keeps it, whatever is undone."""
        before, after = image.before, image.after
        if before is None or after is None or now.central != after.central or now.central == before.central:
            return False
        human = Aliases.of(self._world.decisions).members(now.id)
        held = _of(human, self._places.values())
        if not is_owners_alone(_of(human, self._world.places.values())) or not is_owners_alone(held):
            return False
        # Nobody else moves whoever has such a role, yet a first address anybody may be given (MAIL-4d).
        return before.central is not None or not self._was_owners_alone(human, held)

    def _was_owners_alone(self, human: Collection[PersonId], held: Collection[Place]) -> bool:
        """Return whether *human* had such a role already, and nothing was decided about them since."""
        is_decided = any(
            each.at >= self._run.at and not each.people.isdisjoint(human) for each in self._world.decisions
        )
        return not is_decided and is_owners_alone(each for each in held if each.key.record not in self._newer)


def _of(human: Collection[PersonId], places: Collection[Place]) -> Collection[Place]:
    return [each for each in places if each.person in human]
