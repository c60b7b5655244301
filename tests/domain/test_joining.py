"""Recognition place by place: who joins whom, who waits and why, and who is reported (ID-2, ID-6, ID-8b)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import DecisionKind, Hold, World
from eszkola_core.domain.duplicates import Duplicate, Group, Likeness, possible_duplicates
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.namesakes import Namesakes
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.roles import Role
from eszkola_core.testing.contracts.storage import samples as a

EARLIER = date(2026, 1, 7)
OLA, EWA, JAN = map(PersonId, range(1, 4))
ONE, TWO, THREE, NINE = (a.national_id(number) for number in (1, 2, 3, 9))
FIVE, SIX, SEVEN = (NationalId("ua/passport", f"FA{number}") for number in (5, 6, 7))
PEOPLE = (
    a.person(OLA, name=PersonName("Ola", "Lis"), ids=(ONE,)),
    a.person(EWA, name=PersonName("Ewa", "Lis"), ids=(TWO,)),
    a.person(JAN, name=PersonName("Jan", "Lis")),
)


def stated(name, *ids, **more):
    """Return claims under a name of two words."""
    return a.claims(name=PersonName(*name.split()), ids=ids, **more)


def place(record, name, *ids, role=Role.GUARDIAN, own_key="", **more):
    """Return a place in a record that nobody has stood in before."""
    who = name.lower() if role is Role.GUARDIAN else ""
    claims = stated(name, *ids, **more)
    return a.place(who, key=a.record(record), role=role, accepted=None, pending=claims, own_key=own_key)


def pupil(record, name, *ids, **more):
    """Return a student's place that nobody has stood in before."""
    return place(record, name, *ids, role=Role.STUDENT, **more)


def bound(person, new):
    """Return a place as it is once it was somebody's for a while."""
    return evolve(new, person=person, accepted=new.pending, pending=None, since=EARLIER)


def recognised(*places, people=PEOPLE, decisions=()):
    """Return who is who in a world with these places."""
    known = {each.id: each for each in people}
    return recognise(World({each.key: each for each in places}, known, frozenset(decisions)), a.TODAY)


def holds(found, *places):
    """Return why each place waits, or None."""
    return [found.places[each.key].hold for each in places]


def owners(found, *places):
    """Return whose each place is, or None where it is nobody's."""
    return [group.who if (group := found.group_of(each.key)) is not None else None for each in places]


# Why a place waits


@pytest.mark.rule("SYNC-4a")
def test_whose_ids_are_two_peoples_waits_for_that_reason():
    """Although the same record names one of them already: the next run would say so, too."""
    pupils = bound(OLA, pupil("1", "Ola Lis", ONE))
    guardian = place("1", "Ola Lis", ONE, FIVE)
    other = bound(EWA, place("2", "Ewa Lis", TWO, FIVE))
    found = recognised(pupils, guardian, other)

    assert holds(found, pupils, guardian, other) == [None, Hold.AMBIGUOUS, None]
    assert recognised(*found.places.values()).places == found.places


@pytest.mark.rule("ID-6e")
def test_what_is_bound_waits_for_the_reason_that_it_was_given():
    """Another id in place of one's own is asked about, whosever it is."""
    corrected = evolve(bound(OLA, place("1", "Ola Lis", ONE)), pending=stated("Ola Lis", TWO, FIVE))
    others = [bound(EWA, place("2", "Ewa Lis", TWO)), bound(JAN, place("3", "Jan Lis", FIVE))]
    found = recognised(corrected, *others)

    assert holds(found, corrected, *others) == [Hold.ID_CORRECTION, None, None]
    assert found.places[corrected.key] == evolve(corrected, hold=Hold.ID_CORRECTION)
    assert found.meant_by(corrected.key) == OLA
    assert {each.likeness for each in found.duplicates} == {Likeness.SAME_ID}


@pytest.mark.rule("SYNC-4a")
def test_a_stranger_beside_whoever_has_the_id_stands_twice_in_the_record():
    """Who came late, by another id that was learnt just now, stands there: nobody need be asked whose the name is."""
    stranger = place("1", "Iwo Kot", ONE)
    teaching, late = place("2", "Ola Lis", ONE, FIVE), place("1", "Ola Lis", FIVE)
    alone = recognised(stranger, teaching)
    assert holds(alone, stranger, teaching) == [Hold.NAME_MISMATCH, None]
    assert (alone.meant_by(stranger.key), alone.meant_by(teaching.key)) == (OLA, None)

    found = recognised(stranger, teaching, late)
    assert holds(found, stranger, teaching, late) == [Hold.TWICE_IN_RECORD, None, None]
    assert owners(found, stranger, teaching, late) == [None, OLA, OLA]
    assert found.meant_by(stranger.key) is None


