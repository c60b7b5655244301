"""Who waits as a newcomer to a child whom a restriction keeps from somebody (LINK-3b)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import DecisionKind, Evidence, Mark, PlaceKey, Side, World
from eszkola_core.domain.duplicates import Group
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.newcomers import admission, namesakes_beside, newcomers
from eszkola_core.domain.roles import Role
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


def waiting(*places, before=(), unbound=(), passed_on=(), strangers=(), restricted=(), ids=None):  # noqa: PLR0913 - a world
    """
    Return whose places wait.

    *before* were applied before, and *unbound* bound to nobody then; *passed_on* stand under a key that was not there.
    *strangers* are in no group. *ids* are those of accounts by number.
    """
    people = {who: a.person(who, ids=(a.national_id(number),)) for who, number in (ids or {}).items()}
    people = {**{each: a.person(each) for each in (OLA, DAD, NAMESAKE, OTHER_DAD)}, **people}
    known = {
        each.key: each if each in before else evolve(each, accepted=None, pending=each.accepted)
        for each in places
        if each not in passed_on
    }
    known |= {each.key: evolve(each, person=None) for each in unbound}
    decisions, marks = zip(*restricted or [kept(DAD, OLA)], strict=True)
    world = World(places=known, people=people, decisions=frozenset(decisions), marks=frozenset(marks))
    of_place: dict[PlaceKey, Group] = {}
    for who in dict.fromkeys(each.person or each.key for each in places):
        mine = tuple(each for each in places if (each.person or each.key) == who)
        stated = {one for each in mine for one in each.accepted.ids}
        account = people[who].ids if who in people else ()
        of_place |= dict.fromkeys((each.key for each in mine), Group(who, mine, tuple({*stated, *account})))
    groups = list(dict.fromkeys(of_place.values()))
    found = newcomers(world, {each.key: each for each in (*strangers, *places)}, groups, of_place.get)
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


EARLIER = a.TODAY - timedelta(days=9)


@pytest.mark.rule("LINK-3b")
@pytest.mark.parametrize(
    ("kind", "withdrawn_at", "admitted"),
    [
        (DecisionKind.GUARDIAN_ADMITTED, None, True),
        (DecisionKind.GUARDIAN_ADMITTED, a.NOW, False),
        (DecisionKind.NAME_CONFIRMED, None, False),
    ],
)
def test_whoever_was_admitted_waits_no_more_until_that_is_taken_back(kind, withdrawn_at, admitted):
    """At the place and under the name for which somebody with the right has said so."""
    ola, adam = student("1", OLA), guardian("1")
    value = admission(adam.key, ADAM.name)
    decision = a.decision(OLA, id=5, kind=kind, address=None, value=value, withdrawn_at=withdrawn_at)
    restricted = [kept(DAD, OLA), (decision, kept(DAD, OLA)[1])]

    assert waiting(ola, adam, before=(ola,), restricted=restricted) == (set() if admitted else {"1"})


@pytest.mark.rule("LINK-3b")
def test_only_two_who_are_there_make_a_guardian_wait():
    """Neither waits whose record is gone, nor who comes to a child that is; who is nobody's is not looked at."""
    ola, adam = student("1", OLA), guardian("1")
    gone_child, gone_adam = evolve(ola, gone=a.TODAY), evolve(adam, gone=a.TODAY)

    assert waiting(ola, adam, before=(ola,)) == {"1"}
    assert waiting(gone_child, adam, before=(gone_child,)) == set()
    assert waiting(ola, gone_adam, before=(ola,)) == set()
    nobody = evolve(guardian("3"), accepted=None)
    assert waiting(ola, adam, before=(ola,), strangers=[nobody, guardian("4")]) == {"1"}


