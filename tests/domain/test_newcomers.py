"""Who waits as a newcomer to a child whom a restriction keeps from somebody (LINK-3b)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import DecisionKind, Evidence, Mark, PlaceKey, Side, World
from eszkola_core.domain.duplicates import Group
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.newcomers import newcomers
from eszkola_core.testing.contracts.storage import samples as a

OLA, DAD, NAMESAKE, OTHER_DAD = map(PersonId, range(1, 5))
NAME = PersonName("Ola", "Lis")
BORN, ANOTHER_DAY = date(2015, 3, 1), date(2015, 3, 2)
CHILD = a.claims(name=NAME)
ADAM = a.claims(name=PersonName("Adam", "Lis"), ids=(a.national_id(9),))


def kept(human, child, number=1):
    """Return the restriction between two, and the mark that the child's name leaves on it."""
    decision = a.decision(human, id=number, kind=DecisionKind.RESTRICTED, object=child, address=None)
    return decision, Mark(number, Side.OBJECT, Evidence.of_name(NAME))


def student(record, person=None, claims=CHILD):
    """Return a student's place."""
    return a.place(key=a.record(record), person=person, accepted=claims)


def guardian(record, claims=ADAM):
    """Return the place of a guardian who is new."""
    return a.place("adam", key=a.record(record), accepted=claims)


def waiting(*places, before=(), restricted=(), ids=None):
    """Return whose places wait; *before* were applied before, *ids* are those of accounts by number."""
    people = {who: a.person(who, ids=(a.national_id(number),)) for who, number in (ids or {}).items()}
    people = {**{each: a.person(each) for each in (OLA, DAD, NAMESAKE, OTHER_DAD)}, **people}
    known = {
        each.key: each if each in before else evolve(each, accepted=None, pending=each.accepted) for each in places
    }
    decisions, marks = zip(*restricted or [kept(DAD, OLA)], strict=True)
    world = World(places=known, people=people, decisions=frozenset(decisions), marks=frozenset(marks))
    of_place: dict[PlaceKey, Group] = {}
    for who in dict.fromkeys(each.person or each.key for each in places):
        mine = tuple(each for each in places if (each.person or each.key) == who)
        stated = {one for each in mine for one in each.accepted.ids}
        account = people[who].ids if who in people else ()
        of_place |= dict.fromkeys((each.key for each in mine), Group(who, mine, tuple({*stated, *account})))
    groups = list(dict.fromkeys(of_place.values()))
    found = newcomers(world, {each.key: each for each in places}, groups, of_place.get)
    return {key.record.key for key in found}


@pytest.mark.rule("LINK-3b")
@pytest.mark.parametrize(
    ("hers", "the_others", "waits"),
    [(BORN, BORN, True), (BORN, None, True), (None, BORN, True), (None, None, True), (BORN, ANOTHER_DAY, False)],
)
def test_a_new_guardian_of_a_namesake_waits_unless_she_was_born_on_another_day(hers, the_others, waits):
    """She could be the child of the restriction, with a record of her own; two birth dates prove that she is not."""
    ola = student("1", OLA, evolve(CHILD, birth_date=hers))
    namesake = student("2", claims=evolve(CHILD, birth_date=the_others))

    assert waiting(ola, namesake, guardian("2"), before=(ola,)) == ({"2"} if waits else set())


@pytest.mark.rule("LINK-3b")
def test_a_child_is_proven_another_by_the_id_of_her_account():
    """Although her record, which has named her before, states none any more."""
    ola, namesake = student("1", OLA), student("2", NAMESAKE)
    places = ola, namesake, guardian("2")

    assert waiting(*places, before=(ola, namesake), ids={OLA: 1, NAMESAKE: 2}) == set()
    assert waiting(*places, before=(ola, namesake), ids={OLA: 1}) == {"2"}


@pytest.mark.rule("LINK-3b")
def test_a_guardian_is_proven_another_by_an_id_of_somebody_whom_no_record_names():
    """Whoever is kept away may stand nowhere any more; the account is still known."""
    ola = student("1", OLA)

    assert waiting(ola, guardian("1"), before=(ola,), ids={DAD: 1}) == set()
    assert waiting(ola, guardian("1"), before=(ola,)) == {"1"}


@pytest.mark.rule("LINK-3b")
def test_of_two_children_of_one_name_each_may_be_the_other():
    """A guardian who is proven not to be kept from the one may still be who is kept from the other."""
    ola, namesake = student("1", OLA), student("2", NAMESAKE)
    places = ola, namesake
    restricted = [kept(DAD, OLA, 1), kept(OTHER_DAD, NAMESAKE, 2)]

    for record, proven in (("1", DAD), ("2", OTHER_DAD)):
        ids = {proven: 1}
        assert waiting(*places, guardian(record), before=places, restricted=restricted, ids=ids) == {record}
        both = {DAD: 1, OTHER_DAD: 2}
        assert waiting(*places, guardian(record), before=places, restricted=restricted, ids=both) == set()


@pytest.mark.rule("LINK-3b")
@pytest.mark.parametrize(
    ("first_name", "born", "hers", "stated", "waits"),
    [
        ("Ala", ANOTHER_DAY, BORN, (), False),
        ("Ola Ewa", ANOTHER_DAY, BORN, (), True),
        ("Ala", BORN, BORN, (), True),
        ("Ala", None, BORN, (), True),
        ("Ala", ANOTHER_DAY, None, (), True),
        ("Ala", None, None, (a.national_id(2),), False),
        ("Ala", None, None, (a.national_id(1),), True),
    ],
)
def test_a_child_who_is_new_to_who_is_kept_away_waits_unless_proven_another(first_name, born, hers, stated, waits):
    """By ids, or by birth date and first name together: she could be the child of the restriction under a new name."""
    ola = student("1", OLA, evolve(CHILD, birth_date=hers))
    new = student("2", NAMESAKE, a.claims(name=PersonName(first_name, "Kot"), ids=stated, birth_date=born))
    dad = evolve(guardian("2"), person=DAD)

    assert waiting(ola, new, dad, before=(ola, dad), ids={OLA: 1}) == ({"2"} if waits else set())