@pytest.mark.rule("ID-6b")
def test_a_renamed_place_says_nothing_of_the_id_that_it_states_now():
    """Whose it is must be told first: until then the id's owner is nobody's possible duplicate."""
    renamed = evolve(bound(OLA, place("1", "Ola Lis")), pending=stated("Ewa Kot", TWO))
    found = recognised(renamed, bound(EWA, place("2", "Ewa Lis", TWO)))

    assert holds(found, renamed) == [Hold.RENAMED]
    assert found.duplicates == ()


@pytest.mark.rule("ID-6c")
def test_where_ids_name_one_human_twice_in_a_record_the_students_place_goes_first():
    """Also where it is another id that each of the two states."""
    teaching = bound(OLA, place("9", "Ola Lis", ONE, FIVE))
    pupils, guardian = pupil("1", "Ola Lis", ONE), place("1", "Ola Lis", FIVE)
    found = recognised(teaching, pupils, guardian)

    assert holds(found, pupils, guardian) == [None, Hold.TWICE_IN_RECORD]
    assert owners(found, pupils, guardian) == [OLA, None]


@pytest.mark.rule("SYNC-7a")
def test_what_waits_again_is_what_is_stated_now():
    """Somebody without an account whose place was applied, and who fits two people by now."""
    keyed = [bound(who, place(f"{who}", name, own_key="k7")) for who, name in ((EWA, "Ewa Lis"), (JAN, "Jan Lis"))]
    applied = evolve(place("9", "Iga Lis", own_key="k7"), accepted=stated("Iga Lis"), pending=None)
    found = recognised(*keyed, applied)

    assert found.places[applied.key] == evolve(applied, pending=applied.accepted, hold=Hold.AMBIGUOUS)


@pytest.mark.rule("MAIL-4a")
@pytest.mark.parametrize(
    ("before", "now", "since", "expected"),
    [
        ("x", "x", EARLIER, EARLIER),
        ("x", "x", None, a.TODAY),
        ("x", "y", EARLIER, a.TODAY),
        (None, "x", EARLIER, a.TODAY),
        ("x", None, EARLIER, None),
        (None, None, None, None),
    ],
)
def test_since_when_an_address_is_stated(before, now, since, expected):
    """Since it was first stated without a break; from today where that is not known."""
    first, second = (stated("Ola Lis", ONE, email=x and a.address(f"{x}@example.com")) for x in (before, now))
    known = evolve(bound(OLA, place("1", "Ola Lis")), accepted=first, pending=second, email_since=since)

    assert recognised(known).places[known.key].email_since == expected


@pytest.mark.rule("LINK-3b")
def test_whoever_is_new_beside_a_kept_child_waits_and_so_does_who_stood_behind_them():
    """Who would be twice in the record comes to stand there once the first one waits, and waits as well."""
    ala, jan = bound(OLA, pupil("1", "Ola Lis", ONE)), bound(JAN, place("1", "Jan Lis"))
    restricted = a.decision(JAN, object=OLA, kind=DecisionKind.RESTRICTED, address=None)
    first, behind = place("1", "Adam Kot", NINE, own_key="k7"), place("1", "Adam Rys", own_key="k7")
    assert holds(recognised(ala, first, behind), first, behind) == [None, Hold.TWICE_IN_RECORD]

    found = recognised(ala, jan, first, behind, decisions=[restricted])
    assert holds(found, ala, jan, first, behind) == [None, None, Hold.RESTRICTION, Hold.RESTRICTION]
    assert owners(found, ala, jan, first, behind) == [OLA, JAN, None, None]


# Names under one id


@pytest.mark.rule("ID-8b")
def test_a_name_that_leads_to_anothers_over_a_common_key_is_one_of_them():
    """Ola Lis and Ola Kot under one key of the source, and Jan Kot under the id of the first."""
    first, second = (
        bound(OLA, place("1", "Ola Lis", ONE, own_key="k7")),
        bound(OLA, place("2", "Ola Kot", own_key="k7")),
    )
    newcomer = place("3", "Jan Kot", ONE)

    assert owners(recognised(first, second, newcomer), newcomer) == [OLA]
    assert holds(recognised(first, newcomer), newcomer) == [Hold.NAME_MISMATCH]