@pytest.mark.rule("LINK-3b")
@pytest.mark.parametrize(
    ("childs", "guardians", "met"),
    [
        ({}, {}, True),
        ({"gone": a.TODAY}, {"gone": a.TODAY}, True),
        ({"since": a.TODAY}, {"gone": a.TODAY}, False),
        ({"gone": a.TODAY}, {"since": a.TODAY}, False),
    ],
)
def test_who_was_the_childs_guardian_before_comes_back_beside_her(childs, guardians, met):
    """If a former record named both at one time, under a name that meets the present one."""
    ola, mother = student("1", OLA), evolve(guardian("1", a.claims(name=ADAM.name)), person=OTHER_DAD)
    former = evolve(ola, **{"since": EARLIER, **childs}), evolve(mother, **{"since": EARLIER, **guardians})
    again = student("2", OLA), evolve(guardian("2", a.claims(name=ADAM.name)), person=OTHER_DAD)

    assert waiting(*former, *again, before=former) == (set() if met else {"2"})
    other = a.claims(name=PersonName("Zenon", "Kot"))
    renamed = again[0], evolve(again[1], accepted=other)
    assert waiting(*former, *renamed, before=former) == {"2"}


@pytest.mark.rule("LINK-3b")
def test_a_guardian_has_been_there_before_only_if_the_place_was_that_humans():
    """What was applied while it was nobody's shows nothing; what was passed on under a key of its own does."""
    ola = evolve(student("1", OLA), since=EARLIER)
    mother = evolve(guardian("1", a.claims(name=ADAM.name)), person=OTHER_DAD, since=EARLIER)
    assert waiting(ola, mother, before=(ola, mother)) == set()
    assert waiting(ola, mother, before=(ola, mother), unbound=[mother]) == {"1"}

    former = evolve(mother, gone=a.TODAY)
    again = student("2", OLA), evolve(guardian("2", a.claims(name=ADAM.name)), person=OTHER_DAD)
    assert waiting(ola, former, *again, before=(ola,), passed_on=[former]) == set()


@pytest.mark.rule("LINK-3b")
@pytest.mark.parametrize(("first_name", "waits"), [("Zenon", True), ("Adam Jan", False)])
def test_the_ids_of_an_account_speak_for_a_new_place_only_where_the_names_meet(first_name, waits):
    """Whoever was joined to the account by an address alone, under another name, is proven by its ids to be nobody."""
    ola = student("1", OLA)
    adam = evolve(guardian("1", a.claims(name=PersonName("Adam", "Lis"))), person=OTHER_DAD)
    elsewhere = evolve(guardian("9", a.claims(name=PersonName(first_name, "Kot"))), person=OTHER_DAD)

    found = waiting(ola, adam, elsewhere, before=(ola, elsewhere), ids={DAD: 1, OTHER_DAD: 2})
    assert found == ({"1"} if waits else set())


@pytest.mark.rule("LINK-3b")
def test_namesakes_of_who_is_kept_away_who_stand_beside_the_child_are_found_in_the_order_of_their_places():
    """Not who is called otherwise, stands elsewhere or in another role, or is proven another; nobody has none."""

    def called(record, who, name=ADAM.name, *, number=None, role="guardian"):
        of = guardian(record) if role == "guardian" else student(record)
        ids = () if number is None else (a.national_id(number),)
        mine = evolve(of, key=evolve(of.key, who=str(who)), person=PersonId(who), accepted=a.claims(name=name))
        return Group(PersonId(who), (mine,), ids)

    dad = called("9", DAD, number=1)
    ola = Group(OLA, (student("1", OLA), student("2", OLA)), ())
    groups = [
        *(called("2", 12), called("1", 11), dad, ola),
        called("1", 13, PersonName("Jan", "Lis")),
        called("3", 14),
        called("1", 15, role="student"),
        called("1", 16, number=2),
    ]

    assert namesakes_beside(groups, DAD, OLA, Role.GUARDIAN) == (11, 12)
    assert namesakes_beside(groups, PersonId(99), OLA, Role.GUARDIAN) == ()
    assert namesakes_beside(groups, DAD, PersonId(99), Role.GUARDIAN) == ()
