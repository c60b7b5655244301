"""Signing in (ACCESS-5, CRED-5, CRED-8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Place
from eszkola_core.domain.credentials import Credential
from eszkola_core.domain.days import day_of
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.notices import Channel, Notice
from eszkola_core.domain.passwords import Violation, prepare
from eszkola_core.domain.sessions import SessionEnd, session_digest
from eszkola_core.domain.settings import LoginScheme
from eszkola_core.domain.signing_in import decide_sign_in, is_dormant, may_sign_in
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.tokens import ACKNOWLEDGES, Act, Purpose, Token, digest_of
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets
from eszkola_core.usecases._notices import Notices
from eszkola_core.usecases._passwords import Judge, expiry_of, history_of, set_own_password
from eszkola_core.usecases._post import Post
from eszkola_core.usecases._sessions import owner_of_session, places_of
from eszkola_core.usecases._tickets import Entrance, MustAct, SignedIn

__all__ = ["MustAct", "Refusal", "SignIn", "SignInRefused", "SignedIn"]

_NOBODY: Final = PersonId(0)
_NO_PASSWORD: Final = Secret("no password looks like this")


class Refusal(StrEnum):
    """Why no session opens; whoever tries learns no more than this."""

    WRONG_LOGIN_OR_PASSWORD = "wrong-login-or-password"  # noqa: S105 - a reason
    TICKET_NOT_LIVE = "ticket-not-live"
    PASSWORD_NOT_ACCEPTED = "password-not-accepted"  # noqa: S105 - a reason
    ANOTHER_ACT_FIRST = "another-act-first"
    NOTICE_CHANGED = "notice-changed"


@frozen
class SignInRefused:
    """No session opens."""

    reason: Refusal
    violations: tuple[Violation, ...] = ()


@frozen
class _Found:
    """Who a login is, as far as signing in needs to know; nobody at all looks the same from outside."""

    person: Person | None
    credential: Credential | None
    places: tuple[Place, ...]


@frozen
class SignIn:
    """
    Opens sessions.

    An unknown login costs the same calls and the same one comparison as a wrong password (ACCESS-5).
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets
    hasher: PasswordHasher
    compromised: CompromisedPasswords
    notices: tuple[Notice, ...]

    def attempt(self, login: str, password: str) -> SignedIn | MustAct | SignInRefused:
        """Return what signing in with *login* and *password* comes to."""
        # While this one compared, another sign-in may have renewed the encoding: then it is compared once more.
        return (
            self._compare(login, password)
            or self._compare(login, password)
            or SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
        )

    def _compare(self, login: str, password: str) -> SignedIn | MustAct | SignInRefused | None:
        """Return what the attempt comes to, or None when the encoding was replaced in the meantime."""
        found = self._look_up(login)
        try:
            prepared = prepare(password)
        except InvalidValue:
            prepared = _NO_PASSWORD
            found = evolve(found, credential=None)
        encoded = found.credential.encoded if found.credential is not None else self.hasher.decoy
        matches = self.hasher.verify(encoded, prepared)
        if found.person is None or found.credential is None or not matches:
            return SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
        fresh = self.hasher.hash(prepared) if self.hasher.needs_rehash(encoded) else None
        return self._settle(found.person, found.credential, found.places, fresh)

    def change_password(self, ticket: str, new_password: str) -> SignedIn | MustAct | SignInRefused:
        """
        Change the password as the ticket asks, and go on: to the next act, or into the session.

        A refusal for the new password's sake does not spend the ticket.

        Raises:
            Conflict: the account was changed at the very same time; nothing was spent, and trying again is right.
        """
        now = self.clock.now()
        with self.storage.snapshot() as unit:
            found = self._live_ticket(unit, ticket, now)
            if found is None:
                return SignInRefused(Refusal.TICKET_NOT_LIVE)
            if found.acts[0] is not Act.CHANGE_PASSWORD:
                return SignInRefused(Refusal.ANOTHER_ACT_FIRST)
            person = unit.people.get_many([found.person])[found.person]
            credential = unit.credentials.get(person.id)
        prepared, violations = Judge(self.tenant, self.hasher, self.compromised).judge(new_password, person, credential)
        if violations or prepared is None:
            return SignInRefused(Refusal.PASSWORD_NOT_ACCEPTED, violations)
        encoded = self.hasher.hash(prepared)
        with self.storage.unit() as unit:
            if not self._spend(unit, found, person, now):
                return SignInRefused(Refusal.TICKET_NOT_LIVE)
            after = set_own_password(Post(unit, self.tenant, now), person, credential, encoded)
            return Entrance(unit, self.tenant, self.secrets, now).after_act(found, after)

    def to_acknowledge(self, ticket: str) -> tuple[Notice, ...]:
        """Return the notices that the ticket's next act acknowledges; none where it is no such act or ticket."""
        now = self.clock.now()
        with self.storage.snapshot() as unit:
            found = self._live_ticket(unit, ticket, now)
            return self._asked_for(unit, found, now) if found is not None else ()

    def acknowledge(
        self, ticket: str, digests: Collection[bytes], *, locale: str | None = None
    ) -> SignedIn | MustAct | SignInRefused:
        """
        Acknowledge the notices with *digests* as the ticket asks, and go on: to the next act, or into the session.

        They must be those of `to_acknowledge`: whoever was shown an older version acknowledges nothing and spends
        nothing. ``locale`` is the language that they were shown in, the tenant's where it is left out.
        """
        now = self.clock.now()
        with self.storage.unit() as unit:
            found = self._live_ticket(unit, ticket, now)
            if found is None:
                return SignInRefused(Refusal.TICKET_NOT_LIVE)
            if found.acts[0] not in ACKNOWLEDGES:
                return SignInRefused(Refusal.ANOTHER_ACT_FIRST)
            asked_for = self._asked_for(unit, found, now)
            if not {each.digest for each in asked_for} <= set(digests):
                return SignInRefused(Refusal.NOTICE_CHANGED)
            person = unit.people.get_many([found.person])[found.person]
            if not self._spend(unit, found, person, now):
                return SignInRefused(Refusal.TICKET_NOT_LIVE)
            known = Notices(unit, self.tenant, self.notices)
            known.keep(person.id, asked_for, Channel.SIGN_IN, locale=locale or self.tenant.locale, now=now)
            return Entrance(unit, self.tenant, self.secrets, now).after_act(found, person)

    def sign_out(self, key: str) -> None:
        """End the session of *key*; one that is not open stays as it is."""
        with self.storage.unit() as unit:
            digest = session_digest(Secret(key))
            unit.sessions.end(digest, end=SessionEnd.SIGNED_OUT, now=self.clock.now())

    def person_of(self, key: str) -> Person | None:
        """Return whose open session *key* is, or None: the account rests or is shut, or the session ended."""
        with self.storage.snapshot() as unit:
            return owner_of_session(unit, key, self.tenant, self.clock.now())

    @staticmethod
    def _live_ticket(unit: Unit, ticket: str, now: datetime) -> Token | None:
        """Return the ticket with that text, while there is something to do with it."""
        found = unit.tokens.peek(digest_of(Secret(ticket)))
        if found is None or found.purpose is not Purpose.MUST_ACT or not found.acts or not found.is_live(now):
            return None
        return found

    def _asked_for(self, unit: Unit, ticket: Token, now: datetime) -> tuple[Notice, ...]:
        """Return what the next act of *ticket* acknowledges and its owner has not acknowledged yet."""
        kind = ACKNOWLEDGES.get(ticket.acts[0])
        known, today = Notices(unit, self.tenant, self.notices), day_of(now, self.tenant.zone)
        places = places_of(unit, ticket.person)
        return tuple(each for each in known.outstanding(ticket.person, places, today) if each.kind is kind)

    def _spend(self, unit: Unit, ticket: Token, person: Person, now: datetime) -> bool:
        """Spend *ticket* once, and only while its owner may sign in; return whether that was so."""
        if not may_sign_in(person, places_of(unit, person.id), day_of(now, self.tenant.zone)):
            return False
        return unit.tokens.spend(ticket.digest, purposes={Purpose.MUST_ACT}, now=now) is not None

    def _look_up(self, login: str) -> _Found:
        """Return who *login* is, by the same calls whether it is anybody or not."""
        with self.storage.snapshot() as unit:
            person = self._person(unit, login.strip())
            number = person.id if person is not None else _NOBODY
            credential = unit.credentials.get(number)
            mine = places_of(unit, number)
        return _Found(person, credential, mine)

    def _person(self, unit: Unit, login: str) -> Person | None:
        """Return whose login it is under the tenant's scheme (ACCESS-5)."""
        if self.tenant.settings.login_scheme is LoginScheme.ISSUED:
            return unit.people.by_login(login)
        try:
            mailbox = EmailAddress.parse(login).mailbox
        except InvalidValue:
            mailbox = ""
        return unit.people.by_central(mailbox)

    def _settle(
        self, person: Person, credential: Credential, places: Collection[Place], fresh: str | None
    ) -> SignedIn | MustAct | SignInRefused | None:
        """Decide once more on what is there now, and write what follows; None where the encoding is another by now."""
        now = self.clock.now()
        today = day_of(now, self.tenant.zone)
        with self.storage.unit() as unit:
            now_person = unit.people.get_many([person.id]).get(person.id)
            now_credential = unit.credentials.get(person.id)
            if now_person is None or now_credential is None or now_credential.encoded != credential.encoded:
                return None
            verdict = decide_sign_in(
                now_person,
                now_credential,
                matches=True,
                dormant=is_dormant(places, today),
                expires_at=expiry_of(now_credential, self.tenant),
                unacknowledged=Notices(unit, self.tenant, self.notices).demanded_first(person.id, places, today),
                now=now,
            )
            if not verdict.lets_in:
                return SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
            if fresh is not None:
                history = history_of(now_credential).after_rehash(now_credential.encoded, fresh)
                unit.credentials.put(evolve(now_credential, encoded=fresh, history=history.own, spent=history.given))
            return Entrance(unit, self.tenant, self.secrets, now).let_in(now_person, verdict.acts)
