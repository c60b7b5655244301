"""Who waits before they are anybody's: whom a restriction holds, and who comes beside doubt (LINK-1a, LINK-3b)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import DecisionKind, Hold, World
from eszkola_core.domain.duplicates import Duplicate, Likeness
from eszkola_core.domain.identity_decisions import NamedPlace
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.recognition import recognise
from eszkola_core.testing.contracts.storage import samples as a

CHILD, MOTHER, FATHER = map(PersonId, range(1, 4))
OLA, EWA, JAN, IGA = (
    a.claims(name=PersonName(each, last))
    for each, last in (("Ola", "Lis"), ("Ewa", "Lis"), ("Jan", "Lis"), ("Iga", "Kot"))
)
STUDENT = a.place(person=CHILD, accepted=OLA)
EWAS = a.place("ewa", person=MOTHER, accepted=EWA)
NEW = a.place("jan", accepted=None, pending=JAN)


def recognised(*places, decisions=(), ids=None):
    """Return who is who; *ids* are those of accounts by number."""
    people = {each: a.person(each, ids=(ids or {}).get(each, ())) for each in (CHILD, MOTHER, FATHER)}
    return recognise(World({each.key: each for each in places}, people, frozenset(decisions)), a.TODAY)


def holds(*places, decisions=()):
    """Return why each of the places waits, in their order."""
    found = recognised(*places, decisions=decisions).places
    return [found[each.key].hold for each in places]


@pytest.mark.rule("LINK-3b")
def test_somebody_new_to_a_child_whom_a_restriction_names_waits_for_that_reason():
    """What is not applied is kept, and says why; without a restriction nobody waits."""
    restricted = a.decision(FATHER, id=1, kind=DecisionKind.RESTRICTED, object=CHILD, address=None)

    assert holds(STUDENT, EWAS, NEW, decisions=[restricted]) == [None, None, Hold.RESTRICTION]
    assert holds(STUDENT, EWAS, NEW) == [None, None, None]


@pytest.mark.rule("LINK-1a")
def test_somebody_new_beside_a_student_who_may_be_another_child_waits_for_the_same_reason():
    """A guardian whose place is in doubt holds up nobody, and no more does a student who left."""
    assert holds(evolve(STUDENT, pending=IGA), EWAS, NEW) == [Hold.RENAMED, None, Hold.RENAMED]
    assert holds(STUDENT, evolve(EWAS, pending=IGA), NEW) == [None, Hold.RENAMED, None]
    left = evolve(STUDENT, pending=IGA, hold=Hold.RENAMED, gone=a.TODAY)
    assert holds(left, EWAS, NEW) == [Hold.RENAMED, None, None]


@pytest.mark.rule("LINK-3b")
def test_a_place_that_was_bound_and_never_applied_waits_for_a_restriction_too():
    """Whose it is nobody asks: only somebody with the right admits them."""
    restricted = a.decision(FATHER, id=1, kind=DecisionKind.RESTRICTED, object=CHILD, address=None)
    bound = a.place("jan", person=MOTHER, accepted=None, pending=JAN)

    found = recognised(STUDENT, bound, decisions=[restricted])
    assert found.places[bound.key].hold is Hold.RESTRICTION
    assert found.doubts == {}


@pytest.mark.rule("ID-6b")
def test_of_a_place_that_turns_into_another_name_it_is_asked_whose_it_is():
    """A yes applies it, a no makes it a newcomer's beside the former; without a word it waits and is asked about."""
    renamed = evolve(STUDENT, pending=IGA)
    text = NamedPlace.stating(renamed.key, IGA).text
    yes = a.decision(CHILD, id=1, kind=DecisionKind.NAME_CONFIRMED, address=None, value=text)

    asked = recognised(renamed)
    assert (asked.doubts, asked.places[renamed.key].accepted) == ({renamed.key: CHILD}, OLA)

    told = recognised(renamed, decisions=[yes])
    assert (told.doubts, told.places[renamed.key].accepted) == ({}, IGA)
    assert told.places[renamed.key].person == CHILD

    refused = recognised(renamed, decisions=[evolve(yes, kind=DecisionKind.NAME_REFUSED)])
    former = evolve(renamed.key, who=f"former {CHILD}")
    assert (refused.doubts, refused.places[renamed.key].person) == ({}, None)
    assert refused.places[former] == evolve(STUDENT, key=former, gone=a.TODAY)


@pytest.mark.rule("ID-6e")
def test_a_place_that_states_anothers_id_waits_and_both_are_told_as_one_id():
    """A place that waits for another reason tells of nobody."""
    mine, theirs = a.national_id(1), a.national_id(2)
    elsewhere = a.place(key=a.record("2"), person=MOTHER, accepted=evolve(EWA, ids=(theirs,)))
    ids = {CHILD: (mine,), MOTHER: (theirs,)}
    clashing = evolve(STUDENT, accepted=evolve(OLA, ids=(mine,)), pending=evolve(OLA, ids=(theirs,)))

    found = recognised(clashing, elsewhere, ids=ids)
    assert found.places[clashing.key].hold is Hold.ID_CORRECTION
    assert found.doubts == {clashing.key: CHILD}
    assert found.duplicates == (Duplicate(elsewhere.key, clashing.key, Likeness.SAME_ID),)

    assert recognised(STUDENT, elsewhere, ids=ids).duplicates == ()


@pytest.mark.rule("ID-6c")
def test_of_two_places_of_one_human_in_a_record_the_applied_one_counts():
    """Before the student's, which is the first among equals; then the older one, then the lesser key."""
    guardian = evolve(EWAS, person=CHILD)
    ids = {CHILD: (a.national_id(1),), MOTHER: (a.national_id(2),)}
    waiting = evolve(STUDENT, accepted=None, pending=evolve(OLA, ids=ids[MOTHER]))
    mother = a.place(key=a.record("2"), person=MOTHER, accepted=EWA)
    found = recognised(waiting, guardian, mother, ids=ids)
    assert [found.places[each.key].hold for each in (waiting, guardian)] == [Hold.TWICE_IN_RECORD, None]
    assert (found.doubts, found.duplicates) == ({}, (Duplicate(mother.key, guardian.key, Likeness.SAME_ID),))
    assert holds(STUDENT, guardian) == [None, Hold.TWICE_IN_RECORD]

    other = a.place("zofia", person=CHILD, accepted=EWA)
    assert holds(guardian, other) == [None, Hold.TWICE_IN_RECORD]
    assert holds(guardian, evolve(other, since=a.TODAY - timedelta(days=1))) == [Hold.TWICE_IN_RECORD, None]