@pytest.mark.rule("ID-8b")
def test_whose_places_state_no_id_any_more_is_known_by_the_ids_that_the_account_has():
    """Ola Lis without an id by now, Ola Kot with the account's, and Jan Kot, who is led to by her."""
    silent, beside, newcomer = bound(OLA, place("1", "Ola Lis")), place("2", "Ola Kot", ONE), place("3", "Jan Kot", ONE)

    assert owners(recognised(silent, beside, newcomer), beside, newcomer) == [OLA, OLA]
    assert holds(recognised(silent, newcomer), newcomer) == [Hold.NAME_MISMATCH]


@pytest.mark.rule("ID-8b")
def test_a_name_of_a_place_that_no_id_or_key_leads_to_vouches_for_nobody():
    """Neither one of the same human, nor one under another of the human's ids."""
    known, other = bound(OLA, place("1", "Ola Lis", ONE)), bound(OLA, place("2", "Iga Kot"))
    newcomer = place("3", "Iga Kot", ONE)
    assert holds(recognised(known, other, newcomer), newcomer) == [Hold.NAME_MISMATCH]

    people = (evolve(PEOPLE[0], ids=(ONE, FIVE)), *PEOPLE[1:])
    beside, newcomer = place("2", "Ola Kot", FIVE), place("3", "Jan Kot", ONE)
    found = recognised(known, beside, newcomer, people=people)
    assert holds(found, beside, newcomer) == [None, Hold.NAME_MISMATCH]


@pytest.mark.rule("ID-8b")
def test_a_name_that_waits_vouches_for_nobody():
    """Of what is bound counts what was applied."""
    renamed = evolve(bound(OLA, place("1", "Ola Lis", ONE)), pending=stated("Iga Kot"))
    newcomer = place("2", "Iga Kot", ONE)

    assert holds(recognised(renamed, newcomer), renamed, newcomer) == [Hold.RENAMED, Hold.NAME_MISMATCH]


@pytest.mark.rule("ID-8b")
def test_an_id_twice_in_a_record_is_whose_it_was_before():
    """Even beside the student: who states it too vouches for no name under it."""
    mother, pupils = bound(EWA, place("1", "Ewa Lis", TWO)), pupil("1", "Ewa Kot", TWO)
    newcomer = place("2", "Iga Kot", TWO)
    found = recognised(mother, pupils, newcomer)

    assert holds(found, mother, pupils, newcomer) == [None, Hold.TWICE_IN_RECORD, Hold.NAME_MISMATCH]


@pytest.mark.rule("ID-8b")
def test_of_new_places_under_one_id_the_names_that_most_agree_are_the_human():
    """Whoever differs wholly waits, though first in order; whoever is led to by another name does not."""
    two = [place(f"{number}", "Ola Lis", NINE) for number in (2, 3)]
    stranger = place("1", "Iwo Kot", NINE)
    found = recognised(stranger, *two)
    assert holds(found, stranger, *two) == [Hold.NAME_MISMATCH, None, None]
    assert owners(found, stranger, *two) == [None, two[0].key, two[0].key]
    assert found.meant_by(stranger.key) is None

    chain = [*two, place("4", "Ola Kot", NINE), place("5", "Jan Kot", NINE), place("6", "Jan Rys", NINE)]
    assert holds(recognised(*chain), *chain) == [None] * 5


def test_a_bound_place_of_which_nothing_was_applied_is_a_broken_promise():
    """Its name is asked of nobody."""
    with pytest.raises(AssertionError) as caught:
        Namesakes((evolve(place("1", "Ola Lis"), person=OLA),))
    assert str(caught.value) == "a place states something, and what is bound was applied"


# Ids


@pytest.mark.rule("ID-6a")
def test_who_states_the_ids_of_two_people_is_neither():
    """Until one of the two ids is mended, or the two are merged."""
    newcomer = place("1", "Ola Lis", ONE, FIVE)

    found = recognised(newcomer, bound(EWA, place("2", "Ola Lis", TWO, FIVE)))
    assert (holds(found, newcomer), owners(found, newcomer)) == ([Hold.AMBIGUOUS], [None])


