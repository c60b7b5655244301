"""What every use case that sets a password shares: judging the new one, and what setting it does (CRED, ACCESS-6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from attrs import evolve, frozen

from eszkola_core._usecases._gathering import decided_about
from eszkola_core._usecases._post import Post, login_of
from eszkola_core._usecases._sessions import places_of
from eszkola_core.domain.accounts import Happening, Person, PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.credentials import Credential, CredentialKind
from eszkola_core.domain.days import day_of
from eszkola_core.domain.held_roles import kinds_of_roles
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.password_expiry import expires_at
from eszkola_core.domain.password_history import PasswordHistory
from eszkola_core.domain.passwords import Owner, PasswordPolicy, Violation, as_violation, prepare, violations
from eszkola_core.domain.policy_timelines import stricter
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.storage import Unit


def policy_of(tenant: Tenant) -> PasswordPolicy:
    """Return what keeps every policy of the tenant at once: what is made for others fits whatever they become."""
    policies = sorted(tenant.policies.all_policies, key=lambda each: (each.first_day, each.name))
    return stricter(policies, policies[-1].first_day)


def expiry_of(credential: Credential, tenant: Tenant, roles: Collection[Role]) -> datetime | None:
    """Return when an own password expires for somebody with these *roles*, or None (CRED-3)."""
    timeline = tenant.policies.of(roles)
    account = f"{tenant.key}/{credential.person}".encode()
    return expires_at(credential.set_at, timeline, zone=tenant.zone, account=account)


def policy_for(unit: Unit, tenant: Tenant, person: PersonId, now: datetime) -> PasswordPolicy:
    """Return the policy that holds for *person* now, by the roles that they have (CRED-9a)."""
    today = day_of(now, tenant.zone)
    return tenant.policies.on(today, kinds_of_roles(person, places_of(unit, person), today))


def owner_of(person: Person) -> Owner:
    """Return what of the owner may not stand in the password (CRED-6)."""
    return Owner(
        login=person.login,
        emails=(person.central.spelling,) if person.central is not None else (),
        national_ids=tuple(each.reveal() for each in person.ids),
        names=(person.name.first, person.name.last),
    )


def history_of(credential: Credential | None) -> PasswordHistory:
    """Return the passwords that the account has had."""
    return PasswordHistory(credential.history, credential.spent) if credential is not None else PasswordHistory()


def former_passwords(unit: Unit, person: PersonId, policy: PasswordPolicy) -> tuple[str, ...]:
    """
    Return the encodings that a new password of *person* must match none of (CRED-4).

    Those of accounts that were merged into this one are among them (ID-7d).
    """
    everybody = sorted(Aliases.of(decided_about(unit, person)).members(person))
    found = (history_of(unit.credentials.get(each)).forbidden(policy) for each in everybody)
    return tuple(dict.fromkeys(encoded for each in found for encoded in each))


def matches(hasher: PasswordHasher, encoded: str, text: str) -> bool:
    """Return whether *text* is the password behind *encoded*; what cannot be a password is none."""
    try:
        prepared = prepare(text)
    except InvalidValue:
        return False
    return hasher.verify(encoded, prepared)


@frozen
class Judge:
    """Judges new passwords."""

    hasher: PasswordHasher
    compromised: CompromisedPasswords

    def judge(
        self, text: str, person: Person, former: Collection[str], policy: PasswordPolicy
    ) -> tuple[Secret | None, tuple[Violation, ...]]:
        """
        Return the prepared password, and everything that is wrong with it under *policy* at once (CRED-7).

        *former* are the encodings of passwords that it must not be, as `former_passwords` gives them.
        """
        try:
            prepared = prepare(text)
        except InvalidValue as unusable:
            return None, (as_violation(unusable),)
        found = violations(
            prepared,
            policy,
            owner=owner_of(person),
            compromised=policy.blocklist and self.compromised.contains(prepared),
            reused=any(self.hasher.verify(each, prepared) for each in former),
        )
        return prepared, found


def set_own_password(
    post: Post,
    person: Person,
    credential: Credential | None,
    encoded: str,
    *,
    keep_session: bytes | None = None,
) -> Person:
    """
    Make *encoded* the owner's own password in the unit of *post*, with all that follows.

    Other sessions end, tokens and the messages that carry them are cancelled, the owner is told (CRED-11, ACCESS-6).
    Returns the person as saved.
    """
    unit, tenant, now = post.unit, post.tenant, post.now
    history = history_of(credential).after_own(encoded, policy_for(unit, tenant, person.id, now))
    unit.credentials.put(
        Credential(
            person=person.id,
            kind=CredentialKind.OWN,
            encoded=encoded,
            set_at=now,
            history=history.own,
            spent=history.given,
            warned_at=credential.warned_at if credential is not None else None,
        )
    )
    after = evolve(person.after(Happening.PASSWORD_SET), activated_at=person.activated_at or now)
    unit.people.save(after)
    unit.sessions.end_all(person.id, end=SessionEnd.PASSWORD_CHANGED, now=now, except_for=keep_session)
    post.cancel_tokens(person)
    data = {"login": login_of(person, tenant), "at": post.instant(now), "link": post.access_link}
    post.queue(MessageKind.PASSWORD_SET, person, data, key=f"{after.revision}")
    return after


def given_credential(  # noqa: PLR0913 - the parts of a credential
    person: Person, credential: Credential | None, encoded: str, text: Secret, *, lifetime: timedelta, now: datetime
) -> Credential:
    """Return a credential that somebody else made: to be changed at the first sign-in (CRED-5)."""
    history = history_of(credential).after_given(encoded)
    return Credential(
        person=person.id,
        kind=CredentialKind.GIVEN,
        encoded=encoded,
        set_at=now,
        expires_at=now + lifetime,
        history=history.own,
        spent=history.given,
        sealed=text,
    )
