"""Replacing a password that its owner set: on request, with a confirmed identity, by somebody above them (ACCESS-8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date
from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._ending import end_everything
from eszkola_core._usecases._passwords import given_credential, owner_of, policy_of
from eszkola_core._usecases._post import Post, login_of
from eszkola_core._usecases._sessions import person_at, places_of
from eszkola_core.domain.accounts import Happening, Person, PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import Place
from eszkola_core.domain.coming_of_age import is_of_age
from eszkola_core.domain.days import aware
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.initial_credentials import invent
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.replacements import HandOver, Identity, Request, Unfounded, fault_of
from eszkola_core.domain.roles import STAFF, Role
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.signing_in import may_recover
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.tokens import Purpose
from eszkola_core.errors import Conflict, InvalidValue
from eszkola_core.ports.passwords import PasswordHasher
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets


class ReplacingRefused(StrEnum):
    """Why the password stays, beside an unfounded request."""

    NO_SUCH_PERSON = "no-such-person"
    NO_OWN_PASSWORD = "no-own-password"  # noqa: S105 - a reason
    ACCOUNT_SHUT = "account-shut"


@frozen
class LinkSent:
    """A link that sets a new password is on its way to the central address; the old one works until then."""


@frozen
class CredentialHandedOver:
    """There is no address to send a link to: what the owner signs in with once, and the receipt for it."""

    login: str
    password: Secret
    receipt: HandOver


@frozen
class NotReplaced:
    """The password is as it was."""

    reason: ReplacingRefused | Unfounded


@frozen
class ReplacePassword:
    """
    Replaces the password of somebody who had set one; there is no other way for staff to do so.

    Whichever way it goes, sessions and tokens of the account end, and the owner is told wherever they can be reached.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets
    hasher: PasswordHasher

    def replace(
        self, actor: Actor, person_id: PersonId, request: Request, identity: Identity
    ) -> LinkSent | CredentialHandedOver | NotReplaced | NotPermitted:
        """
        Replace the password of *person_id*, who asked for it, or whose guardian did.

        Raises:
            InvalidValue: the request is of the future.
            Conflict: the account was changed at the very same time; nothing was done, and trying again is right.
        """
        if aware(request.at) > self.clock.now():
            raise InvalidValue("a request cannot be of the future", code="request-in-the-future")
        with self.storage.snapshot() as unit:
            found = self._decide(unit, actor, person_id, request, identity)
        if not isinstance(found, Person):
            return found
        # What an address makes needless is not invented: hashing takes long, and happens outside of any unit.
        text = None if found.central is not None else self._invented(found)
        encoded = self.hasher.hash(text) if text is not None else ""
        now = self.clock.now()
        with self.storage.unit() as unit:
            person = self._decide(unit, actor, person_id, request, identity)
            if not isinstance(person, Person):
                return person
            post = Post(unit, self.tenant, now)
            end_everything(post, person, SessionEnd.PASSWORD_REPLACED)
            self._tell(post, person)
            acting = Acting(unit, self.storage, self.tenant, now)
            grounds = _grounds(actor, person, request, identity)
            if person.central is not None:
                post.send_token(Purpose.RECOVERY, person, self.secrets, to=person.central)
                acting.note(actor, "password-replaced", on=[person.id], detail={**grounds, "way": "link"})
                return LinkSent()
            if text is None:
                raise Conflict("the account has lost its address in the meantime; try again", code="address-moved")
            lifetime, former = self.tenant.settings.initial_credential_lifetime, unit.credentials.get(person.id)
            unit.credentials.put(given_credential(person, former, encoded, text, lifetime=lifetime, now=now))
            unit.people.save(person.after(Happening.CREDENTIAL_GIVEN))
            acting.note(actor, "password-replaced", on=[person.id], detail={**grounds, "way": "credential"})
            receipt = HandOver(
                entry=unit.audit.head().count,
                at=now,
                collected_by=request.guardian or person.id,
                proof=identity.proof,
                handed_by=actor.name,
            )
        return CredentialHandedOver(login_of(person, self.tenant), text, receipt)

    def _decide(
        self, unit: Unit, actor: Actor, person_id: PersonId, request: Request, identity: Identity
    ) -> Person | NotReplaced | NotPermitted:
        """Return whose password may be replaced now, or why it may not."""
        now = self.clock.now()
        acting = Acting(unit, self.storage, self.tenant, now)
        target = acting.target(person_id)
        permission = acting.permission(actor, Action.REPLACE_PASSWORD, target)
        if not permission:
            return NotPermitted(permission)
        person = person_at(unit, person_id, now)
        if person is None:
            return NotReplaced(ReplacingRefused.NO_SUCH_PERSON)
        if not may_recover(person, places_of(unit, person_id), acting.today):
            return NotReplaced(ReplacingRefused.ACCOUNT_SHUT)
        if not person.is_activated:
            return NotReplaced(ReplacingRefused.NO_OWN_PASSWORD)
        fault = fault_of(
            request,
            identity,
            owner=person_id,
            minor=_is_minor(places_of(unit, person_id), acting.today),
            guardians=self._guardians(acting, request, person_id),
            staff=self._is_staff(acting, identity, {role.school for role in target.roles}),
        )
        return person if fault is None else NotReplaced(fault)

    @staticmethod
    def _guardians(acting: Acting, request: Request, person: PersonId) -> frozenset[PersonId]:
        """Return the guardian who asks, where a link to *person* is active."""
        if request.guardian is None:
            return frozenset()
        known = acting.known(Actor(name="", person=request.guardian))
        return frozenset({request.guardian}) if person in known.children else frozenset()

    @staticmethod
    def _is_staff(acting: Acting, identity: Identity, schools: set[str]) -> bool:
        """Return whether the one who confirmed works in one of *schools*, or for the region."""
        roles = acting.known(Actor(name="", person=identity.by)).roles
        return any(
            each.role in STAFF and (each.school in schools or each.role is Role.REGIONAL_ADMINISTRATOR)
            for each in roles
        )

    def _invented(self, person: Person) -> Secret:
        return invent(self.secrets.below, policy_of(self.tenant), owner=owner_of(person))

    def _tell(self, post: Post, person: Person) -> None:
        """Tell the owner wherever they can be reached."""
        at = post.instant(post.now)
        data = {"login": login_of(person, self.tenant), "at": at, "link": post.access_link}
        post.tell_everywhere(MessageKind.PASSWORD_REPLACED, person, data, key=f"{person.revision}:{at}")


def _is_minor(places: Collection[Place], today: date) -> bool:
    """Return whether the owner is under age by any date that is stated; a student without one counts as such."""
    claims = [each.accepted for each in places if each.accepted is not None]
    born = {each.born for each in claims if each.born is not None}
    is_student = any(each.role is Role.STUDENT and each.is_in_force(today) for each in places)
    return any(not is_of_age(each, today) for each in born) if born else is_student


def _grounds(actor: Actor, person: Person, request: Request, identity: Identity) -> dict[str, str]:
    """Return on whose word it is done, in the journal's codes and numbers."""
    return {
        "asked": request.way.value,
        "asked-at": request.at.astimezone(UTC).isoformat(timespec="seconds"),
        "asked-by": str(request.guardian or person.id),
        "proof": identity.proof.value,
        "confirmed-by": str(identity.by or actor.person or actor.name),
    }