@pytest.mark.rule("ID-6e")
def test_a_former_id_leads_to_its_one_owner_under_a_name_of_theirs():
    """Under a stranger's name it is whoever the id is really of; so it is where two had it before."""
    jan = evolve(PEOPLE[2], former_ids=(THREE,))
    at_home = bound(JAN, place("1", "Jan Lis"))
    mine, strangers = place("2", "Jan Kot", THREE), place("2", "Iwo Rys", THREE)

    found = recognised(at_home, mine, people=(*PEOPLE[:2], jan))
    assert owners(found, mine) == [JAN]
    assert {group.who: group.former_ids for group in found.groups} == {OLA: (), EWA: (), JAN: (THREE,)}
    found = recognised(at_home, strangers, people=(*PEOPLE[:2], jan))
    assert (owners(found, strangers), holds(found, strangers)) == ([strangers.key], [None])
    two = (PEOPLE[0], evolve(PEOPLE[1], former_ids=(THREE,)), jan)
    assert owners(recognised(at_home, mine, people=two), mine) == [mine.key]


@pytest.mark.rule("ID-2")
def test_ids_that_a_record_says_of_somebody_in_vain_are_nobodys():
    """Two passports of one person, and one beside a stranger's name: who states one of them alone waits."""
    first, second = place("1", "Ola Lis", ONE, FIVE), place("2", "Ola Lis", ONE, SIX)
    stranger = place("3", "Iwo Kot", ONE, SEVEN)
    alone = [place(f"{number}", "Ola Lis", each) for number, each in ((4, FIVE), (5, SIX), (6, SEVEN))]
    found = recognised(first, second, stranger, *alone)

    assert holds(found, first, second, stranger) == [None, None, Hold.NAME_MISMATCH]
    assert holds(found, *alone) == [Hold.AMBIGUOUS] * 3


@pytest.mark.rule("ID-2")
def test_what_two_want_stays_nobodys_beside_what_somebody_says_in_vain():
    """A passport of two people, and two passports of a third: whoever states one of the three alone waits."""
    people = (*PEOPLE[:2], evolve(PEOPLE[2], ids=(THREE,)))
    of_two = [place("1", "Ola Lis", ONE, FIVE), place("2", "Ewa Lis", TWO, FIVE)]
    of_jan = [place("3", "Jan Lis", THREE, SIX), place("4", "Jan Lis", THREE, SEVEN)]
    alone = [place(f"{number}", "Iga Lis", each) for number, each in ((5, FIVE), (6, SIX), (7, SEVEN))]
    found = recognised(*of_two, *of_jan, *alone, people=people)

    assert owners(found, *of_two, *of_jan) == [OLA, EWA, JAN, JAN]
    assert holds(found, *alone) == [Hold.AMBIGUOUS] * 3


@pytest.mark.rule("ID-6a")
def test_one_id_under_the_keys_of_two_people_is_neithers():
    """They are reported as possibly one."""
    keyed = [
        bound(EWA, place("1", "Iga Lis", own_key="k1")),
        bound(JAN, place("2", "Iga Lis", own_key="k2")),
    ]
    people = (PEOPLE[0], *(a.person(who, name=PersonName("Iga", "Lis")) for who in (EWA, JAN)))
    both = [place("3", "Iga Lis", NINE, own_key="k1"), place("4", "Iga Lis", NINE, own_key="k2")]
    found = recognised(*keyed, *both, people=people)

    assert holds(found, *both) == [Hold.AMBIGUOUS] * 2
    assert found.duplicates == (Duplicate(keyed[0].key, keyed[1].key, Likeness.SAME_ID),)


@pytest.mark.rule("ID-2")
def test_new_places_of_one_key_are_one_human_with_the_ids_of_all():
    """Nothing speaks against it: of two kinds, under one name, in two records."""
    two = [place("1", "Iga Lis", NINE, own_key="k7"), place("2", "Iga Lis", FIVE, own_key="k7")]
    found = recognised(*two)

    assert owners(found, *two) == [two[0].key] * 2
    assert found.group_of(two[1].key).ids == (NINE, FIVE)


@pytest.mark.rule("ID-8b")
def test_ids_that_lead_from_one_stranger_to_another_are_nobodys():
    """Two ids, of which one place states both: whose they are cannot be told from names that differ."""
    three = [place("1", "Ola Lis", NINE), place("2", "Jan Kot", NINE, FIVE), place("3", "Jan Rys", FIVE)]

    assert holds(recognised(*three), *three) == [Hold.AMBIGUOUS] * 3


