"""`eszkola account`: locks, reports and replacements from the console, and how each is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

PASSWORD = "Wiosna?Deszcz-71"
NEW = "Jesień!Mgła-82"
ASKED = ("--asked", "in-person", "--proof", "identity-card")


@pytest.mark.rule("ACCESS-9b")
def test_a_lock_shuts_and_an_unlock_opens_again(lived_in, signs_in):
    """The password is the same afterwards; what makes no sense is told in a sentence."""
    assert lived_in.run("account", "lock", "anna.los", "--why", "on request", "--until", "2099-01-01").code == 0
    assert not signs_in(lived_in)
    assert "not locked" in lived_in.run("account", "unlock", "jan.los").err
    assert lived_in.run("account", "unlock", "mama1@dom.example").code == 0
    assert signs_in(lived_in)
    for until in ("yesterday", "2020-01-01"):
        assert lived_in.run("account", "lock", "anna.los", "--why", "x", "--until", until).code == 1
    assert lived_in.run("account", "lock", "anna.los").code == 2
    denied = lived_in.run("--as", "anna.los", "account", "lock", "ola.was", "--why", "x")
    assert (denied.code, denied.out) == (1, "")


@pytest.mark.rule("LAW-2b")
def test_a_report_says_who_was_told_and_who_must_be(lived_in, signs_in):
    """Messages go to the offices of the configuration; the others are named; the password is of no use."""
    path = lived_in.folder / "eszkola.toml"
    offices = '[contacts]\nregion = "region@office.example"\n[contacts.schools]\nsp1 = "sp1@office.example"\n'
    path.write_text(f"{path.read_text('utf-8')}\n{offices}", "utf-8")
    told = lived_in.run("account", "report", "anna.los", "--words", "a pupil saw it", "--json").json
    assert told == {"report": 1, "told": ["school:sp1", "region"], "untold": ["data-protection-officer"]}
    assert not signs_in(lived_in)
    lived_in.run("outbox", "dispatch")
    sent_to = {str(mail["To"]) for mail in lived_in.mails()}
    assert sent_to >= {"region@office.example", "sp1@office.example", "mama1@dom.example"}
    again = lived_in.run("account", "report", "anna.los", "--words", "again")
    assert "tell data-protection-officer yourself" in again.out
    assert "a pupil saw it" not in repr(lived_in.dump())


@pytest.mark.rule("ACCESS-8")
def test_a_reset_sends_a_link(lived_in):
    """To the central address; the link sets the new password."""
    assert lived_in.run("account", "reset", "anna.los", *ASKED, "--asked-at", "2026-01-02T10:00").code == 0
    lived_in.run("outbox", "dispatch")
    link = lived_in.link_for("mama1@dom.example")
    assert lived_in.run("access", "complete", link, "--password-stdin", stdin=NEW).code == 0
    assert lived_in.run("signin", "anna.los", "--password-stdin", stdin=NEW).code == 0
    assert "initial credential" in lived_in.run("account", "reset", "jan.los", *ASKED).err
    assert "adult" in lived_in.run("account", "reset", "anna.los", *ASKED, "--guardian", "anna.was").err
    confirmed = lived_in.run("account", "reset", "anna.los", *ASKED, "--confirmed-by", "anna.was")
    assert "works at a school" in confirmed.err


@pytest.mark.rule("ACCESS-8")
def test_without_an_address_a_slip_is_asked_for(installed):
    """Nothing is written before it is needed, and nothing over what is there."""
    house = installed("open")
    header = "Nr kartoteki;Nazwisko;Imię;Oddział;Opiekun 1 nazwisko;Opiekun 1 imię"
    source = house.write("u.csv", f"{header}\r\n1;Łoś;Jan;1a;Łoś;Anna\r\n")
    assert house.run("roster", "apply", source, "--school", "sp1").code == 0
    slip = house.folder / "slip.txt"
    assert "initial credential" in house.run("account", "reset", "anna.los", *ASKED, "--slip", slip).err
    assert not slip.exists()
    assert "--slip" in house.run("account", "reset", "anna.los", *ASKED).err
    assert house.run("account", "reset", "anna.los", *ASKED, "--slip", house.folder).code == 1


@pytest.mark.parametrize(
    "lines",
    [
        'schools = "sp1@x.example"',
        'region = "nobody"',
        "region = 7",
        'regoin = "a@x.example"',
        'schools = { sp1 = "x" }',
    ],
)
def test_wrong_contacts_are_told_by_their_key(lived_in, lines):
    """A mistyped key, an address that is none, a table that is a text."""
    path = lived_in.folder / "eszkola.toml"
    path.write_text(f"{path.read_text('utf-8')}\n[contacts]\n{lines}\n", "utf-8")
    told = lived_in.run("db", "check")
    assert (told.code, "contacts." in told.err) == (1, True)


@pytest.mark.rule("ACCESS-8")
def test_a_slip_has_the_way_in_and_the_line_to_sign_on(lived_in):
    """Only its owner reads the file; what stands there signs in once, and then the password must be changed."""
    with closing(sqlite3.connect(lived_in.folder / "eszkola.sqlite")) as connection:
        connection.execute("UPDATE person SET central_spelling = NULL, central_mailbox = NULL WHERE login = 'anna.los'")
        connection.commit()
    slip = lived_in.folder / "slip.txt"
    told = lived_in.run("account", "reset", "anna.los", *ASKED, "--slip", slip)
    assert told.code == 0
    assert slip.stat().st_mode & 0o777 == 0o600
    text = slip.read_text("utf-8")
    (password,) = [line.partition(": ")[2] for line in text.splitlines() if line.startswith("Hasło")]
    assert password not in told.out
    assert "podpis: ____" in text
    refused = lived_in.run("signin", "anna.los", "--password-stdin", stdin=password)
    assert (refused.code, "change password" in refused.out) == (1, True)
    changed = lived_in.run("signin", "anna.los", stdin=f"{password}\n{NEW}\n{NEW}\n")
    assert changed.code == 0
