"""Changing the central address, by its owner; and taking a change back (MAIL-4b, MAIL-4c, MAIL-6d)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases._disclosing import disable_password, keep_report
from eszkola_core._usecases._knowing import Knowing
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._post import Post
from eszkola_core._usecases._sessions import owner_of_session, places_of
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import OWNS_ADDRESS, Decision, DecisionKind
from eszkola_core.domain.days import day_of
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.reports import ReportedBy
from eszkola_core.domain.runs import RunKind
from eszkola_core.domain.signing_in import may_recover
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.tokens import Purpose, digest_of
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.passwords import PasswordHasher
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets


class AddressRefused(StrEnum):
    """Why the address stays."""

    NO_SESSION = "no-session"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a reason
    NOT_AN_ADDRESS = "not-an-address"
    PLATFORM_ADDRESS = "platform-address"
    TOKEN_NOT_LIVE = "token-not-live"  # noqa: S105 - a reason
    ADDRESS_TAKEN = "address-taken"


@frozen
class ConfirmationSent:
    """If nobody else has the address, a message is on its way to it; until it is confirmed nothing changes."""


@frozen
class AddressChanged:
    """The new address is central, and everything that follows has been done."""


@frozen
class AddressKept:
    """The address is as it was."""

    reason: AddressRefused


class _GoesToAnother(Exception):
    """The address went to somebody whose records waited for it: the unit is left, and nothing of it has happened."""


@frozen
class ChangeAddress:
    """Lets owners move to another private address, and whoever had the old one say *this was not me*."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets
    hasher: PasswordHasher

    def request(
        self, session_key: str, password: str, new_address: str, *, source: str = ""
    ) -> ConfirmationSent | AddressKept:
        """
        Ask the mailbox *new_address* to confirm that the session's owner moves there.

        The answer does not tell whether the address is another account's. *source* is where the request comes from, as
        in `SignIn.attempt`: wrong passwords are throttled here too.
        """
        now = self.clock.now()
        address = self._private_address(new_address)
        if isinstance(address, AddressRefused):
            return AddressKept(address)
        with self.storage.snapshot() as unit:
            person = owner_of_session(unit, session_key, self.tenant, now)
            if person is None:
                return AddressKept(AddressRefused.NO_SESSION)
            credential = unit.credentials.get(person.id)
        if not Knowing(self.storage, self.tenant, self.hasher).knows(person.id, credential, password, source, now):
            return AddressKept(AddressRefused.WRONG_PASSWORD)
        with self.storage.unit() as unit:
            # While the password was compared, its owner may have ended the session, or set another one.
            if owner_of_session(unit, session_key, self.tenant, now) is None:
                return AddressKept(AddressRefused.NO_SESSION)
            if unit.credentials.get(person.id) != credential:
                return AddressKept(AddressRefused.WRONG_PASSWORD)
            if self._is_free(unit, address, person.id, now):
                post = Post(unit, self.tenant, now)
                post.send_token(Purpose.CONFIRM_ADDRESS, person, self.secrets, to=address)
        return ConfirmationSent()

    def confirm(self, token: str) -> AddressChanged | AddressKept:
        """Make the address that *token* was sent to the central one; the owner's choice stands against every import."""
        now = self.clock.now()
        try:
            with self.storage.unit() as unit:
                spent = unit.tokens.spend(digest_of(Secret(token)), purposes={Purpose.CONFIRM_ADDRESS}, now=now)
                if spent is None or spent.address is None or not self._may_move(unit, spent.person, now):
                    return AddressKept(AddressRefused.TOKEN_NOT_LIVE)
                if not self._is_free(unit, spent.address, spent.person, now):
                    return AddressKept(AddressRefused.ADDRESS_TAKEN)
                person = unit.people.get_many([spent.person])[spent.person]
                unit.unusable.clear(spent.address.mailbox)  # somebody reads it: that was to be shown (MAIL-9a)
                self._choose(unit, person, spent.address, now, reason="confirmed from the new mailbox")
                Door(self.storage, self.tenant, self.secrets).settle(unit, [person.id], author=person.login, now=now)
                if not self._has(unit, person.id, spent.address):
                    raise _GoesToAnother  # noqa: TRY301 - only an exception undoes a unit
        except _GoesToAnother:
            return AddressKept(AddressRefused.ADDRESS_TAKEN)
        return AddressChanged()

    def dispute(self, token: str) -> AddressChanged | AddressKept:
        """
        Take back a change that the former mailbox's owner did not make.

        The old address is central again, sessions and tokens end, the password no longer helps whoever used it, and the
        journal keeps the report. Where the old address has become another's in the meantime, the disputed one is taken
        away all the same: central is then what the records state, or nothing, so that no recovery goes to a thief.
        """
        now = self.clock.now()
        with self.storage.unit() as unit:
            spent = unit.tokens.spend(digest_of(Secret(token)), purposes={Purpose.DISPUTE_ADDRESS}, now=now)
            if spent is None or spent.address is None:
                return AddressKept(AddressRefused.TOKEN_NOT_LIVE)
            # A mailbox that somebody has come to read who is kept from the owner disputes nothing.
            if spent.address.mailbox in Moment(unit, self.tenant, now).barred_from(spent.person):
                return AddressKept(AddressRefused.TOKEN_NOT_LIVE)
            unit.unusable.clear(spent.address.mailbox)
            before = unit.people.get_many([spent.person])[spent.person].at(now)
            person = disable_password(Post(unit, self.tenant, now), before).changed(central=None)
            unit.people.save(person)
            # Disputes of later moves die with those moves; one of an earlier move goes back further, and lives on: else
            # whoever moved the address twice could silence its owner by taking the second move back.
            unit.outbox.cancel(unit.tokens.cancel(person.id, since=spent.issued_at))
            self._withdraw_choices(unit, person, now)
            if self._is_free(unit, spent.address, person.id, now):
                self._choose(unit, person, spent.address, now, reason="this was not me")
            door = Door(self.storage, self.tenant, self.secrets)
            door.settle(
                unit,
                [person.id],
                author=person.login,
                now=now,
                kind=RunKind.REPORT,
                disputable=False,
                left_by=before,
            )
            person = unit.people.get_many([person.id])[person.id]
            nobody = Actor(name="", where="link")
            keep_report(Acting(unit, self.storage, self.tenant, now), nobody, person, ReportedBy.LINK)
            restored = person.central == spent.address
        return AddressChanged() if restored else AddressKept(AddressRefused.ADDRESS_TAKEN)

    def _choose(self, unit: Unit, person: Person, address: EmailAddress, now: datetime, *, reason: str) -> None:
        """Keep the owner's choice in the stead of the former one (SYNC-8)."""
        self._withdraw_choices(unit, person, now)
        unit.people.decide(
            Decision(
                kind=DecisionKind.ADDRESS_CHOSEN,
                subject=person.id,
                address=address,
                author=person.login,
                reason=reason,
                at=now,
            )
        )

    def _private_address(self, text: str) -> EmailAddress | AddressRefused:
        """Return the address, or why it can be nobody's private one (MAIL-2, MAIL-8)."""
        try:
            address = EmailAddress.parse(text)
        except InvalidValue:
            return AddressRefused.NOT_AN_ADDRESS
        return AddressRefused.PLATFORM_ADDRESS if address.lies_in(self.tenant.platform_domain) else address

    def _may_move(self, unit: Unit, person: PersonId, now: datetime) -> bool:
        """Return whether the account may have another address now: not while it rests or is shut."""
        found = unit.people.get_many([person])[person].at(now)
        return may_recover(found, places_of(unit, person), day_of(now, self.tenant.zone))

    @staticmethod
    def _withdraw_choices(unit: Unit, person: Person, now: datetime) -> None:
        """End what was chosen before."""
        for decision in unit.people.decisions(person.id):
            if decision.kind in OWNS_ADDRESS and decision.stands:
                unit.people.withdraw(decision.id, now)

    @staticmethod
    def _has(unit: Unit, person: PersonId, address: EmailAddress) -> bool:
        """Return whether the address is the person's by now."""
        return unit.people.get_many([person])[person].central == address

    def _is_free(self, unit: Unit, address: EmailAddress, person: PersonId, now: datetime) -> bool:
        """Return whether no other household has it or has it reserved, and nobody kept from the person reads it."""
        others = {each.id for each in unit.people.by_central(address.mailbox)}
        reserved = unit.people.reserved(address.mailbox, now)
        others |= {reserved} if reserved is not None else set()
        moment = Moment(unit, self.tenant, now)
        return others <= moment.household_of(person) and address.mailbox not in moment.barred_from(person)
