"""What is wrong with a new password, told before anybody sets it (CRED-7)."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from eszkola_core._usecases._passwords import owner_of, policy_for, policy_of
from eszkola_core._usecases._sessions import person_with
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.passwords import Owner, PasswordPolicy, Violation, as_violation, prepare, violations
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.passwords import CompromisedPasswords
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock

_NOBODY: Final = Owner()


@frozen
class JudgePassword:
    """
    Judges passwords that are still to be set, for a form that says what is wrong while its reader is there.

    Whatever sets a password judges it again by itself. That alone says too whether it was used before (CRED-4): else
    anybody who may ask here could try out what somebody's passwords were.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    compromised: CompromisedPasswords

    def of(self, text: str, person: PersonId | None = None) -> tuple[Violation, ...]:
        """
        Return all that is wrong with *text* as the password of *person*, or of somebody who is not known yet.

        Raises:
            InvalidValue: nobody has this number.
        """
        try:
            prepared = prepare(text)
        except InvalidValue as unusable:
            return (as_violation(unusable),)
        policy = self.policy(person)
        compromised = policy.blocklist and self.compromised.contains(prepared)
        return violations(prepared, policy, owner=self._owner(person), compromised=compromised, reused=False)

    def policy(self, person: PersonId | None = None) -> PasswordPolicy:
        """Return the policy of *person* by the roles of today, or what keeps every policy of the tenant at once."""
        if person is None:
            return policy_of(self.tenant)
        with self.storage.snapshot() as unit:
            return policy_for(unit, self.tenant, person, self.clock.now())

    def _owner(self, person: PersonId | None) -> Owner:
        """Return what of its owner may not stand in the password (CRED-6)."""
        if person is None:
            return _NOBODY
        with self.storage.snapshot() as unit:
            return owner_of(person_with(unit, person))
