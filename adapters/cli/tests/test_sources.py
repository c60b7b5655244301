"""Where values come from, and a new school year, by the command."""

from __future__ import annotations

import pytest


@pytest.mark.rule("SYNC-10")
def test_each_value_is_shown_with_its_record_and_run(lived_in, rows):
    """School, source, record and run of each; nothing is shown in clear."""
    row = rows(1)[0]
    found = lived_in.run("person", "show", "anna.los", "--json").json["values"]

    (name,) = [each for each in found if each["field"] == "name"]
    assert (name["value"], name["standing"], name["from"]) == ("Anna Łoś", "in-use", "record")
    assert (name["school"], name["record"], name["role"], name["run"]) == ("sp1", "101", "guardian", 1)
    assert {each["field"] for each in found} >= {"name", "national-id", "email", "role"}
    told = lived_in.run("person", "show", "-", stdin=row["Opiekun 1 PESEL"])
    assert told.code == 0
    assert "record 101 (guardian), run 1" in " ".join(told.out.split())
    for secret in (row["Opiekun 1 PESEL"], row["Opiekun 1 e-mail"]):
        assert secret not in told.out + str(found)


@pytest.mark.rule("SYNC-10")
def test_a_stranger_is_shown_nothing(lived_in):
    """A mother does not see where the values of somebody else's child come from."""
    refused = lived_in.run("--as", "anna.los", "person", "show", "ola.los")
    assert (refused.code, refused.out) == (1, "")


@pytest.mark.rule("SYNC-11")
def test_a_new_school_year_is_an_ordinary_roster(installed, rows, table):
    """One class moves up, one leaves, one comes: the guard stops it, until it is told."""
    house = installed("open")
    house.choose('guardians_open_by = "gradebook"')
    old = rows()
    first = house.write("2026.csv", table(old))
    assert house.run("roster", "apply", first, "--school", "sp1", "--json").json["opened"] == 24
    moving = [
        {**row, "Oddział": "2a", "Nr kartoteki": f"9{row['Nr kartoteki']}"} for row in old if row["Oddział"] == "1a"
    ]
    second = house.write("2027.csv", table([*moving, *rows(6, 13)]))

    stopped = house.run("roster", "apply", second, "--school", "sp1", "--json")
    assert (stopped.code, stopped.json["run"]) == (1, None)
    assert {(each["kind"], each["ending"], each["active"]) for each in stopped.json["stopped"]} >= {("student", 6, 12)}

    done = house.run("roster", "apply", second, "--school", "sp1", "--allow-removals", "--json").json
    assert (done["run"], done["stopped"], done["opened"]) == (2, [], 12)
    ready = house.run("readiness", "--school", "sp1", "--json").json["rows"]
    classes = sorted(each["class_name"] for each in ready if each["role"] == "student")
    assert {name: classes.count(name) for name in classes} == {"1a": 3, "1b": 3, "2a": 6}


@pytest.mark.rule("SYNC-0a")
def test_files_may_be_called_after_their_schools(installed, rows, table):
    """A folder of exports is one import, each file of its own school; what changed in one of them is found."""
    house = installed("open")
    folder = house.folder.parent / "exports"
    folder.mkdir()
    for school, some in (("sp1", rows()[:3]), ("sp2", rows()[3:6])):
        house.write(f"exports/{school}.csv", table(some))

    done = house.run("roster", "apply", str(folder), "--school-from-name", "--json").json
    assert (done["run"], done["created"]) == (1, 12)
    assert house.run("school", "list", "--json").json["schools"] == [
        {"key": "sp1", "name": ""},
        {"key": "sp2", "name": ""},
    ]
    house.write("exports/sp2.csv", table([*rows()[3:5], {**rows()[5], "Oddział": "3c"}]))
    again = house.run("roster", "apply", str(folder), "--school-from-name", "--json").json
    assert (again["changed"], again["unchanged"]) == (1, 11)

    both = house.run("roster", "plan", str(folder), "--school-from-name", "--school", "sp1")
    assert (both.code, "not both" in both.err) == (2, True)
