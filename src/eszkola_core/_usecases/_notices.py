"""Which notices hold for somebody now, and which of them are not acknowledged yet (LAW-1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Place
from eszkola_core.domain.notices import Acknowledgement, Channel, Notice, NoticeKind, in_force, outstanding
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Unit


@frozen
class Notices:
    """The notices of a tenant, as one unit sees them."""

    unit: Unit
    tenant: Tenant
    shipped: tuple[Notice, ...]

    def of_schools(self, schools: Collection[str]) -> tuple[Notice, ...]:
        """Return what holds for somebody with a role in *schools*."""
        return in_force(self.shipped, self.unit.acknowledgements.notices(), schools)

    def of_person(self, places: Iterable[Place], today: date) -> tuple[Notice, ...]:
        """Return what holds for somebody who stands in *places*."""
        return self.of_schools({place.school for place in places if place.is_in_force(today)})

    def outstanding(self, person: PersonId, places: Iterable[Place], today: date) -> tuple[Notice, ...]:
        """Return what somebody has not acknowledged as it is now."""
        return outstanding(self.of_person(places, today), self.unit.acknowledgements.of(person))

    def demanded_first(self, person: PersonId, places: Iterable[Place], today: date) -> frozenset[NoticeKind]:
        """Return of which kinds something must be acknowledged before a session opens."""
        demanded = self.tenant.settings.acknowledge_first
        if not demanded:
            return frozenset()
        return demanded & {each.kind for each in self.outstanding(person, places, today)}

    def keep(
        self, person: PersonId, notices: Iterable[Notice], channel: Channel, *, locale: str, now: datetime
    ) -> None:
        """Keep that *person* acknowledged *notices*."""
        for each in notices:
            self.unit.acknowledgements.add(Acknowledgement.of(each, person, locale=locale, at=now, channel=channel))
