"""Signing in (ACCESS-5, CRED-5, CRED-8)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.credentials import Credential
from eszkola_core.domain.days import day_of
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.passwords import Violation, prepare
from eszkola_core.domain.sessions import SessionEnd, open_session, session_digest
from eszkola_core.domain.settings import LoginScheme
from eszkola_core.domain.signing_in import Verdict, decide_sign_in, is_dormant, may_sign_in
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.tokens import RANDOM_BYTES, Act, Purpose, digest_of, issue
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets
from eszkola_core.usecases._passwords import Judge, expiry_of, history_of, set_own_password
from eszkola_core.usecases._post import Post
from eszkola_core.usecases._sessions import owner_of_session, places_of

_NOBODY: Final = PersonId(0)
_NO_PASSWORD: Final = Secret("no password looks like this")


@frozen
class SignedIn:
    """A session is open; ``key`` is what its owner shows from now on, and is told once."""

    person: PersonId
    key: Secret


@frozen
class MustAct:
    """The password is right, but no session opens before these acts are done, in order, with the ticket."""

    ticket: Secret
    acts: tuple[Act, ...]


class Refusal(StrEnum):
    """Why no session opens; whoever tries learns no more than this."""

    WRONG_LOGIN_OR_PASSWORD = "wrong-login-or-password"  # noqa: S105 - a reason
    TICKET_NOT_LIVE = "ticket-not-live"
    PASSWORD_NOT_ACCEPTED = "password-not-accepted"  # noqa: S105 - a reason


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
    dormant: bool = field(default=True)


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
        return self._settle(found.person, found.credential, dormant=found.dormant, fresh=fresh)

    def change_password(self, ticket: str, new_password: str) -> SignedIn | SignInRefused:
        """
        Do the act that a sign-in asked for, and open the session.

        A refusal for the new password's sake does not spend the ticket.

        Raises:
            Conflict: the account was changed at the very same time; nothing was spent, and trying again is right.
        """
        now = self.clock.now()
        digest = digest_of(Secret(ticket))
        with self.storage.snapshot() as unit:
            found = unit.tokens.peek(digest)
            if found is None or found.purpose is not Purpose.MUST_ACT or not found.is_live(now):
                return SignInRefused(Refusal.TICKET_NOT_LIVE)
            person = unit.people.get_many([found.person])[found.person]
            credential = unit.credentials.get(person.id)
        prepared, violations = Judge(self.tenant, self.hasher, self.compromised).judge(new_password, person, credential)
        if violations or prepared is None:
            return SignInRefused(Refusal.PASSWORD_NOT_ACCEPTED, violations)
        encoded = self.hasher.hash(prepared)
        with self.storage.unit() as unit:
            if not may_sign_in(person, places_of(unit, person.id), day_of(now, self.tenant.zone)):
                return SignInRefused(Refusal.TICKET_NOT_LIVE)
            if unit.tokens.spend(digest, purposes={Purpose.MUST_ACT}, now=now) is None:
                return SignInRefused(Refusal.TICKET_NOT_LIVE)
            set_own_password(Post(unit, self.tenant, now), person, credential, encoded, signs_in=True)
            return self._open(unit, person.id, now)

    def sign_out(self, key: str) -> None:
        """End the session of *key*; one that is not open stays as it is."""
        with self.storage.unit() as unit:
            digest = session_digest(Secret(key))
            unit.sessions.end(digest, end=SessionEnd.SIGNED_OUT, now=self.clock.now())

    def person_of(self, key: str) -> Person | None:
        """Return whose open session *key* is, or None: the account rests or is shut, or the session ended."""
        with self.storage.snapshot() as unit:
            return owner_of_session(unit, key, self.tenant, self.clock.now())

    def _look_up(self, login: str) -> _Found:
        """Return who *login* is, by the same calls whether it is anybody or not."""
        today = day_of(self.clock.now(), self.tenant.zone)
        with self.storage.snapshot() as unit:
            person = self._person(unit, login.strip())
            number = person.id if person is not None else _NOBODY
            credential = unit.credentials.get(number)
            mine = places_of(unit, number)
        return _Found(person, credential, dormant=is_dormant(mine, today))

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
        self, person: Person, credential: Credential, *, dormant: bool, fresh: str | None
    ) -> SignedIn | MustAct | SignInRefused | None:
        """Decide once more on what is there now, and write what follows; None where the encoding is another by now."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            now_person = unit.people.get_many([person.id]).get(person.id)
            now_credential = unit.credentials.get(person.id)
            if now_person is None or now_credential is None or now_credential.encoded != credential.encoded:
                return None
            verdict = decide_sign_in(
                now_person,
                now_credential,
                matches=True,
                dormant=dormant,
                expires_at=expiry_of(now_credential, self.tenant),
                now=now,
            )
            if verdict is Verdict.REFUSED:
                return SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
            if fresh is not None:
                history = history_of(now_credential).after_rehash(now_credential.encoded, fresh)
                unit.credentials.put(evolve(now_credential, encoded=fresh, history=history.own, spent=history.given))
            if verdict is Verdict.MUST_CHANGE_PASSWORD:
                return self._ticket(unit, now_person, now)
            if not now_person.has_signed_in:
                unit.people.save(now_person.changed(first_signed_in_at=now))
            return self._open(unit, now_person.id, now)

    def _ticket(self, unit: Unit, person: Person, now: datetime) -> MustAct:
        acts = (Act.CHANGE_PASSWORD,)
        token, text = issue(
            Purpose.MUST_ACT,
            person.id,
            random=self.secrets.token_bytes(RANDOM_BYTES),
            settings=self.tenant.settings,
            now=now,
            acts=acts,
        )
        unit.tokens.add(token)
        return MustAct(text, acts)

    def _open(self, unit: Unit, person: PersonId, now: datetime) -> SignedIn:
        session, key = open_session(person, random=self.secrets.token_bytes(RANDOM_BYTES), now=now)
        unit.sessions.add(session)
        return SignedIn(person, key)
