"""The reference pages name every command, option, key and setting, and say of them what the code does."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import click
import pytest
from every_command import EVERY  # type: ignore[import-not-found]  # found by pytest, from beside this file

from eszkola_cli.main import eszkola
from eszkola_core import configuration
from eszkola_core.configuration import in_words
from eszkola_core.domain.settings import PROFILES, SETTINGS
from eszkola_core.domain.tenants import LOCALES

REFERENCE = Path(__file__).parents[3] / "docs/reference"
COMMAND_LINE = (REFERENCE / "command-line.md").read_text("utf-8")
CONFIGURATION = (REFERENCE / "configuration.md").read_text("utf-8")


def section(name):
    """Return what the page says of a command."""
    found = re.split(r"^## eszkola ", COMMAND_LINE, flags=re.MULTILINE)[1:]
    (text,) = (each for each in found if re.match(rf"{name}(?: [A-Z]+\S*)*\n", each))
    return text


def shown(value):
    """Return a setting's value as one writes it in the configuration file."""
    if value is None:
        return "–"
    if isinstance(value, tuple | frozenset):
        items = sorted(value) if isinstance(value, frozenset) else value
        return "`[" + ", ".join(f'"{each}"' for each in items) + "]`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, timedelta):
        return f'`"{in_words(value)}"`'
    return f"`{value}`" if isinstance(value, int) else f'`"{value}"`'


@pytest.mark.parametrize("name", EVERY)
def test_every_command_has_its_section(name):
    """Each command stands there once, with its argument and all of its options."""
    text = section(name)
    # `roster apply` shares the options of `roster plan`, and says so.
    text += section("roster plan") if name == "roster apply" else ""
    for each in EVERY[name].params:
        for option in each.opts if isinstance(each, click.Option) else [str(each.metavar or each.name).upper()]:
            assert f"{option}" in text


def test_the_page_names_no_option_that_is_not_there():
    """Whatever looks like an option is one."""
    options = [
        each for command in (eszkola, *EVERY.values()) for each in command.params if isinstance(each, click.Option)
    ]
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", COMMAND_LINE))
    assert named == {name for each in options for name in each.opts} | {"--help"}


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_every_exit_code_is_told(code):
    """Scripts find each exit code on the page and in the command's own help."""
    assert re.search(rf"^\| {code} \|", COMMAND_LINE, re.MULTILINE)
    assert re.search(rf"\b{code} ", eszkola.help or "")


def test_every_setting_has_its_row():
    """The table of settings is the one in the code: name, default, bounds, meaning, rule, and who may change it."""
    rows = [
        f"| `{each.name}` | {shown(each.default)} | {shown(each.floor)} | {shown(each.ceiling)} "
        f"| {each.says} | {each.rule} | {each.changer.value} |"
        for each in SETTINGS.values()
    ]
    told = CONFIGURATION.partition("## [settings]")[2].partition("## The profiles")[0]
    assert [line for line in told.splitlines() if line.startswith("| `")] == rows


def test_every_choice_of_a_profile_has_its_row():
    """The page shows exactly where the profiles differ."""
    differing = [
        (name, [shown(getattr(profile, name)) for profile in PROFILES.values()])
        for name in SETTINGS
        if len({shown(getattr(profile, name)) for profile in PROFILES.values()}) > 1
    ]
    told = CONFIGURATION.partition("## The profiles")[2]
    assert f"| key | {' | '.join(f'`{name}`' for name in PROFILES)} |" in told
    rows = [f"| `{name}` | {' | '.join(values)} |" for name, values in differing]
    assert [line for line in told.splitlines() if line.startswith("| `")] == rows


def test_every_table_and_key_is_told(fresh_folders):
    """Each table has its place, each key of the tenant its row, and the file that `init` writes has no other."""
    written = tomllib.loads((fresh_folders("opolska") / configuration.FILE).read_text("utf-8"))
    for table in configuration.TABLES:
        assert f"[{table}]" in CONFIGURATION
    tenant = CONFIGURATION.partition("## [tenant]")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", tenant, re.MULTILINE)) == set(configuration.TENANT_KEYS)
    assert all(f'`"{each}"`' in tenant for each in LOCALES)
    assert set(written) <= configuration.TABLES
    assert all(f"`{key}`" in CONFIGURATION for keys in written.values() for key in keys)


def test_the_example_is_a_configuration_that_works(installed):
    """The file on the page is one that every command takes."""
    house = installed()
    example = CONFIGURATION.partition("```toml\n")[2].partition("```")[0]
    (house.folder / configuration.FILE).write_text(example, "utf-8")
    assert house.run("db", "check").code == 0
    settings = configuration.load(house.folder / configuration.FILE).tenant.settings
    assert settings.removal_grace == timedelta(days=60)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_can_be_written_as_the_page_shows_it(installed, name):
    """The default of each setting, put into the file in the page's spelling, is what it would be without."""
    house = installed()
    house.choose(f"{name} = {shown(SETTINGS[name].default).strip('`')}")
    assert configuration.load(house.folder / configuration.FILE).tenant.settings == PROFILES["opolska"]
