"""`eszkola access` and `eszkola signin`."""

from __future__ import annotations

from itertools import groupby
from typing import Final
from urllib.parse import parse_qs, urlsplit

import click

from eszkola_cli.common import (
    CONSOLE,
    argument_and_password,
    ask_password,
    opened,
    owner_only,
    password_stdin,
    secret_argument,
)
from eszkola_cli.maintenance import told
from eszkola_cli.screen import Screen
from eszkola_core import (
    Act,
    Busy,
    Child,
    Completed,
    HeldRole,
    InMaintenance,
    MustAct,
    Platform,
    SignedIn,
    SignInRefused,
    Violation,
    describe,
)

_UNAVAILABLE: Final = 3


@click.group()
def access() -> None:
    """First access and recovery: one procedure."""


@access.command()
@click.argument("identifier")
@owner_only
@click.pass_context
def request(context: click.Context, identifier: str) -> None:
    """
    Ask for first access, or for access again.

    IDENTIFIER is a national id, an e-mail address or a login; '-' reads it from standard input. The answer is the same
    for everybody; 'eszkola outbox dispatch' sends the message.
    """
    with opened(context) as house:
        house.recover_access.request(secret_argument(identifier), source=CONSOLE)
    Screen.standard().say("If there is such an account, a message is on its way to its private address.")


@access.command()
@click.argument("token")
@password_stdin
@owner_only
@click.pass_context
def complete(context: click.Context, token: str, *, password_stdin: bool) -> None:
    """
    Set the password with a message's link. TOKEN is the link, or the token in it; '-' reads it from standard input.

    Where both come from standard input, the first line is the link and the rest the password.
    """
    screen = Screen.standard()
    with opened(context) as house:
        text, new = argument_and_password(token, "Link or token", from_stdin=password_stdin)
        if new is None:
            new = ask_password("New password", confirm=True)
        done = house.recover_access.complete(_token_in(text), new)
        locale = house.tenant.locale
    if isinstance(done, Completed):
        screen.say(f"The password is set. Sign in as {done.login}", "green")
        return
    if done.violations:
        _tell(screen, done.violations, locale)
    else:
        screen.problem("this link has been used, has expired, or was replaced by a newer one; ask for access again")
    context.exit(1)


def _token_in(text: str) -> str:
    """Return the token in a link, or the text itself."""
    try:
        found = parse_qs(urlsplit(text.strip()).query).get("token")
    except ValueError:
        found = None  # brackets, for one, make an address that is none
    return found[0] if found else text.strip()


@click.command()
@click.argument("login")
@password_stdin
@owner_only
@click.pass_context
def signin(context: click.Context, login: str, *, password_stdin: bool) -> None:
    """
    Try a sign-in, and show what it opens. The session is ended at once. '-' reads LOGIN from standard input.

    Where both come from standard input, the first line is the login and the rest the password.
    """
    screen = Screen.standard()
    with opened(context) as house:
        name, typed = argument_and_password(login, "Login", from_stdin=password_stdin)
        password = ask_password("Password") if typed is None else typed
        outcome = house.sign_in.attempt(name, password, source=CONSOLE)
        while isinstance(outcome, MustAct):
            screen.say(
                f"The password is right, but before anything opens: {outcome.acts[0].replace('-', ' ')}.", "yellow"
            )
            if password_stdin:
                context.exit(1)
            outcome = _act(screen, house, outcome)
        if isinstance(outcome, Busy):
            screen.problem("too many sign in at this moment; try again in a little while")
            context.exit(_UNAVAILABLE)
        if isinstance(outcome, InMaintenance):
            screen.problem(told(outcome.maintenance, house))
            context.exit(_UNAVAILABLE)
        if isinstance(outcome, SignInRefused):
            if outcome.violations:
                _tell(screen, outcome.violations, house.tenant.locale)
            else:
                screen.problem("the login or the password is wrong, or the account cannot sign in now")
            context.exit(1)
        person = house.sign_in.person_of(outcome.key.reveal()) if isinstance(outcome, SignedIn) else None
        if person is None:
            context.exit(1)
        screen.say(f"✓ {person.name} is signed in ({person.platform_address}).", "green")
        show_roles(screen, house.see_roles.of(person.id))
        show_children(screen, house.see_children.of(person.id))
        house.sign_in.sign_out(outcome.key.reveal())


def _act(screen: Screen, house: Platform, must_act: MustAct) -> SignedIn | MustAct | SignInRefused:
    """Let whoever is at the keyboard do the next act that a sign-in asks for."""
    ticket = must_act.ticket.reveal()
    if must_act.acts[0] is Act.CHANGE_PASSWORD:
        return house.sign_in.change_password(ticket, ask_password("New password", confirm=True))
    shown = house.sign_in.to_acknowledge(ticket)
    for notice in shown:
        screen.say(notice.text(house.tenant.locale))
    click.confirm("Have you read this, and will you keep it?", abort=True, err=True)
    return house.sign_in.acknowledge(ticket, [each.digest for each in shown])


def show_roles(screen: Screen, roles: tuple[HeldRole, ...]) -> None:
    """Print the roles that somebody holds, school by school."""
    for school, held in groupby(roles, key=lambda role: role.school):
        words = (f"{role.role.value} {role.class_name}".strip() for role in held)
        screen.say(f"  {school}: {', '.join(words)}")


def show_children(screen: Screen, children: tuple[Child, ...]) -> None:
    """Print a guardian's list of children."""
    if not children:
        return
    rows = [
        (
            str(child.name),
            ", ".join(f"{each.school} {each.class_name}".strip() for each in child.schoolings),
            "yes" if child.has_signed_in else "not yet",
        )
        for child in children
    ]
    screen.table(["child", "school and class", "has signed in"], rows)


def _tell(screen: Screen, found: tuple[Violation, ...], locale: str) -> None:
    for each in found:
        screen.say(f"✗ {describe(each, locale)}", "red")
