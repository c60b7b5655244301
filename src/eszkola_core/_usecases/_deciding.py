"""What a person decides goes through the same door as an import: add, settle, save (DESIGN: claims and decisions)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from attrs import evolve, frozen

from eszkola_core._usecases._keeping import save_run
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._post import Post
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Evidence, Place, PlaceKey, Seeds
from eszkola_core.domain.runs import Run, RunKind
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Secrets


@frozen
class Door:
    """Settles what a decision bears on, and writes it with all that follows."""

    storage: Storage
    tenant: Tenant
    secrets: Secrets

    def settle(  # noqa: PLR0913 - who, what and when
        self,
        unit: Unit,
        people: Collection[PersonId],
        *,
        author: str,
        now: datetime,
        kind: RunKind = RunKind.DECISION,
        disputable: bool = True,
        staged: Collection[Place] = (),
        naming: Collection[PlaceKey] = (),
        evidence: Collection[Evidence] = (),
        left_by: Person | None = None,
    ) -> None:
        """
        Settle again whatever bears on *people*, in *unit*, after the decision was kept in it.

        ``disputable`` is False where the move takes back another: the address that is left cannot dispute it. What the
        platform itself states of people is *staged*, as a gradebook's records are; whoever stands in one of the places
        *naming* lasts from now on, and whoever shows some of the *evidence* is borne on too. *left_by* is the account
        as it was before its address was taken away in this very unit: what follows of the move follows from there.

        Raises:
            Conflict: the accounts were changed at the very same time.
        """
        changes, before = Moment(unit, self.tenant, now).settle_again(
            people, staged=staged, naming=naming, evidence=evidence
        )
        name = self.storage.fingerprint(self.secrets.token_bytes(16), context="run")
        save_run(unit, Run(kind=kind, author=author, at=now, plan=name), changes)
        if left_by is not None:
            moved = {each.id: each for each in (*unit.people.get_many([left_by.id]).values(), *changes.people)}
            changes, before = evolve(changes, people=tuple(moved.values())), {**before, left_by.id: left_by}
        Post(unit, self.tenant, now).follow(changes, before, self.secrets, disputable=disputable)

    def name(self, unit: Unit, place: PlaceKey, *, author: str, now: datetime) -> PersonId | None:
        """
        Return whose *place* is; whoever does not last yet lasts from now on, whether there is an account or not.

        A decision names people by their numbers, so that it outlives every change of records (MODEL: when memory
        begins). None where nobody stands in the place: there is none, or it is held and was never applied.
        """
        person = self._owner(unit, place)
        if person is None:
            self.settle(unit, (), author=author, now=now, naming=(place,))
            person = self._owner(unit, place)
        return person

    @staticmethod
    def _owner(unit: Unit, place: PlaceKey) -> PersonId | None:
        """Return whom a place is bound to."""
        found = unit.rosters.gather(Seeds(records=frozenset({place.record}))).places.get(place)
        return found.person if found is not None else None
