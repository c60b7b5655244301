"""Schools and roles by the command: from an empty installation to a school's own administrator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

STAFF = "Nr;Nazwisko;Imię;PESEL;E-mail;Rola\r\n"


@pytest.fixture
def until():
    """Return a day within the year, as one writes it."""
    return (datetime.now(UTC) + timedelta(days=200)).date().isoformat()


@pytest.fixture
def house(installed, pesel, until):
    """Return an installation with a school, two of its staff, and a regional administrator."""
    house = installed()
    rows = "".join(
        f"{number};{last};{first};{pesel(number)};{first.lower()}@dom.example;nauczyciel\r\n"
        for number, first, last in ((1, "Ewa", "Lis"), (2, "Iga", "Kos"))
    )
    assert house.run("school", "add", "sp1", "--name", "Jedynka").code == 0
    assert house.run("roster", "apply", house.write("kadra.csv", STAFF + rows), "--school", "sp1").code == 0
    told = house.run(
        *("role", "appoint", "--role", "regional-administrator", "--first-name", "Rena", "--last-name", "Kot"),
        *("--national-id", "-", "--email", "rena@dom.example", "--until", until),
        stdin=f"{pesel(9)}\n",
    )
    assert told.code == 0, told
    assert "rena.kot" in told.out
    assert pesel(9) not in told.out + told.err
    return house


def grants(house, by, to, role, until, *more):
    """Let somebody give a role of sp1, and return what the command said."""
    return house.run("--as", by, "role", "grant", to, "--role", role, "--school", "sp1", "--until", until, *more)


@pytest.mark.rule("ROLE-2d")
def test_roles_are_given_downwards(house, until):
    """The region names a delegate, who names an administrator; the other way round each is refused with a sentence."""
    assert grants(house, "ewa.lis", "iga.kos", "secretary", until).code == 1
    assert grants(house, "rena.kot", "ewa.lis", "data-controllers-delegate", until).code == 0
    assert (
        grants(house, "ewa.lis", "iga@dom.example", "school-administrator", until, "--reason", "zastępstwo").code == 0
    )

    refused = grants(house, "iga.kos", "ewa.lis", "data-controllers-delegate", until)
    assert (refused.code, refused.out) == (1, "")
    assert "covers" in refused.err or "rights" in refused.err
    own = grants(house, "iga.kos", "iga.kos", "secretary", until)
    assert own.code == 1
    assert "their own" in own.err


def test_given_roles_are_listed_and_taken_back(house, until):
    """The JSON has all of each; what was taken back stands there no more."""
    grants(house, "rena.kot", "ewa.lis", "data-controllers-delegate", until)
    listed = house.run("role", "list", "--school", "sp1", "--json").json["roles"]
    assert listed == [
        {
            "school": "sp1",
            "role": "data-controllers-delegate",
            "class": "",
            "name": "Ewa Lis",
            "login": "ewa.lis",
            "first_day": listed[0]["first_day"],
            "last_day": until,
            "in_force": True,
        }
    ]
    assert "rena.kot" in house.run("role", "list").out
    taken = house.run("role", "withdraw", "ewa.lis", "--role", "data-controllers-delegate", "--school", "sp1")
    assert (taken.code, taken.out) == (0, "✓ ewa.lis: no longer data controller's delegate at sp1\n")
    assert house.run("role", "list", "--school", "sp1", "--json").json == {"roles": []}
    assert house.run("role", "withdraw", "ewa.lis", "--role", "teacher", "--school", "sp1").code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("role", "grant", "nikt", "--role", "secretary", "--school", "sp1", "--until", "2031-01-01"), 1, "nobody has"),
        (("role", "grant", "ewa.lis", "--role", "secretary", "--school", "sp1", "--until", "2131-01-01"), 1, "too far"),
        (("role", "grant", "ewa.lis", "--role", "secretary", "--school", "sp1", "--until", "2001-01-01"), 1, "past"),
        (
            ("role", "grant", "ewa.lis", "--role", "secretary", "--school", "sp9", "--until", "2131-01-01"),
            1,
            "school list",
        ),
        (("role", "grant", "ewa.lis", "--role", "king", "--school", "sp1", "--until", "2031-01-01"), 2, "king"),
        (("role", "grant", "ewa.lis", "--role", "secretary", "--school", "sp1", "--until", "soon"), 2, "soon"),
        (("school", "add", " "), 1, "key"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(house, arguments, code, says):
    """Wrong usage ends with 2, and what the rules refuse with 1."""
    told = house.run(*arguments)
    assert told.code == code
    assert says in told.err


def test_somebody_with_wrong_data_is_not_appointed(house, until):
    """Each value that cannot be right is named, none of it in clear; somebody who is known gets the role instead."""
    appoint = ("role", "appoint", "--role", "data-controllers-delegate", "--school", "sp1", "--until", until)
    wrong = house.run(
        *appoint, "--first-name", "Ola", "--last-name", "Sowa", "--national-id", "44051401358", "--email", "ola@dom"
    )
    assert wrong.code == 1
    assert "national_id: " in wrong.err
    assert "email: invalid email" in wrong.err
    assert "44051401358" not in wrong.err
    known = house.run(
        *appoint, "--first-name", "Ewa", "--last-name", "Lis", "--national-id", "-", stdin=house_pesel(house)
    )
    assert known.code == 1
    assert "role grant" in known.err


def test_who_lacks_something_is_told_what(house, until):
    """What the tenant asks for and nobody stated, and apart from it an address that is somebody else's."""
    appoint = ("role", "appoint", "--role", "data-controllers-delegate", "--school", "sp1", "--until", until)
    whom = ("--first-name", "Ola", "--last-name", "Sowa")
    told = house.run(*appoint, *whom, "--email", "ola@dom.example")
    assert (told.code, told.err) == (
        1,
        "eszkola: the account would lack what the tenant asks for\n  missing is a national id: --national-id -\n",
    )
    taken = house.run(*appoint, *whom, "--email", "ewa@dom.example", "--national-id", "44051401359")
    assert (taken.code, taken.err.startswith("eszkola: this address is somebody else's; ")) == (1, True)


def house_pesel(house):
    """Return the national id of Ewa as her school stated it."""
    return (house.folder.parent / "kadra.csv").read_text("utf-8").splitlines()[1].split(";")[3]


def test_schools_are_listed(house):
    """Those that were added and those that rosters named."""
    house.run("school", "add", "lo1", "--name", "Liceum")
    assert house.run("school", "list", "--json").json == {
        "schools": [{"key": "lo1", "name": "Liceum"}, {"key": "sp1", "name": "Jedynka"}]
    }
    assert "Liceum" in house.run("school", "list").out
    refused = house.run("--as", "ewa.lis", "school", "add", "sp2")
    assert (refused.code, refused.out) == (1, "")
    assert "key" in house.run("school", "add", " ").err
