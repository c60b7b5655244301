"""How plans, applied imports and readiness look: counts first, then what needs a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from attrs import asdict

from eszkola_cli.screen import Screen
from eszkola_core.domain.findings import Finding
from eszkola_core.domain.plans import Counts, Plan, PlanLine, Step
from eszkola_core.errors import UnreadableSource
from eszkola_core.usecases.check_readiness import Readiness, ReadinessRow, Standing
from eszkola_core.usecases.import_rosters import Applied

_COUNTED: Final = ("created", "changed", "held", "unchanged", "ended", "conflicts", "opened")
_SHOWN_FINDINGS: Final = 40
_SHOWN_LINES: Final = 12


def as_plain(plan: Plan, run: int | None) -> dict[str, object]:
    """Return what `--json` ends with."""
    counts = asdict(plan.counts)
    return {
        "run": run,
        **{name: counts[name] for name in _COUNTED},
        "stopped": [
            {"school": each.school, "kind": each.kind, "ending": each.ending, "active": each.active}
            for each in plan.stops
        ],
        "findings": [asdict(each) for each in plan.findings],
    }


def show_plan(screen: Screen, plan: Plan, run: int | None, *, as_json: bool, saved: Path | None = None) -> None:
    """Print a plan."""
    if as_json:
        screen.json(as_plain(plan, run))
        return
    _show_counts(screen, plan)
    _show_stops(screen, plan)
    _show_lines(screen, plan.lines)
    _show_findings(screen, plan.findings)
    if plan.is_empty and not plan.findings:
        screen.say("Nothing would change.", "green")
    if saved is not None:
        screen.say(f"The plan is kept in {saved}; apply it with 'eszkola roster apply --plan {saved}'.")


def show_applied(screen: Screen, applied: Applied, *, as_json: bool) -> None:
    """Print what an import did."""
    run = applied.run.id if applied.run is not None else None
    if as_json:
        screen.json(as_plain(applied.plan, run))
        return
    if applied.already:
        screen.say(f"This plan was already applied, as run {run}; nothing was done.", "yellow")
        return
    _show_counts(screen, applied.plan)
    _show_stops(screen, applied.plan)
    _show_findings(screen, applied.plan.findings)
    screen.say(f"Applied as run {run}." if run is not None else "Nothing was changed.", "green")


def show_moved(screen: Screen, plan: Plan, *, as_json: bool) -> None:
    """Print that a saved plan would do something else by now."""
    if as_json:
        screen.json({**as_plain(plan, None), "refused": "ground-moved"})
        return
    screen.problem("the ground has moved since the plan was saved; nothing was applied. It would now do this:")
    show_plan(screen, plan, None, as_json=False)


def show_unreadable(screen: Screen, error: UnreadableSource, *, as_json: bool) -> None:
    """Print why a source cannot be read."""
    if as_json:
        finding = Finding(error.source, error.line or 0, "", "", error.code, "", error.hint)
        empty = {name: 0 for name in _COUNTED}
        screen.json({"run": None, **empty, "stopped": [], "findings": [asdict(finding)]})
        return
    where = f"{error.source}, line {error.line}" if error.line else error.source
    screen.problem(f"{where}: {error} [{error.code}]")
    screen.err.print(f"  {error.hint}", markup=False)


def show_readiness(screen: Screen, readiness: Readiness, *, as_json: bool) -> None:
    """Print who stands where."""
    if as_json:
        screen.json(
            {
                "counts": {standing.value: readiness.counts.get(standing, 0) for standing in Standing},
                "rows": [asdict(row) for row in readiness.rows],
            }
        )
        return
    screen.table(
        ["how far", "#people"], [(each.value, str(readiness.counts.get(each, 0))) for each in Standing]
    )
    for (school, class_name), rows in groupby(readiness.rows, key=lambda row: (row.school, row.class_name)):
        needing = [row for row in rows if row.reasons]
        if needing:
            screen.table(
                ["name", "role", "how far", "what is missing or in conflict"],
                [_readiness_row(row) for row in needing],
                title=f"{school} {class_name}".strip(),
            )


def _readiness_row(row: ReadinessRow) -> Sequence[str]:
    return (row.name, row.role, row.standing.value, ", ".join(row.reasons))


def _show_counts(screen: Screen, plan: Plan) -> None:
    rows = [(school, *_cells(counts)) for school, counts in plan.counts_by_school.items()]
    if len(rows) > 1:
        rows.append(("together", *_cells(plan.counts)))
    screen.table(["school", *(f"#{name}" for name in _COUNTED)], rows)


def _cells(counts: Counts) -> tuple[str, ...]:
    plain = asdict(counts)
    return tuple(str(plain[name]) for name in _COUNTED)


def _show_stops(screen: Screen, plan: Plan) -> None:
    for stop in plan.stops:
        screen.say(
            f"■ {stop.school}: the removal guard stopped: {stop.ending} of {stop.active} {stop.kind} would end. "
            "Nothing of this school is applied; if it is right, say --allow-removals.",
            "bold red",
        )
    if plan.stopped_all:
        screen.say("■ Too many schools stopped: nothing at all is applied.", "bold red")


def _show_lines(screen: Screen, lines: Sequence[PlanLine]) -> None:
    """Print the steps by school and class; long lists are cut with a word."""
    told = [line for line in lines if line.step is not Step.OPEN]
    for (school, class_name), group in groupby(told, key=lambda line: (line.school, line.class_name)):
        members = list(group)
        counts = Counter(line.step.value for line in members)
        title = f"{school} {class_name}".strip() + ": " + ", ".join(f"{n} {step}" for step, n in sorted(counts.items()))
        telling = [line for line in members if line.step is not Step.CREATE]
        if not telling:
            screen.say(title)
            continue
        rows = [(line.step.value, line.person, line.role, line.reason) for line in telling[:_SHOWN_LINES]]
        screen.table(["step", "who", "role", "why"], rows, title=title)
        if len(telling) > _SHOWN_LINES:
            screen.say(f"  … and {len(telling) - _SHOWN_LINES} more; --json lists all findings")


def _show_findings(screen: Screen, findings: Sequence[Finding]) -> None:
    """Print what needs a person: how many of each kind, then the first of them with their remedies."""
    if not findings:
        return
    screen.heading("What needs a person")
    counts = Counter(each.code for each in findings)
    hints = {each.code: each.hint for each in reversed(findings)}
    screen.table(
        ["what", "#how often", "remedy"],
        [(code, str(number), hints[code]) for code, number in counts.most_common()],
    )
    screen.table(["file and line", "record", "field", "what", "value"], [_row(each) for each in _first(findings)])
    if len(findings) > _SHOWN_FINDINGS:
        screen.say(f"  … and {len(findings) - _SHOWN_FINDINGS} more; --json lists all")


def _first(findings: Sequence[Finding]) -> Iterable[Finding]:
    return findings[:_SHOWN_FINDINGS]


def _row(finding: Finding) -> Sequence[str]:
    where = f"{Path(finding.source).name}:{finding.line}" if finding.line else Path(finding.source).name
    return (where, finding.record, finding.field, finding.code, finding.value)
