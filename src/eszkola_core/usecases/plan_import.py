"""
What an import would do (SYNC-3).

A plan is made from a snapshot and writes nothing: sources are staged, the world around them is gathered until nothing
outside bears on it, and the rules of the domain say who is who and what follows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from operator import attrgetter

from attrs import evolve

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Claims, EvidenceKind, Place, PlaceKey, RecordKey, Seeds, World
from eszkola_core.domain.days import day_of
from eszkola_core.domain.findings import Finding
from eszkola_core.domain.guard import Stop, endings, stops, stops_everything
from eszkola_core.domain.logins import Login, issue, stem_of
from eszkola_core.domain.plans import Counts, Plan, PlanLine, Step
from eszkola_core.domain.runs import Changes, Opening, RecordState
from eszkola_core.domain.settlement import ConflictKind, Lack, OpenConflict, Settled, Settlement, bound, settle
from eszkola_core.domain.stated import Reading, StatedSchool
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Unit
from eszkola_core.usecases._gathering import Ground, gather
from eszkola_core.usecases._staging import Fingerprint, Staged, stage

_LACK_FIELDS: Mapping[Lack, str] = {Lack.NATIONAL_ID: "national_id", Lack.EMAIL: "email", Lack.APPLICATION: ""}
_LACK_HINTS: Mapping[Lack, str] = {
    Lack.NATIONAL_ID: "enter the national id in the gradebook; without it no account opens",
    Lack.EMAIL: "enter a private e-mail address that nobody else uses; without it no account opens",
    Lack.APPLICATION: "the guardian hands in an access application at the school",
}
_LINE_ORDER = attrgetter("school", "class_name", "step", "person", "role", "record", "reason")
_FINDING_ORDER = attrgetter("source", "line", "record", "field", "code", "value")
_HOLD_HINT = "compare the record with the person's document, then correct it in the gradebook"


def make_plan(
    reading: Reading,
    unit: Unit,
    tenant: Tenant,
    now: datetime,
    *,
    fingerprint: Fingerprint,
    allow_removals: Collection[str] | None = frozenset(),
) -> Plan:
    """
    Return what importing *reading* would do.

    Args:
        reading: what the sources state.
        unit: a snapshot to look at.
        tenant: whose rules hold.
        now: the instant of the import; its day in the tenant's zone is the day of what begins and ends.
        fingerprint: the storage's keyed digest.
        allow_removals: schools whose removals the guard lets through today; None for all (SYNC-6).
    """
    today = day_of(now, tenant.zone)
    staged = stage(reading, unit, tenant, today, fingerprint)
    # What was left unsettled before is looked at again in every run (SYNC-4d).
    unsettled = Seeds(records=unit.rosters.unsettled())
    ground = gather(unit, unsettled | Seeds(records=staged.touched), staged.places.values())
    settlement = settle(ground.newest, tenant, now)
    stopped = _guarded(ground, settlement, staged, unit, tenant, today, allow_removals)
    schools = frozenset(stop.school for stop in stopped)
    stopped_all = bool(schools) and stops_everything(len(schools), len(staged.schools), tenant.settings)
    if schools:
        left_out = frozenset(staged.schools) if stopped_all else schools
        _leave_out(staged, left_out)
        ground = gather(unit, unsettled | Seeds(records=staged.touched), staged.places.values())
        settlement = settle(ground.newest, tenant, now)
    changes = _changes(staged, ground, settlement, unit, tenant, now)
    report = _Report(staged, ground, settlement, changes)
    findings = (*reading.findings, *report.findings())
    return Plan(
        day=today,
        digest=_digest(changes, ground.kept, fingerprint),
        changes=evolve(changes, schools=() if stopped_all else _schools(reading, schools)),
        settlement=settlement,
        concerned=report.concerned(),
        counts=report.counts(),
        counts_by_school=report.counts_by_school(),
        lines=tuple(sorted(report.lines(), key=_LINE_ORDER)),
        findings=tuple(sorted(findings, key=_FINDING_ORDER)),
        stops=stopped,
        stopped_all=stopped_all,
        stopped_schools=frozenset(staged.schools) if stopped_all else schools,
    )


def _schools(reading: Reading, stopped: Collection[str]) -> tuple[StatedSchool, ...]:
    """Return the schools that are named or have a roster, but for those where the guard lets nothing through."""
    named = {each.key: each for each in reading.schools}
    listed = {each.school: StatedSchool(each.school, "") for each in reading.rosters}
    return tuple(each for key, each in sorted((listed | named).items()) if key not in stopped)


def settle_again(
    people: Collection[PersonId], unit: Unit, tenant: Tenant, now: datetime
) -> tuple[Changes, Mapping[PersonId, Person]]:
    """
    Return what follows for *people* and all whom they bear on, once a decision about them was kept.

    It is the same door that imports go through. The people as they are now come with it.
    """
    staged = Staged()
    ground = gather(unit, Seeds(people=frozenset(people)))
    settlement = settle(ground.newest, tenant, now)
    return _changes(staged, ground, settlement, unit, tenant, now), ground.kept.people


def look_at(records: Collection[RecordKey], unit: Unit, tenant: Tenant, now: datetime) -> Settlement:
    """Return how things stand with everybody in these records."""
    return settle(gather(unit, Seeds(records=frozenset(records))).newest, tenant, now)


def _guarded(  # noqa: PLR0913 - what the guard weighs
    ground: Ground,
    settlement: Settlement,
    staged: Staged,
    unit: Unit,
    tenant: Tenant,
    today: date,
    allow_removals: Collection[str] | None,
) -> tuple[Stop, ...]:
    """Return what the guard stops at, in the schools without a permission (SYNC-6)."""
    ending = endings(ground.kept, settlement.recognised, today)
    if not ending or allow_removals is None:
        return ()
    active = unit.rosters.census(staged.schools, today)
    return tuple(stop for stop in stops(active, ending, tenant.settings) if stop.school not in allow_removals)


def _leave_out(staged: Staged, schools: Collection[str]) -> None:
    """Take everything of *schools* out of what is staged: their person-claims count as held."""
    for key in [each for each in staged.records if each.roster.school in schools]:
        del staged.records[key]
    for place in [each for each in staged.places if each.school in schools]:
        del staged.places[place]
    staged.ended = {each for each in staged.ended if each.roster.school not in schools}
    staged.held_records = {each for each in staged.held_records if each.roster.school not in schools}
    staged.held_places = {each for each in staged.held_places if each.school not in schools}
    for school in schools:
        staged.unchanged[school] = 0
        staged.held_people[school] = staged.all_people[school]


def _changes(  # noqa: PLR0913 - the ground of the changes
    staged: Staged,
    ground: Ground,
    settlement: Settlement,
    unit: Unit,
    tenant: Tenant,
    now: datetime,
) -> Changes:
    """Return everything that must be written."""
    opening = _openings(settlement, unit, tenant, now)
    numbers = {key: each.person.id for key, each in opening.items()}
    return Changes(
        after_run=unit.rosters.newest_run(),
        records=_record_states(staged, settlement, unit),
        ended_records=tuple(sorted(staged.ended, key=lambda each: each.order)),
        places=bound(settlement, numbers, ground.kept),
        openings=tuple(opening.values()),
        people=tuple(_changed_people(settlement)),
        conflicts_about=frozenset(ground.newest.places),
        conflicts=settlement.conflicts,
        reservations_about=frozenset(
            each.value for each in ground.newest.seeds().evidence if each.kind is EvidenceKind.MAILBOX
        ),
        reservations=tuple(sorted(settlement.reservations)),
    )


def _openings(settlement: Settlement, unit: Unit, tenant: Tenant, now: datetime) -> Mapping[PlaceKey, Opening]:
    """Return whose accounts open, numbered and named in the order of their least places (MAIL-10)."""
    opening = [each for each in settlement.people if each.opens]
    names = [(each.who, each.name) for each in opening]
    logins = issue(names, unit.rosters.login_numbers({stem_of(name) for _, name in names}))
    first = unit.rosters.next_person()
    return {
        each.places[0].key: _opening(each, PersonId(first + index), logins[each.who], tenant, now)
        for index, each in enumerate(opening)
    }


def _opening(settled: Settled, number: PersonId, login: Login, tenant: Tenant, now: datetime) -> Opening:
    person = Person(
        id=number,
        name=settled.name,
        ids=settled.ids,
        login=str(login),
        platform_address=f"{login}@{tenant.platform_domain}",
        central=settled.central,
        opened_at=now,
    )
    return Opening(person=person, login=login)


def _changed_people(settlement: Settlement) -> Iterable[Person]:
    """Yield the people whose account changes: its name, its central address, or the ids that it is known by."""
    for each in settlement.people:
        person = each.person
        if person is None:
            continue
        after = evolve(person, name=each.name if each.places else person.name, central=each.central, ids=each.ids)
        if after != person:
            yield evolve(after, revision=person.revision + 1)


def _record_states(staged: Staged, settlement: Settlement, unit: Unit) -> tuple[RecordState, ...]:
    """Return the states of records that change; one with something held or waiting is looked at in every run."""
    waiting = {place.key.record for place in settlement.places.values() if place.hold is not None and place.is_present}
    refused = {each.place for each in settlement.conflicts if each.kind is ConflictKind.ADDRESS_TAKEN}
    for each in settlement.people:
        if each.places and each.places[0].key in refused:
            waiting |= {place.key.record for place in each.places if place.is_present}
    looked_at = {key.record for key in settlement.places} | staged.held_records | staged.records.keys()
    kept = unit.rosters.states(looked_at - staged.ended)
    contradicting = staged.held_records | {each.record for each in staged.held_places}
    states = []
    for key in sorted(kept.keys() | staged.records.keys(), key=lambda each: each.order):
        newest = staged.records.get(key) or kept[key]
        # What was left unsettled and is not stated again stays so: only reading it again can tell.
        still = key in kept and kept[key].unsettled and key not in staged.records
        state = evolve(newest, unsettled=key in waiting or key in contradicting or still)
        if state != kept.get(key):
            states.append(state)
    return tuple(states)


class _Report:
    """What the plan says of itself: counts, lines, findings."""

    def __init__(self, staged: Staged, ground: Ground, settlement: Settlement, changes: Changes) -> None:
        self._staged = staged
        self._kept = ground.kept
        self._settlement = settlement
        self._changes = changes
        self._class_of_record = {
            key.record: place.newest.class_name
            for key, place in settlement.places.items()
            if place.newest is not None and place.newest.class_name
        }
        self._by_school: dict[str, Counter[str]] = defaultdict(Counter)
        for school in staged.schools:
            self._by_school[school].update(
                held=staged.held_people[school], unchanged=staged.unchanged[school], created=0
            )
        for place in self._staged_places():
            self._by_school[place.school][self._fate(place)] += 1
        for each in settlement.people:
            if each.opens:
                self._by_school[each.places[0].school]["opened"] += 1
        for conflict in self._conflicts():
            self._by_school[conflict.place.school]["conflicts"] += 1

    def _staged_places(self) -> Iterable[Place]:
        """Yield the staged places as they were settled."""
        for key in sorted(self._staged.places, key=lambda each: each.order):
            yield self._settlement.places[key]

    def _fate(self, place: Place) -> str:
        """Return what becomes of one person-claim."""
        before = self._kept.places.get(place.key)
        if not place.is_present:
            return "ended"
        if place.hold is not None:
            return "held"
        if before is None or before.accepted is None or not before.is_present:
            return "created"
        return "changed" if place.accepted != before.accepted else "unchanged"

    def _conflicts(self) -> Iterable[OpenConflict]:
        return self._settlement.conflicts

    def concerned(self) -> tuple[Settled, ...]:
        """Return the people whose account opens or moves, or whose address waits for a confirmation."""
        return tuple(
            each for each in self._settlement.people if each.opens or each.moved or self._newly_asks(each)
        )

    def _newly_asks(self, settled: Settled) -> bool:
        """Return whether a claim began in this very run to state an address that its owner must confirm (MAIL-4b)."""
        wanted = settled.asks_confirmation
        if wanted is None:
            return False
        stating = [place for place in settled.places if place.accepted is not None and place.accepted.email == wanted]
        return any(_email_of(self._kept.places.get(place.key)) != wanted for place in stating)

    def counts(self) -> Counts:
        total: Counter[str] = Counter()
        for each in self._by_school.values():
            total.update(each)
        return Counts(**dict(total))

    def counts_by_school(self) -> Mapping[str, Counts]:
        return {school: Counts(**dict(each)) for school, each in sorted(self._by_school.items())}

    def lines(self) -> Iterable[PlanLine]:
        """Yield what a person reads: one line a step, nothing for what does not change."""
        steps = {"created": Step.CREATE, "changed": Step.CHANGE, "ended": Step.END, "held": Step.HOLD}
        for place in self._staged_places():
            fate = self._fate(place)
            if fate in steps:
                yield self._line(place, steps[fate], self._reason(place, fate))
        for each in self._settlement.people:
            if each.opens:
                yield self._line(each.places[0], Step.OPEN, "has all that an account needs")
            elif each.moved:
                new = each.central.masked if each.central is not None else "none"
                yield self._line(each.places[0], Step.MOVE_ADDRESS, f"every record states {new}")
        for conflict in self._conflicts():
            place = self._settlement.places[conflict.place]
            yield self._line(place, Step.CONFLICT, ": ".join((conflict.kind, ", ".join(filter(None, conflict.facts)))))

    def _line(self, place: Place, step: Step, reason: str) -> PlanLine:
        claims = place.newest
        return PlanLine(
            school=place.school,
            class_name=self._class_of_record.get(place.key.record, ""),
            step=step,
            person=str(claims.name) if claims is not None else "",
            role=place.role,
            record=self._source(place.key.record)[2] or place.key.record.key,
            reason=reason,
        )

    def _reason(self, place: Place, fate: str) -> str:
        before = self._kept.places.get(place.key)
        if fate == "held":
            return str(place.hold)
        if fate == "ended":
            return "the record is gone" if place.key.record in self._staged.ended else "the record no longer names them"
        if fate == "changed" and before is not None and before.accepted is not None and place.accepted is not None:
            return ", ".join(_differences(before.accepted, place.accepted))
        return "new in the gradebook"

    def _source(self, record: RecordKey) -> tuple[str, int, str]:
        return self._staged.sources.get(record, ("", 0, ""))

    def findings(self) -> Iterable[Finding]:
        """Yield the findings of values, holds, missing things and conflicts, each at its record (SYNC-1, SYNC-7)."""
        yield from (finding for _, finding in self._staged.findings)
        staged = {place.key for place in self._staged_places()}
        for place in self._staged_places():
            if place.hold is not None and place.is_present:
                yield Finding(*self._source(place.key.record), _field(place), place.hold.value, "", _HOLD_HINT)
        for each in self._settlement.people:
            for place in each.places:
                if place.key in staged and place.is_present and not each.opens and each.person is None:
                    for lack in each.lacks:
                        source = self._source(place.key.record)
                        yield Finding(*source, _LACK_FIELDS[lack], f"missing-{lack.value}", "", _LACK_HINTS[lack])
        for conflict in self._conflicts():
            if conflict.place in staged:
                source = self._source(conflict.place.record)
                value = ", ".join(filter(None, conflict.facts))
                kind = conflict.kind
                yield Finding(*source, _CONFLICT_FIELDS[kind], kind.value, value, _CONFLICT_HINTS[kind])


_CONFLICT_FIELDS: Mapping[ConflictKind, str] = {
    ConflictKind.ADDRESS_CONFLICT: "email",
    ConflictKind.ADDRESS_TAKEN: "email",
    ConflictKind.ADDRESS_UNSTATED: "email",
    ConflictKind.NAME_CONFLICT: "last_name",
    ConflictKind.POSSIBLE_DUPLICATE: "national_id",
}
_CONFLICT_HINTS: Mapping[ConflictKind, str] = {
    ConflictKind.ADDRESS_CONFLICT: "schools state different addresses: agree on one; messages go to the first until then",
    ConflictKind.ADDRESS_TAKEN: "the address is somebody else's: state another one",
    ConflictKind.ADDRESS_UNSTATED: "no record states the address any more: enter it again or another one",
    ConflictKind.NAME_CONFLICT: "records spell the name differently: correct the wrong one",
    ConflictKind.POSSIBLE_DUPLICATE: "these may be one person: enter the national id in both records",
}


def _email_of(place: Place | None) -> object:
    return place.accepted.email if place is not None and place.accepted is not None else None


def _field(place: Place) -> str:
    """Return the field that a hold is about."""
    return "last_name" if place.hold in ("name-mismatch", "renamed") else "national_id"


def _differences(before: Claims, after: Claims) -> list[str]:
    """Return which values differ, in words; what they are stays in the gradebook."""
    named = {
        "name": before.name != after.name,
        "national id": before.ids != after.ids,
        "e-mail": before.email != after.email,
        "birth date": before.birth_date != after.birth_date,
        "sex": before.sex != after.sex,
        "class": before.class_name != after.class_name,
        "days": (before.first_day, before.last_day) != (after.first_day, after.last_day),
    }
    return [name for name, differs in named.items() if differs]


def _digest(changes: Changes, kept: World, fingerprint: Fingerprint) -> bytes:
    """
    Return what stands for a plan's effects: equal whenever the same would be written on the same ground.

    The day is part of the ground as far as it changes what is written; that something begins or ends on the very day of
    the import does not change it.
    """
    opening = {each.person.id: f"opens {each.login}" for each in changes.openings}
    parts = [f"{each.key} {each.digest.hex()} {each.unsettled}" for each in changes.records]
    parts += [f"ended {key}" for key in changes.ended_records]
    parts += [
        f"{_place_text(each, kept.places.get(each.key))} {opening.get(each.person, each.person)}"  # type: ignore[arg-type]
        for each in sorted(changes.places, key=lambda each: each.key.order)
    ]
    parts += [f"open {each.login} {each.person.name!r} {_mailbox(each.person)}" for each in changes.openings]
    parts += [f"{each.id} {each.revision} {each.name!r} {_mailbox(each)}" for each in changes.people]
    parts += [repr(each) for each in changes.conflicts]
    return fingerprint("\n".join(parts).encode("utf-8", "surrogatepass"), "plan")


def _place_text(place: Place, before: Place | None) -> str:
    """
    Return a place as text, the days left out on which the place begins or ends with this import.

    Since when an address is stated follows from the addresses before and after.
    """
    evidence = sorted(f"{each.kind}:{each.value}" for each in place.evidence() if each.kind is not EvidenceKind.MAILBOX)
    claims = (place.accepted, place.pending)
    mail = [_spelling(each) for each in claims]
    was_theirs = before is not None and before.is_present and before.person in (None, place.person)
    begins, ends = place.is_present and not was_theirs, not place.is_present and (before is None or before.is_present)
    days = ["new" if begins else str(place.since), "new" if ends else str(place.gone)]
    return f"{place.key} {claims!r} {mail} {evidence} {place.hold} {days}"


def _spelling(claims: Claims | None) -> str:
    return claims.email.spelling if claims is not None and claims.email is not None else ""


def _mailbox(person: Person) -> str:
    return person.central.mailbox if person.central is not None else ""


