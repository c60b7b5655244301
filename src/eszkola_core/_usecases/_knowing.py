"""Whether whoever has a session knows the password too: a stolen session guesses no faster than a thief at the door."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from eszkola_core._usecases._passwords import matches
from eszkola_core._usecases._throttling import Throttle
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.credentials import Credential
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.throttling import AttemptKind
from eszkola_core.errors import Unavailable
from eszkola_core.ports.passwords import PasswordHasher
from eszkola_core.ports.storage import Storage


@frozen
class Knowing:
    """Asks for the present password within a session; failures count together with those at sign-in (ACCESS-7)."""

    storage: Storage
    tenant: Tenant
    hasher: PasswordHasher

    def knows(self, person: PersonId, credential: Credential | None, text: str, source: str, now: datetime) -> bool:
        """
        Return whether *text* is the person's password; of a throttled attempt it is not, whatever it is.

        Raises:
            Unavailable: too many wait for a hash; the attempt does not count.
        """
        throttle = Throttle(self.storage, self.tenant, AttemptKind.SIGN_IN)
        with self.storage.unit() as unit:
            attempt = throttle.begin(unit, str(person), throttle.place(source), now)
        is_compared = credential is not None and not attempt.is_throttled
        encoded = credential.encoded if credential is not None and is_compared else self.hasher.decoy
        try:
            is_right = matches(self.hasher, encoded, text) and is_compared
        except Unavailable:
            with self.storage.unit() as unit:
                throttle.take_back(unit, attempt)
            raise
        if is_right:
            with self.storage.unit() as unit:
                throttle.succeed(unit, attempt)
        return is_right
