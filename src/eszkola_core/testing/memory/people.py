"""People and decisions in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import (
    Decision,
    Mark,
    Reservation,
)
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.testing.memory.state import State, change_people, check_unique, fingerprint


@define
class MemoryPeople:
    """Keeps `People` in dictionaries."""

    _state: State

    def get_many(self, ids: Collection[PersonId]) -> Mapping[PersonId, Person]:
        return {each: self._state.people[each] for each in ids if each in self._state.people}

    def versions(self, ids: Collection[PersonId]) -> Mapping[PersonId, int]:
        return {each: self._state.versions.get(each, 0) for each in ids if each in self._state.people}

    def by_login(self, login: str) -> Person | None:
        number = self._state.logins.get(login.casefold())
        return self._state.people[number] if number is not None else None

    def by_central(self, mailbox: str) -> Sequence[Person]:
        found = [each for each in self._state.people.values() if each.central and each.central.mailbox == mailbox]
        return sorted(found, key=lambda each: each.id)

    def by_national_id(self, national_id: NationalId) -> Person | None:
        return next((each for each in self._state.people.values() if national_id in each.ids), None)

    def save(self, person: Person) -> None:
        draft = self._state.copied()
        change_people(draft, [person])
        check_unique(draft)
        draft.touch({person.id})
        self._state.take_over(draft)

    def decide(self, decision: Decision) -> Decision:
        decision = evolve(decision, id=self._state.next("decision"))
        self._state.decisions[decision.id] = decision
        self._state.touch(decision.people)
        return decision

    def decisions(self, person: PersonId) -> Sequence[Decision]:
        return [each for _, each in sorted(self._state.decisions.items()) if person in each.people]

    def withdraw(self, decision: int, at: datetime, *, by: str = "", why: str = "") -> None:
        kept = self._state.decisions.get(decision)
        if kept is not None and kept.stands:
            self._state.decisions[decision] = evolve(kept, withdrawn_at=at, withdrawn_by=by, withdrawn_why=why)
            self._state.touch(kept.people)

    def mark(self, marks: Collection[Mark]) -> None:
        self._state.marks |= {(each.decision, each.side, fingerprint(each.evidence)) for each in marks}

    def has_marks(self) -> bool:
        return bool(self._state.marks)

    def reserve(self, reservation: Reservation) -> None:
        others = {each for each in self._state.reservations if each.mailbox != reservation.mailbox}
        self._state.reservations = frozenset({*others, reservation})

    def reserved(self, mailbox: str, now: datetime) -> PersonId | None:
        return next(
            (e.person for e in self._state.reservations if e.mailbox == mailbox and not is_expired(e.until, now)), None
        )
