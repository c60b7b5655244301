"""What undoing a run would do: the run's claims taken back, and settled like everything else (SYNC-9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import Happening, Person, PersonId
from eszkola_core.domain.claims import Evidence, Place, PlaceKey, RecordKey, Seeds
from eszkola_core.domain.guard import Stop, endings, stops
from eszkola_core.domain.messages import FINAL, Message, MessageState
from eszkola_core.domain.plans import PlanLine, Step
from eszkola_core.domain.runs import Changes, Run, RunKind, Written
from eszkola_core.domain.settlement import Settlement
from eszkola_core.domain.signing_in import is_dormant
from eszkola_core.domain.undoing import Taken, clashes, takings, undoing
from eszkola_core.usecases._gathering import Ground, gather
from eszkola_core.usecases._moments import Moment
from eszkola_core.usecases._plan_report import differences
from eszkola_core.usecases._staging import Staged


class UndoRefusal(StrEnum):
    """Why a run is not undone."""

    UNKNOWN_RUN = "unknown-run"
    NOT_AN_IMPORT = "not-an-import"
    UNDONE_BEFORE = "undone-before"
    TOO_LATE = "too-late"
    BLOCKED = "blocked"
    STOPPED = "stopped"


@frozen
class Blocked:
    """
    What undoing would take from somebody whom the run did not touch, or from a later run.

    ``first`` is the later import that is to be undone first; None where it was a decision, or undoing none would help.
    """

    person: str
    taken: Taken
    first: int | None = None


@frozen(kw_only=True)
class UndoCounts:
    """
    What undoing comes to, in person-claims: taken away, as they were before, back again; and records that stay.

    Beside them the accounts that close, those that rest from now on, and those whose address goes back; the messages
    that are cancelled, and those that have left.
    """

    removed: int = 0
    restored: int = 0
    returned: int = 0
    staying: int = 0
    closed: int = 0
    dormant: int = 0
    moved: int = 0
    cancelled: int = 0
    sent: int = 0


@frozen(kw_only=True)
class UndoPlan:
    """
    What undoing a run would do.

    ``staying`` are records that a later run stated anew: their claims stay. ``sent`` are messages that have left. Where
    something is ``blocked``, or the guard ``stops``, nothing is done. ``touched`` are those whom the run had to do
    with, ``resting`` those whose last role ends.
    """

    run: Run
    changes: Changes = field(repr=False)
    counts: UndoCounts = field(factory=UndoCounts)
    lines: tuple[PlanLine, ...] = field(default=(), repr=False)
    staying: tuple[RecordKey, ...] = ()
    sent: tuple[Message, ...] = field(default=(), repr=False)
    blocked: tuple[Blocked, ...] = ()
    stops: tuple[Stop, ...] = ()
    touched: frozenset[PersonId] = frozenset()
    concerned: frozenset[PersonId] = frozenset()
    closing: frozenset[PersonId] = frozenset()
    resting: frozenset[PersonId] = frozenset()

    @property
    def refusal(self) -> UndoRefusal | None:
        """Why it cannot be applied."""
        if self.blocked:
            return UndoRefusal.BLOCKED
        return UndoRefusal.STOPPED if self.stops else None


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
        self._undoing = undoing(run.id, self._written, kept, moment.today)
        # Whatever bore on the run's claims bears on their going, though nothing may lead there afterwards.
        ground = gather(self._unit, around | kept.seeds(), self._undoing.places.values())
        self._kept = ground.kept
        self._without = self._undoing.without(ground.newest)
        self._touched = self._touched_by(self._written) | self._undoing.people.keys() | self._undoing.closing

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
        sent = tuple(each for each in messages if each.state is MessageState.SENT)
        fates = {key: fate for key in self._keys() if (fate := self._fate(key, settlement)) is not None}
        counted = Counter(fates.values())
        return UndoPlan(
            run=self._run,
            changes=changes,
            counts=UndoCounts(
                removed=counted[Step.END],
                restored=counted[Step.CHANGE],
                returned=counted[Step.RETURN],
                staying=len(self._undoing.staying),
                closed=len(self._undoing.closing),
                dormant=len(resting),
                moved=len(self._moved(changes)),
                cancelled=sum(each.state not in FINAL for each in messages),
                sent=len(sent),
            ),
            lines=tuple(sorted(self._lines(fates, settlement, changes))),
            staying=self._undoing.staying,
            sent=sent,
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
            undone=undone.undone,
        )

    def _keys(self) -> Iterable[PlaceKey]:
        return sorted({*self._undoing.places, *self._undoing.removed}, key=lambda each: each.order)

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

    # The report

    def _fate(self, key: PlaceKey, settlement: Settlement) -> Step | None:
        """Return what becomes of one person-claim."""
        now, then = self._kept.places.get(key), settlement.places.get(key)
        stood, stands = _states(now), _states(then)
        if stood and not stands:
            return Step.END
        if stands and not stood:
            return Step.RETURN
        if now is None or then is None or not stands:
            return None
        return Step.CHANGE if (now.accepted, now.pending) != (then.accepted, then.pending) else None

    def _moved(self, changes: Changes) -> list[Person]:
        """Return those whose address goes back."""
        return [
            each
            for each in changes.people
            if each.id not in self._undoing.closing and each.central != self._kept.people[each.id].central
        ]

    def _lines(self, fates: Mapping[PlaceKey, Step], settlement: Settlement, changes: Changes) -> Iterable[PlanLine]:
        for key, fate in fates.items():
            now, then = self._kept.places.get(key), settlement.places.get(key)
            reason = {
                Step.END: "the run's claim is taken back",
                Step.RETURN: "the run had ended it",
                Step.CHANGE: ", ".join(_differing(now, then)) or "held as before",
            }[fate]
            yield _line(key, fate, then if fate is Step.RETURN else now, reason)
        for person in sorted(self._undoing.closing):
            yield self._about(person, Step.CLOSE, "nobody has used the account that the run opened")
        for each in self._moved(changes):
            back = each.central.masked if each.central is not None else "none"
            yield self._about(each.id, Step.MOVE_ADDRESS, f"back to {back}")

    def _about(self, person: PersonId, step: Step, reason: str) -> PlanLine:
        """Return a line about an account, at the least of its places."""
        places = [each for each in self._kept.places.values() if each.person == person]
        least = min(places, key=lambda each: each.key.order, default=None)
        name = str(self._kept.people[person].name)
        if least is None:
            return PlanLine("", "", step, name, "", "", reason)
        return evolve(_line(least.key, step, least, reason), person=name)


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


def _states(place: Place | None) -> bool:
    """Return whether a place says something of somebody."""
    return place is not None and place.is_present and place.accepted is not None


def _differing(now: Place | None, then: Place | None) -> list[str]:
    if now is None or then is None or now.accepted is None or then.accepted is None:
        return []
    return differences(now.accepted, then.accepted)


def _line(key: PlaceKey, step: Step, place: Place | None, reason: str) -> PlanLine:
    claims = place.newest if place is not None else None
    return PlanLine(
        school=key.school,
        class_name=claims.class_name if claims is not None else "",
        step=step,
        person=str(claims.name) if claims is not None else "",
        role=key.role,
        record=key.record.key,
        reason=reason,
    )


def _ordered(blocked: Iterable[Blocked]) -> tuple[Blocked, ...]:
    return tuple(sorted(blocked, key=lambda each: (each.person, each.taken, each.first or 0)))
