"""What was decided of who somebody is, beside merges: corrected ids, and whose a name in a place is (ID-6e, ID-8b)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from attrs import evolve, frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Claims, Decision, DecisionKind, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.roles import Role


@frozen
class IdCorrection:
    """One id in the stead of another of its kind; the old one stays as a former one."""

    old: NationalId
    new: NationalId

    @property
    def text(self) -> Secret:
        """What a decision holds of it."""
        return _written([[each.scheme, each.reveal()] for each in (self.old, self.new)])

    @classmethod
    def of(cls, decision: Decision) -> IdCorrection:
        """Return what *decision* holds."""
        old, new = _read(decision)
        return cls(NationalId(*old), NationalId(*new))


@frozen
class NamedPlace:
    """A place under the name that it stated when somebody said whose it is; another name is another question."""

    place: PlaceKey
    name_key: str

    @classmethod
    def stating(cls, place: PlaceKey, claims: Claims) -> NamedPlace:
        """Return a place with the name that it states."""
        return cls(place, claims.name.key)

    @property
    def text(self) -> Secret:
        """What a decision holds of it."""
        return _written([*self.place.order, self.name_key])

    @classmethod
    def of(cls, decision: Decision) -> NamedPlace:
        """Return what *decision* holds."""
        school, origin, listed, record, role, who, name_key = _read(decision)
        return cls(PlaceKey(RecordKey(RosterKey(school, origin, listed), record), Role(role), who), name_key)


def answers(decisions: Iterable[Decision], aliases: Aliases) -> Mapping[tuple[PersonId, NamedPlace], bool]:
    """Return whether a place is a person's under the name that it states, as far as somebody has said so (ID-8b)."""
    kinds = {DecisionKind.NAME_CONFIRMED: True, DecisionKind.NAME_REFUSED: False}
    told = sorted((each for each in decisions if each.kind in kinds and each.stands), key=_order)
    return {(aliases.survivor(each.subject), NamedPlace.of(each)): kinds[each.kind] for each in told}


def corrected(people: Mapping[PersonId, Person], decisions: Collection[Decision]) -> Mapping[PersonId, Person]:
    """
    Return *people* with their ids as they have been corrected (ID-6e).

    An id that is somebody else's by now is not taken; whoever decides is told before.
    """
    told = sorted((each for each in decisions if each.kind is DecisionKind.ID_CORRECTED and each.stands), key=_order)
    if not told:
        return people
    aliases, after = Aliases.of(decisions), dict(people)
    for each in told:
        correction = IdCorrection.of(each)
        taken = any(correction.new in person.ids for person in after.values())
        for number in aliases.bearers(each.subject, each.at):
            person = after.get(number)
            if person is not None and correction.old in person.ids and not taken:
                after[number] = _with(person, correction)
    return after


def _with(person: Person, correction: IdCorrection) -> Person:
    """Return *person* with the new id; the old one is a former one."""
    ids = {correction.new if each == correction.old else each for each in person.ids}
    former = ({*person.former_ids, correction.old}) - ids
    return evolve(person, ids=tuple(sorted(ids)), former_ids=tuple(sorted(former)))


def _order(decision: Decision) -> tuple[object, int]:
    return decision.at, decision.id


def _written(value: object) -> Secret:
    return Secret(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _read(decision: Decision) -> Any:  # noqa: ANN401 - as it was written above
    if decision.value is None:
        raise AssertionError(f"a decision {decision.kind} holds what was decided")
    return json.loads(decision.value.reveal())
