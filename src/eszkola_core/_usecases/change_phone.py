"""Changing the telephone number, by its owner (PHONE-1b, PHONE-1c)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases._knowing import Knowing
from eszkola_core._usecases._sessions import owner_of_session
from eszkola_core.domain.accounts import Person
from eszkola_core.domain.claims import OWNS_PHONE, Decision, DecisionKind
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.passwords import PasswordHasher
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets


class PhoneRefused(StrEnum):
    """Why the number stays."""

    NO_SESSION = "no-session"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a reason
    NOT_A_NUMBER = "not-a-number"


@frozen
class PhoneChanged:
    """The number is the account's; no import moves it any more."""


@frozen
class PhoneKept:
    """The number is as it was."""

    reason: PhoneRefused


@frozen
class ChangePhone:
    """
    Lets owners state their telephone number themselves.

    From then on it is theirs: gradebooks that state another do not move it. It counts as entered, not as verified, as
    nobody has answered from it.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets
    hasher: PasswordHasher

    def change(self, session_key: str, password: str, number: str, *, source: str = "") -> PhoneChanged | PhoneKept:
        """
        Make *number* that of the session's owner; the former one's owner is told (PHONE-1c).

        *source* is where the request comes from, as in `SignIn.attempt`: wrong passwords are throttled here too.
        """
        now = self.clock.now()
        try:
            phone = PhoneNumber.parse(number, country=self.tenant.settings.phone_country)
        except InvalidValue:
            return PhoneKept(PhoneRefused.NOT_A_NUMBER)
        with self.storage.snapshot() as unit:
            person = owner_of_session(unit, session_key, self.tenant, now)
            if person is None:
                return PhoneKept(PhoneRefused.NO_SESSION)
            credential = unit.credentials.get(person.id)
        if not Knowing(self.storage, self.tenant, self.hasher).knows(person.id, credential, password, source, now):
            return PhoneKept(PhoneRefused.WRONG_PASSWORD)
        with self.storage.unit() as unit:
            # While the password was compared, its owner may have ended the session, or set another one.
            if owner_of_session(unit, session_key, self.tenant, now) is None:
                return PhoneKept(PhoneRefused.NO_SESSION)
            if unit.credentials.get(person.id) != credential:
                return PhoneKept(PhoneRefused.WRONG_PASSWORD)
            self._choose(unit, person, phone, now)
            Door(self.storage, self.tenant, self.secrets).settle(unit, [person.id], author=person.login, now=now)
        return PhoneChanged()

    def _choose(self, unit: Unit, person: Person, phone: PhoneNumber, now: datetime) -> None:
        """Keep the owner's choice in the stead of the former one (SYNC-8)."""
        for decision in unit.people.decisions(person.id):
            if decision.kind in OWNS_PHONE and decision.stands:
                unit.people.withdraw(decision.id, now)
        unit.people.decide(
            Decision(
                kind=DecisionKind.PHONE_CHOSEN,
                subject=person.id,
                value=Secret(phone.e164),
                author=person.login,
                reason="entered in a session, with the password",
                at=now,
            )
        )
