"""What somebody says of who stands in a record: the same person, another one, or two and never one (ID-6, ID-8)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Final

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._sessions import person_with
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Claims, Decision, DecisionKind, Hold, Place, PlaceKey, Seeds
from eszkola_core.domain.held_roles import stated_role
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.identity_decisions import IdCorrection, NamedPlace
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets

_IDS_IN_DOUBT: Final = frozenset({Hold.ANOTHERS_ID, Hold.ID_CORRECTION})
"""Where a *no* says that the record's national id is wrong, which the gradebook mends."""


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

        With another name: yes gives the place to that person, no lets it be somebody else's (ID-8b), until a yes takes
        the no back. With another national id: yes corrects the id, and the former one opens nothing any more (ID-6e); a
        no is mended in the record. Under another name again it is another question.

        Raises:
            InvalidValue: nobody stands in *place*.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            settlement = Moment(unit, self.tenant, acting.now).look_at({place.record})
            held = settlement.places.get(place)
            if held is None or held.newest is None:
                raise InvalidValue("nobody stands in this place", code="unknown-place")
            meant = settlement.recognised.meant_by(place)
            if meant is None:
                return IdentityKept(IdentityRefused.NO_QUESTION)
            person = unit.people.get_many([meant])[meant]
            beside = [each for each in settlement.places.values() if each.key.record == place.record]
            for target in _targets(acting, person, held, beside):
                allowed = acting.permission_about(actor, Action.SETTLE_IDENTITY, target, [held.newest])
                if not allowed:
                    return NotPermitted(allowed)
            if not reason.strip():
                return IdentityKept(IdentityRefused.NO_REASON)
            said = _said(unit, person, held, is_same=is_same)
            if isinstance(said, IdentityRefused):
                return IdentityKept(said)
            kind, value = said
            return self._decided(
                acting,
                actor,
                kind.value,
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


def _targets(acting: Acting, person: Person, held: Place, beside: Collection[Place]) -> Iterator[Target]:
    """
    Yield what the actor's rights must reach, which is about everybody in the record.

    The office of its school says whose a place is, wherever else the person is known; what an account's national id is,
    somebody whose rights reach that too.
    """
    there = frozenset(each.person for each in beside if each.person is not None and each.is_present)
    yield Target(person=person.id, roles=(stated_role(held, beside),), concerns=there)
    if held.hold is Hold.ID_CORRECTION:
        yield acting.target(person.id, concerns=there)


def _said(unit: Unit, person: Person, held: Place, *, is_same: bool) -> tuple[DecisionKind, Secret] | IdentityRefused:
    """Return what an answer decides, or why it decides nothing."""
    if held.newest is None or (held.hold in _IDS_IN_DOUBT and not is_same):
        return IdentityRefused.CORRECT_THE_RECORD
    if held.hold is not Hold.ID_CORRECTION:
        kind = DecisionKind.NAME_CONFIRMED if is_same else DecisionKind.NAME_REFUSED
        return kind, NamedPlace.stating(held.key, held.newest).text
    correction = _correction(person, held.newest)
    if correction is None:
        return IdentityRefused.CORRECT_THE_RECORD
    owner = unit.people.by_national_id(correction.new)
    if owner is not None and owner.id != person.id:
        return IdentityRefused.ANOTHERS_ID
    return DecisionKind.ID_CORRECTED, correction.text


def _correction(person: Person, stated: Claims) -> IdCorrection | None:
    """Return the id that is stated in the stead of one of the person's."""
    for new in stated.ids:
        for old in person.ids:
            if not new.agrees_with(old):
                return IdCorrection(old, new)
    return None
