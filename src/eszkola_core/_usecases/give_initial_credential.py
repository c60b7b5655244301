"""A credential that somebody else makes for an owner who has none yet (CRED-5)."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._passwords import given_credential, owner_of, policy_of
from eszkola_core._usecases._post import Post, login_of
from eszkola_core._usecases._sessions import person_at
from eszkola_core.domain.accounts import LIFECYCLE, Happening, PersonId
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.initial_credentials import invent
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.passwords import PasswordHasher
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock, Secrets


class GivingRefused(StrEnum):
    """Why no credential was made."""

    NO_SUCH_PERSON = "no-such-person"
    HAS_OWN_PASSWORD = "has-own-password"  # noqa: S105 - a reason
    ACCOUNT_SHUT = "account-shut"


@frozen
class Given:
    """What the owner signs in with once, to choose an own password then."""

    login: str
    password: Secret


@frozen
class NotGiven:
    """No credential was made."""

    reason: GivingRefused


@frozen
class GiveInitialCredential:
    """Makes initial credentials, for those only who have never set an own password (INIT-1)."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets
    hasher: PasswordHasher

    def to(self, person_id: PersonId) -> Given | NotGiven:
        """Make a new initial credential; a former one stops at once."""
        with self.storage.snapshot() as unit:
            person = person_at(unit, person_id, self.clock.now())
        if person is None:
            return NotGiven(GivingRefused.NO_SUCH_PERSON)
        if person.is_activated:
            return NotGiven(GivingRefused.HAS_OWN_PASSWORD)
        if Happening.CREDENTIAL_GIVEN not in LIFECYCLE[person.state]:
            return NotGiven(GivingRefused.ACCOUNT_SHUT)
        text = invent(self.secrets.below, policy_of(self.tenant), owner=owner_of(person))
        encoded = self.hasher.hash(text)
        now = self.clock.now()
        with self.storage.unit() as unit:
            lifetime = self.tenant.settings.initial_credential_lifetime
            former = unit.credentials.get(person.id)
            unit.credentials.put(given_credential(person, former, encoded, text, lifetime=lifetime, now=now))
            unit.people.save(person.after(Happening.CREDENTIAL_GIVEN))
            Post(unit, self.tenant, now).cancel_tokens(person)
        return Given(login_of(person, self.tenant), text)
