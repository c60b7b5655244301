"""`eszkola conflict list`, `show`, `assign` and `release`: what is open, and who mends it."""

from __future__ import annotations

import pytest

from eszkola_cli import conflicts
from eszkola_core._usecases.assign_conflict import AssignRefused
from eszkola_core.domain.conflicts import CaseKind

STAFF = "Nr;Nazwisko;Imię;PESEL;E-mail;Rola\r\n"


@pytest.fixture
def house(lived_in, rows, table, pesel):
    """Return an installation with a secretary, in which one mother gives another address and one another id."""
    first, second, *others = rows()
    staff = "".join(
        f"{number};{last};{name};{pesel(number)};{name.lower()}@dom.example;{role}\r\n"
        for number, name, last, role in ((90, "Ewa", "Lis", "sekretariat"), (91, "Iga", "Kos", "nauczyciel"))
    )
    told = lived_in.run("roster", "apply", lived_in.write("kadra.csv", STAFF + staff), "--school", "sp1")
    assert told.code == 0, told
    changed = (first | {"Opiekun 1 PESEL": pesel(77)}, second, *others)
    told = lived_in.run(
        "roster", "apply", lived_in.write("sp1.csv", table(changed)), "--school", "sp1", "--allow-removals"
    )
    assert told.code == 0, told
    elsewhere = {
        **second,
        "Nr kartoteki": "7",
        "Nazwisko": "Kot",
        "PESEL": pesel(70),
        "E-mail ucznia": "kot@dom.example",
    }
    told = lived_in.run(
        "roster", "apply", lived_in.write("lo2.csv", table([elsewhere | {"Opiekun 1 e-mail": "inny@dom.example"}])),
        "--school", "lo2",
    )  # fmt: skip
    assert told.code == 0, told
    return lived_in


def listed(house, *more, by=None):
    """Return the conflicts that somebody is shown."""
    acting = ("--as", by) if by else ()
    return house.run(*acting, "conflict", "list", "--json", *more).json


@pytest.mark.rule("SYNC-3a")
@pytest.mark.rule("MAIL-3b")
def test_what_is_open_is_listed_by_school_with_the_command_that_mends_it(house, pesel):
    """Counts first; no number stands there, no whole address."""
    found = listed(house)
    correction, address = sorted(found["conflicts"], key=lambda each: each["kind"], reverse=True)
    assert found["counts"] == {"sp1": {"id-correction": 1}, "lo2": {"address-conflict": 1}}
    assert correction["people"] == [
        {
            "school": "sp1", "list": "students", "record": "101", "role": "guardian", "class": "1a",
            "name": "Anna Łoś", "login": None,
        }
    ]  # fmt: skip
    assert correction["command"].startswith(f"eszkola person same {correction['place']}, or: eszkola roster apply")
    assert (correction["answers"], correction["who"], correction["where"]) == (["same"], "secretary", "office")
    assert (address["schools"], address["state"], address["reopened"]) == (["lo2", "sp1"], "open", 0)
    assert address["people"][0]["login"] == "anna.was"

    text = house.run("conflict", "list")

    assert text.out.startswith("2 open, 0 of them assigned\n")
    for word in (correction["place"], "Anna Wąs", "sp1: 1", "lo2: 1", "the school's office", "m•••@dom.example"):
        assert word in text.out
    assert pesel(77) not in text.out + str(found)
    assert "inny@dom.example" not in text.out + str(found)
    assert house.run("conflict", "list", "--strict").code == 1
    assert house.run("conflict", "list", "--kind", "renamed", "--strict").out == "✓ Nothing is open.\n"
    assert listed(house, "--school", "lo2")["counts"] == {"lo2": {"address-conflict": 1}}
    assert listed(house, "--lang", "pl")["conflicts"][0]["how"] != listed(house, "--lang", "sl")["conflicts"][0]["how"]
    assert house.run("conflict", "list", "--school", "sp9").code == 1
    assert house.run("conflict", "list", "--kind", "nothing").code == 2


@pytest.mark.rule("ROLE-4a")
def test_somebody_is_asked_to_mend_it_and_hands_it_back(house):
    """Who has the right; the list of those who were asked has theirs alone."""
    number = next(each["number"] for each in listed(house)["conflicts"] if each["kind"] == "id-correction")
    for identifier, says in (("iga.kos", "no right"), ("anna.los", "no right")):
        refused = house.run("conflict", "assign", number, identifier)
        assert (refused.code, refused.out, says in refused.err) == (1, "", True)
    assert house.run("conflict", "release", number).code == 1

    done = house.run("conflict", "assign", number, "ewa.lis", "--reason", "zna rodzinę")

    assert (done.code, done.out) == (0, f"✓ ewa.lis is asked to mend conflict {number}.\n")
    assert [each["number"] for each in listed(house, "--mine", by="ewa.lis")["conflicts"]] == [number]
    assert listed(house, "--mine")["conflicts"] == []
    shown = house.run("conflict", "show", number)
    assert "asked to mend it: ewa.lis" in shown.out
    assert "eszkola person same sp1/101/" in shown.out
    assert house.run("conflict", "list").out.startswith("2 open, 1 of them assigned\n")
    assert house.run("--as", "ewa.lis", "conflict", "release", number).code == 0
    assert house.run("conflict", "show", number, "--json").json["conflict"]["assignee"] is None
    assert "conflict-assigned" in house.run("audit", "show", "--json").out


@pytest.mark.rule("SYNC-3a")
def test_what_is_mended_is_over(house):
    """By the gradebook or by a person; it is shown as over, and given to nobody."""
    found = {each["kind"]: each for each in listed(house)["conflicts"]}
    place = found["id-correction"]["place"]
    assert house.run("person", "same", place, "--reason", "dowód osobisty").code == 0

    assert [each["kind"] for each in listed(house)["conflicts"]] == ["address-conflict"]
    (over,) = listed(house, "--closed")["conflicts"]
    assert (over["number"], over["state"]) == (found["id-correction"]["number"], "closed-by-decision")
    assert house.run("conflict", "list", "--closed").out.startswith("1 over\n")
    assert "over since" in house.run("conflict", "show", over["number"]).out
    told = house.run("conflict", "assign", over["number"], "ewa.lis")
    assert (told.code, "over" in told.err) == (1, True)
    assert house.run("conflict", "list", "--closed", "--kind", "renamed").out == "Nothing is over that is remembered.\n"


@pytest.mark.rule("ROLE-4a")
def test_who_looks_after_no_school_sees_nothing(house):
    """A mother has no list, and a number tells her nothing of whether it is one."""
    number = str(listed(house)["conflicts"][0]["number"])
    for arguments in (("list",), ("show", number), ("show", "999"), ("assign", number, "ewa.lis"), ("release", number)):
        told = house.run("--as", "anna.los", "conflict", *arguments)
        assert (told.code, told.out) == (1, "")
    told = [house.run("--as", "anna.los", "conflict", "show", each).err for each in (number, "999")]
    assert told[0] == told[1]


def test_every_kind_has_its_command_and_every_refusal_its_sentence():
    """None is left out."""
    assert set(conflicts.COMMANDS) == set(CaseKind)
    assert set(conflicts.KEPT) == set(AssignRefused)
