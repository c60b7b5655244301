"""Telling owners in time that their password expires (CRED-3b)."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Final

from attrs import evolve, frozen

from eszkola_core._usecases._passwords import expiry_of
from eszkola_core._usecases._post import Post, login_of
from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.claims import Place, Seeds
from eszkola_core.domain.days import day_of
from eszkola_core.domain.given_roles import in_force
from eszkola_core.domain.held_roles import kinds_of_roles
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.password_expiry import warning_due
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock

_PAGE: Final = 500
_DAY: Final = timedelta(days=1)


@frozen
class RemindOfExpiry:
    """Queues the warnings that are due; running it more often than once a day does no harm."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def run(self) -> int:
        """Queue every warning that is due now, and return how many."""
        if not any(each.warn_days for each in self.tenant.policies.all_policies):
            return 0
        queued = 0
        after: PersonId | None = None
        while True:
            page, after = self._page(after)
            queued += page
            if after is None:
                return queued

    def _page(self, after: PersonId | None) -> tuple[int, PersonId | None]:
        """Warn the owners of one page of credentials; return how many, and where the next page begins."""
        policies, now = self.tenant.policies, self.clock.now()
        shortest = min(each.lifetime for each in policies.all_policies if each.lifetime is not None)
        earliest = max(days for each in policies.all_policies for days in each.warn_days)
        with self.storage.unit() as unit:
            # At the very instant of a warning it is due: those set then are on the page too.
            bound = now - shortest + earliest * _DAY + timedelta.resolution
            page = unit.credentials.set_before(bound, limit=_PAGE, after=after)
            people = unit.people.get_many([each.person for each in page])
            places = tuple(unit.rosters.gather(Seeds(people=frozenset(people))).places.values())
            places_by_person: dict[PersonId | None, list[Place]] = defaultdict(list)
            for place in places:
                places_by_person[place.person].append(place)
            today = day_of(now, self.tenant.zone)
            awake = {place.person for place in in_force(places, today)}
            post = Post(unit, self.tenant, now)
            queued = 0
            for credential in page:
                person = people[credential.person].at(now)
                roles = kinds_of_roles(person.id, places_by_person[person.id], today)
                expiry = expiry_of(credential, self.tenant, roles)
                days = warning_due(expiry, policies.on(today, roles), now=now, last_warned=credential.warned_at)
                if days is None or person.state is not State.ACTIVE or person.id not in awake:
                    continue
                data = {"login": login_of(person, self.tenant), "days": str(days), "link": post.access_link}
                post.queue(MessageKind.PASSWORD_EXPIRES, person, data, key=f"{credential.set_at.isoformat()}:{days}")
                unit.credentials.put(evolve(credential, warned_at=now))
                queued += 1
        return queued, page[-1].person if len(page) == _PAGE else None
