"""`eszkola link` and `eszkola who-sees`: guardians and their children, and who is kept from whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

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
from eszkola_cli.identity import held_place, reason_why
from eszkola_cli.screen import Screen, in_words
from eszkola_core import (
    Admitted,
    ConsentGiven,
    ConsentRefused,
    ConsentWithdrawn,
    Ground,
    Lifted,
    NotPermitted,
    Permission,
    PlaceKey,
    Restricted,
    RestrictionKept,
    RestrictionRefused,
    SeenLink,
    SignedIn,
    Viewer,
)

KEPT: Final[Mapping[RestrictionRefused, str]] = {
    RestrictionRefused.NO_REASON: "say why with --reason: a court's order, or the school's decision",
    RestrictionRefused.SAME_PERSON: "nobody is kept from themselves",
    RestrictionRefused.ALREADY_RESTRICTED: "a restriction stands between the two already",
    RestrictionRefused.NOT_RESTRICTED: "no restriction stands between the two",
    RestrictionRefused.NOT_HELD: "no restriction holds this place; 'eszkola person held' says what it waits for",
}
_NO_CONSENT: Final[Mapping[ConsentRefused, str]] = {
    ConsentRefused.NO_SESSION: "the session has ended; try again",
    ConsentRefused.NOT_AWAITED: "this guardian's link does not wait for consent; 'eszkola link list' says how it is",
    ConsentRefused.NOT_GIVEN: "no consent to this guardian stands",
}


@click.group()
def link() -> None:
    """Guardians and their children."""


@link.command()
@click.argument("human")
@click.argument("child")
@reason_why
@click.pass_context
def restrict(context: click.Context, human: str, child: str, *, reason: str) -> None:
    """
    Keep HUMAN from CHILD, whatever the gradebook says of them.

    Each is a login, central address or national id. From this moment on HUMAN has no access to CHILD by any link, role
    or device; CHILD leaves every address that HUMAN reads, and links and credentials that were handed out are dead.
    """
    screen = Screen.standard()
    with opened(context) as house:
        pair = whom(house, human).id, whom(house, child).id
        done = house.restrict_links.restrict(actor(context), *pair, reason=reason)
    if not isinstance(done, Restricted):
        _refuse(context, screen, done)
        return
    screen.say("✓ The restriction stands until somebody with the right lifts it.", "green")
    screen.say("  Whoever is new to the child is held meanwhile; 'eszkola person held' names them.")


@link.command()
@click.argument("human")
@click.argument("child")
@reason_why
@click.pass_context
def lift(context: click.Context, human: str, child: str, *, reason: str) -> None:
    """Let what the gradebook says hold again between HUMAN and CHILD."""
    screen = Screen.standard()
    with opened(context) as house:
        pair = whom(house, human).id, whom(house, child).id
        done = house.restrict_links.lift(actor(context), *pair, reason=reason)
    if not isinstance(done, Lifted):
        _refuse(context, screen, done)
        return
    screen.say("✓ The restriction is lifted.", "green")


@link.command()
@click.argument("place")
@reason_why
@click.pass_context
def admit(context: click.Context, place: str, *, reason: str) -> None:
    """
    Let in whoever a restriction holds and does not mean.

    They proved to be another than the one who is kept away; the restriction stands. Under another name they are held
    again. PLACE is the name that 'eszkola person held' gives.
    """
    screen = Screen.standard()
    with opened(context) as house:
        found = held_place(context, house, screen, place)
        done = house.admit_guardians.admit(actor(context), found.key, reason=reason)
    if not isinstance(done, Admitted):
        _refuse(context, screen, done)
        return
    screen.say(f"✓ {found.name} is held no more; the restriction stands.", "green")


@link.command("list")
@click.argument("identifier")
@as_json
@click.pass_context
def list_(context: click.Context, identifier: str, *, as_json: bool) -> None:
    """
    List the links of IDENTIFIER, with the state of each.

    As a guardian and as a child.

    IDENTIFIER is a login, central address or national id; '-' reads it from standard input.
    """
    screen = Screen.standard()
    with opened(context) as house:
        found = house.see_links.of(actor(context), whom(house, identifier).id)
    if isinstance(found, NotPermitted):
        _refuse(context, screen, found)
        return
    if as_json:
        screen.json({"links": [_told(each) for each in found]})
        return
    rows = [
        (str(each.guardian), str(each.child), in_words(each.link.state), "; ".join(d.reason for d in each.restrictions))
        for each in found
    ]
    screen.table(["guardian", "child", "state", "why"], rows)


@link.command()
@click.argument("login")
@click.argument("guardian")
@click.option("--withdraw", is_flag=True, help="Take back a consent that was given.")
@password_stdin
@owner_only
@click.pass_context
def consent(context: click.Context, login: str, guardian: str, *, withdraw: bool, password_stdin: bool) -> None:
    """
    Let a student who is of age consent to be seen by GUARDIAN.

    It is done in the student's own session, which LOGIN and the password open; nobody can consent for them. GUARDIAN
    is a login, central address or national id.
    """
    screen = Screen.standard()
    with opened(context) as house:
        name, typed = argument_and_password(login, "Login", from_stdin=password_stdin)
        number = whom(house, guardian).id
        outcome = house.sign_in.attempt(name, ask_password("Password") if typed is None else typed)
        if not isinstance(outcome, SignedIn):
            screen.problem("no session opens with this login and password; 'eszkola signin' says why")
            context.exit(1)
        key = outcome.key.reveal()
        done = house.give_consent.withdraw(key, number) if withdraw else house.give_consent.give(key, number)
        house.sign_in.sign_out(key)
    if isinstance(done, ConsentGiven):
        screen.say("✓ The guardian goes on seeing the student.", "green")
    elif isinstance(done, ConsentWithdrawn):
        screen.say("✓ The guardian sees the student no more.", "green")
    else:
        screen.problem(_NO_CONSENT[done.reason])
        context.exit(1)


@click.command("who-sees")
@click.argument("identifier")
@as_json
@click.pass_context
def who_sees(context: click.Context, identifier: str, *, as_json: bool) -> None:
    """
    Say who sees a student today, and through what.

    IDENTIFIER is a login, central address or national id; '-' reads it from standard input.
    """
    screen = Screen.standard()
    with opened(context) as house:
        found = house.who_sees.of(actor(context), whom(house, identifier).id)
    if isinstance(found, NotPermitted):
        _refuse(context, screen, found)
        return
    if as_json:
        screen.json({"viewers": [_seen(each) for each in found]})
        return
    screen.table(["who", "through what"], [(str(each.name), _through(each.permission)) for each in found])


def _refuse(context: click.Context, screen: Screen, done: NotPermitted | RestrictionKept) -> None:
    """Say why nothing was done, and end the command."""
    screen.problem(refused(done.permission) if isinstance(done, NotPermitted) else KEPT[done.reason])
    context.exit(1)


def _told(seen: SeenLink) -> Mapping[str, object]:
    schools = {key.school for key in seen.link.places}
    return {
        "guardian": str(seen.guardian),
        "child": str(seen.child),
        "state": seen.link.state.value,
        "schools": sorted(schools),
        "has_account": {
            "guardian": not isinstance(seen.link.guardian, PlaceKey),
            "child": not isinstance(seen.link.child, PlaceKey),
        },
        "restrictions": [
            {"author": each.author, "reason": each.reason, "at": each.at.isoformat()} for each in seen.restrictions
        ],
    }


def _seen(viewer: Viewer) -> Mapping[str, object]:
    role = viewer.permission.role
    return {
        "name": str(viewer.name),
        "through": viewer.permission.ground.value,
        "role": role.role.value if role is not None else None,
        "school": role.school if role is not None else None,
        "class": role.class_name if role is not None else None,
    }


def _through(permission: Permission) -> str:
    """Return through what somebody sees the student, in words."""
    if permission.ground is Ground.SELF:
        return "the student"
    if permission.ground is Ground.LINK:
        return "guardian: named in the student's record"
    if permission.role is None:
        return in_words(permission.ground)
    where = f"{permission.role.class_name} at {permission.role.school}".strip()
    return f"{in_words(permission.role.role)}, {where.removeprefix('at ') if permission.role.school else 'all schools'}"
