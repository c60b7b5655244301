"""`eszkola school`: the schools of the tenant, where no roster has named them yet."""

from __future__ import annotations

import click

from eszkola_cli.common import actor, as_json, opened, refused
from eszkola_cli.screen import Screen
from eszkola_core import SchoolKept


@click.group()
def school() -> None:
    """Schools; a roster that names one adds it by itself."""


@school.command()
@click.argument("key")
@click.option("--name", default="", help="What people call the school.")
@click.pass_context
def add(context: click.Context, key: str, name: str) -> None:
    """
    Add a school, or give it another name.

    KEY is what files and commands name the school by.
    """
    screen = Screen.standard()
    with opened(context) as house:
        done = house.manage_schools.add(actor(context), key, name)
    if not isinstance(done, SchoolKept):
        screen.problem(refused(done.permission))
        context.exit(1)
    screen.say(f"✓ {done.school.key} {done.school.name}".rstrip(), "green")


@school.command("list")
@as_json
@click.pass_context
def list_(context: click.Context, *, as_json: bool) -> None:
    """List the schools."""
    screen = Screen.standard()
    with opened(context) as house:
        found = house.manage_schools.known()
    if as_json:
        screen.json({"schools": [{"key": each.key, "name": each.name} for each in found]})
        return
    screen.table(["key", "name"], [(each.key, each.name) for each in found])
