"""`eszkola person merge`, `unmerge` and `distinct`: two accounts that are one person's, or are not."""

from __future__ import annotations

import pytest


@pytest.fixture
def twice(lived_in, rows, table):
    """Return an installation where a mother has two accounts, of which one has no national id, and both logins."""
    lived_in.choose('guardians_need = ["e-mail"]')
    row = rows(1)[0] | {"Nr kartoteki": "900", "Opiekun 1 PESEL": "", "Opiekun 1 e-mail": "nowa@dom.example"}
    source = lived_in.write("other.csv", table([row]))
    assert lived_in.run("roster", "apply", source, "--school", "sp2", "--json").json["opened"] == 1
    return lived_in, "anna.los", "anna.los2"


@pytest.mark.rule("ID-7a")
@pytest.mark.rule("ID-7f")
def test_a_merge_is_planned_done_and_undone(twice, rows):
    """The plan writes nothing; then both logins are one account's, and after the undoing two again."""
    house, stays, goes = twice
    before = house.dump()
    plan = house.run("person", "merge", goes, stays, "--json").json
    assert house.dump() == before
    assert (plan["survivor"], plan["absorbed"], plan["children"]) == (stays, goes, 1)
    assert plan["plan"] in house.run("person", "merge", goes, stays).out

    done = house.run("person", "merge", goes, stays, "--plan", plan["plan"], "--reason", "jedna mama", "--json").json
    assert done["merge"] > 0
    again = house.run("person", "merge", goes, stays)
    assert (again.code, "one account already" in again.err) == (1, True)

    parted = house.run("person", "unmerge", stays, "--reason", "dwie mamy", "--json").json
    assert parted == {"merge": done["merge"], "accounts": [stays, goes]}
    nothing = house.run("person", "unmerge", stays, "--reason", "dwie mamy")
    assert (nothing.code, "no merge" in nothing.err) == (1, True)
    assert rows(1)[0]["Opiekun 1 PESEL"] not in again.err + nothing.err


@pytest.mark.rule("ID-7a")
def test_a_merge_whose_ground_moved_is_told_so(twice):
    """The newest plan is shown; without a reason nothing happens either; and a guardian merges nobody."""
    house, stays, goes = twice
    moved = house.run("person", "merge", goes, stays, "--plan", "0" * 32, "--reason", "x")
    assert (moved.code, "has changed" in moved.err, "--plan" in moved.out) == (1, True, True)
    plan = house.run("person", "merge", goes, stays, "--json").json["plan"]
    assert "--reason" in house.run("person", "merge", goes, stays, "--plan", plan).err
    for words in (
        ("merge", stays, goes),
        ("unmerge", stays, "--reason", "x"),
        ("distinct", stays, goes, "--reason", "x"),
    ):
        assert house.run("--as", stays, "person", *words, "--reason", "x").code == 1


@pytest.mark.rule("ID-7g")
def test_two_who_were_called_distinct_are_never_merged(twice):
    """It is remembered, and said once."""
    house, stays, goes = twice
    assert house.run("person", "distinct", stays, goes, "--reason", "siostry").code == 0
    kept = house.run("person", "merge", goes, stays)
    assert (kept.code, "two" in kept.err) == (1, True)
    assert house.run("person", "distinct", stays, goes, "--reason", "siostry").code == 1
