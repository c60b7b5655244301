"""What undoing a run would do: the run's claims taken back, and settled like everything else (SYNC-9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from attrs import evolve

from eszkola_core._usecases._gathering import Ground, gather
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._staging import Staged
from eszkola_core._usecases._undo_report import UndoReport
from eszkola_core.domain.accounts import Happening, Person, PersonId
from eszkola_core.domain.claims import Evidence, PlaceKey, RecordKey, Seeds, World
from eszkola_core.domain.guard import Stop, endings, stops
from eszkola_core.domain.messages import MessageState
from eszkola_core.domain.roles import ABOVE_HOMEROOM_TEACHER
from eszkola_core.domain.runs import Changes, Run, RunKind, Written
from eszkola_core.domain.settlement import Settlement
from eszkola_core.domain.signing_in import is_dormant
from eszkola_core.domain.undo_plans import Blocked, UndoPlan
from eszkola_core.domain.undoing import Taken, clashes, takings, undoing


def plan_undo(moment: Moment, run: Run, allow_removals: Collection[str] | None) -> UndoPlan:
    """Return what undoing *run* would do now."""
    return _Planner(moment, run, allow_removals).plan()


class _Planner:
    """Finds out what undoing one run comes to."""

    def __init__(self, moment: Moment, run: Run, allow_removals: Collection[str] | None) -> None:
        self._moment = moment
        self._unit = moment.unit
        self._run = run
        self._allow_removals = allow_removals
        self._written = moment.unit.runs.written(run.id)
        # What waits for something is looked at again, as in every run: it may be what the run took.
        around = _around(self._written) | Seeds(records=moment.unit.rosters.unsettled())
        kept = gather(self._unit, around).kept
        self._undoing = undoing(run, self._written, kept, self._newer(kept), moment.today)
        # Whatever bore on the run's claims bears on their going, though nothing may lead there afterwards.
        ground = gather(self._unit, around | kept.seeds(), self._undoing.places.values())
        self._kept = ground.kept
        self._without = self._undoing.without(ground.newest)
        self._touched = self._touched_by(self._written)

    def _newer(self, kept: World) -> frozenset[RecordKey]:
        """Return the records stated since the run, of those that give roles above homeroom teacher (MAIL-4e)."""
        records = {key.record for key in kept.places if key.role in ABOVE_HOMEROOM_TEACHER}
        return frozenset(key for key, each in self._unit.rosters.states(records).items() if each.run > self._run.id)

    def _touched_by(self, written: Written) -> frozenset[PersonId]:
        """Return everybody whom the run had to do with."""
        images = [each for image in written.places.values() for each in (image.before, image.after)]
        images += [self._kept.places.get(key) for key in (*self._undoing.places, *self._undoing.removed)]
        return frozenset(each.person for each in images if each is not None and each.person is not None) | frozenset(
            written.people
        )

    def plan(self) -> UndoPlan:
        """Return what undoing would do, or what it is blocked by."""
        blocked = {self._blocked(person, None, taken) for person, taken in clashes(self._undoing, self._without)}
        if blocked:
            return UndoPlan(run=self._run, changes=Changes(after_run=0), blocked=_ordered(blocked))
        settlement = self._moment.settled(Ground(self._kept, self._without))
        blocked = {self._blocked(*each) for each in takings(self._undoing, self._touched, self._kept, settlement)}
        changes = self._changes(settlement)
        concerned = self._concerned(changes)
        resting = frozenset(self._resting(settlement, concerned))
        messages = [each for each in self._unit.outbox.of_run(self._run.id) if each.person in concerned]
        report = UndoReport(self._kept, self._undoing, settlement, changes)
        return UndoPlan(
            run=self._run,
            changes=changes,
            counts=report.counts(resting=resting, messages=messages),
            lines=report.lines(),
            staying=self._undoing.staying,
            sent=tuple(each for each in messages if each.state is MessageState.SENT),
            blocked=_ordered(blocked),
            stops=self._stops(settlement),
            touched=self._touched,
            concerned=concerned,
            closing=self._undoing.closing,
            resting=resting,
        )

    def _blocked(self, person: PersonId | None, place: PlaceKey | None, taken: Taken) -> Blocked:
        """Return what is in the way, with the run that is to be undone first."""
        last, name = 0, ""
        if place is not None:
            claims = self._kept.places[place].accepted
            name = str(claims.name) if claims is not None else ""
            state = self._unit.rosters.states([place.record]).get(place.record)
            last = state.run if state is not None else 0
        if person is not None:
            name = str(self._kept.people[person].name)
            last = last or self._unit.runs.writers([person]).get(person, 0)
        first = self._unit.runs.get(last) if last > self._run.id else None
        return Blocked(name, taken, first.id if first is not None and first.kind is RunKind.IMPORT else None)

    def _changes(self, settlement: Settlement) -> Changes:
        """Return everything that must be written."""
        undone = self._undoing
        staged = Staged(
            records={each.key: each for each in undone.records},
            ended=set(undone.ended),
            held_records={each.key for each in undone.records if each.unsettled},
        )
        changes = self._moment.changes(staged, Ground(self._kept, self._without), settlement)
        closed = (_closed(self._kept.people[each]) for each in sorted(undone.closing))
        return evolve(
            changes,
            removed_places=tuple(sorted(undone.removed, key=lambda each: each.order)),
            people=(*changes.people, *closed),
            conflicts_about=changes.conflicts_about | undone.removed,
            matters_about=changes.matters_about | undone.removed,
            undone=undone.undone,
        )

    def _concerned(self, changes: Changes) -> frozenset[PersonId]:
        """Return everybody for whom something changes."""
        now = [self._kept.places.get(key) for key in (*(each.key for each in changes.places), *changes.removed_places)]
        people = {each.person for each in (*now, *changes.places) if each is not None}
        return frozenset({*people, *(each.id for each in changes.people)} - {None})  # type: ignore[arg-type]

    def _resting(self, settlement: Settlement, concerned: Collection[PersonId]) -> Iterable[PersonId]:
        """Yield those whose last role ends with the undoing."""
        today, kept = self._moment.today, self._kept.places.values()
        for each in settlement.people:
            if each.person is None or each.person.id not in concerned or not is_dormant(each.places, today):
                continue
            if not is_dormant([place for place in kept if place.person == each.person.id], today):
                yield each.person.id

    def _stops(self, settlement: Settlement) -> tuple[Stop, ...]:
        """Return what the guard stops at, in the schools without a permission (SYNC-6)."""
        if self._allow_removals is None:
            return ()
        # Whoever is but derived again has not ended: they are told by their places, as before the account opened.
        closing = self._undoing.closing
        places = {
            key: evolve(each, person=None) if each.person in closing else each
            for key, each in self._kept.places.items()
        }
        before = evolve(self._kept, places=places)
        found = endings(before, settlement.recognised, self._moment.today)
        ending = {kind: count for kind, count in found.items() if kind[0] in self._run.schools}
        active = self._unit.rosters.census(self._run.schools, self._moment.today)
        stopping = stops(active, ending, self._moment.tenant.settings)
        return tuple(each for each in stopping if each.school not in self._allow_removals)


def _around(written: Written) -> Seeds:
    """Return all that undoing bears on."""
    people = set(written.people)
    evidence: set[Evidence] = set()
    for image in written.people.values():
        if image.before is not None:
            evidence.update(map(Evidence.of_id, image.before.ids))
            if image.before.central is not None:
                evidence.add(Evidence.of_mailbox(image.before.central))
    for place in (each for image in written.places.values() for each in (image.before, image.after)):
        if place is not None and place.person is not None:
            people.add(place.person)
    records = {*written.records, *(key.record for key in written.places)}
    return Seeds(frozenset(records), frozenset(people), frozenset(evidence))


def _closed(person: Person) -> Person:
    """Return an account as it is once it closes unused: its login stays issued, all else is free."""
    return evolve(person.after(Happening.CLOSED), ids=(), central=None, sharing=False, phone=None)


def _ordered(blocked: Iterable[Blocked]) -> tuple[Blocked, ...]:
    return tuple(sorted(blocked, key=lambda each: (each.person, each.taken, each.first or 0)))
