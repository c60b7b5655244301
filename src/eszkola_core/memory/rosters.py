"""Rosters in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from attrs import define, evolve

from eszkola_core.domain import guard
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import (
    Evidence,
    EvidenceKind,
    Mark,
    Place,
    PlaceKey,
    RecordKey,
    RosterKey,
    Seeds,
    World,
)
from eszkola_core.domain.logins import Login
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import Changes, RecordState, Run, Stamped
from eszkola_core.domain.settlement import OpenConflict
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.errors import Conflict
from eszkola_core.memory.runs import note
from eszkola_core.memory.state import State, change_people, check_unique, fingerprint


@define
class MemoryRosters:
    """Keeps `Rosters` in dictionaries."""

    _state: State

    def records(self, roster: RosterKey) -> Iterable[RecordState]:
        found = [each for key, each in self._state.records.items() if key.roster == roster]
        return sorted(found, key=lambda each: each.key)

    def states(self, keys: Collection[RecordKey]) -> Mapping[RecordKey, RecordState]:
        return {key: self._state.records[key] for key in keys if key in self._state.records}

    def gather(self, seeds: Seeds) -> World:
        state = self._state
        aliases = state.aliases
        wanted = frozenset(member for each in seeds.people for member in aliases.members(each))
        keys = {key for each in seeds.evidence for key in state.found.get(each, ())}
        keys |= {key for key in state.places if key.record in seeds.records}
        keys |= {key for key, place in state.places.items() if place.person in wanted}
        mailboxes = {each.value for each in seeds.evidence if each.kind is EvidenceKind.MAILBOX}
        reservations = frozenset(
            each for each in state.reservations if each.mailbox in mailboxes or each.person in wanted
        )
        people = wanted | {each.person for each in reservations}
        found = {
            person.id: person
            for person in state.people.values()
            if person.id in people
            or (person.central is not None and person.central.mailbox in mailboxes)
            or any(Evidence.of_id(each) in seeds.evidence for each in (*person.ids, *person.former_ids))
        }
        made = {fingerprint(each): each for each in seeds.evidence} if state.marks else {}
        marks = frozenset(Mark(number, side, made[known]) for number, side, known in state.marks if known in made)
        marked = {each.decision for each in marks}
        decisions = frozenset(each for each in state.decisions.values() if each.people & wanted or each.id in marked)
        places = {key: state.as_read(state.places[key]) for key in keys}
        return World(places, found, decisions, reservations, marks)

    def census(self, schools: Collection[str], today: date) -> Mapping[tuple[str, str], int]:
        places = (self._state.as_read(each) for each in self._state.places.values() if each.school in schools)
        return guard.census(places, today)

    def next_person(self) -> PersonId:
        return PersonId(self._state.counted.get("person", 0) + 1)

    def login_numbers(self, stems: Collection[str]) -> Mapping[str, int]:
        return {stem: self._state.numbers[stem] for stem in stems if stem in self._state.numbers}

    def unsettled(self) -> frozenset[RecordKey]:
        return frozenset(key for key, each in self._state.records.items() if each.unsettled)

    def stamps(self, among: Collection[bytes] | None = None) -> Sequence[Stamped]:
        found = [each for each in self._state.stamps.values() if among is None or each.stamp in among]
        return sorted(found, key=lambda each: each.roster)

    def stamp(self, lists: Mapping[RosterKey, bytes]) -> None:
        for roster, stamp in lists.items():
            records = [each for key, each in self._state.records.items() if key.roster == roster]
            people = sum(each.people for each in records)
            self._state.stamps[roster] = Stamped(roster=roster, stamp=stamp, records=len(records), people=people)

    def newest_run(self) -> int:
        return max(self._state.runs, default=0)

    def applied(self, plan: bytes) -> Run | None:
        return next((each for each in self._state.runs.values() if each.plan == plan), None)

    def save(self, run: Run, changes: Changes) -> Run:
        draft = self._state.draft()
        run = MemoryRosters(draft)._written(run, changes)  # noqa: SLF001 - another of this very class
        self._state.take_over(draft)
        return run

    def _written(self, run: Run, changes: Changes) -> Run:
        state = self._state
        if changes.after_run != self.newest_run():
            raise Conflict("another import was applied in the meantime", code="another-run")
        if run.undoes is not None and any(each.undoes == run.undoes for each in state.runs.values()):
            raise Conflict("this run was undone before", code="already-undone")
        run = evolve(run, id=state.next("run"))
        state.runs[run.id] = run
        self.add_schools(changes.schools)
        self._note(run, changes)
        for record in changes.records:
            state.records[record.key] = evolve(record, run=state.writers[record.key])
        for key in changes.ended_records:
            state.records.pop(key, None)
        moved = {each.stamp for roster, each in state.stamps.items() if roster in changes.lists}
        for roster in [roster for roster, each in state.stamps.items() if each.stamp in moved]:
            del state.stamps[roster]
        redone = {each for each in state.undone if each.record not in changes.redone}
        state.undone = frozenset({*redone, *changes.undone})
        for opening in changes.openings:
            self._open(opening.person, opening.login)
        change_people(state, changes.people)
        check_unique(state, [*changes.people, *(each.person for each in changes.openings)])
        records = {key.record for key in (*(each.key for each in changes.places), *changes.removed_places)}
        beside = [each.person for key, each in state.places.items() if key.record in records]
        for place in changes.places:
            self._put(place)
        for removed in changes.removed_places:
            self._remove(removed)
        bearing = {*beside, *(each.person for each in changes.places), *(each.id for each in changes.people)}
        state.touch(bearing - {each.person.id for each in changes.openings})
        for decision in changes.decisions:
            number = state.next("decision")
            state.decisions[number] = evolve(decision, id=number)
            state.touch(decision.people)
        state.marks |= {(each.decision, each.side, fingerprint(each.evidence)) for each in changes.marks}
        kept = {each for each in state.conflicts if not {each.place, each.other} & changes.conflicts_about}
        state.conflicts = frozenset({*kept, *changes.conflicts})
        others = {each for each in state.reservations if each.mailbox not in changes.reservations_about}
        state.reservations = frozenset({*others, *changes.reservations})
        return run

    def _note(self, run: Run, changes: Changes) -> None:
        """Keep what stands where *changes* write; a record that keeps its digest is but settled again."""
        kept = self._state.records
        restated = [each.key for each in changes.records if not _same(kept.get(each.key), each)]
        note(self._state, run, {*restated, *changes.ended_records}, ending=changes.ended_records)
        places = {each.key for each in changes.places}
        note(self._state, run, {*places, *changes.removed_places}, ending=changes.removed_places)
        note(self._state, run, {*(each.person.id for each in changes.openings), *(each.id for each in changes.people)})

    def _open(self, person: Person, login: Login) -> None:
        state = self._state
        if person.id in state.people or person.login.casefold() in state.logins:
            raise Conflict("the login was issued in the meantime", code="login-taken")
        state.counted["person"] = max(state.counted.get("person", 0), person.id)
        state.numbers[login.stem] = max(state.numbers.get(login.stem, 0), login.number)
        state.logins[person.login.casefold()] = person.id
        state.people[person.id] = person

    def _put(self, place: Place) -> None:
        before = self._state.places.get(place.key)
        if before is not None and before.person and self._state.as_read(before).person == place.person:
            place = evolve(place, person=before.person)
        for each in before.evidence() if before is not None else ():
            self._state.found[each] -= {place.key}
        for each in place.evidence():
            self._state.found[each] = self._state.found.get(each, frozenset()) | {place.key}
        self._state.places[place.key] = place

    def _remove(self, key: PlaceKey) -> None:
        place = self._state.places.pop(key, None)
        for each in place.evidence() if place is not None else ():
            self._state.found[each] -= {key}

    def conflicts(self, schools: Collection[str] | None = None) -> Iterable[OpenConflict]:
        found = [each for each in self._state.conflicts if schools is None or _schools(each) & set(schools)]
        return sorted(found, key=_order)

    def places(self, school: str, class_name: str | None = None) -> Iterable[Place]:
        present = [each for each in self._state.places.values() if each.school == school and each.is_present]
        if class_name is not None:
            records = {
                each.key.record
                for each in present
                if each.role is Role.STUDENT and each.newest is not None and each.newest.class_name == class_name
            }
            present = [each for each in present if each.key.record in records]
        return sorted(map(self._state.as_read, present), key=lambda each: each.key)

    def holders(self, roles: Collection[Role], schools: Collection[str] | None = None) -> frozenset[PersonId]:
        return frozenset(
            self._state.aliases.survivor(each.person)
            for each in self._state.places.values()
            if each.person is not None
            and each.is_present
            and each.role in roles
            and (schools is None or each.school in schools)
        )

    def schools(self, keys: Collection[str] | None = None) -> Sequence[StatedSchool]:
        return [each for key, each in sorted(self._state.schools.items()) if keys is None or key in keys]

    def add_schools(self, schools: Sequence[StatedSchool]) -> None:
        for each in schools:
            if each.name or each.key not in self._state.schools:
                self._state.schools[each.key] = each


def _same(kept: RecordState | None, record: RecordState) -> bool:
    """Return whether a record's content is the one that is kept."""
    return kept is not None and kept.digest == record.digest


def _schools(conflict: OpenConflict) -> set[str]:
    """Return the schools that a conflict is about."""
    return {each.school for each in (conflict.place, conflict.other) if each is not None}


def _order(conflict: OpenConflict) -> tuple[object, ...]:
    """Return what conflicts are ordered by; one with no other place comes first."""
    return conflict.kind, conflict.place, () if conflict.other is None else (conflict.other,), conflict.facts
