"""Another school's file changes nothing of this one, whatever else would let it through (SYNC-6d)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.guard import ForeignRoster
from eszkola_core.domain.stated import RosterKind
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region

GUARDED = frozenset[str]()


def students(keys):
    """Return a record for each key; who stands in it has the same number."""
    return [f"A/{key}: s T_{'bcdfghjklm'[key % 10]}{'aeiouy'[key % 6]} {key + 1} -" for key in keys]


@pytest.mark.rule("SYNC-6d")
@given(st.integers(3, 60), st.integers(0, 60), st.integers(1, 60))
def test_a_list_of_which_less_than_a_fifth_is_known_changes_nothing(whole, known, more):
    """Around a fifth, and at it: whoever is known of this list, and whoever else the school has."""
    region = Region()
    known = min(known, whole)
    region.take(*students(range(known + more)))
    before = region.seen()

    # Nobody of the others is stated, and as it is incomplete nobody would end by that: only what comes is looked at.
    stated = reading(*students([*range(known), *range(1000, 1000 + whole - known)]), complete=False)
    done = region.take(stated, removals=GUARDED)

    if known * 5 < whole:
        assert done.plan.foreign == (ForeignRoster("A", known, whole),)
        assert (done.run, region.seen()) == (None, before)
        assert region.plan(stated).stopped_schools == {"A"}
    else:
        assert done.plan.foreign == ()
        assert done.plan.counts.created == whole - known


@pytest.mark.rule("SYNC-6d")
def test_another_list_of_the_school_is_not_looked_at():
    """Teachers come to a school that knows its students, and a second gradebook to one that has a first."""
    region = Region()
    region.take(*students(range(9)))
    teachers = [f"A/{key}: t Ewa_{'bcdfg'[key]} {100 + key} -" for key in range(5)]
    assert region.take(*teachers, removals=GUARDED).plan.foreign == ()
    other = [line.replace("A/", "A/x") for line in students(range(9))]
    assert region.take(*other, origin="second", removals=GUARDED).plan.foreign == ()


@pytest.mark.rule("SYNC-6d")
def test_what_only_says_what_changed_may_be_all_new():
    """A delta of newcomers is a delta."""
    region = Region()
    region.take(*students(range(9)))
    assert region.take(*students(range(20, 29)), kind=RosterKind.DELTA, removals=GUARDED).plan.foreign == ()


@pytest.mark.rule("SYNC-6d")
def test_beside_a_strange_list_the_other_schools_are_applied():
    """One school of six is stopped; where all are, nothing at all is applied."""
    region = Region()
    schools = "ABCDEF"
    region.take(*(line.replace("A/", f"{school}/") for school in schools for line in students(range(4))))
    others = [line.replace("A/", f"{school}/") for school in schools for line in students(range(10, 14))]
    same = [line.replace("A/", f"{school}/") for school in schools[1:] for line in students(range(5))]
    done = region.take(*others[:4], *same, removals=GUARDED)
    assert [each.school for each in done.plan.foreign] == ["A"]
    assert done.plan.stopped_schools == {"A"}
    assert done.plan.schools == ("B", "C", "D", "E", "F")
    assert region.take(*others, removals=GUARDED).plan.stopped_all


@pytest.mark.rule("SYNC-6c")
def test_whoever_knows_better_says_so():
    """The permission that lets removals through lets a list through of which nobody is known; it names schools."""
    region = Region()
    region.take(*students(range(9)))
    others = students(range(20, 29))
    assert region.take(*others, removals={"B"}).run is None
    assert region.take(*others, removals={"A"}).run is not None


@pytest.mark.rule("SYNC-6d")
@given(st.integers(3, 30), st.integers(0, 30))
def test_a_gradebook_that_numbers_anew_is_known_by_its_people(whole, own):
    """It is enough that a fifth of the records are about the school's own students, under whatever keys."""
    region, own = Region(), min(own, whole)
    region.take(*students(range(30)))
    renumbered = [line.replace("A/", "A/n") for line in students([*range(own), *range(1000, 1000 + whole - own)])]
    done = region.take(reading(*renumbered, complete=False), removals=GUARDED)
    assert done.plan.foreign == ((ForeignRoster("A", own, whole),) if own * 5 < whole else ())
