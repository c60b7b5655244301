"""`eszkola person show`: everything that is known of somebody, with where it comes from."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from eszkola_cli.common import actor, as_json, opened, refused, whom
from eszkola_cli.screen import Screen, day, in_words
from eszkola_core import Kept, NotPermitted, OfPerson, OfRecord, Sourced


@click.command()
@click.argument("identifier")
@as_json
@click.pass_context
def show(context: click.Context, identifier: str, *, as_json: bool) -> None:
    """
    Say of each value of somebody where it comes from.

    IDENTIFIER is a login, central address or national id; '-' reads it from standard input. Numbers and addresses are
    masked.
    """
    screen = Screen.standard()
    with opened(context) as house:
        found = house.see_sources.of(actor(context), whom(house, identifier).id)
    if isinstance(found, NotPermitted):
        screen.problem(refused(found.permission))
        context.exit(1)
    elif as_json:
        screen.json({"values": [_told(each) for each in found]})
    else:
        rows = [
            (in_words(each.value), each.text, in_words(each.standing), _words(each.source, house.tenant.zone))
            for each in found
        ]
        screen.table(["what", "value", "standing", "from"], rows)


def _told(each: Sourced) -> dict[str, object]:
    """Return a value as `--json` prints it."""
    return {"field": each.value.value, "value": each.text, "standing": each.standing.value, **_source(each.source)}


def _source(source: OfRecord | OfPerson | Kept) -> dict[str, object]:
    if isinstance(source, OfRecord):
        where = {"school": source.school, "source": source.origin, "list": source.list, "record": source.record}
        return {"from": "record", **where, "role": source.role.value, "run": source.run}
    if isinstance(source, OfPerson):
        at = source.at.isoformat(timespec="seconds")
        return {"from": "person", "author": source.author, "at": at, "decision": source.kind.value}
    return {"from": "account", "run": source.run}


def _words(source: OfRecord | OfPerson | Kept, zone: ZoneInfo) -> str:
    """Return where a value comes from, as one says it."""
    if isinstance(source, OfRecord):
        run = f", run {source.run}" if source.run else ""
        return f"{source.school}, {source.origin}, {source.list}, record {source.record} ({source.role.value}){run}"
    if isinstance(source, OfPerson):
        return f"{source.author}, {day(source.at, zone)} ({in_words(source.kind)})"
    written = f"; last written by run {source.run}" if source.run else ""
    return f"kept by the account: no record states it any more{written}"
