"""By what those are known again whom a restriction names, and what follows for them (LINK-3c, LINK-3d)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind, Evidence, Mark, Reservation, Side, World
from eszkola_core.domain.duplicates import Group
from eszkola_core.domain.kept_apart import barred_mailboxes, kept_apart, marks_of, renewed
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.roles import Role
from eszkola_core.testing.contracts.storage import samples as a

FATHER, CHILD, AGAIN, REBORN, THIRD = PEOPLE = tuple(map(PersonId, range(1, 6)))
LATER = a.NOW + timedelta(days=1)
OLA = PersonName("Ola", "Lis")
RECORD, OTHER_RECORD = a.record("1"), a.record("2")


def restricted(human, child, number=7, **more):
    """Return the restriction between two."""
    known = {"id": number, "subject": human, "object": child, "author": "ola.kot", "reason": "court", "at": a.NOW}
    return Decision(**{"kind": DecisionKind.RESTRICTED, **known, **more})


def known_by(side, number, decision=7):
    """Return the mark that an id leaves on a restriction."""
    return Mark(decision, side, Evidence.of_id(a.national_id(number)))


def group(who, *ids, places=()):
    """Return somebody who is known by these ids."""
    return Group(who, tuple(places), tuple(map(a.national_id, ids)))


def anew(decisions, groups, *, marks=(), numbers=None):
    """Return what is decided anew."""
    apart = kept_apart(World(decisions=frozenset(decisions), marks=frozenset(marks)), groups)
    known = dict(zip(PEOPLE, PEOPLE, strict=True)) if numbers is None else numbers
    return renewed(apart, known.get, LATER)


@pytest.mark.rule("LINK-3d")
def test_who_is_known_again_by_an_id_is_restricted_anew():
    """As it was decided, for the new pair, in the order of the people; what stands already is not said again."""
    former = restricted(FATHER, CHILD)
    marks = [known_by(Side.SUBJECT, 1), known_by(Side.OBJECT, 2)]
    back = [group(AGAIN, 1), group(REBORN, 2), group(THIRD, 3)]

    assert anew([former], [group(THIRD, 3)], marks=marks) == ()
    assert anew([former], back, marks=marks) == tuple(
        evolve(former, id=0, subject=human, object=child, at=LATER)
        for human, child in ((FATHER, REBORN), (AGAIN, CHILD), (AGAIN, REBORN))
    )


@pytest.mark.rule("LINK-3d")
def test_of_several_restrictions_of_one_pair_the_first_is_made_anew():
    """Whoever was restricted twice comes back restricted once, with the first reason."""
    first, second = restricted(FATHER, CHILD, 9), restricted(FATHER, CHILD, 7, reason="school", at=LATER)
    marks = [known_by(Side.SUBJECT, 1, each.id) for each in (first, second)]

    (found,) = anew([first, second], [group(AGAIN, 1)], marks=marks)
    assert found == evolve(first, id=0, subject=AGAIN, at=LATER)


@pytest.mark.rule("LINK-3d")
def test_nothing_is_decided_about_who_does_not_last_nor_about_one_and_the_same():
    """It waits until there is a number; and nobody is kept from themselves."""
    former, marks = restricted(FATHER, CHILD), [known_by(Side.SUBJECT, 1)]
    place = a.place("jan", key=RECORD)

    assert anew([former], [group(place.key, 1)], marks=marks, numbers={FATHER: FATHER, CHILD: CHILD}) == ()
    numbers = {FATHER: FATHER, CHILD: CHILD, place.key: AGAIN}
    assert [each.subject for each in anew([former], [group(place.key, 1)], marks=marks, numbers=numbers)] == [AGAIN]
    assert anew([former], [group(CHILD, 1)], marks=marks) == ()


@pytest.mark.rule("LINK-3d")
def test_both_sides_are_marked_by_ids_and_the_child_by_what_records_call_her():
    """Only what is not marked yet, and of names those of present students."""
    student, gone = (
        a.place(key=RECORD, accepted=a.claims(name=OLA)),
        a.place(key=OTHER_RECORD, accepted=a.claims(name=PersonName("Ala", "Lis")), gone=a.TODAY),
    )
    mother = a.place("ola", key=a.record("3"), accepted=a.claims(name=PersonName("Olga", "Lis")))
    fathers = a.place("jan", key=RECORD, accepted=a.claims(name=PersonName("Jan", "Lis")))
    studies = a.place(key=a.record("4"), role=Role.STUDENT, accepted=a.claims(name=PersonName("Jan", "Lis")))
    groups = [group(FATHER, 1, 2, places=(fathers, studies)), group(CHILD, 3, places=(student, gone, mother))]
    wanted = {
        *(known_by(Side.SUBJECT, 1), known_by(Side.SUBJECT, 2), known_by(Side.OBJECT, 3)),
        Mark(7, Side.OBJECT, Evidence.of_name(OLA)),
    }
    world = World(decisions=frozenset({restricted(FATHER, CHILD)}))

    assert marks_of(world, groups) == wanted
    assert marks_of(evolve(world, marks=frozenset({known_by(Side.OBJECT, 3)})), groups) == wanted - {
        known_by(Side.OBJECT, 3)
    }
    assert marks_of(World(), groups) == frozenset()


@pytest.mark.rule("LINK-3c")
def test_a_child_may_have_no_mailbox_that_was_ever_stated_for_who_is_kept_away():
    """The account's own, what records state or state newly, what was chosen, and what is reserved: of all of them."""
    addresses = {name: a.address(f"{name}@example.com") for name in ("own", "old", "new", "chosen", "other", "hers")}
    place = a.place("jan", key=RECORD, accepted=a.claims(email=addresses["old"]))
    place = evolve(place, pending=a.claims(email=addresses["new"]))
    world = World(
        people={FATHER: a.person(FATHER, central=addresses["own"]), CHILD: a.person(CHILD, central=addresses["hers"])},
        decisions=frozenset(
            {
                restricted(FATHER, CHILD),
                restricted(THIRD, CHILD, 8),
                a.decision(FATHER, address=addresses["chosen"]),
                a.decision(CHILD, address=addresses["hers"]),
            }
        ),
        reservations=frozenset(
            {Reservation("left@example.com", FATHER, LATER), Reservation("else@example.com", CHILD, LATER)}
        ),
    )
    other = a.place("ewa", key=RECORD, accepted=a.claims(email=addresses["other"]))
    groups = [group(FATHER, places=(place,)), group(THIRD, places=(other,))]

    assert barred_mailboxes(world, groups, kept_apart(world, groups)) == {
        CHILD: {f"{each}@example.com" for each in ("own", "old", "new", "chosen", "left", "other")}
    }
    assert barred_mailboxes(World(), groups, kept_apart(World(), groups)) == {}


@pytest.mark.rule("LINK-3d")
def test_a_restriction_keeps_people_apart_also_where_no_name_is_marked():
    """Whoever was decided about is known, and a name that is marked adds who may be the child."""
    decision = restricted(FATHER, CHILD)
    apart = kept_apart(World(decisions=frozenset({decision})), [])
    assert apart
    assert apart.decided == {(FATHER, CHILD)}
    assert apart.known == {(FATHER, CHILD): (decision,)}
    assert apart.called == {}

    names = [Mark(7, Side.OBJECT, Evidence.of_name(OLA)), Mark(8, Side.OBJECT, Evidence.of_name(PersonName("Ala", "")))]
    marks = frozenset({*names, known_by(Side.OBJECT, 3)})
    assert kept_apart(World(decisions=frozenset({decision}), marks=marks), []).called == {OLA.key: {decision}}
    assert not kept_apart(World(marks=marks), [])
