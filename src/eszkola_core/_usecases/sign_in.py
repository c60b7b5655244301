"""Signing in (ACCESS-2, ACCESS-5, ACCESS-7, ACCESS-10, CRED-5, CRED-8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from eszkola_core._usecases._notices import Notices
from eszkola_core._usecases._passwords import (
    Judge,
    expiry_of,
    former_passwords,
    history_of,
    policy_for,
    set_own_password,
)
from eszkola_core._usecases._post import Post
from eszkola_core._usecases._sessions import owner_of_session, person_at, places_of
from eszkola_core._usecases._throttling import Attempt, Throttle
from eszkola_core._usecases._tickets import Entrance, MustAct, SignedIn
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Place
from eszkola_core.domain.credentials import Credential
from eszkola_core.domain.days import day_of
from eszkola_core.domain.held_roles import kinds_of_roles
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.maintenance import Maintenance
from eszkola_core.domain.notices import Channel, Notice
from eszkola_core.domain.passwords import Violation, prepare
from eszkola_core.domain.sessions import SessionEnd, session_digest
from eszkola_core.domain.settings import LoginScheme
from eszkola_core.domain.signing_in import decide_sign_in, is_dormant, may_sign_in
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.throttling import AttemptKind
from eszkola_core.domain.tokens import ACKNOWLEDGES, Act, Purpose, Token, digest_of
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.ports.passwords import BUSY, CompromisedPasswords, PasswordHasher
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets

__all__ = ["Busy", "InMaintenance", "MustAct", "Outcome", "Refusal", "SignIn", "SignInRefused", "SignedIn"]

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
class Busy:
    """Too many sign in at this moment; nothing was tried, and trying again after a while is right (CRED-10)."""

    retry_after: timedelta | None


@frozen
class InMaintenance:
    """Nobody signs in just now; nothing was tried, and the maintenance says what to tell and when it may end."""

    maintenance: Maintenance


@frozen
class _Found:
    """Who a login is, as far as signing in needs to know; nobody at all looks the same from outside."""

    person: Person | None
    credential: Credential | None
    places: tuple[Place, ...]


Outcome = SignedIn | MustAct | SignInRefused | Busy | InMaintenance
"""What a sign-in comes to."""


@frozen
class SignIn:
    """
    Opens sessions.

    An unknown login, an account that rests or is shut, and an attempt that is throttled cost the same calls and the
    same one comparison as a wrong password, and get the same answer (ACCESS-2, ACCESS-5).
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets
    hasher: PasswordHasher
    compromised: CompromisedPasswords
    notices: tuple[Notice, ...]

    def attempt(self, login: str, password: str, *, source: str = "") -> Outcome:
        """
        Return what signing in with *login* and *password* comes to.

        *source* is where the attempt comes from, as well as the caller can tell: the address of the network is best.
        Where nobody says it all come from one place, and can stand in each other's way.
        """
        with self.storage.unit() as unit:
            maintenance = unit.maintenances.newest()
            if maintenance is not None and maintenance.is_under_way:
                return InMaintenance(maintenance)
            found = self._look_up(unit, login)
            what = str(found.person.id) if found.person is not None else f"?{login.strip().casefold()}"
            attempt = self._throttle.begin(unit, what, self._throttle.place(source), self.clock.now())
        if attempt.is_throttled:
            found = evolve(found, credential=None)
        try:
            outcome = self._compare(found, password, attempt)
            if outcome is None:
                # While this one compared, another sign-in renewed the encoding: then it is compared once more.
                with self.storage.snapshot() as unit:
                    found = self._look_up(unit, login)
                outcome = self._compare(found, password, attempt)
        except Unavailable as busy:
            if busy.code != BUSY:
                raise
            with self.storage.unit() as unit:
                self._throttle.take_back(unit, attempt)
            return Busy(busy.retry_after)
        return outcome or SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)

    @property
    def _throttle(self) -> Throttle:
        return Throttle(self.storage, self.tenant, AttemptKind.SIGN_IN)

    def _compare(self, found: _Found, password: str, attempt: Attempt) -> SignedIn | MustAct | SignInRefused | None:
        """Return what the attempt comes to, or None when the encoding was replaced in the meantime."""
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
        return self._settle(found.person, found.credential, found.places, attempt, fresh)

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
            person = unit.people.get_many([found.person])[found.person].at(now)
            credential = unit.credentials.get(person.id)
            policy = policy_for(unit, self.tenant, person.id, now)
            former = former_passwords(unit, person.id, policy)
        prepared, violations = Judge(self.hasher, self.compromised).judge(new_password, person, former, policy)
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
            person = unit.people.get_many([found.person])[found.person].at(now)
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

    def person_of(self, key: str | None) -> Person | None:
        """
        Return whose open session *key* is, or None: there is none, it is over, or the account rests or is shut.

        The session counts as used; that is written once in a while only, and never makes one that is over open again.
        """
        if key is None:
            return None
        now, settings = self.clock.now(), self.tenant.settings
        with self.storage.snapshot() as unit:
            owner = owner_of_session(unit, key, self.tenant, now)
            session = unit.sessions.get(session_digest(Secret(key)))
        if owner is not None and session is not None and session.is_due_to_be_seen(now, settings):
            with self.storage.unit() as unit:
                unit.sessions.touch(session.digest, seen_after=now - settings.session_idle, now=now)
        return owner

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

    def _look_up(self, unit: Unit, login: str) -> _Found:
        """Return who *login* is, by the same calls whether it is anybody or not; who cannot sign in has no password."""
        now = self.clock.now()
        found = self._person(unit, login.strip())
        person = found.at(now) if found is not None else None
        number = person.id if person is not None else _NOBODY
        credential = unit.credentials.get(number)
        mine = places_of(unit, number)
        usable = person is not None and may_sign_in(person, mine, day_of(now, self.tenant.zone))
        return _Found(person, credential if usable else None, mine)

    def _person(self, unit: Unit, login: str) -> Person | None:
        """Return whose login it is under the tenant's scheme (ACCESS-5)."""
        if self.tenant.settings.login_scheme is LoginScheme.ISSUED:
            return unit.people.by_login(login)
        try:
            mailbox = EmailAddress.parse(login).mailbox
        except InvalidValue:
            mailbox = ""
        # Where addresses are logins they are nobody else's (MAIL-5f); one that is shared all the same opens nothing.
        found = unit.people.by_central(mailbox)
        return found[0] if len(found) == 1 else None

    def _settle(
        self,
        person: Person,
        credential: Credential,
        places: Collection[Place],
        attempt: Attempt,
        fresh: str | None,
    ) -> SignedIn | MustAct | SignInRefused | None:
        """Decide once more on what is there now, and write what follows; None where the encoding is another by now."""
        now = self.clock.now()
        today = day_of(now, self.tenant.zone)
        with self.storage.unit() as unit:
            now_person = person_at(unit, person.id, now)
            now_credential = unit.credentials.get(person.id)
            if now_person is None or now_credential is None or now_credential.encoded != credential.encoded:
                return None
            verdict = decide_sign_in(
                now_person,
                now_credential,
                matches=True,
                dormant=is_dormant(places, today),
                expires_at=expiry_of(now_credential, self.tenant, kinds_of_roles(person.id, places, today)),
                unacknowledged=Notices(unit, self.tenant, self.notices).demanded_first(person.id, places, today),
                now=now,
            )
            if not verdict.lets_in:
                return SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
            self._throttle.succeed(unit, attempt)
            if fresh is not None:
                history = history_of(now_credential).after_rehash(now_credential.encoded, fresh)
                unit.credentials.put(evolve(now_credential, encoded=fresh, history=history.own, spent=history.given))
            return Entrance(unit, self.tenant, self.secrets, now).let_in(now_person, verdict.acts)
