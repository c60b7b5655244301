"""How plans and applied imports look: counts first, then what needs a person, with the remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from attrs import asdict

from eszkola_cli.screen import Screen, clipped
from eszkola_core.domain.findings import Finding
from eszkola_core.domain.plans import Counts, Plan, PlanLine, Step
from eszkola_core.errors import UnreadableSource
from eszkola_core.usecases.import_rosters import Applied, Running

_COUNTED: Final = ("created", "changed", "held", "unchanged", "ended", "conflicts", "opened")
_SHOWN_PLACES: Final = 5
_SHOWN_LINES: Final = 25
_KINDS: Final[Mapping[str, str]] = {
    "student": "students",
    "guardian": "guardians",
    "link": "links between guardians and students",
    "teacher": "teachers",
    "homeroom-teacher": "homeroom teachers",
    "secretary": "secretaries",
}
_STEPS: Final[Mapping[Step, str]] = {
    Step.OPEN: "account opens",
    Step.CREATE: "new",
    Step.CHANGE: "changes",
    Step.END: "ends",
    Step.RETURN: "comes back",
    Step.CLOSE: "account closes",
    Step.HOLD: "held",
    Step.MOVE_ADDRESS: "new address",
    Step.KEEP_ADDRESS: "address stays",
    Step.CONFLICT: "conflict",
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


def show_plan(screen: Screen, plan: Plan, run: int | None, *, as_json: bool, saved: Path | None = None) -> None:
    """Print a plan."""
    if as_json:
        screen.json(as_plain(plan, run))
        return
    _show_counts(screen, plan, opened="accounts to open")
    _show_stops(screen, plan)
    show_lines(screen, plan.lines)
    _show_findings(screen, plan.findings)
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
    show_plan(screen, plan, None, as_json=False)


def show_running(screen: Screen, running: Running, *, as_json: bool) -> None:
    """Print who is importing just now (SYNC-2)."""
    since = running.since.isoformat(timespec="seconds")
    if as_json:
        screen.json({"run": None, "refused": "running", "by": running.by, "since": since})
        return
    screen.problem(f"{running.by} has been importing since {since}; nothing was done")
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


def _show_counts(screen: Screen, plan: Plan, *, opened: str) -> None:
    rows = [(school, *_cells(counts)) for school, counts in plan.counts_by_school.items()]
    if not rows:
        screen.say("These sources name no list of any school.", "yellow")
        return
    if len(rows) > 1:
        rows.append(("together", *_cells(plan.counts)))
    screen.table(["school", *(f"#{name}" for name in (*_COUNTED[:-1], opened))], rows)


def _cells(counts: Counts) -> tuple[str, ...]:
    plain = asdict(counts)
    return tuple(str(plain[name]) for name in _COUNTED)


def _show_stops(screen: Screen, plan: Plan) -> None:
    """Print where the removal guard let nothing through, and what to do then (SYNC-6)."""
    stops = {school: list(found) for school, found in groupby(plan.stops, key=lambda stop: stop.school)}
    strange = {each.school: each for each in plan.foreign}
    stopped = sorted(stops.keys() | strange.keys())
    for school in stopped[:_SHOWN_LINES]:
        told = (
            [f"it knows {strange[school].known} of these {strange[school].stated} records"] if school in strange else []
        )
        ending = ", ".join(
            f"{each.ending} of {each.active} {_KINDS.get(each.kind, each.kind)}" for each in stops.get(school, ())
        )
        told += [f"{ending} would end at once"] if ending else []
        screen.bullet(f"■ {school}: {'; '.join(told)}; nothing of this school is applied.", "bold red", indent=0)
    if len(stopped) > _SHOWN_LINES:
        screen.bullet(f"■ … and {len(stopped) - _SHOWN_LINES} more schools; --json lists all", "bold red", indent=0)
    if stopped:
        screen.bullet(
            "→ Such a file is mostly incomplete or of another school: look whose it is, and export it again. If it is "
            "right, add --allow-removals, which holds for today.",
            indent=2,
        )
    if plan.stopped_all and len(plan.counts_by_school) > 1:
        screen.bullet("■ Too many of the schools stopped: nothing at all is applied.", "bold red", indent=0)


def show_lines(screen: Screen, lines: Sequence[PlanLine]) -> None:
    """Print the steps of each school: how many are new in each class, then everything else line by line."""
    told = [line for line in lines if line.step is not Step.OPEN]
    for school, group in groupby(told, key=lambda line: line.school):
        members = list(group)
        news = Counter(line.class_name for line in members if line.step is Step.CREATE)
        if news:
            in_none = news.pop("", 0)
            classes = [f"{name} {number}" for name, number in news.items()] + [f"no class {in_none}"] * bool(in_none)
            screen.bullet(f"New in {school}, by class: {', '.join(classes)}", indent=0)
        others = [line for line in members if line.step is not Step.CREATE]
        if others:
            rows = [
                (line.class_name, line.person, line.role, _STEPS[line.step], _reason(line))
                for line in others[:_SHOWN_LINES]
            ]
            screen.table(["class", "who", "role", "what", "why"], rows, title=f"\nIn {school}")
        if len(others) > _SHOWN_LINES:
            screen.say(f"  … and {len(others) - _SHOWN_LINES} more of {school}")


def _show_findings(screen: Screen, findings: Sequence[Finding]) -> None:
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
        for where, times in list(places.items())[:_SHOWN_PLACES]:
            screen.bullet(f"{where}, {times} times" if times > 1 else where, "dim", indent=6)
        if len(places) > _SHOWN_PLACES:
            screen.bullet(f"… and in {len(places) - _SHOWN_PLACES} more places; --json lists all", "dim", indent=6)


def _where(finding: Finding) -> str:
    """Return where a finding is, as one says it."""
    parts = (
        finding.source,
        f"line {finding.line}" if finding.line else "",
        f"record {finding.record}" if finding.record else "",
        f"{finding.field}: {finding.value}" if finding.field and finding.value else finding.field or finding.value,
    )
    return ", ".join(clipped(part) for part in parts if part)


def _reason(line: PlanLine) -> str:
    """Return why a step is taken; what stands before a colon there is a code."""
    code, colon, facts = line.reason.partition(":")
    return in_words(code) + colon + facts


def in_words(code: str) -> str:
    """Return a code as plain words."""
    return code.replace("-", " ").replace("e mail", "e-mail")
