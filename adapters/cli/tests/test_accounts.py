"""`eszkola account`: locking and unlocking."""

from __future__ import annotations

from datetime import date, timedelta

import pytest


@pytest.mark.rule("ACCESS-9b")
def test_an_account_is_locked_and_unlocked(lived_in, signs_in, password):
    """Locked it lets nobody in, unlocked its owner chooses another password; the reason stands in the journal."""
    assert signs_in(lived_in)

    locked = lived_in.run("account", "lock", "mama1@dom.example", "--why", "zgubiony telefon")
    assert (locked.code, locked.out) == (0, "✓ anna.los is locked.\n")
    assert lived_in.run("signin", "anna.los", "--password-stdin", stdin=password).code == 1

    assert lived_in.run("account", "unlock", "anna.los", "--why", "odnaleziony").code == 0
    assert lived_in.run("signin", "anna.los", "--password-stdin", stdin=password).code == 1
    assert lived_in.run("account", "unlock", "anna.los", "--why", "odnaleziony").code == 1
    lived_in.run("access", "request", "anna.los")
    lived_in.run("outbox", "dispatch")
    link = lived_in.link_for("mama1@dom.example")
    assert lived_in.run("access", "complete", link, "--password-stdin", stdin="Deszcz?Wiosna-17").code == 0
    reasons = [row[7] for row in lived_in.dump()["audit"] if str(row[5]).startswith("account-")]
    assert reasons == ["zgubiony telefon", "odnaleziony"]


@pytest.mark.rule("ACCESS-9b")
def test_a_lock_can_have_a_last_day(lived_in):
    """Today is a day, yesterday is none; the day is told."""
    today = date.today()  # noqa: DTZ011 - the day of the machine that the command runs on
    past, ahead = (str(today + timedelta(days=days)) for days in (-2, 2))

    assert lived_in.run("account", "lock", "anna.los", "--why", "x", "--until", past).code == 1
    assert lived_in.run("account", "lock", "anna.los", "--why", "x", "--until", "pojutrze").code == 2
    told = lived_in.run("account", "lock", "anna.los", "--why", "x", "--until", ahead)
    assert (told.code, told.out) == (0, f"✓ anna.los is locked, up to {ahead}.\n")


@pytest.mark.rule("ACCESS-9b")
@pytest.mark.parametrize("command", ["lock", "unlock"])
def test_a_guardian_locks_nobody(lived_in, command):
    """Whoever acts as an account has the rights of its roles, and those of a guardian are none here."""
    told = lived_in.run("--as", "anna.los", "account", command, "jan.los", "--why", "x")

    assert told.code == 1
    assert told.err.startswith("eszkola: ")
    assert lived_in.run("account", command, "nobody", "--why", "x").code == 1
