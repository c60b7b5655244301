"""What several commands share: opening the house, reading secrets, finding out who is at the keyboard."""

from __future__ import annotations

import getpass
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

import click

from eszkola_core import (
    Actor,
    BrokenPromise,
    EmailAddress,
    Ground,
    InvalidValue,
    Permission,
    Person,
    Platform,
    configuration,
    day_of,
    from_config,
)
from eszkola_core.domain import national_ids

P = ParamSpec("P")
T = TypeVar("T")

_GROUNDS: Final[Mapping[Ground, str]] = {
    Ground.NO_ROLE: "no role of the account that --as names allows this",
    Ground.OUT_OF_SCOPE: "the roles of the account that --as names do not reach this person or school",
    Ground.CONCERNS_ACTOR: "nobody does this to an account that is their own, or that concerns them",
    Ground.RESTRICTED: "a restriction keeps the account that --as names from this person",
    Ground.NOT_COVERED: "this needs rights over every role that the person has",
}

ACTING_AS = "eszkola.acting-as"
"""Where the command's context keeps the login behind ``--as``."""

_ACTOR: Final = "eszkola.actor"
"""Where it keeps who acts, once the platform is open."""

CONSOLE = "console"
"""Where attempts come from that somebody makes with the command."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for programs.")
strict = click.option("--strict", is_flag=True, help="End with 1 when anything should be looked at.")
password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it."
)


@contextmanager
def opened(context: click.Context) -> Iterator[Platform]:
    """
    Open the platform that the command line names, and close it afterwards.

    Raises:
        InvalidValue: nobody has the login behind ``--as``, whatever the command goes on to do.
    """
    with from_config(place(context)) as house:
        context.meta[_ACTOR] = _acting(context, house)
        yield house


def place(context: click.Context) -> Path:
    """
    Return the configuration file that the command line names.

    Raises:
        InvalidValue: there is none.
    """
    try:
        return configuration.find(Path(context.obj))
    except InvalidValue as missing:
        raise InvalidValue(f"{missing}, or name it with --config", code=missing.code) from None


def actor(context: click.Context) -> Actor:
    """Return who acts in the platform that is open: the console, which may do everything, or whom ``--as`` names."""
    acting = context.meta[_ACTOR]
    if not isinstance(acting, Actor):
        raise BrokenPromise("whoever acts is known once the platform is open")
    return acting


def without_as(why: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """
    Let a command refuse ``--as``, as a wrong usage that says *why*.

    It is for what no account's rights decide; every other command opens the platform, and acts as that account.
    """

    def refusing(command: Callable[P, T]) -> Callable[P, T]:
        @wraps(command)
        def called(*arguments: P.args, **named: P.kwargs) -> T:
            if click.get_current_context().meta.get(ACTING_AS) is not None:
                raise click.UsageError(f"{why}: leave --as out")
            return command(*arguments, **named)

        return called

    return refusing


machine_only = without_as("this is for whoever runs the machine, and no account's rights reach it")
"""For a command that only whoever runs the machine may give."""

owner_only = without_as("whoever gives this shows with a secret of their own who they are")
"""For a command that asks for a password, a token or a code."""

about_nobody = without_as("this looks at no account")
"""For a command that reads the configuration at most."""


def _acting(context: click.Context, house: Platform) -> Actor:
    login = context.meta.get(ACTING_AS)
    if login is None:
        return Actor.console(console_user())
    with house.unchecked_storage.snapshot() as unit:
        person = unit.people.by_login(login)
    if person is None:
        raise InvalidValue("--as: nobody has this login; give the login that was issued", code="unknown-login")
    return Actor(name=person.login, person=person.id)


def whom(house: Platform, identifier: str) -> Person:
    """
    Return whose login, central address or national id *identifier* is; ``-`` reads it from standard input.

    Raises:
        InvalidValue: nobody has it.
    """
    text = secret_argument(identifier).strip()
    with house.storage.snapshot() as unit:
        if "@" in text:
            holders = unit.people.by_central(_or_nothing(lambda: EmailAddress.parse(text).mailbox) or "")
            if len(holders) > 1:
                raise InvalidValue("several share this address; give a login", code="shared-address")
            found = holders[0] if holders else None
        else:
            today = day_of(house.clock.now(), house.tenant.zone)
            schemes = house.tenant.settings.national_id_schemes
            number = _or_nothing(lambda: national_ids.parse(text, schemes=schemes, today=today))
            found = unit.people.by_login(text) if number is None else unit.people.by_national_id(number)
    if found is None:
        raise InvalidValue(
            "nobody has this login, central address or national id; look it up with 'eszkola readiness'",
            code="unknown-person",
        )
    return found


def _or_nothing(parse: Callable[[], T]) -> T | None:
    try:
        return parse()
    except InvalidValue:
        return None


def refused(permission: Permission) -> str:
    """Return why the actor may not do this, as a sentence."""
    return _GROUNDS[permission.ground]


def console_user() -> str:
    """Return who is at the keyboard, for the journal."""
    try:
        return f"console:{getpass.getuser()}"
    except (KeyError, OSError):
        return "console:unknown"


def secret_argument(value: str) -> str:
    """Return *value*, or what stands on standard input where it is ``-``."""
    return read_secret() if value == "-" else value


def argument_and_password(value: str, prompt: str, *, from_stdin: bool) -> tuple[str, str | None]:
    """
    Return an argument, and the password where that comes from standard input too.

    Where both do, the first line is the argument and the rest the password.
    """
    if not from_stdin:
        if value == "-" and sys.stdin.isatty():
            return str(click.prompt(prompt, hide_input=True, err=True)), None
        return secret_argument(value), None
    text = read_secret()
    if value != "-":
        return value, text
    argument, _, rest = text.partition("\n")
    return argument.removesuffix("\r"), rest


def new_file(path: str) -> Path:
    """
    Make an empty file that nobody else can read, and return its path.

    Raises:
        InvalidValue: there is one already, or none can be made there.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise InvalidValue(f"{path} is there already; nothing is overwritten", code="already-there") from None
    except OSError as wrong:
        raise InvalidValue(f"{path} cannot be written ({wrong.strerror})", code="unwritable") from None
    return Path(path)


def filled(path: Path, content: str | bytes) -> None:
    """
    Write what belongs into a file that `new_file` made.

    Raises:
        InvalidValue: there is no room, say; what was made is gone again.
    """
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as wrong:
        discard(path)
        raise InvalidValue(f"{path} cannot be written ({wrong.strerror})", code="unwritable") from None


def discard(path: Path | None) -> None:
    """Take a new file away that nothing belongs into after all; one that cannot go stays, and is empty."""
    if path is not None:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def read_secret() -> str:
    """Return standard input without its one final line end."""
    text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def ask_password(prompt: str, *, confirm: bool = False) -> str:
    """Return a password that is asked for without showing it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return str(click.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True))
    except getpass.GetPassWarning:
        raise click.UsageError("there is no terminal to ask on: hand the password over with --password-stdin") from None