# Own keys and addresses

X, Y = a.address("x@example.com"), a.address("y@example.com")


@pytest.mark.rule("ID-6b")
def test_who_states_no_id_joins_whom_the_source_knows_by_the_key():
    """The least place of a human who does not last yet is the first one, however it came."""
    newcomer = place("2", "Jan Lis", own_key="k7")
    found = recognised(bound(JAN, place("1", "Jan Lis", own_key="k7")), newcomer)
    assert owners(found, newcomer) == [JAN]

    founded, joined = place("2", "Iga Lis", NINE, own_key="k7"), place("1", "Iga Lis", own_key="k7")
    assert owners(recognised(founded, joined), founded, joined) == [joined.key] * 2


@pytest.mark.rule("ID-6c")
@pytest.mark.parametrize("ids", [(), (NINE,)])
def test_whom_a_source_knows_by_its_key_alone_is_whoever_has_address_and_name(ids):
    """Whom more is known of: an id, or that no source has a key of them; a student never is."""
    jan = bound(JAN, place("1", "Jan Lis", *ids, email=X))
    keyed, pupils = place("2", "Jan Lis", own_key="k7", email=X), pupil("3", "Jan Lis", own_key="k8", email=X)
    elsewhere = place("4", "Jan Lis", own_key="k9", email=Y)
    people = (*PEOPLE[:2], evolve(PEOPLE[2], ids=ids))
    found = recognised(jan, keyed, pupils, elsewhere, people=people)

    assert owners(found, jan, keyed, pupils, elsewhere) == [JAN, JAN, pupils.key, elsewhere.key]


@pytest.mark.rule("ID-6c")
def test_an_address_is_looked_for_in_every_place_and_where_it_was_chosen():
    """A student's place is passed over, and what comes after it is not."""
    places = [bound(JAN, pupil("1", "Jan Lis", email=X)), bound(JAN, place("2", "Jan Lis", email=Y))]
    at_x, at_y = place("3", "Jan Lis", email=X), place("4", "Jan Lis", email=Y)
    assert owners(recognised(*places, at_x, at_y), at_x, at_y) == [at_x.key, JAN]

    chosen = a.decision(JAN, kind=DecisionKind.ADDRESS_CHOSEN, address=X)
    assert owners(recognised(*places, at_x, at_y, decisions=[chosen]), at_x, at_y) == [JAN, JAN]


OLD, YOUNG = date(1950, 5, 5), date(1990, 5, 5)


@pytest.mark.rule("ID-6c")
@pytest.mark.parametrize(
    ("known", "ids", "newcomers", "joined"),
    [
        (OLD, (), OLD, True),
        (OLD, (), YOUNG, False),
        (OLD, (), None, True),
        (None, (), YOUNG, True),
        (None, (NINE,), YOUNG, False),
        (None, (NINE,), NINE.birth_date, True),
        (NINE.birth_date, (NINE,), YOUNG, False),
    ],
)
def test_an_address_recognises_nobody_who_was_born_on_another_day(known, ids, newcomers, joined):
    """Whether it stands in a place or in the id that somebody is known by; where one day is not known both may be."""
    people = (*PEOPLE[:2], evolve(PEOPLE[2], ids=ids))
    jan, newcomer = bound(JAN, place("1", "Jan Lis", email=X, birth_date=known)), place("2", "Jan Lis", email=X)
    newcomer = evolve(newcomer, pending=evolve(newcomer.pending, birth_date=newcomers))

    assert owners(recognised(jan, newcomer, people=people), newcomer) == [JAN if joined else newcomer.key]


@pytest.mark.rule("ID-6c")
def test_new_places_of_one_address_and_name_are_as_many_people_as_have_birth_dates():
    """Who states none is the one who does; where two do they could be either, and wait."""
    first, second, third = (
        place(record, "Jan Lis", email=X, birth_date=born) for record, born in (("1", OLD), ("2", YOUNG), ("3", OLD))
    )
    unknown = place("4", "Jan Lis", email=X)

    found = recognised(first, second, third, unknown)
    assert owners(found, first, second, third, unknown) == [first.key, second.key, first.key, None]
    assert holds(found, unknown) == [Hold.AMBIGUOUS]
    assert owners(recognised(first, third, unknown), first, third, unknown) == [first.key] * 3
    assert owners(recognised(unknown), unknown) == [unknown.key]


# Who may be one


