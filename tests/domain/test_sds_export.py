"""Licences as the tables that other programs read, to the letter (LIC-1)."""

from __future__ import annotations

import pytest

from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.licences import Entitling
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sds_export import Licensed, tables
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.testing.contracts.storage import samples as a

SCHOOLS = (
    StatedSchool("sp2", 'Szkoła "Pod Lipą", Opole'),
    StatedSchool("sp1", ""),
    StatedSchool("sp3", "Szkoła, w której nikt nie ma licencji"),
)


@pytest.mark.rule("LIC-1b")
def test_the_tables_are_as_other_programs_read_them():
    """In order, with CRLF; a cell with commas, quotes or line ends is quoted, a formula begins with ' first."""
    people = [
        Licensed(
            a.person(10, name=PersonName("Xenia\nMaria", "=1+X")),
            (HeldRole("sp2", Role.TEACHER), HeldRole("sp2", Role.SECRETARY)),
        ),
        Licensed(a.person(2), (HeldRole("sp1", Role.STUDENT, "3a"), HeldRole("sp1", Role.GUARDIAN, "1a"))),
    ]

    assert tables(people, SCHOOLS, frozenset(Entitling)) == {
        "orgs.csv": 'sourcedId,name,type\r\nsp1,sp1,school\r\nsp2,"Szkoła ""Pod Lipą"", Opole",school\r\n',
        "users.csv": (
            "sourcedId,username,givenName,familyName\r\n"
            "2,zofia.lis2,Zofia Świętosława,Lis-Żółkiewska\r\n"
            '10,zofia.lis10,"Xenia\nMaria",\'=1+X\r\n'
        ),
        "roles.csv": "userSourcedId,orgSourcedId,role\r\n10,sp2,staff\r\n10,sp2,teacher\r\n2,sp1,student\r\n",
    }


@pytest.mark.rule("LIC-1b")
def test_only_roles_that_the_pool_names_are_told():
    """Nor is a school in which somebody has but another role."""
    both = Licensed(a.person(1), (HeldRole("sp1", Role.TEACHER), HeldRole("sp2", Role.STUDENT)))
    told = tables([both], SCHOOLS, frozenset({Entitling.TEACHER}))

    assert told["orgs.csv"] == "sourcedId,name,type\r\nsp1,sp1,school\r\n"
    assert told["roles.csv"] == "userSourcedId,orgSourcedId,role\r\n1,sp1,teacher\r\n"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(first):
    """Whatever a spreadsheet takes for the beginning of one stands behind an apostrophe."""
    named = Licensed(a.person(1, name=PersonName(f"{first}A", f"A{first}")), ())
    row = tables([named], (), frozenset(Entitling))["users.csv"].removeprefix("sourcedId,username,givenName,familyName")

    quote = '"' if first == "\r" else ""
    assert row == f"\r\n1,zofia.lis1,{quote}'{first}A{quote},{quote}A{first}{quote}\r\n"
