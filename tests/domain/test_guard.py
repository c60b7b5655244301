"""The removal guard: what it counts, and where it stops (SYNC-6)."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.claims import World
from eszkola_core.domain.guard import LINK, ForeignRoster, Stop, endings, foreign, stops, stops_everything
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.settings import Settings
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region

NAMES = [f"Ala_{first}{second}" for first in "BCDF" for second in "aeiouy"]


def students(school, count, *, start=0, keys=0):
    """Return so many records of students with ids, from a number on; keys may be moved."""
    return [f"{school}/{number + keys}: s {NAMES[number]} {number + 1} -" for number in range(start, count)]


def families(school, count, *, mail="-", keys=0):
    """Return so many records of a student and a guardian without id, every guardian of another name."""
    return [
        f"{school}/{number + keys}: s {NAMES[number]} {number + 1} -, "
        f"g Jan_{NAMES[number][4:]} - {mail if mail == '-' else f'{mail}{number}'}"
        for number in range(count)
    ]


@pytest.mark.rule("SYNC-6a")
@pytest.mark.parametrize(
    ("ending", "active", "stopped"),
    [
        (4, 19, False),
        (5, 24, True),
        (5, 25, False),
        (6, 30, False),
        (6, 29, True),
        (2, 2, False),
        (3, 3, True),
        (4, 4, True),
        (3, 4, False),
        (1, 1, False),
    ],
)
def test_the_guard_stops_at_five_and_a_fifth_or_at_all_of_three(ending, active, stopped):
    """Five or more and more than a fifth, or all of a kind of three or more: at the very bounds."""
    found = stops({("A", "student"): active}, {("A", "student"): ending}, Settings())

    assert found == ((Stop("A", "student", ending, active),) if stopped else ())


@pytest.mark.rule("SYNC-6a")
@settings(max_examples=60)
@given(active=st.integers(0, 60), ending=st.integers(1, 60))
def test_the_bounds_hold_for_every_number(active, ending):
    """What ends was active, so the whole is never less than what ends."""
    whole = max(active, ending)
    expected = (ending >= 5 and ending / whole > 0.2) or (ending == whole and whole >= 3)

    assert bool(stops({("A", "x"): active}, {("A", "x"): ending}, Settings())) == expected


@pytest.mark.rule("SYNC-6d")
@pytest.mark.parametrize(
    ("known", "stated", "stopped"),
    [(0, 2, False), (0, 3, True), (1, 5, False), (1, 6, True), (20, 100, False), (19, 100, True), (0, 0, False)],
)
def test_a_school_must_know_a_fifth_of_its_list(known, stated, stopped):
    """A fifth is enough, less is not, and of one or two records nothing can be told."""
    found = foreign({"A": known}, {"A": stated}, Settings())
    assert found == ((ForeignRoster("A", known, stated),) if stopped else ())


@pytest.mark.rule("SYNC-6d")
@given(st.dictionaries(st.sampled_from("ABC"), st.tuples(st.integers(0, 50), st.integers(0, 50))))
def test_each_school_is_looked_at_alone(schools):
    """What one school knows helps no other; they are told in their order."""
    known = {school: few for school, (few, more) in schools.items() if few}
    stated = {school: few + more for school, (few, more) in schools.items()}
    found = foreign(known, stated, Settings())
    assert found == tuple(sorted(each for school in stated for each in _alone(school, known, stated)))


def _alone(school, known, stated):
    few, whole = known.get(school, 0), stated[school]
    return [ForeignRoster(school, few, whole)] if whole >= 3 and few / whole < 1 / 5 else []


@pytest.mark.rule("SYNC-6b")
@pytest.mark.parametrize(
    ("stopped", "schools", "everything"), [(1, 5, False), (1, 4, True), (2, 10, False), (3, 14, True)]
)
def test_more_than_a_fifth_of_the_schools_stop_everything(stopped, schools, everything):
    """One school of five is left out alone; one of four takes the run with it."""
    assert stops_everything(stopped, schools, Settings()) is everything


@pytest.mark.rule("SYNC-6a")
@pytest.mark.parametrize(("left", "stops_at"), [(20, []), (19, ["student"])])
def test_a_file_cut_short_ends_no_fifth_of_a_school(left, stops_at):
    """Of 24 students four may go in one run, and five may not."""
    region = Region()
    region.take(*students("A", 24))

    plan = region.plan(*students("A", left))

    assert [each.kind for each in plan.stops] == stops_at
    assert plan.stopped_all == bool(stops_at)


@pytest.mark.rule("SYNC-6a")
def test_a_file_with_a_header_only_ends_nobody():
    """An empty list would end all of a kind: nothing is written (SYNC-0)."""
    region = Region()
    region.take(*students("A", 3))
    before = region.seen()

    done = region.take(empty=("A",), removals=frozenset())

    assert (done.run, done.plan.stopped_all) == (None, True)
    assert [(each.kind, each.ending, each.active) for each in done.plan.stops] == [("student", 3, 3)]
    assert region.seen() == before


@pytest.mark.rule("SYNC-6a")
def test_links_are_a_kind_of_their_own():
    """Guardians who all vanish from records that stay end links too, and the guard says so."""
    region = Region()
    region.take(*families("A", 3))

    plan = region.plan(*students("A", 3))

    assert [each.kind for each in plan.stops] == ["guardian", LINK]


@pytest.mark.rule("SYNC-6a")
def test_children_who_change_guardians_among_each_other_end_links_alone():
    """All three families get each other's guardian: nobody's role ends, but every link does."""

    def lines(step):
        guardians = [f"g Jan_{each} {number + 50} -" for number, each in enumerate("bcd")]
        return [f"A/{n}: s {NAMES[n]} {n + 1} -, {guardians[(n + step) % 3]}" for n in range(3)]

    region = Region()
    region.take(*lines(0))

    assert [(each.kind, each.ending) for each in region.plan(*lines(1)).stops] == [(LINK, 3)]


@pytest.mark.rule("SYNC-6a")
def test_held_records_end_nothing():
    """Records that cannot be read any more count as present."""
    region = Region()
    region.take(*students("A", 6))
    twice = [*students("A", 6), *(each.replace(" -", " x") for each in students("A", 6))]

    done = region.take(*twice, removals=frozenset())

    assert done.plan.stops == ()
    assert done.plan.counts.held == 6
    assert len([place for place in region.world().places.values() if place.is_present]) == 6


@pytest.mark.rule("SYNC-6a")
@pytest.mark.parametrize(("profile", "mail"), [("open", "x"), ("uonet", "x"), ("opolska", "-")])
def test_a_new_gradebook_with_new_record_keys_ends_nobody(profile, mail):
    """It is people that are counted: by id, by address, and those without an account by name in their school."""
    region = Region(profile)
    region.take(*families("A", 8, mail=mail))
    assert (region.person("A/0 g") is None) == (profile == "opolska")

    done = region.take(*families("A", 8, mail=mail, keys=100), removals=frozenset())

    assert done.plan.stops == ()
    assert (done.plan.counts.ended, done.plan.counts.created) == (16, 16)


@pytest.mark.rule("SYNC-6a")
def test_accounts_that_nothing_finds_again_do_not_end_in_silence():
    """Guardians with an account, but without id, address or key, would all be strangers: the guard stops."""
    region = Region("easistent")
    region.take(*families("A", 8))

    plan = region.plan(*families("A", 8, keys=100))

    assert {(each.kind, each.ending) for each in plan.stops} == {("guardian", 8), (LINK, 8)}


@pytest.mark.rule("SYNC-6b")
def test_a_stopped_school_is_left_out_and_the_others_are_imported():
    """One of five lists is cut short: nothing of its school is applied, and its people count as held."""
    region = Region()
    region.take(*(line for school in "ABCDE" for line in students(school, 6)))
    before = {key: place for key, place in region.world().places.items() if key.school == "A"}

    done = region.take(
        *(f"{school}/{n}: s {NAMES[n]} {n + 1} x" for school in "BCDE" for n in range(6)),
        "A/0: s Iga 90 -",
        removals=frozenset(),
    )

    assert done.plan.stopped_schools == {"A"}
    assert not done.plan.stopped_all
    assert {key: place for key, place in region.world().places.items() if key.school == "A"} == before
    assert done.plan.counts_by_school["A"].held == 1
    assert done.plan.counts_by_school["B"].changed == 6


@pytest.mark.rule("SYNC-6c")
def test_a_permission_is_for_the_schools_that_it_names():
    """The school that is allowed to shrink does; another one that does so too is stopped."""
    region = Region()
    lines = [line for school in "ABCDEFGHIJ" for line in students(school, 5)]
    region.take(*lines)
    kept = [line for line in lines if line[0] not in "AB"]

    done = region.take(reading(*kept, empty=("A", "B")), removals={"A"})

    assert [each.school for each in done.plan.stops] == ["B"]
    present = {place.school for place in region.world().places.values() if place.is_present}
    assert present == set("BCDEFGHIJ")


@pytest.mark.rule("SYNC-6a")
def test_what_moves_to_another_school_ends_in_the_first():
    """A role is counted in its school: all pupils who leave for the neighbour stop the import."""
    region = Region()
    region.take(*students("A", 5))

    plan = region.plan(*students("B", 5), empty=("A",))

    assert [each.school for each in plan.stops] == ["A"]


def endings_of(before, after, today=a.TODAY):
    """Return how many of each kind would end between two states of the same places."""
    people = {each.person: a.person(each.person) for each in before if each.person is not None}
    worlds = [World({each.key: each for each in places}, people) for places in (before, after)]
    return endings(worlds[0], recognise(worlds[1], today), today)


@pytest.mark.rule("SYNC-6a")
def test_everybody_without_an_account_who_leaves_is_counted():
    """Under whatever names: they are as many people as places that nobody of the name has any more."""
    places = [a.place(key=a.record(str(n)), accepted=a.claims(name=PersonName(f"Ala{n}", "Lis"))) for n in range(3)]
    gone = [evolve(each, gone=a.TODAY) for each in places]

    assert endings_of(places, gone) == {("sp1", "student"): 3}
    assert endings_of(places, [*gone[:2], places[2]]) == {("sp1", "student"): 2}
    assert endings_of(places, places) == {}


@pytest.mark.rule("SYNC-6a")
def test_who_has_no_account_yet_and_stands_in_two_records_ends_nowhere_by_new_names():
    """The two records are one human's by the id, whatever the name has become in each of them."""
    claims = a.claims(name=PersonName("Jan", "Lis"), ids=(a.national_id(1),))
    one, other = (a.place("jan", key=a.record(key), accepted=claims) for key in "12")
    renamed = [
        evolve(each, pending=evolve(claims, name=PersonName("Jan", last)))
        for each, last in ((one, "Nowak"), (other, "Kot"))
    ]

    assert endings_of([one, other], renamed) == {}
