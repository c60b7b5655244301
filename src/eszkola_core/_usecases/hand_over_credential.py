"""Handing an initial credential to its owner, or to a minor's guardian, with a receipt (INIT-5, INIT-6, ACCESS-8)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._post import login_of
from eszkola_core._usecases._sessions import person_at, places_of
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.coming_of_age import born_on, is_of_age
from eszkola_core.domain.handing_out import live_credential
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.permissions import Action
from eszkola_core.domain.replacements import HandOver, Proof
from eszkola_core.domain.roles import Role
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


class HandedBy(StrEnum):
    """How a credential is handed over."""

    HAND = "hand"
    PHONE = "phone"


class HandingRefused(StrEnum):
    """Why nothing is handed over."""

    NO_SUCH_PERSON = "no-such-person"
    HAS_OWN_PASSWORD = "has-own-password"  # noqa: S105 - a reason
    NO_CREDENTIAL = "no-credential"
    NO_ACTIVE_LINK = "no-active-link"
    OF_AGE = "of-age"
    NOT_BY_PHONE = "not-by-phone"
    UNKNOWN_VOICE = "unknown-voice"


@frozen
class HandedOver:
    """What the owner signs in with once, and the receipt."""

    login: str
    password: Secret
    receipt: HandOver


@frozen
class NotHandedOver:
    """Nothing was shown, and nothing written down."""

    reason: HandingRefused


_ON_THE_PHONE: Final = frozenset({Proof.KNOWN_IN_PERSON, Proof.CALLED_BACK})
"""How somebody can be known whom one hears and does not see."""


@frozen
class HandOverCredential:
    """Shows a credential to whoever hands it over, and writes down to whom and on what proof it went."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def hand_over(
        self, actor: Actor, person_id: PersonId, *, by: HandedBy, proof: Proof, to: PersonId | None = None
    ) -> HandedOver | NotHandedOver | NotPermitted:
        """
        Return the credential that is handed over now, with its receipt.

        Args:
            actor: who hands it over.
            person_id: whose it is.
            by: in person, or read out by telephone: to students, and to guardians with an active link, and nobody else.
            proof: how it is known who stands there, or answers.
            to: the guardian who gets it for a minor; the owner where left out.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            target = acting.target(person_id)
            allowed = acting.permission(actor, Action.GIVE_CREDENTIAL, target)
            if not allowed:
                return NotPermitted(allowed)
            person = person_at(unit, person_id, acting.now)
            if person is None or not person.is_opened:
                return NotHandedOver(HandingRefused.NO_SUCH_PERSON)
            if person.is_activated:
                return NotHandedOver(HandingRefused.HAS_OWN_PASSWORD)
            refused = self._refusal(acting, person, target.roles, by=by, proof=proof, to=to)
            if refused is not None:
                return NotHandedOver(refused)
            credential = live_credential(unit.credentials.get(person.id), acting.now)
            if credential is None or credential.sealed is None:
                return NotHandedOver(HandingRefused.NO_CREDENTIAL)
            detail = {"by": by.value, "proof": proof.value, "to": str(to or person.id)}
            acting.note(actor, "credential-handed-over", on=[person.id], detail=detail)
            receipt = HandOver(
                entry=unit.audit.head().count,
                at=acting.now,
                collected_by=to or person.id,
                proof=proof,
                handed_by=actor.name,
            )
            return HandedOver(login_of(person, self.tenant), credential.sealed, receipt)

    def _refusal(  # noqa: PLR0913 - each argument is one fact
        self,
        acting: Acting,
        person: Person,
        roles: tuple[HeldRole, ...],
        *,
        by: HandedBy,
        proof: Proof,
        to: PersonId | None,
    ) -> HandingRefused | None:
        """Return why it may not go to this human in this way."""
        held = {each.role for each in roles}
        if to is not None:
            if not self._is_minor(acting, person, held):
                return HandingRefused.OF_AGE
            if person.id not in acting.known(Actor(name="", person=to)).children:
                return HandingRefused.NO_ACTIVE_LINK
        if by is HandedBy.HAND:
            return None
        if not held & {Role.STUDENT, Role.GUARDIAN}:
            return HandingRefused.NOT_BY_PHONE
        if Role.STUDENT not in held and not acting.known(Actor(name="", person=person.id)).children:
            return HandingRefused.NO_ACTIVE_LINK
        return None if proof in _ON_THE_PHONE else HandingRefused.UNKNOWN_VOICE

    @staticmethod
    def _is_minor(acting: Acting, person: Person, held: set[Role]) -> bool:
        """Return whether somebody is a student who is, or may be, under age."""
        stated = [each.accepted for each in places_of(acting.unit, person.id) if each.accepted is not None]
        return Role.STUDENT in held and not is_of_age(born_on(person.ids, stated), acting.today)
