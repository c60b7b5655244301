"""Accounts whose last role ended: what is open ends, and after the retention period the account closes (ROLE-5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core.domain.accounts import Happening, Person, PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import Place, Seeds
from eszkola_core.domain.devices import DeviceEnd
from eszkola_core.domain.dormancy import is_to_close, resting_since
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock

_PAGE: Final = 500


@frozen
class Rested:
    """How many accounts rest, and how many of them were closed now."""

    resting: int = 0
    closed: int = 0


@frozen
class CloseDormant:
    """
    Goes through all accounts, once a night or as often as anybody likes.

    Whoever comes back before an account is closed finds it as it was; after that the same account, with its login, is
    opened by first access again.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock

    def run(self) -> Rested:
        """End the sessions and tokens of accounts that rest, and close those that rested for long enough."""
        with self.storage.snapshot() as unit:
            beyond = unit.rosters.next_person()
        resting = closed = 0
        for first in range(1, beyond, _PAGE):
            page = self._page([PersonId(number) for number in range(first, min(first + _PAGE, beyond))])
            resting, closed = resting + page.resting, closed + page.closed
        return Rested(resting, closed)

    def _page(self, numbers: Iterable[PersonId]) -> Rested:
        """Look after the accounts with these numbers."""
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            people = {each.id: each for each in unit.people.get_many(list(numbers)).values() if each.is_opened}
            places = _places(unit, people)
            since = {number: resting_since(places[number], acting.today) for number in people}
            resting = {number: day for number, day in since.items() if day is not None}
            settings = self.tenant.settings
            closing = [
                people[number]
                for number, day in sorted(resting.items())
                if is_to_close(people[number], day, acting.today, settings)
            ]
            for number in resting:
                unit.sessions.end_all(number, end=SessionEnd.ROLE_ENDED, now=acting.now)
                unit.outbox.cancel(unit.tokens.cancel(number))
            for person in closing:
                unit.people.save(person.after(Happening.CLOSED))
                unit.devices.end_all(person.id, end=DeviceEnd.CLOSED, now=acting.now)
                acting.note(Actor.platform(), "account-closed", on=[person.id])
        return Rested(len(resting), len(closing))


def _places(unit: Unit, people: Mapping[PersonId, Person]) -> Mapping[PersonId, list[Place]]:
    """Return all places of each."""
    found: dict[PersonId, list[Place]] = defaultdict(list)
    for place in unit.rosters.gather(Seeds(people=frozenset(people))).places.values():
        if place.person is not None:
            found[place.person].append(place)
    return found
