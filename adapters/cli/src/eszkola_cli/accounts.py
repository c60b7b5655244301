"""`eszkola account` locks an account, and opens it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

import click

from eszkola_cli.common import actor, opened, refused, whom
from eszkola_cli.screen import Screen
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.usecases.lock_account import LockKept, LockRefused

_REFUSALS: Final[Mapping[LockRefused, str]] = MappingProxyType(
    {
        LockRefused.NO_REASON: "say why: --why",
        LockRefused.OVER_ALREADY: "--until: give a day that is not over",
        LockRefused.ACCOUNT_SHUT: "the account is not open, and nobody signs in with it",
        LockRefused.NOT_LOCKED: "the account is not locked",
        LockRefused.HIGHER_RIGHT: "somebody with a higher right locked it; ask them to lift the lock",
    }
)

_why = click.option("--why", required=True, help="The reason, which the journal keeps.")


@click.group()
def account() -> None:
    """One account as a whole."""


@account.command()
@click.argument("identifier")
@_why
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="The last day of the lock.")
@click.pass_context
def lock(context: click.Context, identifier: str, *, why: str, until: datetime | None) -> None:
    """
    Lock an account: its sessions, devices and links end at once.

    IDENTIFIER is a login, an address or a national id; '-' reads it from standard input. Without --until somebody must
    lift the lock.
    """
    screen = Screen.standard()
    with opened(context) as house:
        person = whom(house, identifier)
        ends = None
        if until is not None:
            ends = datetime.combine(until.date() + timedelta(days=1), time(), house.tenant.zone).astimezone(UTC)
        done = house.lock_account.lock(actor(context, house), person.id, why=why, until=ends)
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
        context.exit(1)
    if isinstance(done, LockKept):
        screen.problem(_REFUSALS[done.reason])
        context.exit(1)
    screen.say(f"✓ {person.login} is locked" + (f", up to {until:%Y-%m-%d}." if until is not None else "."), "green")


@account.command()
@click.argument("identifier")
@_why
@click.pass_context
def unlock(context: click.Context, identifier: str, *, why: str) -> None:
    """
    Lift every lock of an account.

    That takes the right by which each was made, or a higher one. The owner then recovers access anew.
    """
    screen = Screen.standard()
    with opened(context) as house:
        person = whom(house, identifier)
        done = house.lock_account.unlock(actor(context, house), person.id, why=why)
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
        context.exit(1)
    if isinstance(done, LockKept):
        screen.problem(_REFUSALS[done.reason])
        context.exit(1)
    screen.say(f"✓ {person.login} is unlocked, and chooses another password by 'eszkola access request'.", "green")
