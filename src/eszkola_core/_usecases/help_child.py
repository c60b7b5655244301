"""What a guardian can do for a child's account (LINK-9)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._guardians import Guardian, Linked
from eszkola_core._usecases._passwords import given_credential, owner_of, policy_of
from eszkola_core._usecases._post import Post, login_of
from eszkola_core._usecases._sessions import owner_of_session
from eszkola_core.domain.accounts import LIFECYCLE, Happening, Person, PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.coming_of_age import is_of_age
from eszkola_core.domain.days import day_of
from eszkola_core.domain.devices import DeviceEnd
from eszkola_core.domain.handing_out import live_credential
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.initial_credentials import invent
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.tokens import Purpose
from eszkola_core.ports.passwords import PasswordHasher
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets


class HelpRefused(StrEnum):
    """Why the guardian can do nothing for the child here."""

    NO_SESSION = "no-session"
    NO_SUCH_CHILD = "no-such-child"
    NOT_VERIFIED = "not-verified"
    OF_AGE = "of-age"
    NO_BIRTH_DATE = "no-birth-date"
    NO_ACCOUNT = "no-account"
    ACCOUNT_SHUT = "account-shut"
    NO_CREDENTIAL = "no-credential"


@frozen
class ChildAccess:
    """What a guardian sees of a child's account."""

    login: str
    has_password: bool
    has_signed_in: bool


@frozen
class CredentialMade:
    """What the child signs in with once, to choose an own password then; the guardian passes it on."""

    login: str
    password: Secret


@frozen
class RecoverySent:
    """A link to set a new password is on its way to the child's own address; until then the old one works."""

    login: str


@frozen
class NotHelped:
    """Nothing was changed."""

    reason: HelpRefused


