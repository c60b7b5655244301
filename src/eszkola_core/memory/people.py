"""People and decisions in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import (
    Decision,
    DecisionKind,
    Mark,
    Reservation,
)
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.errors import Conflict
from eszkola_core.memory.state import State, change_people, check_unique, fingerprint


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
        return self._survivor(number) if number is not None else None

    def by_central(self, mailbox: str) -> Sequence[Person]:
        holding = {p.id for p in self._state.people.values() if p.central and p.central.mailbox == mailbox}
        return [self._state.people[each] for each in sorted({self._survivor(each).id for each in holding})]

    def by_national_id(self, national_id: NationalId) -> Person | None:
        return next((self._survivor(p.id) for p in self._state.people.values() if national_id in p.ids), None)

    def _survivor(self, person: PersonId) -> Person:
        """Return who an account is read as."""
        return self._state.people[self._state.aliases.survivor(person)]

    def save(self, person: Person) -> None:
        draft = self._state.draft()
        change_people(draft, [person])
        check_unique(draft, [person])
        draft.touch({person.id})
        self._state.take_over(draft)

    def decide(self, decision: Decision) -> Decision:
        state, absorbed = self._state, decision.object
        if decision.kind is DecisionKind.MERGED and absorbed and state.aliases.survivor(absorbed) != absorbed:
            raise Conflict("the account was merged into another in the meantime", code="merged-already")
        decision = evolve(decision, id=state.next("decision"))
        self._keep(decision)
        return decision

    def _keep(self, decision: Decision) -> None:
        state = self._state
        state.decisions[decision.id] = decision
        state.aliases = Aliases.of(state.decisions.values())
        state.touch(decision.people)

    def decisions(self, person: PersonId) -> Sequence[Decision]:
        return [each for _, each in sorted(self._state.decisions.items()) if person in each.people]

    def withdraw(self, decision: int, at: datetime, *, by: str = "", why: str = "") -> None:
        kept = self._state.decisions.get(decision)
        if kept is not None and kept.stands:
            self._keep(evolve(kept, withdrawn_at=at, withdrawn_by=by, withdrawn_why=why))

    def mark(self, marks: Collection[Mark]) -> None:
        self._state.marks |= {(each.decision, each.side, fingerprint(each.evidence)) for each in marks}

    def has_marks(self) -> bool:
        return bool(self._state.marks)

    def reserve(self, reservation: Reservation) -> None:
        others = {each for each in self._state.reservations if each.mailbox != reservation.mailbox}
        self._state.reservations = frozenset({*others, reservation})

    def reserved(self, mailbox: str, now: datetime) -> PersonId | None:
        kept = (e.person for e in self._state.reservations if e.mailbox == mailbox and not is_expired(e.until, now))
        return next(map(self._state.aliases.survivor, kept), None)
