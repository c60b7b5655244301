"""`eszkola application`: from the school's desk to the account, by the command."""

from __future__ import annotations

from datetime import date

import pytest


@pytest.fixture
def desk(installed, rows, table):
    """Return an installation of the Opolska profile with a school, in which no guardian has an account yet."""
    house = installed("opolska")
    source = house.write("uczniowie.csv", table(rows(3)))
    assert house.run("roster", "apply", source, "--school", "sp1").code == 0
    return house


HAND_IN = ("application", "submit", "--school", "sp1", "--record", "101")
ANNA = ("--first-name", "Anna", "--last-name", "Łoś", "--email", "mama1@dom.example")


def test_an_application_goes_its_way(desk):
    """Handed in, confirmed, approved: each step says so, and then there is an account that sees the child."""
    assert desk.run(*HAND_IN, *ANNA).out == "✓ Application 1 is handed in.\n"
    assert desk.run("application", "confirm", "1", "--how", "dowód osobisty").out == "✓ Application 1 is confirmed.\n"
    listed = desk.run("application", "list", "--school", "sp1", "--json").json["applications"]
    assert [(each["number"], each["applicant"], each["state"]) for each in listed] == [(1, "Anna Łoś", "confirmed")]

    told = desk.run("application", "approve", "1")

    assert (told.code, told.out) == (0, "The account is anna.los.\n✓ Application 1 is approved.\n")
    assert desk.run("application", "list", "--school", "sp1").out == "There are none.\n"
    every = desk.run("application", "list", "--school", "sp1", "--all", "--json").json["applications"]
    assert every[0]["steps"] == ["submit", "confirm", "approve"]
    assert "approved" in desk.run("application", "list", "--school", "sp1", "--all").out
    assert [row["standing"] for row in desk.run("readiness", "--json").json["rows"] if row["name"] == "Anna Łoś"] == [
        "awaiting-first-access",
        "awaiting-first-access",
    ]


def test_it_is_returned_corrected_rejected_and_withdrawn(desk):
    """Each with its reason, and nothing is done twice."""
    desk.run(*HAND_IN, "--first-name", "Anna", "--last-name", "Łoś", "--draft")
    assert desk.run("application", "confirm", "1", "--how", "dowód").code == 1
    assert desk.run("application", "submit", "--number", "1").code == 0
    assert desk.run("application", "return", "1", "--reason", "brak adresu").code == 0
    assert desk.run("application", "submit", "--number", "1", *ANNA).code == 0
    assert desk.run("application", "reject", "1", "--reason", "nie jest opiekunem").code == 0
    again = desk.run("application", "reject", "1", "--reason", "nie jest opiekunem")
    assert (again.code, again.out) == (1, "")
    assert "not in a state for this (rejected)" in again.err
    desk.run(*HAND_IN, *ANNA)
    assert desk.run("application", "withdraw", "2").code == 1
    assert desk.run("application", "withdraw", "2", "--reason", "na prośbę matki").code == 0


def test_what_cannot_be_right_is_said_by_field(desk, pesel):
    """No application is begun; the number itself is not repeated."""
    right = pesel(1, date(1980, 5, 5))
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    told = desk.run(*HAND_IN, *ANNA[:4], "--national-id", "-", "--email", "nobody", stdin=f"{wrong}\n")

    assert (told.code, told.out) == (1, "")
    assert "national_id" in told.err
    assert "email" in told.err
    assert wrong not in told.err
    assert desk.run("application", "list", "--school", "sp1").out == "There are none.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("application", "submit", "--school", "sp1", "--record", "999", *ANNA), "no student under this key"),
        (("application", "approve", "7"), "no application with this number"),
        ((*HAND_IN, "--mine"), "name it with --as"),
    ],
)
def test_what_is_not_there_is_said(desk, arguments, says):
    """In a sentence, with exit code 1."""
    told = desk.run(*arguments)

    assert (told.code, told.out) == (1, "")
    assert says in told.err


def test_whoever_may_not_is_told(desk):
    """A student handles no applications, and sees none."""
    desk.run(*HAND_IN, *ANNA)
    told = desk.run("--as", "jan.los", "application", "confirm", "1", "--how", "znam")

    assert told.code == 1
    assert "--as" in told.err or "role" in told.err
    assert desk.run("--as", "jan.los", "application", "list", "--school", "sp1").out == "There are none.\n"


def test_the_student_must_be_named(desk):
    """Else the command is not understood."""
    assert desk.run("application", "submit", *ANNA).code == 2


def test_an_application_lapses_with_the_dispatcher(desk):
    """A round of the dispatcher looks after it; before its time nothing happens."""
    desk.run(*HAND_IN, *ANNA)
    assert desk.run("outbox", "dispatch").code == 0
    assert desk.run("application", "list", "--school", "sp1", "--json").json["applications"][0]["state"] == "submitted"
