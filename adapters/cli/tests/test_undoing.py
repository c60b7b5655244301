"""Undoing a run by the command: it is shown, refused with what to do first, and done."""

from __future__ import annotations

import pytest


@pytest.fixture
def school(installed, rows, table):
    """Return an installation with two runs: twelve children, and then six more of whom one is spelled anew."""
    house = installed("open")
    house.choose('guardians_open_by = "gradebook"')
    first = house.write("first.csv", table(rows()))
    assert house.run("roster", "apply", first, "--school", "sp1", "--json").json["run"] == 1
    listed = [*rows(), *rows(4, 13)]
    listed[0]["Nazwisko"] = "Żbik-Wąs"
    second = house.write("second.csv", table(listed))
    assert house.run("roster", "apply", second, "--school", "sp1", "--json").json["run"] == 2
    return house


@pytest.mark.rule("SYNC-9b")
def test_a_run_is_shown_undone_and_not_taken_in_again(school):
    """The list names it, the plan writes nothing, and the same file waits until it is asked for again."""
    listed = school.run("roster", "runs", "--json").json["runs"]
    assert [(each["run"], each["kind"], each["undone_by"]) for each in listed] == [
        (2, "import", None),
        (1, "import", None),
    ]
    before = school.dump()
    planned = school.run("roster", "undo", "2", "--plan", "--json").json
    assert (planned["run"], planned["removed"], planned["restored"], planned["closed"]) == (None, 8, 1, 8)
    assert "Nothing is written yet" in school.run("roster", "undo", "2", "--plan").out
    assert school.dump() == before

    undone = school.run("roster", "undo", "2", "--reason", "wrong file", "--json").json
    assert undone == {**planned, "run": 3}
    assert "undone by 3" in school.run("roster", "runs").out
    source = school.folder.parent / "second.csv"
    again = school.run("roster", "apply", source, "--school", "sp1", "--json").json
    assert (again["run"], {each["code"] for each in again["findings"]}) == (None, {"undone"})
    redone = school.run("roster", "apply", source, "--school", "sp1", "--redo", "--json").json
    assert (redone["created"], redone["opened"], redone["changed"]) == (8, 8, 1)


@pytest.mark.rule("SYNC-9b")
def test_a_saved_plan_keeps_that_it_takes_in_again(school, tmp_path):
    """What `--redo` planned is what the saved plan applies."""
    school.run("roster", "undo", "2")
    source, plan = school.folder.parent / "second.csv", tmp_path / "plan"
    school.run("roster", "plan", source, "--school", "sp1", "--redo", "--save", plan)
    assert school.run("roster", "apply", "--plan", plan, "--json").json["created"] == 8
    assert school.run("roster", "apply", "--plan", plan, "--redo").code == 2


@pytest.mark.rule("SYNC-9c")
def test_what_is_not_undone_is_told_with_a_remedy(school):
    """An unknown run, one that everybody came with, and one that was undone before."""
    unknown = school.run("roster", "undo", "99")
    assert (unknown.code, unknown.out) == (1, "")
    assert "eszkola roster runs" in unknown.err
    assert school.run("roster", "undo", "99", "--json").json["refused"] == "unknown-run"

    assert school.run("roster", "undo", "2").code == 0
    stopped = school.run("roster", "undo", "1")
    assert stopped.code == 1
    assert "--allow-removals" in stopped.err
    assert "sp1: 12 of 12" in stopped.err
    assert school.run("roster", "undo", "2", "--json").json["refused"] == "undone-before"
    assert school.run("roster", "undo", "1", "--allow-removals").code == 0


@pytest.mark.rule("SYNC-9c")
def test_undoing_needs_the_right_to_it(lived_in):
    """A mother undoes nothing, and sees no run."""
    assert lived_in.run("--as", "anna.los", "roster", "undo", "1").code == 1
    assert lived_in.run("--as", "anna.los", "roster", "runs", "--json").json == {"runs": []}
