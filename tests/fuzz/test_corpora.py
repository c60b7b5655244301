"""Whatever hostile bytes once found is not found again, and nothing costs more than its size."""

from __future__ import annotations

import sys

import pytest

from fuzz.__main__ import CORPUS
from fuzz.targets import NAMES, target

KEPT = sorted(path for path in CORPUS.glob("*/*"))
FOUND = [path for path in KEPT if path.name.startswith("found-")]
MIB = 1 << 20
COPIES = 8
ROOM = 1500
"""Calls that an input may cost whatever its size: what is looked up once, and what grows with the table's header."""


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_the_corpus_breaks_anything(name, monkeypatch):
    """Every input that is kept is read, or refused as a refusal should be."""
    monkeypatch.setenv("HOME", "/home/somebody")  # a secret that configurations of the corpus name
    for path in KEPT:
        if path.parent.name == name:
            try:
                target(name).check(path.read_bytes())
            except Exception as fault:
                fault.add_note(f"by {path.relative_to(CORPUS)}")
                raise


def test_the_corpus_is_that_of_the_targets_and_small():
    """Each target has seeds and what was found with it, no folder is left over, and all is less than a mebibyte."""
    assert {path.parent.name for path in KEPT} == set(NAMES)
    assert {path.name.partition("-")[0] for path in KEPT} <= {"seed", "found", "kept"}
    assert {name for name in NAMES if not [path for path in KEPT if path.parent.name == name]} == set()
    assert sum(path.stat().st_size for path in KEPT) < MIB


def calls(name: str, data: bytes) -> int:
    """Return how many Python functions a target calls for an input."""
    count = 0

    def counted(_frame, event, _argument):
        nonlocal count
        count += event == "call"

    check = target(name).check
    check(data)  # what is imported and looked up once is no cost of the input
    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        check(data)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "path",
    [path for path in KEPT if path.name.startswith(("seed-", "found-"))],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_twice_as_much_costs_at_most_twice_as_much(path):
    """
    Where the second half of an input comes eight times, it costs at most twice the calls of where it comes four times.

    Calls are counted and no time is taken; what costs time inside one call shows when targets run for long.
    """
    data = path.read_bytes()
    begin, rest = data[: len(data) // 2], data[len(data) // 2 :]
    less, more = (calls(path.parent.name, begin + rest * many) for many in (COPIES // 2, COPIES))

    assert more <= 2 * less + ROOM
