"""`eszkola account`: locking, reporting a disclosed password, replacing one on request, closing what rests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from attrs import asdict

from eszkola_cli.common import actor, as_json, filled, machine_only, new_file, opened, refused, whom
from eszkola_cli.screen import Screen, counted, instant
from eszkola_core import (
    CredentialHandedOver,
    Identity,
    InvalidValue,
    LinkSent,
    Locked,
    LockingRefused,
    Platform,
    Proof,
    ReplacingRefused,
    Reported,
    ReportingRefused,
    Request,
    Unfounded,
    Unlocked,
    Way,
)

_REASONS: Final[Mapping[str, str]] = {
    LockingRefused.NO_SUCH_PERSON: "there is no such person any more",
    LockingRefused.ACCOUNT_SHUT: "the account has not been opened, is closed, or was merged into another",
    LockingRefused.NOT_LOCKED: "the account is not locked",
    LockingRefused.LOCKED_BY_A_HIGHER_RIGHT: "somebody with a higher right locked it; ask them, or the console",
    ReportingRefused.NO_SESSION: "nobody is signed in",
    ReplacingRefused.NO_OWN_PASSWORD: "the owner has never set a password; give an initial credential instead",
    Unfounded.MINOR_ASKS_IN_PERSON: "a minor asks in person; otherwise a guardian asks, see --guardian",
    Unfounded.OWNER_ASKS: "an adult asks for themselves",
    Unfounded.NO_ACTIVE_LINK: "the guardian has no active link to this child",
    Unfounded.CONFIRMED_BY_NO_STAFF: "whoever confirms the identity works at a school of the person",
}
_SLIPS: Final[Mapping[str, str]] = {
    "pl": "{tenant}\n\nLogin: {login}\nHasło jednorazowe: {password}\n\nPrzy pierwszym logowaniu platforma poprosi o "
    "własne hasło. Nikomu nie pokazuj tej kartki i zniszcz ją potem.\n\nWydał(a): {by}\nWydano: {at}\n"
    "Nr wpisu: {entry}\nOdebrał(a), podpis: ______________________\n",
    "sl": "{tenant}\n\nUporabniško ime: {login}\nEnkratno geslo: {password}\n\nOb prvi prijavi platforma zahteva "
    "lastno geslo. Lističa nikomur ne pokažite in ga potem uničite.\n\nIzdal(a): {by}\nIzdano: {at}\n"
    "Št. vpisa: {entry}\nPrevzel(a), podpis: ______________________\n",
    "en": "{tenant}\n\nLogin: {login}\nPassword for one use: {password}\n\nAt the first sign-in the platform asks for "
    "a password of your own. Show this slip to nobody, and destroy it then.\n\nHanded over by: {by}\nOn: {at}\n"
    "Entry: {entry}\nCollected by, signature: ______________________\n",
}


@click.group()
def account() -> None:
    """Lock, report and replace; close what rested long enough."""


@account.command()
@click.argument("identifier")
@click.option("--why", required=True, help="The reason, for whoever asks later; name nobody in it.")
@click.option("--until", help="When the lock ends by itself: 2026-09-01, or 2026-09-01T12:00; else somebody lifts it.")
@click.pass_context
def lock(context: click.Context, identifier: str, why: str, until: str | None) -> None:
    """
    Lock an account: nobody signs in to it.

    IDENTIFIER is a login, central address or national id; '-' reads it from standard input. Sessions and links end.
    Only the same right or a higher one lifts the lock.
    """
    with opened(context) as house:
        person = whom(house, identifier)
        ends = _instant(house, until) if until is not None else None
        done = house.lock_account.lock(actor(context), person.id, why=why, until=ends)
    screen = _settled(context, done, Locked)
    screen.say(f"✓ {person.login} is locked{f' until {instant(ends, house.tenant.zone)}' if ends else ''}.", "green")


@account.command()
@click.argument("identifier")
@click.option("--why", default="", help="The reason, for the journal; name nobody in it.")
@click.pass_context
def unlock(context: click.Context, identifier: str, why: str) -> None:
    """
    Unlock an account.

    It is again what it was, and the password is the same.
    """
    with opened(context) as house:
        person = whom(house, identifier)
        done = house.lock_account.unlock(actor(context), person.id, why=why)
    _settled(context, done, Unlocked).say(f"✓ {person.login} is unlocked.", "green")


@account.command()
@click.argument("identifier")
@click.option("--words", required=True, help="What the owner said; it is kept sealed.")
@as_json
@click.pass_context
def report(context: click.Context, identifier: str, words: str, *, as_json: bool) -> None:
    """
    Report that somebody else knows a password.

    This is done on the owner's word. The password works no more and can never be chosen again. School, region and
    data-protection officer are told.
    """
    with opened(context) as house:
        person = whom(house, identifier)
        done = house.report_disclosure.by_staff(actor(context), person.id, words)
    screen = _settled(context, done, Reported)
    if not isinstance(done, Reported):
        return
    kept = done.report
    if as_json:
        screen.json({"report": kept.id, "told": list(kept.told), "untold": list(kept.untold)})
        return
    screen.say(f"✓ The password of {person.login} works no more. Report {kept.id} is kept.", "green")
    for office in kept.told:
        screen.bullet(f"a message goes to {office}")
    for office in kept.untold:
        screen.bullet(f"tell {office} yourself: the configuration has no address, see [contacts]", "yellow")


@account.command()
@click.argument("identifier")
@click.option("--asked", type=click.Choice([each.value for each in Way]), required=True, help="How the owner asked.")
@click.option("--asked-at", help="When, such as 2026-09-01T12:00; else just now.")
@click.option("--guardian", help="The login of the guardian who asks for a minor.")
@click.option("--proof", type=click.Choice([each.value for each in Proof]), required=True, help="How it is known who.")
@click.option("--confirmed-by", help="The login of the member of staff who made sure; else whoever acts.")
@click.option("--slip", type=click.Path(path_type=Path), help="Where the slip is written if there is no address.")
@click.pass_context
def reset(  # noqa: PLR0913, PLR0917 - what the rule asks for
    context: click.Context,
    identifier: str,
    asked: str,
    asked_at: str | None,
    guardian: str | None,
    proof: str,
    confirmed_by: str | None,
    slip: Path | None,
) -> None:
    """
    Replace a password on its owner's request.

    It is the one that the owner of IDENTIFIER has set, and the identity must have been confirmed. A link goes to
    the central address. Only where there is none a slip with a password for one use is written, with the receipt to
    be signed.
    """
    with opened(context) as house:
        person = whom(house, identifier)
        if person.central is None:
            _check_slip(slip)
        request = Request(
            at=house.clock.now() if asked_at is None else _instant(house, asked_at),
            way=Way(asked),
            guardian=whom(house, guardian).id if guardian is not None else None,
        )
        identity = Identity(proof=Proof(proof), by=whom(house, confirmed_by).id if confirmed_by is not None else None)
        done = house.replace_password.replace(actor(context), person.id, request, identity)
        if isinstance(done, CredentialHandedOver) and slip is not None:
            _write_slip(slip, house, done)
    screen = _settled(context, done, LinkSent, CredentialHandedOver)
    if isinstance(done, LinkSent):
        screen.say(f"✓ A link is on its way to the address of {person.login}.", "green")
    else:
        screen.say(f"✓ {person.login} has a password for one use: {slip}. Let whoever collects it sign.", "green")


@account.command()
@as_json
@machine_only
@click.pass_context
def tidy(context: click.Context, *, as_json: bool) -> None:
    """
    Close accounts that rested long enough.

    Run it every night: what is open of accounts without a role ends, and after the setting dormant_retention they
    close.
    """
    screen = Screen.standard()
    with opened(context) as house:
        done = house.close_dormant.run()
    if as_json:
        screen.json(asdict(done))
    else:
        screen.say(f"{counted(done.resting, 'account rests', 'accounts rest')}; {done.closed} were closed")


def _settled(context: click.Context, done: object, *good: type) -> Screen:
    """Return the screen where something was done; else say why not, and leave."""
    screen = Screen.standard()
    if not isinstance(done, good):
        permission = getattr(done, "permission", None)
        reason = getattr(done, "reason", "")
        screen.problem(refused(permission) if permission is not None else _REASONS.get(reason, str(reason)))
        context.exit(1)
    return screen


def _instant(house: Platform, text: str) -> datetime:
    """Return the instant that somebody typed, in the tenant's zone where none is said."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValue(f"{text}: write an instant such as 2026-09-01T12:00", code="invalid-instant") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=house.tenant.zone)


def _check_slip(slip: Path | None) -> None:
    """Raise InvalidValue unless a new file can be written there: what is invented is shown once."""
    if slip is None:
        raise InvalidValue("there is no address to send a link to: say with --slip where to write", code="slip-missing")
    if slip.exists() or not slip.parent.is_dir():
        raise InvalidValue(f"{slip}: name a new file in a folder that is there", code="slip-taken")


def _write_slip(slip: Path, house: Platform, done: CredentialHandedOver) -> None:
    """Write what the owner signs in with once, readable by the present user only, and the receipt."""
    receipt = done.receipt
    text = _SLIPS[house.tenant.locale].format(
        tenant=house.tenant.name,
        login=done.login,
        password=done.password.reveal(),
        by=receipt.handed_by,
        at=receipt.at.astimezone(house.tenant.zone).strftime("%Y-%m-%d %H:%M"),
        entry=receipt.entry,
    )
    filled(new_file(str(slip)), text)
