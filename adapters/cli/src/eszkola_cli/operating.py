"""`eszkola outbox` and `eszkola db`: what keeps the house running."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import click
from attrs import asdict

from eszkola_cli.bounces import bounce, clear
from eszkola_cli.common import as_json, machine_only, opened
from eszkola_cli.dispatching_texts import show_texts, told
from eszkola_cli.screen import Screen, counted, instant
from eszkola_cli.stopping import Stopping
from eszkola_core import BounceFate, ChargeState, Delivered, Dispatched, MessageState, Unavailable

_PAUSE_SECONDS: Final = 5
_UNAVAILABLE: Final = 3


@click.group()
def outbox() -> None:
    """Messages that wait to leave, and what comes back."""


outbox.add_command(bounce)
outbox.add_command(clear)


@outbox.command()
@click.option("--watch", is_flag=True, help="Go on until stopped, looking again every few seconds.")
@as_json
@machine_only
@click.pass_context
def dispatch(context: click.Context, *, watch: bool, as_json: bool) -> None:
    """
    Send what waits.

    Before that, requests for access are answered and due warnings queued. Ends with 3 when something waited and nothing
    of it could leave: it is tried again by the next dispatch. Who stops it waits for the batch that is being sent.
    """
    screen = Screen.standard()
    with opened(context) as house, Stopping() as stopping:
        while True:
            try:
                done = house.dispatch(may_go_on=lambda: not stopping.is_asked)
            except Unavailable as gone:
                if not watch:
                    raise
                done = Dispatched(emails=Delivered(trouble=str(gone)))
            for trouble in () if as_json else done.troubles:
                screen.problem(trouble)
            if as_json:
                screen.json({**asdict(done.emails), "sms": told(done.texts), "events": asdict(done.events)})
            elif done.total or not watch:
                _show(screen, done)
            if not watch:
                context.exit(_UNAVAILABLE if done.is_stuck else 0)
            stopping.pause(_PAUSE_SECONDS)
            if stopping.is_asked:
                return


def _show(screen: Screen, done: Dispatched) -> None:
    """Print what left, and what did not."""
    emails, heard = done.emails, done.events
    show_texts(screen, done.texts)
    screen.say(f"{emails.sent} sent, {emails.failed_for_now} to be tried again, {emails.abandoned} abandoned")
    if heard.total:
        screen.say(
            f"{counted(heard.delivered, 'event', 'events')} heard, "
            f"{heard.failed_for_now} to be tried again, {heard.abandoned} given up"
        )


@outbox.command()
@as_json
@machine_only
@click.pass_context
def status(context: click.Context, *, as_json: bool) -> None:
    """Count messages by state. Says too since when the oldest waits."""
    screen = Screen.standard()
    with opened(context) as house:
        found = house.deliver_messages.status()
        events = house.deliver_events.status()
        texts = house.account_for_sms.status()
    oldest = found.oldest_waiting_at.isoformat(timespec="seconds") if found.oldest_waiting_at is not None else None
    age = int(found.oldest_age.total_seconds()) if found.oldest_age is not None else None
    counts = {state.value: found.counts.get(state, 0) for state in MessageState}
    bounces = {fate.value: found.bounces.get(fate, 0) for fate in BounceFate}
    if as_json:
        sms = {state.value: texts.counts.get(state, 0) for state in ChargeState}
        since = texts.oldest_waiting_at.isoformat(timespec="seconds") if texts.oldest_waiting_at is not None else None
        waiting = {"counts": counts, "oldest_waiting_at": oldest, "oldest_waiting_seconds": age}
        screen.json(
            {**waiting, "bounces": bounces, "events": events, "sms": {"counts": sms, "oldest_waiting_at": since}}
        )
        return
    screen.table(["state", "#messages"], [(state, str(number)) for state, number in counts.items()])
    since = instant(found.oldest_waiting_at, house.tenant.zone) if found.oldest_waiting_at is not None else None
    screen.say(f"The oldest waits since {since} ({timedelta(seconds=age or 0)})." if since else "Nothing waits.")
    if texts.counts:
        screen.table(["state", "#text messages"], [(state, str(many)) for state, many in texts.counts.items()])
    if found.bounces:
        screen.table(["came back", "#reports"], [(fate, str(many)) for fate, many in bounces.items()])
    if events:
        rows = [(name, state, str(many)) for name, states in sorted(events.items()) for state, many in states.items()]
        screen.table(["service", "state", "#events"], rows)


@click.group()
def db() -> None:
    """The database."""


@db.command()
@machine_only
@click.pass_context
def create(context: click.Context) -> None:
    """
    Make the storage that the configuration names.

    `eszkola init` has done so for its own; this is for another adapter, once it stands in the table [storage].
    """
    with opened(context) as house:
        house.administration.create()
        house.change_settings.check()
    Screen.standard().say("✓ The storage is made, and empty.", "green")


@db.command()
@machine_only
@click.pass_context
def upgrade(context: click.Context) -> None:
    """Bring the database up to date."""
    with opened(context) as house:
        steps = house.administration.upgrade()
    screen = Screen.standard()
    for step in steps:
        screen.say(step)
    screen.say("The database is up to date.")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@machine_only
@click.pass_context
def backup(context: click.Context, file: Path) -> None:
    """
    Write a copy of the database to FILE.

    Others go on meanwhile; the copy is of one moment. The keyring is not in it: keep a copy of that elsewhere.
    """
    with opened(context) as house:
        house.administration.back_up(file)
    screen = Screen.standard()
    screen.say(f"✓ {file} holds a copy of the database.", "green")
    screen.say("  Nobody can use it without the keyring: keep a copy of that too, somewhere else.")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@machine_only
@click.pass_context
def restore(context: click.Context, file: Path) -> None:
    """
    Put back what a backup in FILE holds.

    What the database holds now is kept beside it. A backup of an older version is brought up to date by the upgrade.
    """
    with opened(context) as house:
        former = house.administration.restore(file)
    screen = Screen.standard()
    screen.say(f"✓ The database is what it was when {file} was made.", "green")
    if former is not None:
        screen.say(f"  What it held before lies in {former}.")
    screen.say("Next: eszkola db upgrade && eszkola db check")


@db.command()
@as_json
@machine_only
@click.pass_context
def check(context: click.Context, *, as_json: bool) -> None:
    """Say what is wrong with the database and its keys."""
    screen = Screen.standard()
    with opened(context) as house:
        found = list(house.administration.check())
    if as_json:
        screen.json({"ok": not found, "problems": found})
    else:
        for each in found:
            screen.say(f"✗ {each}", "red")
        if not found:
            screen.say("✓ The database is whole and up to date.", "green")
    context.exit(1 if found else 0)
