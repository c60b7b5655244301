"""Devices and licences at the command line."""

from __future__ import annotations

import csv
import re
import stat

import pytest


@pytest.fixture
def pairing(lived_in, password):
    """Return the code and the PIN that the mother who can sign in was shown."""
    told = lived_in.run("device", "pair", "anna.los", "--password-stdin", stdin=password)
    assert told.code == 0, told.err
    (code,) = re.findall(r"^Code: (CERT#\S+#ENDCERT)$", told.out, re.MULTILINE)
    (pin,) = re.findall(r"^PIN:  (\d{6})$", told.out, re.MULTILINE)
    assert pin not in code
    return code, pin


@pytest.mark.rule("DEV-1a")
@pytest.mark.rule("DEV-1b")
def test_a_telephone_is_paired_listed_and_revoked(lived_in, pairing):
    """Code and PIN give a key once; the office sees the device by name and ends it."""
    code, pin = pairing
    wrong = "000000" if pin != "000000" else "111111"

    assert lived_in.run("device", "complete", code, "Telefon", "--pin", wrong).code == 1
    paired = lived_in.run("device", "complete", code, "Telefon mamy", "--pin", pin)
    assert (paired.code, len(paired.out.strip())) == (0, 43)
    assert lived_in.run("device", "complete", code, "Inny", "--pin", pin).code == 1

    (device,) = lived_in.run("device", "list", "anna.los", "--json").json["devices"]
    assert (device["name"], device["state"]) == ("Telefon mamy", "paired")
    assert "Telefon mamy" in lived_in.run("device", "list", "anna.los").out
    revoked = lived_in.run("device", "revoke", "anna.los", "--why", "zgubiony telefon")
    assert (revoked.code, revoked.out) == (0, "1 device has ended.\n")
    assert lived_in.run("device", "list", "anna.los", "--json").json["devices"][0]["state"] == "revoked"


def test_a_wrong_password_shows_no_code(lived_in):
    """Nothing is begun."""
    told = lived_in.run("device", "pair", "anna.los", "--password-stdin", stdin="zgadywane")

    assert (told.code, told.out) == (1, "")
    assert lived_in.run("device", "list", "anna.los").out == "No device is paired.\n"


@pytest.mark.rule("LIC-1a")
@pytest.mark.rule("LIC-1b")
@pytest.mark.rule("LIC-2a")
def test_licences_are_given_within_the_seats_and_exported(lived_in, tmp_path):
    """A student gets the one seat, a guardian none, the next student none; the export names the one."""
    kept = lived_in.run("licence", "pool", "office", "--product", "Biuro", "--seats", "1")
    assert (kept.code, kept.out) == (0, "office: 0 of 1 seats are taken.\n")
    assert lived_in.run("licence", "assign", "jan.los", "--pool", "office").code == 0

    refused = lived_in.run("licence", "assign", "anna.los", "--pool", "office")
    assert (refused.code, "no role of this account" in refused.err) == (1, True)
    (pool,) = lived_in.run("licence", "list", "--json").json["pools"]
    assert (pool["taken"], pool["seats"]) == (1, 1)
    assert lived_in.run("licence", "assign", "jan.los", "--pool", "office").code == 1

    out = tmp_path / "sds"
    assert lived_in.run("licence", "export", "--pool", "office", "--out", out).code == 0
    users = list(csv.DictReader((out / "users.csv").read_text("utf-8").splitlines()))
    assert [each["username"] for each in users] == ["jan.los"]
    assert stat.S_IMODE((out / "users.csv").stat().st_mode) == 0o600


@pytest.mark.rule("LIC-2b")
def test_licences_are_reviewed_and_withdrawn(lived_in):
    """A review changes nothing where all are entitled; a withdrawal frees the seat, once."""
    lived_in.run("licence", "pool", "office", "--product", "Biuro", "--seats", "1", "--for", "student")
    lived_in.run("licence", "assign", "jan.los", "--pool", "office")

    assert lived_in.run("licence", "review").out == "0 into grace, 0 restored, 0 withdrawn\n"
    withdraw = ("licence", "withdraw", "jan.los", "--pool", "office", "--why", "nie używa")
    assert lived_in.run(*withdraw).code == 0
    again = lived_in.run(*withdraw)
    assert (again.code, "no licence of this pool" in again.err) == (1, True)


def test_what_is_not_there_is_told(lived_in):
    """A pool and a person that nobody knows, and a folder that cannot be written."""
    lived_in.run("licence", "pool", "office", "--product", "Biuro", "--seats", "1")

    for arguments, word in (
        (("assign", "jan.los", "--pool", "ofice"), "office"),
        (("assign", "nikt.taki", "--pool", "office"), "nobody has this login"),
        (("export", "--pool", "office", "--out", "/dev/null/sds"), "cannot be written"),
    ):
        told = lived_in.run("licence", *arguments)
        assert (told.code, word in told.err, "Traceback" in told.err) == (1, True, False)
