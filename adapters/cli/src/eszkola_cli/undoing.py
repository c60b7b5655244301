"""`eszkola roster runs` and `eszkola roster undo`: what was imported, and how it is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click
from attrs import asdict

from eszkola_cli import reports
from eszkola_cli.common import actor, as_json, opened, refused
from eszkola_cli.diffs import show_lines
from eszkola_cli.screen import Screen, instant
from eszkola_core import NotPermitted, NotUndone, Run, Running, Taken, Undone, UndoPlan, UndoRefusal

_REFUSED: Final[Mapping[UndoRefusal, str]] = {
    UndoRefusal.UNKNOWN_RUN: "there is no such run; 'eszkola roster runs' lists them",
    UndoRefusal.NOT_AN_IMPORT: "only an import is undone; what people decided is changed by deciding anew",
    UndoRefusal.UNDONE_BEFORE: "it was undone before",
    UndoRefusal.TOO_LATE: "what it found is not kept any more (setting undo_grace); import a roster as it should be",
    UndoRefusal.BLOCKED: "it would take something from somebody whom the run did not touch, or from a later run",
    UndoRefusal.STOPPED: "too many people would lose a role at once; if that is right, add --allow-removals",
}
_TAKEN: Final[Mapping[Taken, str]] = {
    Taken.ADDRESS: "the e-mail address",
    Taken.NATIONAL_ID: "the national id",
    Taken.NAME: "the name",
    Taken.PHONE: "the phone number",
    Taken.ROLE: "a role",
}


@click.command()
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many of the newest.")
@as_json
@click.pass_context
def runs(context: click.Context, *, limit: int, as_json: bool) -> None:
    """List what was imported, the newest first."""
    screen = Screen.standard()
    with opened(context) as house:
        found = house.undo_run.runs(actor(context), limit)
    if as_json:
        screen.json({"runs": [_told(each) for each in found]})
        return
    rows = [
        (
            str(each.id),
            instant(each.at, house.tenant.zone),
            f"undoes {each.undoes}" if each.undoes is not None else each.kind.value,
            ", ".join(each.schools),
            each.author,
            f"undone by {each.undone_by}" if each.undone_by is not None else "",
        )
        for each in found
    ]
    screen.table(["#run", "when", "what", "schools", "by", ""], rows)


@click.command()
@click.argument("run", type=click.IntRange(min=1))
@click.option("--plan", "only_plan", is_flag=True, help="Say what undoing would do, and write nothing.")
@click.option("--reason", default="", help="Why, for the journal; name nobody in it.")
@click.option("--allow-removals", is_flag=True, help="Let through what the removal guard would stop.")
@as_json
@click.pass_context
def undo(  # noqa: PLR0913 - the options of the command
    context: click.Context, run: int, *, only_plan: bool, reason: str, allow_removals: bool, as_json: bool
) -> None:
    """
    Take back what the import RUN claimed.

    Nobody's decisions are touched. It is refused where it would take something from a later run, or from somebody whom
    the run did not touch. The same content is not imported again by itself: 'eszkola roster apply --redo' does.
    """
    screen = Screen.standard()
    allowed: frozenset[str] | None = None if allow_removals else frozenset()
    with opened(context) as house:
        who, undoing = actor(context), house.undo_run
        done: UndoPlan | Undone | NotUndone | NotPermitted | Running
        if only_plan:
            planned = undoing.plan(who, run, allow_removals=allowed)
            refusal = planned.refusal if isinstance(planned, UndoPlan) else None
            done = NotUndone(refusal, planned) if refusal is not None and isinstance(planned, UndoPlan) else planned
        else:
            done = undoing.apply(who, run, reason=reason, allow_removals=allowed)
    if isinstance(done, Running):
        reports.show_running(screen, done, house.tenant.zone, as_json=as_json)
        context.exit(1)
    if isinstance(done, NotPermitted | NotUndone):
        _refuse(context, screen, run, done, as_json=as_json)
        return
    made, number = (done, None) if isinstance(done, UndoPlan) else (done.plan, done.run.id)
    if as_json:
        screen.json(_as_plain(run, made, number))
        return
    _show(screen, made)
    if number is None:
        screen.say(f"Nothing is written yet: this is what 'eszkola roster undo {run}' would do.", "green")
    else:
        screen.say(f"✓ Run {run} is undone, by run {number}.", "green")


def _told(run: Run) -> dict[str, object]:
    return {
        "run": run.id,
        "at": run.at.isoformat(timespec="seconds"),
        "kind": run.kind.value,
        "schools": list(run.schools),
        "author": run.author,
        "summary": dict(run.summary),
        "undoes": run.undoes,
        "undone_by": run.undone_by,
    }


def _as_plain(undone: int, plan: UndoPlan | None, number: int | None, refusal: str | None = None) -> dict[str, object]:
    """Return what `--json` prints."""
    plain: dict[str, object] = {"run": number, "undoes": undone}
    if refusal is not None:
        plain["refused"] = refusal
    if plan is not None:
        plain |= {
            **asdict(plan.counts),
            "records_staying": [f"{each.roster.school}/{each.key}" for each in plan.staying],
            "messages_sent": [{"kind": each.kind.value, "person": each.person} for each in plan.sent],
            "blocked": [{"name": each.person, "taken": each.taken.value, "first": each.first} for each in plan.blocked],
            "stopped": [
                {"school": each.school, "kind": each.kind, "ending": each.ending, "active": each.active}
                for each in plan.stops
            ],
        }
    return plain


def _show(screen: Screen, plan: UndoPlan) -> None:
    """Print what undoing does: counts, steps, and what it leaves."""
    counts = [(name.replace("_", " "), str(number)) for name, number in asdict(plan.counts).items() if number]
    if counts:
        screen.table(["what", "#how many"], counts)
    show_lines(screen, plan.lines)
    for record in plan.staying:
        screen.bullet(f"record {record.key} of {record.roster.school} stays: a later run states it anew", "yellow")
    if plan.sent:
        screen.bullet(f"{len(plan.sent)} messages have left and cannot be called back", "yellow")
    screen.bullet("Sessions, devices and links that were handed out do not come back.", "dim")
    screen.say()


def _refuse(context: click.Context, screen: Screen, run: int, done: NotUndone | NotPermitted, *, as_json: bool) -> None:
    """Print why nothing was done, and what to do first."""
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
        context.exit(1)
    if as_json:
        screen.json(_as_plain(run, done.plan, None, done.reason.value))
        context.exit(1)
    screen.problem(f"run {run}: {_REFUSED[done.reason]}")
    plan = done.plan
    for each in plan.blocked if plan is not None else ():
        whose = f"{each.person or 'somebody'} would lose {_TAKEN[each.taken]}"
        first = "that was decided here" if each.first is None else f"first 'eszkola roster undo {each.first}'"
        screen.remedy(f"{whose}; {first}")
    for stop in plan.stops if plan is not None else ():
        screen.remedy(f"{stop.school}: {stop.ending} of {stop.active}, {stop.kind}")
    context.exit(1)
