"""
What an import would do (SYNC-3).

A plan is made from a snapshot and writes nothing: sources are staged, the world around them is gathered until nothing
outside bears on it, and the rules of the domain say who is who and what follows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from attrs import evolve

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import EvidenceKind, PlaceKey, RecordKey, Seeds
from eszkola_core.domain.days import day_of
from eszkola_core.domain.guard import Stop, endings, stops, stops_everything
from eszkola_core.domain.logins import Login, issue, stem_of
from eszkola_core.domain.plans import Plan
from eszkola_core.domain.runs import Changes, Opening, RecordState
from eszkola_core.domain.settlement import ConflictKind, Settled, Settlement, bound, settle
from eszkola_core.domain.stated import Reading, StatedSchool
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Unit
from eszkola_core.usecases._gathering import Ground, gather
from eszkola_core.usecases._plan_digest import digest_of
from eszkola_core.usecases._plan_report import Report
from eszkola_core.usecases._staging import Fingerprint, Staged, stage


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
    report = Report(staged, ground, settlement)
    return Plan(
        day=today,
        digest=digest_of(changes, ground.kept, fingerprint),
        changes=evolve(changes, schools=() if stopped_all else _schools(reading, schools)),
        settlement=settlement,
        concerned=report.concerned(),
        counts=report.counts(),
        counts_by_school=report.counts_by_school(),
        lines=report.lines(),
        findings=report.findings(reading.findings),
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
