"""What one record says of a person, beside what another says (ID-6, ID-8)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import (
    DecisionKind,
    Evidence,
    EvidenceKind,
    Mark,
    RecordKey,
    Reservation,
    RosterKey,
    Seeds,
    Side,
    World,
)
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import PersonName
from eszkola_core.testing.contracts.storage import samples as a

BORN = date(2015, 3, 1)


@pytest.mark.rule("ID-6d")
def test_two_claims_may_be_of_one_person_unless_something_proves_two():
    """Under one name, with one birth date as far as both state one or an id encodes it, and no ids of two people."""
    plain = a.claims()
    born, other = evolve(plain, birth_date=BORN), evolve(plain, birth_date=BORN + timedelta(days=1))
    by_id, by_other_id = evolve(plain, ids=(a.national_id(1),)), evolve(plain, ids=(a.national_id(2),))

    for one, two in ((plain, plain), (plain, born), (born, born), (born, by_id), (plain, by_id)):
        assert one.may_be_of_one_with(two)
        assert two.may_be_of_one_with(one)
    named = evolve(plain, name=PersonName("Inna", "Lis"))
    for one, two in ((born, other), (other, by_id), (by_id, by_other_id), (plain, named)):
        assert not one.may_be_of_one_with(two)
        assert not two.may_be_of_one_with(one)


OLA, EWA, JAN, IGA = map(PersonId, range(1, 5))


def world_of(person, record, letter):
    """Return a world with one of everything in it."""
    place = a.place(key=a.record(record), person=person)
    evidence = Evidence(EvidenceKind.MAILBOX, letter)
    return World(
        {place.key: place},
        {person: a.person(person)},
        frozenset({a.decision(person, id=int(person))}),
        frozenset({Reservation(f"{letter}@example.com", person, a.NOW)}),
        frozenset({Mark(int(person), Side.SUBJECT, evidence)}),
        frozenset({letter}),
    )


def test_two_parts_of_what_is_known_are_known_together():
    """Everything of both, the newer one's where both have it."""
    one, other = world_of(OLA, "1", "x"), world_of(EWA, "2", "y")
    both = one | other

    assert {key.record.key for key in both.places} == {"1", "2"}
    assert set(both.people) == {OLA, EWA}
    for part in ("decisions", "reservations", "marks", "unusable"):
        assert getattr(both, part) == getattr(one, part) | getattr(other, part)
    assert one | World() == World() | one == one


@pytest.mark.parametrize("names", [True, False])
def test_a_closed_world_looks_for_whatever_bears_on_it(names):
    """All evidence, records and people that places, accounts, decisions and reservations name; names where asked."""
    roster = RosterKey("A", "o", "students")
    ala = a.place(
        key=RecordKey(roster, "1"),
        accepted=a.claims(name=PersonName("Ala", "Lis"), ids=(a.national_id(1),)),
        pending=a.claims(name=PersonName("Ala", "Kot"), email=a.address("ala@example.com"), phone=a.PHONE),
        own_key="k7",
        person=OLA,
    )
    gone = evolve(ala, key=evolve(ala.key, who="former 1"), gone=a.TODAY)
    jan = a.place("jan", key=RecordKey(roster, "1"), accepted=a.claims(name=PersonName("Jan", "Lis")))
    world = World(
        places={each.key: each for each in (ala, gone, jan)},
        people={EWA: a.person(EWA, ids=(a.national_id(2),), central=a.address("ewa@example.com"))},
        decisions=frozenset({a.decision(EWA, object=JAN, address=a.address("nowy@example.com"))}),
        reservations=frozenset({Reservation("stary@example.com", IGA, a.NOW)}),
    )
    expected = {
        Evidence(EvidenceKind.OWN_KEY, "k7"),
        Evidence.of_id(a.national_id(1)),
        Evidence.of_id(a.national_id(2)),
        Evidence.of_phone(a.PHONE),
        *(Evidence.of_mailbox(a.address(f"{each}@example.com")) for each in ("ala", "ewa", "nowy", "stary")),
        *({Evidence.of_name(PersonName("Ala", "Kot"))} if names else ()),
    }

    assert world.seeds(names=names) == Seeds(
        frozenset({RecordKey(roster, "1")}), frozenset({OLA, EWA, JAN, IGA}), frozenset(expected)
    )
    assert world.seeds() == world.seeds(names=False)


@pytest.mark.rule("MAIL-4b")
def test_what_somebody_chose_is_the_latest_that_stands_of_their_own_decisions():
    """Not another's, not one of another kind, and not one that was withdrawn."""

    def decision(number, kind, person, **more):
        return a.decision(person, id=number, kind=kind, at=a.NOW + number * a.HOUR, **more)

    first, second, third = (a.address(f"{each}@example.com") for each in ("first", "second", "third"))
    world = World(
        decisions=frozenset(
            {
                decision(1, DecisionKind.ADDRESS_CHOSEN, OLA, address=first),
                decision(2, DecisionKind.ADDRESS_VERIFIED, OLA, address=second),
                decision(3, DecisionKind.ADDRESS_CHOSEN, OLA, address=third, withdrawn_at=a.NOW + 9 * a.HOUR),
                decision(4, DecisionKind.ADDRESS_CHOSEN, EWA, address=third),
                decision(5, DecisionKind.CORRECTED, OLA, address=third),
                decision(6, DecisionKind.PHONE_CHOSEN, EWA, address=None, value=Secret(str(a.PHONE.e164))),
            }
        )
    )

    assert world.chosen_address(OLA) == second
    assert world.chosen_address(JAN) is None
    assert world.chosen_phone(OLA) is None
    assert world.chosen_phone(EWA) == a.PHONE
