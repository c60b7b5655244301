"""`eszkola keys`: the keys that the storage hides things with."""

from __future__ import annotations

import click

from eszkola_cli.common import actor, as_json, opened, refused
from eszkola_cli.screen import Screen
from eszkola_core import KeyKind, KeyStep, NotPermitted

_kind = click.Choice([each.value for each in KeyKind])


@click.group()
def keys() -> None:
    """The keys that the storage hides things with."""


@keys.command("list")
@as_json
@click.pass_context
def list_keys(context: click.Context, *, as_json: bool) -> None:
    """
    List the keys, and what needs each; no key is shown.

    What is counted is of all tenants of this database.
    """
    screen = Screen.standard()
    with opened(context) as house:
        done = house.rotate_keys.look(actor(context))
        zone = house.tenant.zone
    if isinstance(done, NotPermitted):
        _refuse(context, screen, done)
        return
    if as_json:
        told = [
            {
                "kind": each.kind.value,
                "number": each.number,
                "made_at": each.made_at.isoformat() if each.made_at is not None else None,
                "in_use": each.in_use,
                "needed_by": dict(each.needed_by),
            }
            for each in done
        ]
        screen.json({"keys": told})
        return
    rows = [
        (
            each.kind.value,
            str(each.number),
            each.made_at.astimezone(zone).date().isoformat() if each.made_at is not None else "",
            "yes" if each.in_use else "",
            ", ".join(f"{many} in {place}" for place, many in each.needed_by.items()) or "nothing",
        )
        for each in done
    ]
    screen.table(["kind", "#no.", "made", "in use", "needed by"], rows)


@keys.command()
@click.argument("kind", type=_kind)
@as_json
@click.pass_context
def rotate(context: click.Context, kind: str, *, as_json: bool) -> None:
    """
    Take a newer key into use, and hide with it what older ones hid.

    Everything goes on beside it. Where it is stopped, the same command goes on with the same key. Digests cannot be
    made anew: those of older keys are recognised for as long as these are kept. Copy the keyring afterwards: eszkola
    keys list says when the older key can go.
    """
    screen = Screen.standard()
    with opened(context) as house:
        done = house.rotate_keys.renew(actor(context), KeyKind(kind))
        if isinstance(done, NotPermitted):
            _refuse(context, screen, done)
            return
        counts: dict[str, int] = {}
        number = None
        for step in done:
            number = step.number
            _tell(screen, step, counts, quiet=as_json)
        used = {each.kind: each.number for each in house.key_keeper.all_keys(at=house.clock.now()) if each.in_use}
    number = used[KeyKind(kind)] if number is None else number
    if as_json:
        screen.json({"kind": kind, "number": number, "done": counts})
    else:
        screen.say(f"✓ The {kind} key {number} is in use, and all is hidden with it that can be.", "green")


@keys.command()
@click.argument("kind", type=_kind)
@click.argument("number", type=click.IntRange(min=1))
@as_json
@click.pass_context
def forget(context: click.Context, kind: str, number: int, *, as_json: bool) -> None:
    """Take a key away for good that nothing needs any more."""
    screen = Screen.standard()
    with opened(context) as house:
        done = house.rotate_keys.forget(actor(context), KeyKind(kind), number)
    if isinstance(done, NotPermitted):
        _refuse(context, screen, done)
    elif as_json:
        screen.json({"kind": kind, "number": number})
    else:
        screen.say(f"✓ The {kind} key {number} is gone. Older backups of the database still need it.", "green")


def _tell(screen: Screen, step: KeyStep, counts: dict[str, int], *, quiet: bool) -> None:
    counts[step.place] = counts.get(step.place, 0) + step.done
    if not quiet:
        screen.say(f"{step.place}: {counts[step.place]}")


def _refuse(context: click.Context, screen: Screen, done: NotPermitted) -> None:
    screen.problem(refused(done.permission))
    context.exit(1)
