"""`eszkola maintenance` says that nobody signs in for a while, and that it is over."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from eszkola_cli.common import actor, as_json, opened, refused
from eszkola_cli.screen import Screen, instant
from eszkola_core import LOCALES, Ended, Maintenance, NotPermitted, Platform, UnderWayAlready


@click.group()
def maintenance() -> None:
    """Times in which nobody signs in."""


@maintenance.command()
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]),
    metavar="INSTANT",
    help="When it is expected to end, such as 2026-09-01T18:00 in the tenant's time zone.",
)
@click.option("--pl", help="What people are told in Polish; else the usual sentence.")
@click.option("--sl", help="The same in Slovene.")
@click.option("--en", help="The same in English.")
@click.pass_context
def begin(context: click.Context, *, until: datetime | None, pl: str | None, sl: str | None, en: str | None) -> None:
    """Begin a maintenance: whoever signs in is told of it. Open sessions, imports and messages go on."""
    screen = Screen.standard()
    with opened(context) as house:
        expected = until.replace(tzinfo=house.tenant.zone).astimezone(UTC) if until is not None else None
        own = {locale: text for locale, text in (("pl", pl), ("sl", sl), ("en", en)) if text is not None}
        done = house.announce_maintenance.begin(actor(context), texts=own, expected_end_at=expected)
        if isinstance(done, NotPermitted):
            screen.problem(refused(done.permission))
            context.exit(1)
        if isinstance(done, UnderWayAlready):
            screen.problem("a maintenance is under way already; end it first: eszkola maintenance end")
            context.exit(1)
        screen.say(told(done.maintenance, house), "yellow")


@maintenance.command()
@click.pass_context
def end(context: click.Context) -> None:
    """End the maintenance that is under way: people sign in again."""
    screen = Screen.standard()
    with opened(context) as house:
        done = house.announce_maintenance.end(actor(context))
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
        context.exit(1)
    is_over = isinstance(done, Ended) and done.maintenance is not None
    screen.say("✓ The maintenance is over." if is_over else "No maintenance is under way.")


@maintenance.command()
@as_json
@click.pass_context
def show(context: click.Context, *, as_json: bool) -> None:
    """Show the maintenance that is under way, or else the last one."""
    screen = Screen.standard()
    with opened(context) as house:
        newest = house.announce_maintenance.newest()
        if as_json:
            screen.json({"maintenance": None if newest is None else _plain(newest)})
        elif newest is None:
            screen.say("There was none yet.")
        elif newest.is_under_way:
            screen.say(told(newest, house), "yellow")
        else:
            begun, ended = (_local(each, house) for each in (newest.begun_at, newest.ended_at) if each is not None)
            screen.say(f"None is under way. The last one: {begun} to {ended}.")


def told(maintenance: Maintenance, house: Platform) -> str:
    """Return what people are told, in the tenant's language, with the end that is expected."""
    text = maintenance.text(house.tenant.locale)
    expected = maintenance.expected_end_at
    return text if expected is None else f"{text} ({_local(expected, house)})"


def _local(at: datetime, house: Platform) -> str:
    return instant(at, house.tenant.zone)


def _plain(maintenance: Maintenance) -> dict[str, object]:
    def told_at(at: datetime | None) -> str | None:
        return None if at is None else at.isoformat(timespec="seconds")

    return {
        "begun_at": told_at(maintenance.begun_at),
        "expected_end_at": told_at(maintenance.expected_end_at),
        "ended_at": told_at(maintenance.ended_at),
        "texts": {locale: maintenance.text(locale) for locale in LOCALES},
    }