@frozen
class HelpChild:
    """
    Lets guardians help children who cannot sign in, while the link is verified, in force and unrestricted.

    It ends as the child comes of age. Whose birth date is not known may be of age. The child is told whatever was done.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets
    hasher: PasswordHasher

    def see(self, session_key: str, child: PersonId) -> ChildAccess | NotHelped:
        """Return the login of a child of the session's owner, and how far the child has come."""
        with self.storage.snapshot() as unit:
            found = self._child(unit, session_key, child, self.clock.now())
        if isinstance(found, NotHelped):
            return found
        _, person = found
        return ChildAccess(login_of(person, self.tenant), person.is_activated, person.has_signed_in)

    def initial(self, session_key: str, child: PersonId) -> CredentialMade | NotHelped:
        """
        Show the initial credential that the school made for a child, as long as it is there (INIT-5).

        What was looked at is written down, and the child is told.
        """
        now = self.clock.now()
        with self.storage.unit() as unit:
            found = self._child(unit, session_key, child, now)
            if isinstance(found, NotHelped):
                return found
            guardian, person = found
            credential = None if person.is_activated else live_credential(unit.credentials.get(child), now)
            if credential is None or credential.sealed is None:
                return NotHelped(HelpRefused.NO_CREDENTIAL)
            self._tell(unit, guardian, person, now, "child-credential-shown")
            return CredentialMade(login_of(person, self.tenant), credential.sealed)

    def renew(self, session_key: str, child: PersonId) -> CredentialMade | RecoverySent | NotHelped:
        """
        Let a child of the session's owner come in again.

        A child with an own password gets a recovery link at its own address, where it has one; else there is a new
        credential that must be changed at the first sign-in, and every former one stops at once (ACCESS-8).

        Raises:
            Conflict: the child's account was changed at the very same time; trying again is right.
        """
        with self.storage.snapshot() as unit:
            found = self._child(unit, session_key, child, self.clock.now())
        if isinstance(found, NotHelped):
            return found
        _, person = found
        if person.is_activated and person.central is not None:
            return self._send_recovery(session_key, child)
        text = invent(self.secrets.below, policy_of(self.tenant), owner=owner_of(person))
        return self._give(session_key, person, text, self.hasher.hash(text))

    def _send_recovery(self, session_key: str, child: PersonId) -> RecoverySent | NotHelped:
        now = self.clock.now()
        with self.storage.unit() as unit:
            found = self._child(unit, session_key, child, now)
            if isinstance(found, NotHelped):
                return found
            guardian, person = found
            post = Post(unit, self.tenant, now)
            if person.central is not None:
                post.send_token(Purpose.RECOVERY, person, self.secrets, to=person.central)
            self._tell(unit, guardian, person, now, "child-recovery-sent")
        return RecoverySent(login_of(person, self.tenant))

    def _give(self, session_key: str, seen: Person, text: Secret, encoded: str) -> CredentialMade | NotHelped:
        now = self.clock.now()
        with self.storage.unit() as unit:
            # While the hash was made, the link may have ended, or the child set a password.
            found = self._child(unit, session_key, seen.id, now)
            if isinstance(found, NotHelped):
                return found
            guardian, _ = found
            lifetime = self.tenant.settings.initial_credential_lifetime
            former = unit.credentials.get(seen.id)
            unit.credentials.put(given_credential(seen, former, encoded, text, lifetime=lifetime, now=now))
            unit.people.save(seen.after(Happening.CREDENTIAL_GIVEN))
            Post(unit, self.tenant, now).cancel_tokens(seen)
            unit.sessions.end_all(seen.id, end=SessionEnd.PASSWORD_CHANGED, now=now)
            unit.devices.end_all(seen.id, end=DeviceEnd.PASSWORD_REPLACED, now=now)
            self._tell(unit, guardian, seen, now, "child-credential-made")
        return CredentialMade(login_of(seen, self.tenant), text)

    def _tell(self, unit: Unit, guardian: Guardian, child: Person, now: datetime, deed: str) -> None:
        """Write down what was done, and tell the child."""
        actor = Actor(name=guardian.person.login, person=guardian.id, where="session")
        Acting(unit, self.storage, self.tenant, now).note(actor, deed, on=[child.id])
        post = Post(unit, self.tenant, now)
        data = {
            "login": login_of(child, self.tenant),
            "guardian": str(guardian.person.name),
            "at": post.instant(now),
            "link": post.access_link,
        }
        post.queue(MessageKind.GUARDIAN_HELPED, child, data, key=now.isoformat())

    def _child(
        self, unit: Unit, session_key: str, child: PersonId, now: datetime
    ) -> tuple[Guardian, Person] | NotHelped:
        """Return the guardian and the child's account, or why there is nothing to be done."""
        owner = owner_of_session(unit, session_key, self.tenant, now)
        if owner is None:
            return NotHelped(HelpRefused.NO_SESSION)
        today = day_of(now, self.tenant.zone)
        guardian = Guardian.of(unit, owner.id, self.tenant, today)
        linked = guardian.child(child)
        if linked is None:
            return NotHelped(HelpRefused.NO_SUCH_CHILD)
        if not linked.is_verified:
            return NotHelped(HelpRefused.NOT_VERIFIED)
        person = guardian.world.people[child]
        refused = _by_age(linked, today) or _by_account(person)
        return NotHelped(refused) if refused is not None else (guardian, person)


def _by_age(child: Linked, today: date) -> HelpRefused | None:
    """Return why a child's age, as far as it is known, leaves nothing to a guardian; None where it is a minor."""
    if child.born is None:
        return HelpRefused.NO_BIRTH_DATE
    return HelpRefused.OF_AGE if is_of_age(child.born, today) else None


def _by_account(child: Person) -> HelpRefused | None:
    """Return why there is nothing to be done for a child's account, or None."""
    if not child.is_opened:
        return HelpRefused.NO_ACCOUNT
    return None if Happening.CREDENTIAL_GIVEN in LIFECYCLE[child.state] else HelpRefused.ACCOUNT_SHUT
