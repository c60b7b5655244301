"""A plan that is saved, shown to somebody, and applied later: only as long as it would still do the same."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def saved(lived_in, rows, table):
    """Save the plan of a roster with one new student, and return the way to it."""
    plan = lived_in.folder.parent / "plan.json"
    source = lived_in.write("a.csv", table(rows(13)))
    told = lived_in.run("roster", "plan", source, "--school", "sp1", "--save", plan)
    assert told.code == 0
    assert f"eszkola roster apply --plan {plan}" in told.out.replace("\n", " ")
    source.unlink()
    return plan


@pytest.mark.rule("SYNC-3c")
def test_a_saved_plan_is_applied_without_its_source(lived_in, saved):
    """What was planned is done, by the plan alone; readable in its file are the counts and nothing of anybody."""
    assert saved.stat().st_mode & 0o777 == 0o600
    readable = json.loads(saved.read_bytes())
    assert readable["counts"]["created"] == 2
    assert set(readable) == {"format", "version", "saved_at", "day", "counts", "schools", "sealed"}
    told = lived_in.run("roster", "apply", "--plan", saved, "--json").json
    assert (told["run"], told["created"], told["opened"]) == (2, 2, 2)


@pytest.mark.rule("SYNC-3b")
def test_a_plan_is_applied_once(lived_in, saved):
    """The same plan again is recognised, names the run that did it, and does nothing."""
    lived_in.run("roster", "apply", "--plan", saved)
    before = lived_in.dump()
    again = lived_in.run("roster", "apply", "--plan", saved)
    assert (again.code, again.out) == (0, "This plan was already applied, as run 2; nothing was done.\n")
    assert lived_in.run("roster", "apply", "--plan", saved, "--json").json["run"] == 2
    assert lived_in.dump() == before


@pytest.mark.rule("SYNC-3b")
def test_a_plan_whose_ground_moved_is_refused(lived_in, saved, rows, table):
    """Once something that bears on it has changed nothing is applied; what it would do by now is shown instead."""
    listed = rows(13)
    listed[12]["E-mail ucznia"] = "inny@dom.example"
    lived_in.run("roster", "apply", lived_in.write("b.csv", table(listed)), "--school", "sp1")
    before = lived_in.dump()
    told = lived_in.run("roster", "apply", "--plan", saved)
    assert told.code == 1
    assert "the ground has moved since the plan was saved; nothing was applied" in told.err
    assert "make a new plan" in told.err
    assert "changed" in told.out
    assert lived_in.run("roster", "apply", "--plan", saved, "--json").json["refused"] == "ground-moved"
    assert lived_in.dump() == before


@pytest.mark.rule("SYNC-3b")
def test_settings_are_part_of_the_ground(lived_in, saved):
    """A plan made under other settings is not applied under these."""
    lived_in.choose('staff_need = ["e-mail"]')
    assert lived_in.run("roster", "apply", "--plan", saved, "--json").json["refused"] == "ground-moved"


@pytest.mark.rule("SYNC-3c")
@pytest.mark.parametrize("what", ["counts", "sealed", "cut", "nothing", "array", "binary"])
def test_a_plan_that_was_tampered_with_does_nothing_else(lived_in, saved, what):
    """The seal decides, not the readable part: a broken seal is refused, and other numbers above it change nothing."""
    content = saved.read_bytes()
    readable = json.loads(content)
    if what == "counts":
        readable["counts"]["created"] = 1000
    first = readable["sealed"][40]
    readable["sealed"] = readable["sealed"][:40] + ("0" if first != "0" else "1") + readable["sealed"][41:]
    saved.write_bytes(
        {
            "counts": json.dumps(json.loads(content) | {"counts": readable["counts"]}).encode(),
            "sealed": json.dumps(readable).encode(),
            "cut": content[:-30],
            "nothing": b"",
            "array": b"[]",
            "binary": bytes(range(256)),
        }[what]
    )
    before = lived_in.dump()
    told = lived_in.run("roster", "apply", "--plan", saved)
    if what == "counts":
        assert (told.code, len(lived_in.dump()["person"])) == (0, len(before["person"]) + 2)
        return
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith("eszkola: ")
    assert lived_in.dump() == before


@pytest.mark.rule("SYNC-3c")
def test_a_plan_of_another_installation_is_refused(installed, saved):
    """Its seal opens with the keys of its own installation only."""
    other = installed("open")
    told = other.run("roster", "apply", "--plan", saved)
    assert (told.code, told.out) == (1, "")


@pytest.mark.rule("SYNC-6c")
def test_a_permission_travels_with_its_plan(lived_in, rows, table):
    """A plan saved with --allow-removals ends what it showed, and one saved without it stops."""
    source = lived_in.write("a.csv", table(rows(3)))
    plan = lived_in.folder.parent / "plan.json"
    stopped = lived_in.run("roster", "plan", source, "--school", "sp1", "--save", plan, "--json")
    assert stopped.code == 1
    assert lived_in.run("roster", "apply", "--plan", plan, "--json").json["run"] is None
    lived_in.run("roster", "plan", source, "--school", "sp1", "--save", plan, "--allow-removals")
    assert lived_in.run("roster", "apply", "--plan", plan, "--json").json["ended"] == 18


def test_a_plan_that_cannot_be_read_or_written_says_so(lived_in, rows, table):
    """A path that leads nowhere ends with 1 and the path."""
    nowhere = lived_in.folder.parent / "nowhere" / "plan.json"
    source = lived_in.write("a.csv", table(rows(13)))
    for told in (
        lived_in.run("roster", "apply", "--plan", nowhere),
        lived_in.run("roster", "plan", source, "--school", "sp1", "--save", nowhere),
    ):
        assert (told.code, told.out) == (1, "")
        assert "plan.json" in told.err
