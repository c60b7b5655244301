"""Where each value of somebody comes from, said of every kind of value and source (SYNC-10)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Claims, DecisionKind
from eszkola_core.domain.corrections import Correction
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import PESEL, NationalId
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sources import Kept, OfPerson, OfRecord, Sourced, Standing, Value, sources
from eszkola_core.domain.stated import Field, Sex
from eszkola_core.testing.contracts.storage import samples as a

WRITER, TAKEN_IN = 9, 4
OLA = PersonId(1)
RECORD = OfRecord("sp1", "uonet", "students", "Ł-1", Role.STUDENT, TAKEN_IN)
IN_USE, STATED, HELD, GONE = Standing
FULL = Claims(
    name=PersonName("Ola", "Lis"),
    ids=(a.national_id(1),),
    email=a.address("ola@example.com"),
    phone=a.PHONE,
    birth_date=date(2015, 3, 1),
    sex=Sex.FEMALE,
    class_name="3a",
    first_day=date(2026, 9, 1),
    last_day=date(2027, 6, 25),
)
HAS = a.person(OLA, name=FULL.name, ids=FULL.ids, central=FULL.email, phone=FULL.phone)


def told(person, *places, decisions=()):
    """Return every value with its sources; the record was taken in by a run."""
    state = evolve(a.record_state(a.record()), run=TAKEN_IN)
    return sources(person, places, decisions, {state.key: state}, WRITER)


def of(value, *found):
    """Return what is told of one value: text, standing and source."""
    return [(each.text, each.standing, each.source) for each in found if each.value is value]


def corrected(field, text, author="anna.lis"):
    """Return the decision that a correction of the student's place is."""
    value = Correction(a.place().key, field, text).written()
    return a.decision(1, kind=DecisionKind.CORRECTED, address=None, value=value, author=author)


def by(decision):
    """Return the source that a decision is."""
    return OfPerson(decision.author, decision.at, decision.kind)


@pytest.mark.rule("SYNC-10")
def test_whatever_a_record_states_is_told_in_order():
    """What the account has of it is in use; numbers, addresses and days of birth are masked."""
    assert told(HAS, a.place(accepted=FULL, person=OLA)) == (
        Sourced(Value.NAME, "Ola Lis", IN_USE, RECORD),
        Sourced(Value.NATIONAL_ID, a.national_id(1).masked, IN_USE, RECORD),
        Sourced(Value.EMAIL, "o•••@example.com", IN_USE, RECORD),
        Sourced(Value.PHONE, "•••567", IN_USE, RECORD),
        Sourced(Value.BIRTH_DATE, "2015-••-••", STATED, RECORD),
        Sourced(Value.SEX, "female", STATED, RECORD),
        Sourced(Value.CLASS, "3a", STATED, RECORD),
        Sourced(Value.FIRST_DAY, "2026-09-01", STATED, RECORD),
        Sourced(Value.LAST_DAY, "2027-06-25", STATED, RECORD),
        Sourced(Value.ROLE, "student", STATED, RECORD),
    )


@pytest.mark.rule("SYNC-10")
def test_what_nobody_says_any_more_is_kept():
    """Since the run that wrote the account; what a record that is gone said is told beside it."""
    gone = a.place(accepted=Claims(name=FULL.name), gone=a.TODAY)
    elsewhere = a.place(key=a.record("2"), accepted=Claims(name=PersonName("Inna", "Lis")))

    assert told(HAS, gone, elsewhere) == (
        Sourced(Value.NAME, "Ola Lis", IN_USE, Kept(WRITER)),
        Sourced(Value.NAME, "Inna Lis", STATED, evolve(RECORD, record="2", run=None)),
        Sourced(Value.NAME, "Ola Lis", GONE, RECORD),
        Sourced(Value.NATIONAL_ID, a.national_id(1).masked, IN_USE, Kept(WRITER)),
        Sourced(Value.EMAIL, "o•••@example.com", IN_USE, Kept(WRITER)),
        Sourced(Value.PHONE, "•••567", IN_USE, Kept(WRITER)),
        Sourced(Value.ROLE, "student", STATED, evolve(RECORD, record="2", run=None)),
        Sourced(Value.ROLE, "student", GONE, RECORD),
    )


