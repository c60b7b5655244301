"""An ordinary change of password, by its owner (CRED-11)."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._knowing import Knowing
from eszkola_core._usecases._passwords import Judge, former_passwords, policy_for, set_own_password
from eszkola_core._usecases._post import Post
from eszkola_core._usecases._sessions import owner_of_session
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.passwords import Violation
from eszkola_core.domain.sessions import session_digest
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


class ChangeRefused(StrEnum):
    """Why the password stays."""

    NO_SESSION = "no-session"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a reason
    PASSWORD_NOT_ACCEPTED = "password-not-accepted"  # noqa: S105 - a reason


@frozen
class PasswordChanged:
    """The new password is in force; this session stays, the others have ended."""


@frozen
class PasswordKept:
    """The password is as it was."""

    reason: ChangeRefused
    violations: tuple[Violation, ...] = ()


@frozen
class ChangePassword:
    """Lets an owner who is signed in choose another password."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    hasher: PasswordHasher
    compromised: CompromisedPasswords

    def change(self, session_key: str, current: str, new: str, *, source: str = "") -> PasswordChanged | PasswordKept:
        """
        Replace the password of the session's owner, who knows the *current* one.

        *source* is where the request comes from, as in `SignIn.attempt`: wrong passwords are throttled here too.

        Raises:
            Conflict: the account was changed at the very same time; nothing was written.
        """
        now = self.clock.now()
        digest = session_digest(Secret(session_key))
        with self.storage.snapshot() as unit:
            person = owner_of_session(unit, session_key, self.tenant, now)
            if person is None:
                return PasswordKept(ChangeRefused.NO_SESSION)
            credential = unit.credentials.get(person.id)
            policy = policy_for(unit, self.tenant, person.id, now)
            former = former_passwords(unit, person.id, policy)
        if not Knowing(self.storage, self.tenant, self.hasher).knows(person.id, credential, current, source, now):
            return PasswordKept(ChangeRefused.WRONG_PASSWORD)
        prepared, violations = Judge(self.hasher, self.compromised).judge(new, person, former, policy)
        if violations or prepared is None:
            return PasswordKept(ChangeRefused.PASSWORD_NOT_ACCEPTED, violations)
        encoded = self.hasher.hash(prepared)
        with self.storage.unit() as unit:
            # While passwords were compared, the session may have ended, or another one may have set a password.
            if owner_of_session(unit, session_key, self.tenant, now) is None:
                return PasswordKept(ChangeRefused.NO_SESSION)
            if unit.credentials.get(person.id) != credential:
                return PasswordKept(ChangeRefused.WRONG_PASSWORD)
            set_own_password(Post(unit, self.tenant, now), person, credential, encoded, keep_session=digest)
        return PasswordChanged()
