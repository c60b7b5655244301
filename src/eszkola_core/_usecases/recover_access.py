"""First access and recovery: one procedure (ACCESS-1 to ACCESS-4, ACCESS-6, ACCESS-7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import frozen

from eszkola_core._usecases._passwords import Judge, former_passwords, policy_for, set_own_password
from eszkola_core._usecases._post import Post, login_of
from eszkola_core._usecases._sessions import places_of
from eszkola_core._usecases._throttling import Throttle
from eszkola_core.domain import national_ids
from eszkola_core.domain.access_requests import AccessRequest
from eszkola_core.domain.accounts import Person
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Evidence, Seeds
from eszkola_core.domain.days import day_of
from eszkola_core.domain.devices import DeviceEnd
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.passwords import Violation
from eszkola_core.domain.settings import FirstAccessBy
from eszkola_core.domain.signing_in import may_recover
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.throttling import AttemptKind
from eszkola_core.domain.tokens import SETS_PASSWORD, Purpose, digest_of
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets

_LONGEST_IDENTIFIER: Final = 320


@frozen
class Requested:
    """The one answer to every request: if there is such an account, a message is on its way (ACCESS-2)."""


class CompletionRefused(StrEnum):
    """Why no password was set."""

    TOKEN_NOT_LIVE = "token-not-live"  # noqa: S105 - a reason
    PASSWORD_NOT_ACCEPTED = "password-not-accepted"  # noqa: S105 - a reason


@frozen
class Completed:
    """The password is set; the owner signs in with ``login``."""

    login: str


@frozen
class NotCompleted:
    """No password was set; the token is as it was, unless it was not live."""

    reason: CompletionRefused
    violations: tuple[Violation, ...] = ()


class _Given(StrEnum):
    """What kind of identifier somebody gave."""

    NATIONAL_ID = "national-id"
    EMAIL = "e-mail"
    LOGIN = "login"


@frozen
class RecoverAccess:
    """
    Gives people their first access, and access again.

    A request is only taken down: who it is about is looked up later, away from whoever asked, so that neither the
    answer nor the time it takes tells whether there is such an account (ACCESS-2). One that is throttled is answered by
    nothing: no message leaves, and no link that left before dies (ACCESS-7).
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets
    hasher: PasswordHasher
    compromised: CompromisedPasswords

    def request(self, identifier: str, *, source: str = "") -> Requested:
        """
        Take down that somebody asks for access with *identifier*: a national id, an e-mail address or a login.

        *source* is where the request comes from, as in `SignIn.attempt`.
        """
        text = Secret(identifier.strip()[:_LONGEST_IDENTIFIER])
        asked = AccessRequest(identifier=text, asked_at=self.clock.now(), place=self._throttle.place(source))
        with self.storage.unit() as unit:
            unit.outbox.ask(asked)
        return Requested()

    def answer_waiting(self, *, limit: int = 100) -> int:
        """Look up who asked, queue the messages, and return how many requests were answered, known or not."""
        with self.storage.unit() as unit:
            now = self.clock.now()
            requests = unit.outbox.take_requests(limit)
            for each in requests:
                self._answer(unit, each, now)
        return len(requests)

    def complete(self, token: str, new_password: str, *, keep_devices: bool = False) -> Completed | NotCompleted:
        """
        Set *new_password* for whoever *token* was sent to; their devices end unless they say to keep them (DEV-3).

        A refusal for the password's sake spends nothing. Of any number of simultaneous tries with one token at most
        one succeeds (ACCESS-4).

        Raises:
            Conflict: the account was changed at the very same time; nothing was spent, and trying again is right.
        """
        now = self.clock.now()
        digest = digest_of(Secret(token))
        with self.storage.snapshot() as unit:
            found = unit.tokens.peek(digest)
            if found is None or found.purpose not in SETS_PASSWORD or not found.is_live(now):
                return NotCompleted(CompletionRefused.TOKEN_NOT_LIVE)
            person = unit.people.get_many([found.person])[found.person].at(now)
            credential = unit.credentials.get(person.id)
            policy = policy_for(unit, self.tenant, person.id, now)
            former = former_passwords(unit, person.id, policy)
        prepared, violations = Judge(self.hasher, self.compromised).judge(new_password, person, former, policy)
        if violations or prepared is None:
            return NotCompleted(CompletionRefused.PASSWORD_NOT_ACCEPTED, violations)
        encoded = self.hasher.hash(prepared)
        with self.storage.unit() as unit:
            if not self._may_recover(unit, person, now):
                return NotCompleted(CompletionRefused.TOKEN_NOT_LIVE)
            if unit.tokens.spend(digest, purposes=SETS_PASSWORD, now=now) is None:
                return NotCompleted(CompletionRefused.TOKEN_NOT_LIVE)
            after = set_own_password(Post(unit, self.tenant, now), person, credential, encoded)
            if not keep_devices:
                unit.devices.end_all(person.id, end=DeviceEnd.PASSWORD_RECOVERED, now=now)
        return Completed(login_of(after, self.tenant))

    @property
    def _throttle(self) -> Throttle:
        return Throttle(self.storage, self.tenant, AttemptKind.REQUEST)

    def _answer(self, unit: Unit, request: AccessRequest, now: datetime) -> None:
        """Queue what one request deserves: a link for each account, the advice to use the national id, or nothing."""
        identifier = request.identifier.reveal()
        kind, found = self._find(unit, identifier, now)
        asked: Sequence[tuple[str, Person | None]] = [(str(each.id), each.at(now)) for each in found]
        post = Post(unit, self.tenant, now)
        wanted: dict[Purpose, list[Person]] = {}
        for what, known in asked or [(f"?{identifier.casefold()}", None)]:
            if self._throttle.begin(unit, what, request.place, request.asked_at).is_throttled or known is None:
                continue
            person = known.at(now)
            if not self._may_recover(unit, person, now):
                continue
            if person.is_activated:
                wanted.setdefault(Purpose.RECOVERY, []).append(person)
            elif kind is _Given.NATIONAL_ID or (kind is _Given.EMAIL and self._email_is_enough(person)):
                wanted.setdefault(Purpose.FIRST_ACCESS, []).append(person)
            else:
                today = day_of(now, self.tenant.zone).isoformat()
                post.queue(MessageKind.USE_NATIONAL_ID, person, {"link": post.access_link}, key=today)
        self._send(post, wanted)

    def _send(self, post: Post, wanted: Mapping[Purpose, Sequence[Person]]) -> None:
        """Send what is wanted in one message, whether it is about one account or about several of one address."""
        everybody = [(purpose, person) for purpose, people in wanted.items() for person in people]
        if not everybody:
            return
        (purpose, person), *others = everybody
        # Where nothing arrives no link is made either, so that one that arrived before lives on (MAIL-9a).
        if person.central is None or post.unit.unusable.among([person.central.mailbox]):
            return
        if others:
            post.send_access(wanted, self.secrets, to=person.central)
        else:
            post.send_token(purpose, person, self.secrets, to=person.central)

    def _email_is_enough(self, person: Person) -> bool:
        """Return whether an e-mail address opens first access: by setting, or as there is no national id to ask for."""
        by_setting = self.tenant.settings.first_access_by is FirstAccessBy.NATIONAL_ID_OR_EMAIL
        return by_setting or all(each.is_document for each in person.ids)

    def _may_recover(self, unit: Unit, person: Person, now: datetime) -> bool:
        return may_recover(person, places_of(unit, person.id), day_of(now, self.tenant.zone))

    def _find(self, unit: Unit, identifier: str, now: datetime) -> tuple[_Given, Sequence[Person]]:
        """Return what was given and whose it is: several only where they share an address (ACCESS-1, MAIL-5e)."""
        if "@" in identifier:
            return _Given.EMAIL, self._by_address(unit, identifier)
        today = day_of(now, self.tenant.zone)
        try:
            given = national_ids.parse(identifier, schemes=self.tenant.settings.national_id_schemes, today=today)
        except InvalidValue:
            return _Given.LOGIN, _listed(unit.people.by_login(identifier))
        return _Given.NATIONAL_ID, _listed(unit.people.by_national_id(given))

    def _by_address(self, unit: Unit, text: str) -> Sequence[Person]:
        """Return those whose central address it is, or who alone states it in a present record."""
        try:
            address = EmailAddress.parse(text)
        except InvalidValue:
            return ()
        holders = unit.people.by_central(address.mailbox)
        if holders:
            return holders
        world = unit.rosters.gather(Seeds(evidence=frozenset({Evidence.of_mailbox(address)})))
        stating = {
            place.person
            for place in world.places.values()
            if place.is_present and place.accepted is not None and place.accepted.email == address
        }
        if len(stating) != 1:
            return ()
        (only,) = stating
        return [unit.people.get_many([only])[only]] if only is not None else ()


def _listed(person: Person | None) -> Sequence[Person]:
    return () if person is None else (person,)
