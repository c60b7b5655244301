"""A new school year: an ordinary roster, by which nobody loses an account; and the guard, which can be told of it."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.roles import Role
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region

LAST = 3
"""The class after which one leaves."""


def name(first, number):
    """Return a name that shares no part with that of another number."""
    spelt = "".join("bcdfghjklm"[int(digit)] for digit in str(number))
    return f"{first}{spelt}_{first}{spelt}ski"


def school(year, sizes, *, first_key=0, key="A"):
    """
    Return what a gradebook states in a *year*: of each intake of *sizes* the class that it has come to by now.

    Every student has a mother, every class a homeroom teacher. The gradebook counts its records anew in every year.
    """
    lines, classes, record = [], {}, first_key
    for intake, size in enumerate(sizes):
        level = year - intake + 1
        if not 1 <= level <= LAST:
            continue
        for number in range(size):
            record += 1
            child = 1000 + 100 * intake + number
            lines.append(
                f"{key}/{record}: s {name('Al', child)} {child} a{child}, g {name('Ew', child)} {child + 2000} m{child}"
            )
            classes[str(record)] = f"{level}a"
        lines.append(f"{key}/h{intake}: h {name('Ig', intake)} {5000 + intake} t{intake}")
        classes[f"h{intake}"] = f"{level}a"
    stated = reading(*lines)

    def placed(each):
        person, *others = each.people
        return evolve(each, people=(evolve(person, class_name=classes[each.key]), *others))

    rosters = tuple(evolve(each, records=tuple(map(placed, each.records))) for each in stated.rosters)
    return evolve(stated, rosters=rosters)


def accounts(region):
    """Return what everybody was given, by login."""
    return {
        person.login: (person.id, person.name, person.ids, person.central) for person in region.world().people.values()
    }


def in_role(region, role):
    """Return who has a role today, by login, with the class."""
    world = region.world()
    return {
        world.people[place.person].login: place.accepted.class_name
        for place in world.places.values()
        if place.role is role and place.is_present and place.person is not None
    }


@pytest.mark.rule("SYNC-11")
@settings(max_examples=30)
@given(sizes=st.lists(st.integers(1, 4), min_size=LAST + 2, max_size=LAST + 2), rekeyed=st.booleans())
def test_everybody_moves_up_and_keeps_what_they_were_given(sizes, rekeyed):
    """Classes change, graduates and their mothers leave, the new ones come; under new record keys all the same."""
    region = Region()
    region.take(school(LAST - 1, sizes))
    before, pupils = accounts(region), in_role(region, Role.STUDENT)
    region.later(365)

    done = region.take(school(LAST, sizes, first_key=500 if rekeyed else 0), removals={"A"})

    assert done.plan.stops == ()
    after, now = accounts(region), in_role(region, Role.STUDENT)
    assert before.items() <= after.items()
    left = {login for login, class_name in pupils.items() if class_name == f"{LAST}a"}
    assert left == pupils.keys() - now.keys()
    assert len(left) == sizes[0]
    for login, class_name in pupils.items():
        if login not in left:
            assert now[login] == f"{int(class_name[0]) + 1}a"
    assert len(now.keys() - pupils.keys()) == sizes[LAST]
    assert len(in_role(region, Role.GUARDIAN)) == len(now)
    assert sorted(in_role(region, Role.HOMEROOM_TEACHER).values()) == ["1a", "2a", "3a"]
    assert region.take(school(LAST, sizes, first_key=500 if rekeyed else 0)).run is None


@pytest.mark.rule("SYNC-11")
@settings(max_examples=30)
@given(moving=st.integers(5, 12))
def test_the_same_people_one_class_up_stop_nothing(moving):
    """Where nobody leaves, the guard has nothing to say, new record keys or not."""
    region = Region()
    sizes = (0, moving, moving)
    region.take(school(2, sizes))
    done = region.take(school(3, sizes, first_key=900), removals=frozenset())
    assert (done.plan.stops, done.plan.counts.opened) == ((), 0)


@pytest.mark.rule("SYNC-11")
def test_the_guard_is_told_of_graduates_by_school():
    """A third leaves: it stops, names how many, and lets them go in the school that it is told; not in another."""
    region = Region()
    sizes = (5, 5, 5, 5)
    region.take(school(2, sizes))
    before = region.seen()

    stopped = region.take(school(3, sizes), removals=frozenset())
    assert [(each.kind, each.ending, each.active) for each in stopped.plan.stops if each.kind == "student"] == [
        ("student", 5, 15)
    ]
    assert region.take(school(3, sizes), removals={"B"}).plan.stops == stopped.plan.stops
    assert region.seen() == before

    assert region.take(school(3, sizes), removals={"A"}).plan.counts.opened == 10 + 1
    assert len(in_role(region, Role.STUDENT)) == 15


@pytest.mark.rule("SYNC-11")
def test_a_graduate_who_is_named_again_comes_back_to_the_same_account():
    """Who repeats the last class after all, or sends a second child, has kept everything."""
    region = Region()
    sizes = (2, 2, 2, 2)
    region.take(school(2, sizes))
    before = accounts(region)
    region.take(school(3, sizes))
    region.later(10)
    region.take(school(2, sizes))
    assert before.items() <= accounts(region).items()
    assert len(in_role(region, Role.STUDENT)) == 6