@pytest.mark.rule("SYNC-10")
def test_two_values_that_look_the_same_are_two():
    """The text is masked, or leaves out where the first name ends: in use is only what the account has itself."""
    alike = NationalId(PESEL, f"000000{a.national_id(1).reveal()[6:]}")
    look = Claims(
        name=PersonName("", "Ola Lis"),
        ids=(alike,),
        email=a.address("other@example.com"),
        phone=PhoneNumber("+48999999567"),
        birth_date=date(2015, 3, 1),
    )
    waiting = evolve(look, birth_date=date(2015, 3, 2))
    found = told(HAS, a.place(accepted=look, pending=waiting))

    for value in (Value.NAME, Value.NATIONAL_ID, Value.EMAIL, Value.PHONE):
        ((text, *_), _) = of(value, *found)
        assert of(value, *found) == [(text, IN_USE, Kept(WRITER)), (text, STATED, RECORD)]
    assert of(Value.BIRTH_DATE, *found) == [("2015-••-••", STATED, RECORD), ("2015-••-••", HELD, RECORD)]


@pytest.mark.rule("SYNC-10")
def test_what_waits_is_told_where_it_is_news():
    """What is applied too is told once."""
    waiting = evolve(FULL, class_name="4b", sex=Sex.MALE)
    found = told(HAS, a.place(accepted=FULL, pending=waiting))

    held = [each for each in found if each.standing is HELD]
    assert held == [Sourced(Value.SEX, "male", HELD, RECORD), Sourced(Value.CLASS, "4b", HELD, RECORD)]
    assert {each.standing for each in told(HAS, a.place(accepted=None, pending=FULL))} == {IN_USE, STATED, HELD}


@pytest.mark.rule("SYNC-10")
def test_what_was_mended_is_whoevers_who_mended_it():
    """One part of a name is the record's still; of several ids only the one that was entered is not the record's."""
    stated = evolve(FULL, ids=(a.national_id(1), a.national_id(2)))
    first, last = corrected(Field.FIRST_NAME, "Ola"), corrected(Field.LAST_NAME, "Lis", author="ewa.lis")
    entered = corrected(Field.NATIONAL_ID, f"{PESEL}:{a.national_id(2).reveal()}")
    mail = corrected(Field.EMAIL, "ola@example.com")
    place = a.place(accepted=stated)

    found = told(evolve(HAS, ids=stated.ids), place, decisions=[first, entered, mail])
    assert of(Value.NAME, *found) == [("Ola Lis", IN_USE, by(first)), ("Ola Lis", IN_USE, RECORD)]
    ids = {a.national_id(1).masked: RECORD, a.national_id(2).masked: by(entered)}
    assert of(Value.NATIONAL_ID, *found) == [(text, IN_USE, ids[text]) for text in sorted(ids)]
    assert of(Value.EMAIL, *found) == [("o•••@example.com", IN_USE, by(mail))]
    both = told(HAS, place, decisions=[first, last])
    assert of(Value.NAME, *both) == [("Ola Lis", IN_USE, by(first)), ("Ola Lis", IN_USE, by(last))]
    elsewhere = a.place(key=a.record("2"), accepted=FULL)
    assert of(Value.EMAIL, *told(HAS, elsewhere, decisions=[mail]))[0][2] == evolve(RECORD, record="2", run=None)


@pytest.mark.rule("SYNC-10")
def test_what_the_owner_chose_or_verified_is_theirs():
    """As long as it stands, and of nobody else."""
    mail = a.decision(1, address=FULL.email)
    phone = a.decision(1, kind=DecisionKind.PHONE_CHOSEN, address=None, value=Secret(a.PHONE.e164))
    others = [
        a.decision(1, withdrawn_at=a.NOW, address=FULL.email, author="withdrawn"),
        a.decision(2, address=FULL.email, author="another"),
        a.decision(1, kind=DecisionKind.RESTRICTED, address=FULL.email, author="of another kind"),
        a.decision(1, kind=DecisionKind.LEVEL_CHOSEN, address=None, value=Secret("3")),
    ]
    found = told(HAS, decisions=[*others, mail, phone])

    assert of(Value.EMAIL, *found) == [("o•••@example.com", IN_USE, by(mail))]
    assert of(Value.PHONE, *found) == [("•••567", IN_USE, by(phone))]
    assert of(Value.EMAIL, *told(HAS, decisions=others)) == [("o•••@example.com", IN_USE, Kept(WRITER))]


def test_no_value_shows_itself_in_clear():
    """What is compared is not what is printed."""
    shown = repr(told(HAS, a.place(accepted=FULL)))
    for secret in (a.national_id(1).reveal(), "ola@example.com", a.PHONE.e164, "2015-03-01"):
        assert secret not in shown
