"""`eszkola codes`: from the printer to the guardian, by the command."""

from __future__ import annotations

import stat

import pytest


@pytest.fixture
def desk(installed, rows, table):
    """Return an installation of the eAsistent profile with a school; its guardians have accounts without passwords."""
    house = installed("easistent")
    listed = rows(3)
    for row in listed:
        row["Opiekun 1 e-mail"] = ""
    source = house.write("uczniowie.csv", table(listed))
    assert house.run("roster", "apply", source, "--school", "sp1").code == 0
    return house


AT = ("--school", "sp1", "--record", "101")
PASSWORD = "Zielony-Dom-71"


def issued(house, *more):
    """Issue a code and return it."""
    return house.run("codes", "issue", *AT, "--show", *more).out.splitlines()[0]


@pytest.mark.rule("LINK-7f")
def test_a_code_is_printed_with_its_instructions(desk):
    """On a line of its own, in the language that is asked for; a new one each time."""
    told = desk.run("codes", "issue", *AT, "--show", "--lang", "sl")
    code, *lines = told.out.splitlines()

    assert told.code == 0
    assert len(code.replace(" ", "")) == 12
    assert "Varnostna koda za: Anna Łoś" in lines
    assert issued(desk) != code
    assert "Kod bezpieczeństwa dla: Anna Łoś" in desk.run("codes", "issue", *AT, "--show").out
    assert desk.run("codes", "issue", *AT, "--show", "--lang", "de").code == 1


def test_a_code_goes_to_a_file_that_nobody_else_reads(desk, tmp_path):
    """And nowhere else; a file that is there is left alone, and one is not made for nothing."""
    path = tmp_path / "kod.txt"
    told = desk.run("codes", "issue", *AT, "--out", path)
    code = path.read_text("utf-8").splitlines()[0]

    assert told.code == 0
    assert code not in told.out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert desk.run("codes", "issue", *AT, "--out", path).code == 1
    assert path.read_text("utf-8").splitlines()[0] == code
    other = tmp_path / "inny.txt"
    assert desk.run("codes", "issue", "--school", "sp1", "--record", "999", "--out", other).code == 1
    assert not other.exists()
    assert desk.run("codes", "issue", *AT).code == 2


@pytest.mark.rule("LINK-8a")
def test_a_code_is_redeemed_and_the_password_set(desk):
    """The children are listed first; then one sentence says who is verified, and the guardian can sign in."""
    code = issued(desk)
    looked = desk.run("codes", "redeem", "-", "--birth-date", "2012-03-01", stdin=code)
    assert (looked.code, looked.out.splitlines()[0]) == (0, "1  Jan Łoś")

    words = ("codes", "redeem", "-", "--birth-date", "2012-03-01", "--level", "minimal", "--child", "1=full")
    weak = desk.run(*words, "--password-stdin", stdin=f"{code}\nhaslo")
    assert (weak.code, "the code is as it was" in weak.err) == (1, True)

    told = desk.run(*words, "--password-stdin", stdin=f"{code}\n{PASSWORD}")

    assert told.code == 0
    assert "✓ Verified: anna.los, for Jan Łoś." in told.out
    assert desk.run("signin", "anna.los", "--password-stdin", stdin=PASSWORD).code == 0
    again = desk.run("codes", "redeem", code, "--birth-date", "2012-03-01", "--level", "minimal")
    assert (again.code, again.out) == (1, "")
    assert "do not open anything" in again.err


def test_the_link_can_go_to_a_file_instead(desk, tmp_path):
    """It sets the password, and is printed nowhere."""
    path = tmp_path / "link.txt"
    arguments = ("--birth-date", "2012-03-01", "--level", "full", "--link-file", path)
    told = desk.run("codes", "redeem", issued(desk), *arguments)
    link = path.read_text("utf-8").strip()

    assert told.code == 0
    assert link not in told.out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert desk.run("access", "complete", link, "--password-stdin", stdin=PASSWORD).code == 0
    refused = tmp_path / "none.txt"
    wrong = ("--birth-date", "2000-01-01", "--level", "full", "--link-file", refused)
    assert desk.run("codes", "redeem", issued(desk), *wrong).code == 1
    assert not refused.exists()


@pytest.mark.rule("LINK-7a")
def test_a_slip_is_told_from_a_wrong_code(desk):
    """Each in its own sentence, and neither repeats what was typed."""
    code = issued(desk)
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    slip = desk.run("codes", "redeem", wrong, "--birth-date", "2012-03-01", "--level", "none")
    date = desk.run("codes", "redeem", code, "--birth-date", "2000-03-01", "--level", "none")

    assert (slip.code, date.code) == (1, 1)
    assert "cost no try" in slip.err
    assert "Three wrong dates" in date.err
    assert wrong not in slip.err
    assert code not in date.err


def test_what_cannot_be_chosen_is_said(desk):
    """A child that is not there, a level that is none; the code still works."""
    code = issued(desk)
    ask = ("codes", "redeem", code, "--birth-date", "2012-03-01", "--level", "none")
    assert desk.run(*ask, "--child", "2=full").code == 1
    assert desk.run(*ask, "--child", "1=much").code == 2
    assert desk.run(*ask).code == 0


@pytest.mark.rule("LINK-6")
def test_the_class_shows_how_far_its_guardians_have_come(desk):
    """Missing, entered, code issued with its channel, verified; as a table and for programs."""
    issued(desk)
    receipt = ("--channel", "hand", "--collected-by", "Anna Łoś", "--document", "dowód")
    lacking = desk.run("codes", "hand-over", *AT, *receipt)
    assert (lacking.code, "authority" in lacking.err) == (1, True)
    assert desk.run("codes", "hand-over", *AT, *receipt, "--authority", "matka").code == 0
    code = issued(desk, "--record", "102")
    desk.run("codes", "redeem", code, "--birth-date", "2012-03-01", "--level", "none")

    told = desk.run("codes", "status", "--school", "sp1", "--json").json

    assert told["counts"] == {"missing": 1, "entered": 0, "code-issued": 1, "verified": 1}
    assert {row["record"]: (row["standing"], row["how"]) for row in told["rows"]} == {
        "101": ("code-issued", "hand"),
        "102": ("verified", "code"),
        "103": ("missing", ""),
    }
    one = desk.run("codes", "status", "--school", "sp1", "--class", "1b", "--json").json
    assert [row["record"] for row in one["rows"]] == ["102"]
    assert "code issued" in desk.run("codes", "status", "--school", "sp1").out
    assert desk.run("--as", "anna.los", "codes", "status", "--school", "sp1").code == 1


def test_no_code_is_handed_over_that_was_never_issued(desk):
    """And none is issued to somebody whom the record does not name."""
    told = desk.run("codes", "hand-over", *AT, "--channel", "phone", "--known-by", "po głosie")
    assert (told.code, "issue one" in told.err) == (1, True)
    told = desk.run("codes", "issue", *AT, "--guardian", "Zofia Kot", "--show")
    assert (told.code, "names no such guardian" in told.err) == (1, True)
    assert desk.run("--as", "anna.los", "codes", "issue", *AT, "--show").code == 1
