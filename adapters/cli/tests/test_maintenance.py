"""`eszkola maintenance`: announced, told, shown and ended."""

from __future__ import annotations

import pytest


@pytest.mark.rule("ACCESS-10")
def test_a_maintenance_is_announced_and_ended(lived_in, signs_in, password):
    """Meanwhile a sign-in ends with 3 and the words that were given; afterwards it works."""
    assert lived_in.run("maintenance", "show").out == "There was none yet.\n"
    assert lived_in.run("maintenance", "show", "--json").json == {"maintenance": None}

    begun = lived_in.run("maintenance", "begin", "--until", "2030-09-01T18:00", "--pl", "Wymieniamy dyski.")
    assert (begun.code, begun.out) == (0, "Wymieniamy dyski. (2030-09-01 18:00)\n")
    assert lived_in.run("maintenance", "begin").code == 1
    told = lived_in.run("signin", "anna.los", "--password-stdin", stdin=password)
    assert told.code == 3
    assert "Wymieniamy dyski. (2030-09-01 18:00)" in told.err
    shown = lived_in.run("maintenance", "show", "--json").json["maintenance"]
    assert (shown["expected_end_at"], shown["ended_at"]) == ("2030-09-01T16:00:00+00:00", None)
    assert shown["texts"]["pl"] == "Wymieniamy dyski."
    assert "Wymieniamy" in lived_in.run("maintenance", "show").out

    assert lived_in.run("maintenance", "end").out == "✓ The maintenance is over.\n"
    assert lived_in.run("maintenance", "end").out == "No maintenance is under way.\n"
    assert "None is under way." in lived_in.run("maintenance", "show").out
    assert signs_in(lived_in)


@pytest.mark.rule("ACCESS-10")
def test_bad_input_and_others_begin_none(lived_in):
    """An instant that is none is wrong usage, an empty text a refusal, and a guardian may not."""
    assert lived_in.run("maintenance", "begin", "--until", "jutro").code == 2
    assert lived_in.run("maintenance", "begin", "--pl", " ").code == 1
    assert lived_in.run("--as", "anna.los", "maintenance", "begin").code == 1
    assert lived_in.run("--as", "anna.los", "maintenance", "end").code == 1
    assert lived_in.run("maintenance", "show", "--json").json == {"maintenance": None}
