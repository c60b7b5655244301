"""Telling owners in time that their password expires (CRED-3b)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from attrs import evolve, frozen

from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.claims import Seeds
from eszkola_core.domain.days import day_of
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.password_expiry import warning_due
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock
from eszkola_core.usecases._passwords import expiry_of, policy_of
from eszkola_core.usecases._post import Post, login_of

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
        policy = policy_of(self.tenant)
        if policy.lifetime is None or not policy.warn_days:
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
        policy, now = policy_of(self.tenant), self.clock.now()
        oldest_unwarned = now if policy.lifetime is None else now - policy.lifetime
        earliest = max(policy.warn_days)
        with self.storage.unit() as unit:
            # At the very instant of a warning it is due: those set then are on the page too.
            bound = oldest_unwarned + earliest * _DAY + timedelta.resolution
            page = unit.credentials.set_before(bound, limit=_PAGE, after=after)
            people = unit.people.get_many([each.person for each in page])
            places = unit.rosters.gather(Seeds(people=frozenset(people))).places.values()
            today = day_of(now, self.tenant.zone)
            awake = {place.person for place in places if place.is_in_force(today)}
            post = Post(unit, self.tenant, now)
            queued = 0
            for credential in page:
                person = people[credential.person]
                days = warning_due(
                    expiry_of(credential, self.tenant), policy, now=now, last_warned=credential.warned_at
                )
                if days is None or person.state is not State.ACTIVE or person.id not in awake:
                    continue
                data = {"login": login_of(person, self.tenant), "days": str(days), "link": post.access_link}
                post.queue(MessageKind.PASSWORD_EXPIRES, person, data, key=f"{credential.set_at.isoformat()}:{days}")
                unit.credentials.put(evolve(credential, warned_at=now))
                queued += 1
        return queued, page[-1].person if len(page) == _PAGE else None
