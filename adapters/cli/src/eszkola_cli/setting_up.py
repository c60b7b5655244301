"""`eszkola init`: configuration, keys and database for a new installation."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import click

from eszkola_cli.common import machine_only
from eszkola_cli.screen import Screen
from eszkola_core import LOCALES, PROFILES, EszkolaError, InvalidValue, Platform, configuration, from_config

_TEMPLATE = """\
# eszkola: one tenant, that is one system address which several schools share.

[tenant]
key = {key}
name = {name}
# opolska | uonet | easistent | open: what is asked of whom; single settings are overridden in [settings].
profile = {profile}
# Links in messages are built from this address only.
base_url = {base_url}
# Where the platform's own mailboxes lie; private addresses may not.
platform_domain = {platform_domain}
time_zone = {time_zone}
# pl | sl | en: the language of messages.
locale = {locale}

[settings]
# password_policy = "OPOLSKA_2018"
# guardians_open_by = "gradebook"

[storage]
adapter = "sqlalchemy"
{where}
# Whoever loses this file loses the data: keep a copy where the database is not.
keyring = "eszkola.keyring"

[email]
# Messages go into a folder until a mail server is named: adapter = "smtp", host = "…".
adapter = "folder"
folder = "outbox"
"""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--profile",
    type=click.Choice(sorted(PROFILES)),
    default="opolska",
    show_default=True,
    help="What is asked of whom.",
)
@click.option("--name", default="eSzkoła", show_default=True, help="Who sends the messages.")
@click.option("--key", default="main", show_default=True, help="The tenant's short name in the database.")
@click.option(
    "--base-url",
    default="https://konto.eszkola.example.org",
    show_default=True,
    help="The address that links in messages are built from.",
)
@click.option(
    "--platform-domain", default="eszkola.example.org", show_default=True, help="Where the platform's mailboxes lie."
)
@click.option("--time-zone", default="Europe/Warsaw", show_default=True, help="Where a day begins and ends.")
@click.option(
    "--database",
    metavar="URL",
    help="postgresql://ROLE@HOST/DATABASE, there and empty; without it a SQLite file is made in DIR.",
)
@click.option("--locale", type=click.Choice(LOCALES), default="pl", show_default=True, help="The language of messages.")
@machine_only
def init(folder: Path, database: str | None, **tenant: str) -> None:
    """Make a configuration, a keyring and a database in DIR."""
    house = make(folder, database=database, **tenant)
    house.close()
    screen = Screen.standard()
    lies = "an empty database beside it" if database is None else "the schema in the database on the server"
    screen.say(f"{folder / configuration.FILE} is made, with a keyring and {lies}.")
    there = "" if folder.resolve() == Path.cwd() else f"cd {folder} && "
    screen.say(f"Next: {there}eszkola roster plan YOUR-EXPORT.csv --school KEY")
    screen.say("Name the first delegate or regional administrator with: eszkola role appoint --help")


def make(folder: Path, *, database: str | None = None, **tenant: str) -> Platform:
    """
    Return the house that was made in *folder*, with a SQLite file there or with what *database* is the URL of.

    Raises:
        InvalidValue: something is there already, or a value cannot be right; nothing was made then.
    """
    path = folder / configuration.FILE
    if path.exists():
        raise InvalidValue(f"{path} is there already; nothing is overwritten", code="already-there")
    where = ("path", "eszkola.sqlite") if database is None else ("url", _without_password(database))
    was_there = folder.exists()
    try:
        told = {key: json.dumps(text, ensure_ascii=False) for key, text in tenant.items()}
        content = _TEMPLATE.format(where=f"{where[0]} = {json.dumps(where[1], ensure_ascii=False)}", **told).encode()
    except UnicodeEncodeError:
        raise InvalidValue("a value holds half a character; write it in the terminal's own encoding") from None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as wrong:
        raise InvalidValue(
            f"{folder}: cannot be written ({wrong.strerror}); name a folder of your own", code="not-writable"
        ) from None
    try:
        house = from_config(path)
        house.administration.create()
        house.change_settings.check()
    except EszkolaError:
        path.unlink()
        if not was_there:
            with suppress(OSError):  # something else came to lie there: it stays
                folder.rmdir()
        raise
    return house


def _without_password(url: str) -> str:
    """Return *url*; a password in it would stand in the configuration, which is copied and shown about."""
    if urlsplit(url).password is not None:
        raise InvalidValue(
            "leave the password out of the URL: put it into ~/.pgpass, or a file that PGPASSFILE names",
            code="password-in-url",
        )
    return url
