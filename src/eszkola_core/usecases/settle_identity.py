"""What somebody says of who stands in a record: the same person, another one, or two and never one (ID-6, ID-8)."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Claims, Decision, DecisionKind, Hold, Place, PlaceKey, Seeds
from eszkola_core.domain.identity_decisions import IdCorrection, NamedPlace
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets
from eszkola_core.usecases._acting import Acting
from eszkola_core.usecases._deciding import Door
from eszkola_core.usecases._sessions import person_with


class IdentityRefused(StrEnum):
    """Why everything stays as it is."""

    NO_REASON = "no-reason"
    SAME_PERSON = "same-person"
    DISTINCT_ALREADY = "distinct-already"
    NO_QUESTION = "no-question"
    CORRECT_THE_RECORD = "correct-the-record"
    ANOTHERS_ID = "anothers-id"


@frozen
class IdentitySettled:
    """It is remembered, and what follows from it is in force."""

    decision: Decision


@frozen
class IdentityKept:
    """Nothing was changed."""

    reason: IdentityRefused


@frozen
class SettleIdentity:
    """Answers what recognition leaves to people, so that no import asks it again."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def distinct(
        self, actor: Actor, first: PersonId, second: PersonId, *, reason: str
    ) -> IdentitySettled | IdentityKept | NotPermitted:
        """
        Say that two are two: they are reported no more, and never merged (ID-6d, ID-7g).

        Raises:
            InvalidValue: nobody has one of the numbers.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            aliases = Aliases.of(unit.rosters.gather(Seeds(people=frozenset({first, second}))).decisions)
            first, second = (person_with(unit, aliases.survivor(each)).id for each in (first, second))
            for target, other in ((first, second), (second, first)):
                allowed = acting.permission(actor, Action.MERGE, acting.target(target, concerns={other}))
                if not allowed:
                    return NotPermitted(allowed)
            if first == second:
                return IdentityKept(IdentityRefused.SAME_PERSON)
            if aliases.are_distinct(first, second):
                return IdentityKept(IdentityRefused.DISTINCT_ALREADY)
            if not reason.strip():
                return IdentityKept(IdentityRefused.NO_REASON)
            return self._decided(
                acting,
                actor,
                "called-distinct",
                Decision(
                    kind=DecisionKind.DISTINCT,
                    subject=first,
                    object=second,
                    author=actor.name,
                    reason=reason.strip(),
                    at=acting.now,
                ),
            )

    def answer(
        self, actor: Actor, place: PlaceKey, *, is_same: bool, reason: str
    ) -> IdentitySettled | IdentityKept | NotPermitted:
        """
        Say whether whoever stands in *place*, whose newest state is held, is the person whom recognition thinks of.

        With another name: yes gives the place to that person, no lets it be somebody else's (ID-8b). With another
        national id: yes corrects the id, and the former one opens nothing any more (ID-6e); a no is mended in the
        record. Under another name again it is another question.

        Raises:
            InvalidValue: nobody stands in *place*.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            held = unit.rosters.gather(Seeds(records=frozenset({place.record}))).places.get(place)
            if held is None or held.newest is None:
                raise InvalidValue("nobody stands in this place", code="unknown-place")
            person = _meant(unit, held)
            if person is None:
                return IdentityKept(IdentityRefused.NO_QUESTION)
            allowed = acting.permission_about(actor, Action.SETTLE_IDENTITY, acting.target(person.id), [held.newest])
            if not allowed:
                return NotPermitted(allowed)
            if not reason.strip():
                return IdentityKept(IdentityRefused.NO_REASON)
            if held.hold is Hold.ID_CORRECTION:
                correction = _correction(person, held.newest) if is_same else None
                if correction is None:
                    return IdentityKept(IdentityRefused.CORRECT_THE_RECORD)
                owner = unit.people.by_national_id(correction.new)
                if owner is not None and owner.id != person.id:
                    return IdentityKept(IdentityRefused.ANOTHERS_ID)
                kind, value, deed = DecisionKind.ID_CORRECTED, correction.text, "id-corrected"
            else:
                kind = DecisionKind.NAME_CONFIRMED if is_same else DecisionKind.NAME_REFUSED
                value, deed = NamedPlace.stating(place, held.newest).text, kind.value
            return self._decided(
                acting,
                actor,
                deed,
                Decision(
                    kind=kind,
                    subject=person.id,
                    value=value,
                    author=actor.name,
                    reason=reason.strip(),
                    at=acting.now,
                ),
            )

    def _decided(self, acting: Acting, actor: Actor, deed: str, decision: Decision) -> IdentitySettled:
        """Keep the decision, write it down, and settle what follows."""
        kept = acting.unit.people.decide(decision)
        acting.note(actor, deed, on=sorted(kept.people), why=kept.reason)
        door = Door(self.storage, self.tenant, self.secrets)
        door.settle(acting.unit, kept.people, author=actor.name, now=acting.now)
        return IdentitySettled(kept)


def _meant(unit: Unit, held: Place) -> Person | None:
    """Return whom recognition asks about: whose the place is, or whose id it states."""
    if held.hold not in (Hold.ID_CORRECTION, Hold.RENAMED, Hold.NAME_MISMATCH) or held.newest is None:
        return None
    if held.person is not None:
        return unit.people.get_many([held.person]).get(held.person)
    owners = (unit.people.by_national_id(each) for each in held.newest.ids)
    return next((each for each in owners if each is not None), None)


def _correction(person: Person, stated: Claims) -> IdCorrection | None:
    """Return the id that is stated in the stead of one of the person's."""
    for new in stated.ids:
        for old in person.ids:
            if not new.agrees_with(old):
                return IdCorrection(old, new)
    return None
