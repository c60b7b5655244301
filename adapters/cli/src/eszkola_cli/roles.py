"""`eszkola role`: roles that are given on the platform, by whom the table of permissions lets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

import click

from eszkola_cli.common import actor, as_json, opened, refused, secret_argument, whom
from eszkola_cli.screen import Screen, in_words
from eszkola_core import (
    STAFF,
    Appointed,
    GivenRole,
    Granted,
    GrantRefused,
    HeldRole,
    NotAppointed,
    NotGranted,
    NotPermitted,
    Role,
    Withdrawn,
)
from eszkola_core.domain.given_roles import STANDS_ALONE
from eszkola_core.domain.settlement import Lack

_REASONS: Final[Mapping[GrantRefused, str]] = {
    GrantRefused.NOT_GIVEN_HERE: "this role comes from records alone",
    GrantRefused.WRONG_CLASS: "a homeroom teacher is given with --class, everybody else without",
    GrantRefused.NO_SUCH_SCHOOL: "there is no such school; 'eszkola school list' names them, and the regional "
    "administrator's role has none",
    GrantRefused.LAST_DAY_PAST: "the last day is past",
    GrantRefused.LAST_DAY_TOO_FAR: "the last day is too far; the setting given_role_lifetime says how far",
    GrantRefused.NO_SUCH_PERSON: "there is no such person",
    GrantRefused.ACCOUNT_SHUT: "the account is shut, or never opened",
    GrantRefused.NOT_EMPLOYED_THERE: "this role is given only to somebody who works there by the gradebook",
    GrantRefused.NOT_HELD: "this role was not given here, or has ended",
    GrantRefused.DATA_REFUSED: "something stated cannot be right",
    GrantRefused.PERSON_KNOWN: "the platform knows this person: use 'eszkola role grant'",
    GrantRefused.ACCOUNT_STAYS_SHUT: "the account would lack what the tenant asks for",
    GrantRefused.ADDRESS_TAKEN: "this address is somebody else's; give another one, or the role to whoever has it",
}
_LACKING: Final[Mapping[Lack, str]] = {
    Lack.NATIONAL_ID: "a national id: --national-id -",
    Lack.EMAIL: "a private address: --email ADDRESS",
    Lack.APPLICATION: "an application of their own: eszkola application submit",
}


def _names(roles: Collection[Role]) -> click.Choice[str]:
    return click.Choice([each.value for each in Role if each in roles])


_role = click.option("--role", "role_name", type=_names(STAFF), required=True, help="The role, by its name.")
_school = click.option("--school", "school_key", default="", help="The school; none for the regional administrator.")
_until = click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="DAY", help="The last day of the role."
)
_reason = click.option("--reason", default="", help="Why, for the journal; name nobody in it.")


def _with_class(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--class", "class_name", default="", help="The class that a homeroom teacher looks after.")(
        command
    )


@click.group()
def role() -> None:
    """Roles that are given here, and not by the gradebook."""


@role.command()
@click.argument("identifier")
@_role
@_school
@_with_class
@_until
@_reason
@click.pass_context
def grant(  # noqa: PLR0913 - the options of the command
    context: click.Context,
    identifier: str,
    *,
    role_name: str,
    school_key: str,
    class_name: str,
    until: datetime,
    reason: str,
) -> None:
    """
    Give a role to somebody, up to a last day.

    IDENTIFIER is a login, central address or national id; '-' reads it from standard input. Given again it ends on the
    new last day instead.
    """
    screen = Screen.standard()
    held = HeldRole(school_key, Role(role_name), class_name)
    with opened(context) as house:
        person = whom(house, identifier)
        done = house.grant_roles.grant(actor(context), person.id, held, last_day=until.date(), reason=reason)
    if not isinstance(done, Granted):
        _refuse(context, screen, done)
        return
    screen.say(f"✓ {person.login}: {_words(held)}, until {done.last_day}", "green")


@role.command()
@click.argument("identifier")
@_role
@_school
@_with_class
@_reason
@click.pass_context
def withdraw(  # noqa: PLR0913 - the options of the command
    context: click.Context, identifier: str, *, role_name: str, school_key: str, class_name: str, reason: str
) -> None:
    """
    Take back a role that was given here.

    It allows IDENTIFIER, a login, central address or national id, nothing from this moment on.
    """
    screen = Screen.standard()
    held = HeldRole(school_key, Role(role_name), class_name)
    with opened(context) as house:
        person = whom(house, identifier)
        done = house.grant_roles.withdraw(actor(context), person.id, held, reason=reason)
    if not isinstance(done, Withdrawn):
        _refuse(context, screen, done)
        return
    screen.say(f"✓ {person.login}: no longer {_words(held)}", "green")


@role.command()
@click.option("--role", "role_name", type=_names(STANDS_ALONE), required=True, help="The role.")
@_school
@click.option("--first-name", required=True, help="First name.")
@click.option("--last-name", required=True, help="Last name.")
@click.option("--national-id", default="", metavar="ID", help="National id; '-' reads it from standard input.")
@click.option("--email", default="", help="Private address, outside the platform.")
@_until
@_reason
@click.pass_context
def appoint(  # noqa: PLR0913 - the options of the command
    context: click.Context,
    *,
    role_name: str,
    school_key: str,
    first_name: str,
    last_name: str,
    national_id: str,
    email: str,
    until: datetime,
    reason: str,
) -> None:
    """
    Open an account with a role for a newcomer.

    So the first delegates are named, who stand in no gradebook. Somebody whom a gradebook names has an account; give
    the role to that one with 'eszkola role grant'.
    """
    screen = Screen.standard()
    held = HeldRole(school_key, Role(role_name))
    with opened(context) as house:
        done = house.appoint.appoint(
            actor(context),
            held,
            first_name=first_name,
            last_name=last_name,
            national_id=secret_argument(national_id),
            email=email,
            last_day=until.date(),
            reason=reason,
        )
    if not isinstance(done, Appointed):
        _refuse(context, screen, done)
        return
    screen.say(f"✓ {done.person.login}: {_words(held)}, until {done.last_day}", "green")


@role.command("list")
@click.option("--school", "school_key", help="Those of one school; else of all.")
@as_json
@click.pass_context
def list_(context: click.Context, school_key: str | None, *, as_json: bool) -> None:
    """List the roles that were given here."""
    screen = Screen.standard()
    with opened(context) as house:
        found = house.grant_roles.given(actor(context), school_key)
    if isinstance(found, NotPermitted):
        _refuse(context, screen, found)
        return
    if as_json:
        screen.json({"roles": [_told(each) for each in found]})
        return
    rows = [
        (
            each.role.school or "all schools",
            _words(each.role),
            each.name,
            each.login,
            each.last_day.isoformat(),
            "yes" if each.is_in_force else "no",
        )
        for each in found
    ]
    screen.table(["school", "role", "name", "login", "until", "in force"], rows)


def _refuse(context: click.Context, screen: Screen, done: NotPermitted | NotGranted | NotAppointed) -> None:
    """Say why nothing was done, and end the command."""
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
    else:
        screen.problem(_REASONS[done.reason])
    if isinstance(done, NotAppointed):
        for each in done.findings:
            screen.remedy(f"{each.field}: {in_words(each.code)}")
        for lack in done.lacks:
            screen.remedy(f"missing is {_LACKING[lack]}")
    context.exit(1)


def _words(role: HeldRole) -> str:
    name = in_words(role.role)
    return f"{name} {role.class_name}".strip() + (f" at {role.school}" if role.school else "")


def _told(given: GivenRole) -> Mapping[str, object]:
    return {
        "school": given.role.school,
        "role": given.role.role.value,
        "class": given.role.class_name,
        "name": given.name,
        "login": given.login,
        "first_day": given.first_day.isoformat(),
        "last_day": given.last_day.isoformat(),
        "in_force": given.is_in_force,
    }