def human(who, *places, ids=()):
    """Return a human with places that were applied."""
    return Group(who, places, ids)


def reported(*groups, one_id=(), decisions=()):
    """Return who may be one of these humans."""
    return possible_duplicates(groups, one_id, Aliases.of(decisions))


@pytest.mark.rule("ID-6d")
def test_two_who_state_one_id_are_reported_unless_they_were_called_distinct():
    """By their least places; who stands nowhere is named by nothing."""
    ewa, jan = bound(EWA, place("2", "Ewa Lis", TWO)), bound(JAN, place("1", "Jan Lis", TWO))
    two = (human(EWA, ewa), human(JAN, jan))

    assert reported(*two, one_id=[(EWA, JAN)]) == (Duplicate(jan.key, ewa.key, Likeness.SAME_ID),)
    distinct = a.decision(EWA, object=JAN, kind=DecisionKind.DISTINCT, address=None)
    assert reported(*two, one_id=[(EWA, JAN)], decisions=[distinct]) == ()
    assert reported(human(EWA, ewa), human(JAN), one_id=[(EWA, JAN), (JAN, EWA)]) == ()


@pytest.mark.rule("ID-6d")
def test_only_what_a_record_says_today_is_likeness():
    """Not what it said before, nor what somebody was given here; what stands beside that counts."""
    ewa, jan = (bound(who, place(f"{who}", "Iga Lis", email=X)) for who in (EWA, JAN))
    gone = evolve(bound(JAN, place("9", "Iga Lis", email=X)), gone=a.TODAY)
    alike = Duplicate(ewa.key, jan.key, Likeness.SAME_ADDRESS)

    assert reported(human(EWA, ewa), human(JAN, jan)) == (alike,)
    assert reported(human(EWA, ewa), human(JAN, gone)) == ()
    assert reported(human(EWA, ewa), human(JAN, jan, gone)) == (alike,)
    assert reported(human(EWA, ewa), human(JAN, gone, jan)) == (Duplicate(ewa.key, gone.key, Likeness.SAME_ADDRESS),)


@pytest.mark.rule("ID-6d")
@given(count=st.integers(2, 60), order=st.randoms(use_true_random=False))
def test_of_very_many_alike_each_is_reported_and_not_all_pairs(count, order):
    """Up to twenty each with each other, further ones with one of those; whatever order they come in."""
    many = [
        human(PersonId(each), bound(PersonId(each), place(f"{each:03}", "Iga Lis", email=X))) for each in range(count)
    ]
    found = reported(*many)
    order.shuffle(many)

    few = min(count, 20)
    assert len(found) == few * (few - 1) // 2 + count - few
    assert {each for pair in found for each in (pair.first, pair.second)} == {human.places[0].key for human in many}
    assert reported(*many) == found


@pytest.mark.rule("ID-6d")
def test_of_very_many_alike_nobody_is_reported_with_whom_they_are_not():
    """Whose id proves them another, and who was called distinct, is reported with somebody else or with nobody."""
    many = [human(PersonId(each), bound(PersonId(each), place(f"{each:03}", "Iga Lis", email=X))) for each in range(22)]
    distinct = [
        a.decision(PersonId(each), object=PersonId(21), kind=DecisionKind.DISTINCT, address=None) for each in range(20)
    ]
    last = many[21].places[0].key

    assert [pair.first for pair in reported(*many, decisions=distinct[:1]) if pair.second == last] == [
        many[1].places[0].key
    ]
    assert [pair for pair in reported(*many, decisions=distinct) if last in (pair.first, pair.second)] == []


@pytest.mark.rule("ID-6d")
def test_a_common_child_is_a_child():
    """Two who stand beside one guardian in two records have none in common."""
    beside = [bound(OLA, place(f"{number}", "Ola Lis", ONE)) for number in (1, 2)]
    pupils = [
        bound(PersonId(10 + number), pupil(f"{number}", name)) for number, name in ((1, "Ala Lis"), (2, "Iza Lis"))
    ]
    two = human(EWA, bound(EWA, place("1", "Iga Kot"))), human(JAN, bound(JAN, place("2", "Iga Kot")))
    children = [human(each.person, each) for each in pupils]

    assert reported(*two, *children, human(OLA, *beside)) == ()
    of_both = human(pupils[0].person, *pupils)
    assert [each.likeness for each in reported(*two, of_both, human(OLA, *beside))] == [Likeness.SAME_CHILD]
