"""The world moved on: whoever comes second is told, and nothing of theirs is written."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Evidence, Seeds
from eszkola_core.domain.logins import Login
from eszkola_core.domain.runs import Changes, Opening
from eszkola_core.errors import Conflict
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_sqlalchemy import tables

X, Y = a.address("x@example.com"), a.address("y@example.com")


@pytest.fixture
def two(storage):
    """Return a storage with two accounts, each with an id and an address."""
    a.open_accounts(
        storage,
        a.opening(1, ids=(a.national_id(1),), central=X),
        a.opening(2, ids=(a.national_id(2),), central=Y),
    )
    return storage


@pytest.fixture
def everything(sql):
    """Return a function that returns all rows of all tables."""

    def read(storage):
        with storage.snapshot() as unit:
            return {name: sql(unit, f'SELECT * FROM "{name}"').all() for name in tables.metadata.tables}  # noqa: S608 - ours

    return read


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("login-taken", {"openings": [Opening(person=a.person(3, login="Zofia.LIS2"), login=Login("zofia.lis", 3))]}),
        ("number-taken", {"openings": [Opening(person=a.person(2, login="ala"), login=Login("ala"))]}),
        ("address-taken", {"openings": [a.opening(3, central=a.address("X@Example.com"))]}),
        ("national-id-taken", {"openings": [a.opening(3, ids=(a.national_id(2),))]}),
        ("address-taken", {"people": [a.person(1, revision=1, central=Y)]}),
        ("national-id-taken", {"people": [a.person(1, revision=1, ids=(a.national_id(2),))]}),
        ("stale-revision", {"people": [a.person(1, revision=2)]}),
        ("stale-revision", {"people": [a.person(1, revision=0)]}),
        ("stale-revision", {"people": [a.person(9, revision=1)]}),
        ("unknown-person", {"places": [a.place(person=PersonId(9))]}),
    ],
)
def test_a_run_that_collides_writes_nothing(two, everything, code, changes):
    """Also for a caller who catches the error and leaves the unit in order (RO6, RO7)."""
    before = everything(two)
    with two.unit() as unit:
        with pytest.raises(Conflict) as lost:
            a.save(unit, records=[a.record_state(a.record())], **{"places": [a.place()], **changes})
        assert lost.value.code == code
        assert lost.value.__cause__ is None

    assert everything(two) == before


def test_a_run_over_moved_ground_writes_nothing(two, everything):
    """Another run since then means that the changes were decided on what is no more."""
    before = everything(two)
    with two.unit() as unit, pytest.raises(Conflict) as lost:
        unit.rosters.save(a.run("late"), Changes(after_run=0, records=[a.record_state(a.record())]))

    assert lost.value.code == "another-run"
    assert everything(two) == before


def test_two_people_may_swap_addresses_and_ids_in_one_run(two):
    """Everybody leaves before anybody takes, so that no order of writing is in the way."""
    swapped = [
        a.person(1, revision=1, ids=(a.national_id(2),), central=Y),
        a.person(2, revision=1, ids=(a.national_id(1),), central=X),
    ]
    with two.unit() as unit:
        a.save(unit, people=swapped)

    assert a.people_of(two, 1, 2) == swapped
    with two.snapshot() as unit:
        assert [[e.id for e in unit.people.by_central(each.mailbox)] for each in (X, Y)] == [[2], [1]]
        assert [unit.people.by_national_id(a.national_id(number)).id for number in (1, 2)] == [2, 1]


def test_a_new_account_may_take_what_another_leaves_in_the_same_run(two):
    """The address and the id are free by then."""
    with two.unit() as unit:
        a.save(
            unit,
            openings=[a.opening(3, ids=(a.national_id(1),), central=X)],
            people=[a.person(1, revision=1, central=None)],
        )

    assert a.people_of(two, 3) == [a.person(3, ids=(a.national_id(1),), central=X)]


def test_a_respelled_address_is_written(two):
    """Spellings are no part of equality, yet the owner's newest one is kept."""
    with two.unit() as unit:
        unit.people.save(a.person(1, revision=1, ids=(a.national_id(1),), central=a.address("X@Example.COM")))

    (kept,) = a.people_of(two, 1)
    assert a.exactly(kept.central) == a.exactly(a.address("X@Example.COM"))


@pytest.mark.rule("ID-10b")
def test_ids_that_stay_are_not_sealed_anew(two, everything):
    """A run that changes something else of a person or a place leaves the sealed cells as they are."""
    claims = a.claims(ids=(a.national_id(1),))
    place = a.place(accepted=claims, pending=a.claims(ids=(a.national_id(3),)))

    def cells():
        kept = everything(two)
        people = {row.id: (row.revision, row.ids) for row in kept["person"]}
        return people, [(row.class_name, row.ids, row.pending) for row in kept["place"]]

    with two.unit() as unit:
        a.save(unit, places=[place])
    people, [(_, ids, pending)] = cells()
    with two.unit() as unit:
        unit.people.save(a.person(1, revision=1, ids=(a.national_id(1),)))
        a.save(unit, places=[evolve(place, accepted=evolve(claims, class_name="2a"))])
    after, [(class_name, same_ids, same_pending)] = cells()

    assert (class_name, same_ids, same_pending) == ("2a", ids, pending)
    assert after[1] == (1, people[1][1])
    with two.unit() as unit:
        a.save(unit, places=[evolve(place, accepted=a.claims(ids=(a.national_id(4),)))])
    _, [(_, other_ids, same_pending)] = cells()
    assert other_ids != ids
    assert same_pending == pending


def test_a_place_is_no_more_found_by_what_it_no_more_states(storage):
    """Evidence that was dropped leads nowhere; what was added leads to the place."""
    first, second = a.national_id(1), a.national_id(2)
    place = a.place(accepted=a.claims(ids=(first,), email=X))
    with storage.unit() as unit:
        a.save(unit, places=[place])
        a.save(unit, places=[evolve(place, accepted=a.claims(ids=(second,)))])

        def found(evidence):
            return set(unit.rosters.gather(Seeds(evidence=frozenset({evidence}))).places)

        assert found(Evidence.of_id(first)) == set()
        assert found(Evidence.of_mailbox(X)) == set()
        assert found(Evidence.of_id(second)) == {place.key}
