"""How plans and applied imports look: counts first, then what needs a person, with the remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from attrs import asdict

from eszkola_cli.diffs import show_lines
from eszkola_cli.screen import Screen, clipped, in_words, instant
from eszkola_core import Applied, Counts, Finding, Plan, Running, UnreadableSource

_COUNTED: Final = ("created", "changed", "held", "unchanged", "ended", "conflicts", "opened")
_SHOWN_PLACES: Final = 5
_SHOWN_SCHOOLS: Final = 25
_KINDS: Final[Mapping[str, str]] = {
    "student": "students",
    "guardian": "guardians",
    "link": "links between guardians and students",
    "teacher": "teachers",
    "homeroom-teacher": "homeroom teachers",
    "secretary": "secretaries",
}


def as_plain(plan: Plan, run: int | None) -> dict[str, object]:
    """Return what `--json` ends with."""
    counts = asdict(plan.counts)
    return {
        "run": run,
        **{name: counts[name] for name in _COUNTED},
        "stopped": [
            {"school": each.school, "kind": each.kind, "ending": each.ending, "active": each.active}
            for each in plan.stops
        ]
        + [
            {"school": each.school, "kind": "unknown-records", "known": each.known, "stated": each.stated}
            for each in plan.foreign
        ],
        "findings": [asdict(each) for each in plan.findings],
    }


def show_plan(
    screen: Screen, plan: Plan, *, as_json: bool, everything: bool = False, saved: Path | None = None
) -> None:
    """Print a plan: counts, what needs a person, and what changes by school and class."""
    if as_json:
        lines = [asdict(line) for line in plan.lines]
        screen.json({**as_plain(plan, None), "lines": lines} if everything else as_plain(plan, None))
        return
    _show_counts(screen, plan, opened="accounts to open", everything=everything)
    _show_stops(screen, plan)
    _show_findings(screen, plan.findings, everything=everything)
    show_lines(screen, plan.lines, everything=everything)
    screen.say()
    if plan.is_empty:
        screen.say("Nothing would change.", "green")
    else:
        screen.say("Nothing is written yet: this is what 'eszkola roster apply' would do.", "green")
    if saved is not None:
        screen.say(f"The plan is kept in {saved}; apply it with: eszkola roster apply --plan {saved}")


def show_applied(screen: Screen, applied: Applied, *, as_json: bool) -> None:
    """Print what an import did."""
    run = applied.run.id if applied.run is not None else None
    if as_json:
        screen.json(as_plain(applied.plan, run))
        return
    if applied.already:
        screen.say(f"This plan was already applied, as run {run}; nothing was done.", "yellow")
        return
    _show_counts(screen, applied.plan, opened="accounts opened")
    _show_stops(screen, applied.plan)
    _show_findings(screen, applied.plan.findings)
    screen.say()
    if applied.plan.counts.held:
        screen.say("'eszkola person held' lists who is held, and the name by which to answer.")
    screen.say(f"Applied as run {run}." if run is not None else "Nothing was changed.", "green")


def show_moved(screen: Screen, plan: Plan, *, as_json: bool) -> None:
    """Print that a saved plan would do something else by now."""
    if as_json:
        screen.json({**as_plain(plan, None), "refused": "ground-moved"})
        return
    screen.problem("the ground has moved since the plan was saved; nothing was applied")
    screen.remedy("look at what it would do now, below, and make a new plan")
    show_plan(screen, plan, as_json=False)


def show_running(screen: Screen, running: Running, zone: ZoneInfo, *, as_json: bool) -> None:
    """Print who is importing just now (SYNC-2)."""
    if as_json:
        since = running.since.isoformat(timespec="seconds")
        screen.json({"run": None, "refused": "running", "by": running.by, "since": since})
        return
    screen.problem(f"{running.by} has been importing since {instant(running.since, zone)}; nothing was done")
    screen.remedy("wait until it has ended; one that died is taken over after a few minutes (setting import_lease)")


def show_unreadable(screen: Screen, error: UnreadableSource, *, as_json: bool) -> None:
    """Print why a source cannot be read: all of it for a program, as much as one can mend at a time for a person."""
    faults = (error, *error.others)
    if as_json:
        findings = [asdict(Finding(each.source, each.line or 0, "", "", each.code, "", each.hint)) for each in faults]
        empty = dict.fromkeys(_COUNTED, 0)
        screen.json({"run": None, **empty, "stopped": [], "findings": findings})
        return
    for each in faults[:_SHOWN_PLACES]:
        line = f", line {each.line}" if each.line else ""
        screen.problem(f"{each}{line} [{each.code}]")
        screen.remedy(each.hint)
    if len(faults) > _SHOWN_PLACES:
        screen.remedy(f"… and {len(faults) - _SHOWN_PLACES} more; --json lists all")
    screen.remedy("Nothing was changed.")


def _show_counts(screen: Screen, plan: Plan, *, opened: str, everything: bool = False) -> None:
    """Print a row for each school; of many only those where something happens, the fullest first."""
    schools = plan.counts_by_school
    if not schools:
        screen.say("These sources name no list of any school.", "yellow")
        return
    shown = list(schools)
    if len(shown) > _SHOWN_SCHOOLS and not everything:
        # The most that happens decides, and the key where that is equal.
        happening = {school: sum(_happening(counts)) for school, counts in schools.items() if any(_happening(counts))}
        shown = sorted(sorted(happening, key=lambda each: -happening[each])[:_SHOWN_SCHOOLS])
    rows = [(school, *_cells(schools[school])) for school in shown]
    left = len(schools) - len(shown)
    if left:
        rows.append((f"{left:,} more", *[""] * len(_COUNTED)))
    if len(schools) > 1:
        rows.append(("together", *_cells(plan.counts)))
    screen.table(["school", *(f"#{name}" for name in (*_COUNTED[:-1], opened))], rows)


def _happening(counts: Counts) -> tuple[int, ...]:
    return counts.created, counts.changed, counts.held, counts.ended, counts.conflicts, counts.opened


def _cells(counts: Counts) -> tuple[str, ...]:
    plain = asdict(counts)
    return tuple(str(plain[name]) for name in _COUNTED)


def _show_stops(screen: Screen, plan: Plan) -> None:
    """Print where the removal guard let nothing through, and what to do then (SYNC-6)."""
    stops = {school: list(found) for school, found in groupby(plan.stops, key=lambda stop: stop.school)}
    strange = {each.school: each for each in plan.foreign}
    stopped = sorted(stops.keys() | strange.keys())
    for school in stopped[:_SHOWN_SCHOOLS]:
        told = (
            [f"it knows {strange[school].known} of these {strange[school].stated} records"] if school in strange else []
        )
        ending = ", ".join(
            f"{each.ending} of {each.active} {_KINDS.get(each.kind, each.kind)}" for each in stops.get(school, ())
        )
        told += [f"{ending} would end at once"] if ending else []
        screen.bullet(f"■ {school}: {'; '.join(told)}; nothing of this school is applied.", "bold red", indent=0)
    if len(stopped) > _SHOWN_SCHOOLS:
        screen.bullet(f"■ … and {len(stopped) - _SHOWN_SCHOOLS} more schools; --json lists all", "bold red", indent=0)
    if stopped:
        screen.bullet(
            "→ Such a file is mostly incomplete or of another school: look whose it is, and export it again. If it is "
            "right, add --allow-removals, which holds for today.",
            indent=2,
        )
    if plan.stopped_all and len(plan.counts_by_school) > 1:
        screen.bullet("■ Too many of the schools stopped: nothing at all is applied.", "bold red", indent=0)


def _show_findings(screen: Screen, findings: Sequence[Finding], *, everything: bool = False) -> None:
    """Print what needs a person: each kind with its number and remedy, the rarest first, and where it is."""
    if not findings:
        return
    screen.heading("What needs a person")
    hints = {each.code: each.hint for each in reversed(findings)}
    counts = Counter(each.code for each in findings)
    for code, number in sorted(counts.items(), key=lambda each: (each[1], each[0])):
        screen.say()
        screen.bullet(f"{number} \N{MULTIPLICATION SIGN} {in_words(code)}", "yellow")
        screen.bullet(f"→ {hints[code]}" if hints[code] else "→ look at it", indent=4)
        places = Counter(_where(each) for each in findings if each.code == code)
        shown = len(places) if everything else _SHOWN_PLACES
        for where, times in list(places.items())[:shown]:
            screen.bullet(f"{where}, {times} times" if times > 1 else where, "dim", indent=6)
        if len(places) > shown:
            screen.bullet(f"… and in {len(places) - shown:,} more places; --json lists all", "dim", indent=6)


def _where(finding: Finding) -> str:
    """Return where a finding is, as one says it."""
    parts = (
        finding.source,
        f"line {finding.line}" if finding.line else "",
        f"record {finding.record}" if finding.record else "",
        f"{finding.field}: {finding.value}" if finding.field and finding.value else finding.field or finding.value,
    )
    return ", ".join(clipped(part) for part in parts if part)
