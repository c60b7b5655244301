"""`eszkola device`: telephones that are paired with an account."""

from __future__ import annotations

import sys

import click
import segno

from eszkola_cli.common import (
    actor,
    argument_and_password,
    as_json,
    ask_password,
    opened,
    owner_only,
    password_stdin,
    refused,
    whom,
)
from eszkola_cli.screen import Screen, counted, instant
from eszkola_core import NotPermitted, Paired, PairingShown, SignedIn


@click.group()
def device() -> None:
    """Telephones and tablets that see what an account may see."""


@device.command()
@click.argument("login")
@password_stdin
@owner_only
@click.pass_context
def pair(context: click.Context, login: str, *, password_stdin: bool) -> None:
    """
    Sign in as LOGIN, and show a QR code with its PIN.

    Both serve for five minutes, and once; the PIN is never in the code. '-' reads LOGIN from standard input.
    """
    screen = Screen.standard()
    with opened(context) as house:
        name, typed = argument_and_password(login, "Login", from_stdin=password_stdin)
        outcome = house.sign_in.attempt(name, ask_password("Password") if typed is None else typed)
        if not isinstance(outcome, SignedIn):
            screen.problem("the login or the password is wrong, or something must be done at a sign-in first")
            context.exit(1)
            return
        begun = house.pair_device.begin(outcome.key.reveal())
        house.sign_in.sign_out(outcome.key.reveal())
        if not isinstance(begun, PairingShown):
            context.exit(1)
            return
        if sys.stdout.isatty():
            segno.make(begun.qr.reveal(), error="m").terminal(compact=True)
        screen.say(f"Code: {begun.qr.reveal()}")
        screen.say(f"PIN:  {begun.pin.reveal()}", "bold")
        screen.say(f"Both work once, until {begun.expires_at.astimezone(house.tenant.zone):%H:%M}.")


@device.command()
@click.argument("code")
@click.argument("name")
@click.option("--pin", required=True, help="The PIN beside the code.")
@owner_only
@click.pass_context
def complete(context: click.Context, code: str, name: str, *, pin: str) -> None:
    """
    Pair a device called NAME with the scanned CODE.

    This is what the application does; the key of the device is printed once.
    """
    screen = Screen.standard()
    with opened(context) as house:
        done = house.pair_device.complete(code, pin, name)
    if not isinstance(done, Paired):
        screen.problem("code or PIN is wrong, used, or too old; begin anew with: eszkola device pair")
        context.exit(1)
        return
    screen.say(done.key.reveal())


@device.command("list")
@click.argument("identifier")
@as_json
@click.pass_context
def list_(context: click.Context, identifier: str, *, as_json: bool) -> None:
    """List the devices of a login, an address or a national id."""
    screen = Screen.standard()
    with opened(context) as house:
        found = house.manage_devices.of(actor(context), whom(house, identifier).id)
    if isinstance(found, NotPermitted):
        screen.problem(refused(found.permission))
        context.exit(1)
        return
    rows = [
        {
            "id": each.id,
            "name": each.name,
            "state": each.state.value,
            "paired_at": each.paired_at.isoformat(timespec="seconds") if each.paired_at else None,
        }
        for each in found
    ]
    if as_json:
        screen.json({"devices": rows})
    elif rows:
        paired = [instant(each.paired_at, house.tenant.zone) if each.paired_at else "" for each in found]
        screen.table(
            ["#", "name", "state", "paired"],
            [(str(each.id), each.name, each.state.value, when) for each, when in zip(found, paired, strict=True)],
        )
    else:
        screen.say("No device is paired.")


@device.command()
@click.argument("identifier")
@click.option("--why", required=True, help="The reason, for the journal.")
@click.pass_context
def revoke(context: click.Context, identifier: str, *, why: str) -> None:
    """
    End all devices of a login, an address or a national id.

    As when a telephone is lost.
    """
    screen = Screen.standard()
    with opened(context) as house:
        done = house.manage_devices.revoke_all(actor(context), whom(house, identifier).id, why=why)
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
        context.exit(1)
        return
    screen.say(f"{counted(done, 'device has', 'devices have')} ended.", "green")
