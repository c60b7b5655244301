"""
What an import would do (SYNC-3).

A plan is made from a snapshot and writes nothing: sources are staged, the world around them is gathered until nothing
outside bears on it, and the rules of the domain say who is who and what follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from functools import partial

from attrs import evolve, frozen

from eszkola_core._usecases._gathering import Ground, gather
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._plan_digest import digest_of
from eszkola_core._usecases._plan_report import Report
from eszkola_core._usecases._staging import Staged, stage
from eszkola_core._usecases.progress import Progress, Stage, Watch, nobody_watches
from eszkola_core.domain.claims import RosterKey, Seeds
from eszkola_core.domain.corrections import agreed
from eszkola_core.domain.guard import ForeignRoster, Stop, endings, familiar, foreign, stops, stops_everything
from eszkola_core.domain.plans import Plan
from eszkola_core.domain.runs import Changes
from eszkola_core.domain.settlement import Settlement
from eszkola_core.domain.stated import Reading, StatedSchool
from eszkola_core.ports.storage import Storage


@frozen
class Leave:
    """
    The schools in which an import may do what it else would not; None stands for all.

    In those of ``removals`` the guard lets everything through today (SYNC-6); those of ``undone`` take in again what
    was taken back by undoing a run (SYNC-9b).
    """

    removals: Collection[str] | None = frozenset()
    undone: Collection[str] | None = frozenset()


def make_plan(
    reading: Reading,
    moment: Moment,
    *,
    storage: Storage,
    leave: Leave,
    watch: Watch = nobody_watches,
) -> Plan:
    """
    Return what importing *reading* would do.

    Args:
        reading: what the sources state.
        moment: a snapshot of the tenant; its day is the day of what begins and ends.
        storage: where the moment is of, for what stands for records.
        leave: in which schools it may do what it else would not.
        watch: is told how far it has come, at every step and every few hundred records.
    """
    staged = stage(reading, moment.unit, moment.tenant, moment.today, storage, watch, leave.undone)
    watch(Progress(Stage.GATHER))
    ground = _ground(staged, moment)
    watch(Progress(Stage.SETTLE))
    settlement = moment.settled(ground)
    stopped = _guarded(ground, settlement, staged, moment, leave.removals)
    strange = _strange(ground, settlement, staged, moment, leave.removals)
    schools = frozenset({each.school for each in stopped} | {each.school for each in strange})
    stopped_all = bool(schools) and stops_everything(len(schools), len(staged.schools), moment.tenant.settings)
    if schools:
        _leave_out(staged, frozenset(staged.schools) if stopped_all else schools)
        watch(Progress(Stage.GATHER))
        ground = _ground(staged, moment)
        watch(Progress(Stage.SETTLE))
        settlement = moment.settled(ground)
    changes = moment.changes(staged, ground, settlement)
    report = Report(staged, ground, settlement)
    return Plan(
        day=moment.today,
        changes=evolve(changes, schools=() if stopped_all else _schools(reading, schools)),
        settlement=settlement,
        concerned=report.concerned(),
        counts=report.counts(),
        counts_by_school=report.counts_by_school(),
        findings=report.findings(reading.findings),
        agreed=ground.agreed,
        retraced=tuple(staged.retraced),
        stops=stopped,
        foreign=strange,
        stopped_all=stopped_all,
        schools=tuple(sorted(() if stopped_all else staged.schools - schools)),
        stamps=_stamps(staged, changes, moment),
        stopped_schools=frozenset(staged.schools) if stopped_all else schools,
        # Nobody needs these where a plan is applied on the spot.
        digested=partial(digest_of, changes, ground, storage),
        told=report.lines,
    )


def _ground(staged: Staged, moment: Moment) -> Ground:
    """Return all that bears on what is staged, and on what was left unsettled before: it is looked at in every run."""
    records = moment.unit.rosters.unsettled() | staged.touched
    ground = gather(moment.unit, Seeds(records=records), staged.places.values())
    return ground.without(agreed(ground.kept, staged.places, staged.silent))


def _schools(reading: Reading, stopped: Collection[str]) -> tuple[StatedSchool, ...]:
    """Return the schools that are named or have a roster, but for those where the guard lets nothing through."""
    named = {each.key: each for each in reading.schools}
    listed = {each.school: StatedSchool(each.school, "") for each in reading.rosters}
    return tuple(each for key, each in sorted((listed | named).items()) if key not in stopped)


def _stamps(staged: Staged, changes: Changes, moment: Moment) -> Mapping[RosterKey, bytes]:
    """Return by what lists are known from now on: a source in which something waits is looked into again every time."""
    waiting = moment.unit.rosters.unsettled() | {each.key for each in changes.records if each.unsettled}
    looked_into = {staged.stamps[each.roster] for each in waiting if each.roster in staged.stamps}
    return {listed: stamp for listed, stamp in staged.stamps.items() if stamp not in looked_into}


def _guarded(
    ground: Ground, settlement: Settlement, staged: Staged, moment: Moment, allow_removals: Collection[str] | None
) -> tuple[Stop, ...]:
    """Return what the guard stops at, in the schools without a permission (SYNC-6)."""
    found = endings(ground.kept, settlement.recognised, moment.today)
    # What ends elsewhere, as something held there can be told at last, is no doing of these files.
    ending = {kind: count for kind, count in found.items() if kind[0] in staged.schools}
    if not ending or allow_removals is None:
        return ()
    active = moment.unit.rosters.census(staged.schools, moment.today)
    stopping = stops(active, ending, moment.tenant.settings)
    return tuple(stop for stop in stopping if stop.school not in allow_removals)


def _strange(
    ground: Ground, settlement: Settlement, staged: Staged, moment: Moment, allow_removals: Collection[str] | None
) -> tuple[ForeignRoster, ...]:
    """Return the schools that hardly know their own lists, but for those with a permission (SYNC-6d)."""
    settings = moment.tenant.settings
    if allow_removals is None or not foreign(staged.known, staged.stated, settings):
        return ()
    renumbered = familiar(ground.kept, settlement.recognised, staged.unknown, moment.today)
    found = foreign(Counter(staged.known) + Counter(renumbered), staged.stated, settings)
    return tuple(each for each in found if each.school not in allow_removals)


def _leave_out(staged: Staged, schools: Collection[str]) -> None:
    """Take everything of *schools* out of what is staged: their person-claims count as held."""
    for key in [each for each in staged.records if each.roster.school in schools]:
        del staged.records[key]
    for place in [each for each in staged.places if each.school in schools]:
        del staged.places[place]
    left_out = {stamp for listed, stamp in staged.stamps.items() if listed.school in schools}
    staged.stamps = {listed: stamp for listed, stamp in staged.stamps.items() if stamp not in left_out}
    staged.ended = {each for each in staged.ended if each.roster.school not in schools}
    staged.retraced = [each for each in staged.retraced if each.key.roster.school not in schools]
    staged.redone = {key: waits for key, waits in staged.redone.items() if key.roster.school not in schools}
    staged.held_records = {each for each in staged.held_records if each.roster.school not in schools}
    staged.held_places = {each for each in staged.held_places if each.school not in schools}
    for school in schools:
        staged.unchanged[school] = 0
        staged.held_people[school] = staged.all_people[school]
