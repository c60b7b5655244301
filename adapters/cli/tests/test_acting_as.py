"""`--as LOGIN`: every command that is given it acts as that account, or says why it cannot."""

from __future__ import annotations

import click
import pytest
from every_command import EVERY  # type: ignore[import-not-found]  # found by pytest, from beside this file

OF_THE_MACHINE = {
    "account tidy", "db backup", "db check", "db create", "db restore", "db upgrade", "demo", "init", "licence review",
    "outbox bounce", "outbox dispatch", "outbox status", "sms report",
}  # fmt: skip
OF_OWNERS = {
    "access complete", "access request", "codes redeem", "device complete", "device pair", "link consent", "signin",
}  # fmt: skip
ABOUT_NOBODY = {"password check", "policy conformance", "policy show", "sms quote"}
FOR_EVERYBODY = {"maintenance show", "rules show", "school list"}
"""What anybody may see who has an account: nobody is named in it."""

GIVEN = {"sms statement": {"month": "2026-09"}, "role grant": {"role_name": "secretary"}, "sms quote": {"text": "Tak"}}
"""What a command asks for whose kind of argument does not say it."""

BESIDE = {
    "application submit": (
        "--school",
        "sp1",
        "--record",
        "100",
        "--first-name",
        "Ola",
        "--last-name",
        "Sowa",
        "--email",
        "ola@dom.example",
    ),
    "codes issue": ("--show",),
    "credentials hand-over": ("--show",),
    "person export": ("--stdout",),
}
"""What a command asks for that none of its options asks for by itself."""


@pytest.fixture(scope="module")
def house(lived_in_folder, run, tmp_path_factory):
    """Return an installation with people in it that no test here changes."""
    return run, lived_in_folder, tmp_path_factory.mktemp("files")


def value_for(kind, folder, *, is_written):
    """Return something that an argument of that kind may be."""
    if isinstance(kind, click.Choice):
        return str(kind.choices[0])
    if isinstance(kind, click.DateTime):
        return "2031-01-02" if "%Y-%m-%d" in kind.formats else "2031-01-02T10:00"
    if isinstance(kind, click.Path):
        (folder / "file").write_text("x")
        return str(folder / ("new" if is_written else "file"))
    return "7" if isinstance(kind, click.types.IntParamType) else "sp1/100"


def words_for(name, folder):
    """Return a command with all that it asks for, so that nothing but who acts can stand in its way."""
    words = name.split()
    for each in EVERY[name].params:
        given = GIVEN.get(name, {}).get(each.name)
        if given is None and not each.required and not (each.nargs == -1 and name.startswith("roster")):
            continue
        value = given or value_for(each.type, folder, is_written=each.name == "out" or name in ("init", "db backup"))
        words += [value] if isinstance(each, click.Argument) else [each.opts[0], value]
    return [*words, *BESIDE.get(name, ())]


@pytest.mark.rule("ROLE-4a")
@pytest.mark.parametrize("login", ["nobody", ""])
@pytest.mark.parametrize("name", EVERY)
def test_no_command_overlooks_a_login_that_is_nobodys(house, name, login):
    """It is refused as a rule's refusal is, or as a wrong usage where no account's rights reach the command."""
    run, folder, files = house
    told = run("--config", folder, "--as", login, *words_for(name, files))
    is_bare = name in OF_THE_MACHINE | OF_OWNERS | ABOUT_NOBODY
    assert (told.code, told.out) == (2 if is_bare else 1, "")
    assert ("leave --as out" if is_bare else "--as: nobody has this login") in " ".join(told.err.split())
    assert not (files / "new").exists()


@pytest.mark.rule("ROLE-2a")
@pytest.mark.parametrize(
    "words",
    [
        ("readiness",), ("readiness", "--school", "sp1"), ("readiness", "--json"), ("role", "list"),
        ("role", "list", "--school", "sp1"), ("licence", "list"), ("settings", "plan"), ("keys", "list"),
        ("person", "held"), ("codes", "status", "--school", "sp1"), ("conflict", "list"),
    ],
)  # fmt: skip
def test_what_the_office_looks_at_a_guardian_does_not_see(house, words):
    """No list names anybody to whom the table of permissions gives nothing."""
    run, folder, _ = house
    told = run("--config", folder, "--as", "anna.los", *words)
    assert (told.code, told.out) == (1, "")
    assert "no role of the account" in told.err


@pytest.mark.parametrize("name", sorted(FOR_EVERYBODY))
def test_what_names_nobody_everybody_with_an_account_may_see(house, name):
    """A guardian sees the schools, the documents that hold, and whether the platform is down."""
    run, folder, files = house
    assert run("--config", folder, "--as", "anna.los", *words_for(name, files)).code == 0


def test_the_machines_own_commands_are_no_accounts(house):
    """A guardian gets no copy of the database, and is told so."""
    run, folder, files = house
    told = run("--config", folder, "--as", "anna.los", "db", "backup", files / "new")
    assert (told.code, told.out) == (2, "")
    assert "whoever runs the machine" in " ".join(told.err.split())
    assert not (files / "new").exists()
