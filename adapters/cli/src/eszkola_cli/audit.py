"""`eszkola audit`: what was done, and whether anybody touched the journal of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Final

import click

from eszkola_cli.common import actor, as_json, opened, refused, whom
from eszkola_cli.screen import Screen, counted, instant
from eszkola_core import AuditEntry, Broken, Damage, Head, NothingOldEnough, NotPermitted, NotWhole, PersonId

_DAMAGES: Final[Mapping[Damage, str]] = {
    Damage.CHANGED: "entry {} is not what was written",
    Damage.GAP: "entry {} is missing",
    Damage.CUT: "the journal once came to entry {}, and is shorter now",
    Damage.OTHER_HISTORY: "entry {} is not the one that --head names: what came since was written anew",
    Damage.FORGED_CHECKPOINT: "the checkpoint at entry {} was not signed here",
    Damage.OLDER_THAN_CHECKPOINT: "--head names entry {}, which a checkpoint stands in for by now: use a later head",
}


@click.group()
def audit() -> None:
    """The journal of what was done: it is chained, and read only."""


@audit.command()
@click.option("--head", "known", metavar="COUNT:SEAL", help="The head that was written down elsewhere.")
@as_json
@click.pass_context
def verify(context: click.Context, known: str | None, *, as_json: bool) -> None:
    """
    Find out whether the journal is whole.

    Without --head a tail that was cut off cannot be noticed; 'eszkola audit head' tells what to write down. Ends with 1
    when the journal is not whole.
    """
    screen = Screen.standard()
    with opened(context) as house:
        outside = Head.parse(known) if known is not None else None
        done = house.read_journal.verify(actor(context), head=outside)
    if isinstance(done, NotPermitted):
        _refuse(context, screen, done)
        return
    if as_json:
        screen.json(
            {
                "ok": done.is_whole,
                "head": str(done.head),
                "checkpoint": str(done.checkpoint.head) if done.checkpoint is not None else None,
                "broken": [{"number": each.number, "reason": each.reason.value} for each in done.broken],
            }
        )
    else:
        _tell_damage(screen, done.broken)
        if done.is_whole:
            screen.say(f"✓ The journal is whole up to entry {done.head.count}.", "green")
    context.exit(0 if done.is_whole else 1)


@audit.command()
@click.pass_context
def head(context: click.Context) -> None:
    """
    Tell how far the journal has come.

    Write it down where nobody who can reach the database can change it: 'eszkola audit verify --head' takes it.
    """
    screen = Screen.standard()
    with opened(context) as house:
        done = house.read_journal.verify(actor(context))
    if isinstance(done, NotPermitted):
        _refuse(context, screen, done)
        return
    screen.say(str(done.head))


@audit.command()
@click.option("--about", metavar="IDENTIFIER", help="What somebody did, and what was done to them; '-' reads it.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="From the beginning of this day on.")
@as_json
@click.pass_context
def show(context: click.Context, about: str | None, since: datetime | None, *, as_json: bool) -> None:
    """Show what was done, the oldest first."""
    screen = Screen.standard()
    with opened(context) as house:
        person = whom(house, about).id if about is not None else None
        begin = datetime.combine(since, time(), house.tenant.zone).astimezone(UTC) if since is not None else None
        done = house.read_journal.show(actor(context), about=person, since=begin)
    if isinstance(done, NotPermitted):
        _refuse(context, screen, done)
        return
    if as_json:
        screen.json({"entries": [_told(each, done.logins) for each in done.entries]})
        return
    rows = [
        (
            str(each.number),
            instant(each.at, house.tenant.zone),
            _who(each, done.logins),
            each.deed,
            ", ".join(_login(person, done.logins) for person in each.on),
            "; ".join(filter(None, (*(f"{name}: {text}" for name, text in each.detail.items()), each.why))),
        )
        for each in done.entries
    ]
    screen.table(["#no.", "when", "who", "what", "on whom", "more"], rows)


@audit.command()
@click.pass_context
def checkpoint(context: click.Context) -> None:
    """
    Let a signed checkpoint stand in for old entries.

    Only entries that are older than the setting audit_retention go, and only from a journal that is whole.
    """
    screen = Screen.standard()
    with opened(context) as house:
        done = house.shorten_journal.run(actor(context))
    if isinstance(done, NotPermitted):
        _refuse(context, screen, done)
    elif isinstance(done, NotWhole):
        screen.problem("the journal is not whole; nothing was taken away")
        _tell_damage(screen, done.broken)
        context.exit(1)
    elif isinstance(done, NothingOldEnough):
        screen.say("No entry is old enough.")
    else:
        screen.say(
            f"✓ {counted(done.taken, 'entry is', 'entries are')} replaced by a checkpoint: {done.checkpoint.head}",
            "green",
        )


def _refuse(context: click.Context, screen: Screen, done: NotPermitted) -> None:
    screen.problem(refused(done.permission))
    context.exit(1)


def _tell_damage(screen: Screen, found: tuple[Broken, ...]) -> None:
    for each in found:
        screen.say(f"✗ {_DAMAGES[each.reason].format(each.number)}", "red")


def _login(person: PersonId, logins: Mapping[PersonId, str]) -> str:
    return logins.get(person, f"no. {person}")


def _who(entry: AuditEntry, logins: Mapping[PersonId, str]) -> str:
    """Return who did it: an account, somebody at the console, or the platform by itself."""
    return _login(entry.by, logins) if entry.by is not None else entry.console or "the platform"


def _told(entry: AuditEntry, logins: Mapping[PersonId, str]) -> Mapping[str, object]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "by": entry.by,
        "who": _who(entry, logins),
        "deed": entry.deed,
        "on": list(entry.on),
        "where": entry.where,
        "why": entry.why,
        "detail": dict(entry.detail),
        "seal": entry.seal.hex(),
    }
