"""`eszkola roster` and `eszkola readiness`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from eszkola_cli import reports, standings, undoing
from eszkola_cli.common import actor, as_json, opened, refused, strict
from eszkola_cli.screen import Screen
from eszkola_cli.waiting import Waiting
from eszkola_core import (
    Applied,
    GroundMoved,
    InvalidValue,
    NotPermitted,
    Permission,
    Plan,
    Platform,
    Reading,
    Running,
    UnreadableSource,
    read_plan,
    wire,
    write_plan,
)
from eszkola_core.domain.stated import together


class _Source(click.Path):
    """A path that is not empty: an unset variable of a script must not mean the present folder."""

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if not value:
            self.fail("an empty text names no file; the present folder is '.'", param, ctx)
        return Path(os.fsdecode(super().convert(value, param, ctx)))


sources = click.argument("sources", nargs=-1, type=_Source(), metavar="SOURCE...")
format_ = click.option("--format", "format_", help="A format's name, or a mapping file; recognised where left out.")
school = click.option("--school", help="The school's key, for a table that does not name its school.")
school_from_name = click.option(
    "--school-from-name", is_flag=True, help="Each file is of the school that it is called after: sp1.csv of sp1."
)
allow_removals = click.option(
    "--allow-removals", is_flag=True, help="Let through today what the removal guard would stop, in these schools."
)

redo = click.option(
    "--redo", is_flag=True, help="Take in again what was taken back by undoing a run, in these schools."
)


@click.group()
def roster() -> None:
    """Rosters from the gradebook: look first, then apply."""


roster.add_command(undoing.runs)
roster.add_command(undoing.undo)


@roster.command()
@sources
@format_
@school
@school_from_name
@allow_removals
@redo
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), metavar="PLAN", help="Keep the plan for later."
)
@click.option("--all", "everything", is_flag=True, help="Print every line, also where there are very many.")
@as_json
@strict
@click.pass_context
def plan(  # noqa: PLR0913 - the options of the command
    context: click.Context,
    sources: tuple[Path, ...],
    format_: str | None,
    school: str | None,
    *,
    school_from_name: bool,
    allow_removals: bool,
    redo: bool,
    save: Path | None,
    everything: bool,
    as_json: bool,
    strict: bool,
) -> None:
    """Say what importing SOURCE would do, without doing it."""
    if not sources:
        raise click.UsageError("name at least one file, folder or ZIP archive")
    _check_one_school(school, from_name=school_from_name)
    screen = Screen.standard()
    with _readable(context, screen, as_json=as_json), opened(context) as house:
        with Waiting(screen.err, writes=False) as waiting:
            reading = _read(house, sources, format_, school, from_name=school_from_name)
            _check(context, screen, house.import_rosters.permission(actor(context), reading))
            allowed, again = _permission(reading, allowed=allow_removals), _permission(reading, allowed=redo)
            made = house.import_rosters.plan(reading, allow_removals=allowed, allow_undone=again, watch=waiting)
        if save is not None:
            now = house.clock.now()
            stated = wire.reading_to_bytes(reading)
            leave = {"allow_removals": allowed, "allow_undone": again}
            content = write_plan(made, stated, house.storage, now=now, **leave)
            _save(save, content)
    reports.show_plan(screen, made, as_json=as_json, everything=everything, saved=save)
    context.exit(_code(made, strict=strict))


@roster.command()
@sources
@format_
@school
@school_from_name
@allow_removals
@redo
@click.option(
    "--plan", "plan_file", type=click.Path(dir_okay=False, path_type=Path), metavar="PLAN", help="A saved plan."
)
@as_json
@strict
@click.pass_context
def apply(  # noqa: PLR0913 - the options of the command
    context: click.Context,
    sources: tuple[Path, ...],
    format_: str | None,
    school: str | None,
    *,
    school_from_name: bool,
    allow_removals: bool,
    redo: bool,
    plan_file: Path | None,
    as_json: bool,
    strict: bool,
) -> None:
    """Import SOURCE, or apply a saved plan if its ground has not moved."""
    screen = Screen.standard()
    if (plan_file is None) == (not sources):
        raise click.UsageError("name the sources, or a saved plan with --plan, but not both")
    if plan_file is not None and (format_ or school or school_from_name or allow_removals or redo):
        raise click.UsageError(
            "a saved plan has its own --format, --school, --school-from-name, --allow-removals and --redo: "
            "make another plan"
        )
    _check_one_school(school, from_name=school_from_name)
    with (
        _readable(context, screen, as_json=as_json),
        opened(context) as house,
        Waiting(screen.err, writes=True) as waiting,
    ):
        if plan_file is not None:
            outcome = _apply_saved(context, house, plan_file, waiting)
        else:
            reading = _read(house, sources, format_, school, from_name=school_from_name)
            allowed, again = _permission(reading, allowed=allow_removals), _permission(reading, allowed=redo)
            outcome = house.import_rosters.apply(
                reading, actor=actor(context), allow_removals=allowed, allow_undone=again, watch=waiting
            )
    if isinstance(outcome, NotPermitted):
        _check(context, screen, outcome.permission)
        return
    if isinstance(outcome, Running):
        reports.show_running(screen, outcome, house.tenant.zone, as_json=as_json)
        context.exit(1)
    if isinstance(outcome, GroundMoved):
        reports.show_moved(screen, outcome.plan, as_json=as_json)
        context.exit(1)
    reports.show_applied(screen, outcome, as_json=as_json)
    context.exit(_code(outcome.plan, strict=strict))


@click.command()
@click.option("--school", help="One school's key; all schools where left out.")
@click.option("--class", "class_name", help="One class of the school.")
@as_json
@strict
@click.pass_context
def readiness(
    context: click.Context, school: str | None, class_name: str | None, *, as_json: bool, strict: bool
) -> None:
    """List who can use the platform, and what others lack."""
    if class_name is not None and school is None:
        raise click.UsageError("--class needs --school")
    screen = Screen.standard()
    with opened(context) as house:
        found = house.check_readiness.of(actor(context), school, class_name)
    if isinstance(found, NotPermitted):
        _check(context, screen, found.permission)
        return
    standings.show_readiness(screen, found, as_json=as_json)
    context.exit(1 if strict and any(row.reasons for row in found.rows) else 0)


def _check_one_school(school: str | None, *, from_name: bool) -> None:
    if from_name and school is not None:
        raise click.UsageError("name one school with --school, or each by its file with --school-from-name, not both")


def _read(
    house: Platform, sources: Sequence[Path], format_: str | None, school: str | None, *, from_name: bool
) -> Reading:
    """Return what the sources state; most of it is taken out of the files only where it is looked at."""
    known = house.import_rosters.knows()  # a house that cannot be opened says so before anything is read
    if not from_name:
        return house.gradebook.read(sources, format=format_, school=school, known=known)
    files = [each for path in sources for each in (sorted(path.iterdir()) if path.is_dir() else [path])]
    shown = [each for each in files if not each.name.startswith(".")]
    return together(house.gradebook.read([each], format=format_, school=each.stem, known=known) for each in shown)


@contextmanager
def _readable(context: click.Context, screen: Screen, *, as_json: bool) -> Iterator[None]:
    """End the command with a report where a source cannot be read: at first sight, or where it is looked into."""
    try:
        yield
    except UnreadableSource as unreadable:
        reports.show_unreadable(screen, unreadable, as_json=as_json)
        context.exit(1)


def _check(context: click.Context, screen: Screen, permission: Permission) -> None:
    """End the command where the actor may not import for these schools."""
    if not permission:
        screen.problem(refused(permission))
        context.exit(1)


def _permission(reading: Reading, *, allowed: bool) -> frozenset[str]:
    """Return the schools that a permission names: those of these sources, today (SYNC-6, SYNC-9b)."""
    return frozenset(each.school for each in reading.rosters) if allowed else frozenset()


def _apply_saved(
    context: click.Context, house: Platform, path: Path, waiting: Waiting
) -> Applied | GroundMoved | Running | NotPermitted:
    """Apply the plan in the file at *path*."""
    try:
        content = path.read_bytes()
    except OSError as wrong:
        raise InvalidValue(f"{path}: cannot be read ({wrong.strerror})", code="plan-missing") from None
    saved = read_plan(content, house.storage, house.tenant.settings, now=house.clock.now())
    return house.import_rosters.apply(
        wire.reading_from_bytes(saved.reading),
        actor=actor(context),
        allow_removals=saved.allow_removals,
        allow_undone=saved.allow_undone,
        only=saved.digest,
        plan_id=saved.plan_id,
        watch=waiting,
    )


def _save(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
        path.chmod(0o600)
    except OSError as wrong:
        raise InvalidValue(f"{path}: cannot be written ({wrong.strerror})", code="not-writable") from None


def _code(plan: Plan, *, strict: bool) -> int:
    """Return the exit code that goes with a plan."""
    return 1 if plan.stops or plan.foreign or (strict and plan.findings) else 0
