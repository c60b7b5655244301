"""What a record and the people in it are known by, and the bytes that its digest is made of (SYNC-0, SYNC-4, ID-6b)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from eszkola_core.domain.claims import PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.record_keys import canonical, own_key, place_key, shown_key
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import PROFILES
from eszkola_core.domain.stated import Field, Problem, Sex, StatedId, StatedPerson, StatedRecord
from eszkola_core.domain.tenants import Tenant
from eszkola_core.testing.notation import pesel

TODAY = date(2026, 11, 23)
TENANT = Tenant(
    key="t",
    name="Test",
    base_url="https://konto.example.org",
    platform_domain="eszkola.example.org",
    settings=PROFILES["opolska"],
)
RECORD = RecordKey(RosterKey("A", "o", "students"), "7")
ALA = StatedPerson(role=Role.STUDENT, first_name="Ala", last_name="Lis")
JAN = StatedPerson(role=Role.GUARDIAN, first_name="Jan", last_name="Lis")
EWA = StatedPerson(role=Role.GUARDIAN, first_name="Ewa", last_name="Lis")


def pseudonym(text):
    """Stand in for the keyed fingerprint, without the text in it."""
    return f"pseudonym-{sum(map(ord, text))}"


@pytest.mark.rule("ID-6b")
@pytest.mark.parametrize(
    ("person", "is_first", "known_as"),
    [
        (ALA, True, ""),
        (ALA, False, "name ala lis"),
        (JAN, True, "name jan lis"),
        (JAN, False, "name jan lis"),
    ],
)
def test_the_one_whom_a_record_is_about_has_its_place_and_others_go_by_key_or_name(person, is_first, known_as):
    """A guardian's place, and any second person's, is the source's own key of them, else the name: no column."""
    keyed = "key 5" if known_as else ""

    assert place_key(person, "", RECORD, is_first=is_first) == PlaceKey(RECORD, person.role, known_as)
    assert place_key(person, "5", RECORD, is_first=is_first) == PlaceKey(RECORD, person.role, keyed)


@pytest.mark.rule("SYNC-4d")
def test_the_bytes_of_a_record_are_the_same_in_every_version():
    """Where they change, every record of every school is read again: that is a decision, and not an accident."""
    problem = Problem(Field.CLASS, "no-such-class", "9ż", "choose one of the list")
    student = evolve(
        ALA,
        key="a1",
        ids=(StatedId("FA1", "ua", "passport"), StatedId("1")),
        email="ala@example.com",
        phone="77 400 30 20",
        birth_date=date(2015, 3, 4),
        sex=Sex.FEMALE,
        class_name="1a",
        first_day=date(2026, 9, 1),
        last_day=date(2027, 6, 30),
        silent=frozenset({Field.PHONE, Field.EMAIL}),
        problems=(problem,),
    )
    full = StatedRecord(key="7", people=(student, JAN, EWA), problems=(Problem(None, "row-too-short"),), ended=True)

    assert canonical(StatedRecord(key=None)).decode() == "[[],false,[]]"
    assert canonical(full).decode() == (
        '[["7"],true,[["","row-too-short",""]],'
        '["student",["a1"],"Ala","Lis","ala@example.com","77 400 30 20","1a","2015-03-04","female","2026-09-01",'
        '"2027-06-30",[["ua","passport","FA1"],["","","1"]],["email","phone"],[["class","no-such-class","9ż"]]],'
        '["guardian",[],"Ewa","Lis","","","","","","","",[],[],[]],'
        '["guardian",[],"Jan","Lis","","","","","","","",[],[],[]]]'
    )


@pytest.mark.rule("SYNC-4b")
def test_guardians_alone_may_stand_in_any_order():
    """Of a record without a student all change places; of one with a student nobody takes the student's."""
    assert canonical(StatedRecord(key="7", people=(JAN, EWA))) == canonical(StatedRecord(key="7", people=(EWA, JAN)))
    assert canonical(StatedRecord(key="7", people=(ALA, JAN))) != canonical(StatedRecord(key="7", people=(JAN, ALA)))


@pytest.mark.rule("SYNC-4d")
def test_half_a_letter_is_written_too():
    """Half of a surrogate pair, as a broken export has them, stops no import and is told from any other."""
    one, other = (StatedRecord(key="7", people=(evolve(ALA, first_name=name),)) for name in ("Al\ud800", "Al\ud801"))

    assert canonical(one) != canonical(other)


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize(
    ("key", "schemes", "is_id"),
    [
        (pesel(7), ("pl.pesel",), True),
        (f" {pesel(7)} ", ("pl.pesel",), True),
        (pesel(7)[1:], ("pl.pesel",), True),
        (f"{pesel(7)[:6]}-{pesel(7)[6:]}", ("pl.pesel",), True),
        (f"{pesel(7)[:6]}/{pesel(7)[6:]}k", ("pl.pesel",), False),
        ("123456", ("is.vsk",), True),
        ("a7", ("pl.pesel",), False),
        ("", ("pl.pesel",), False),
    ],
)
def test_a_key_is_hidden_where_it_is_a_national_id(key, schemes, is_id):
    """Or what a mistake or a spreadsheet left of one; eleven digits in a key of another shape are none."""
    tenant = evolve(TENANT, settings=evolve(TENANT.settings, national_id_schemes=schemes))

    assert own_key(key, tenant, TODAY, pseudonym) == (pseudonym(key.strip()) if is_id else key.strip())


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize(("key", "shown"), [(None, ""), (" 7 ", "7"), ("80010200120", "••••••••120")])
def test_a_finding_shows_the_key_of_its_record_but_no_id(key, shown):
    """Nothing where the record has none."""
    assert shown_key(StatedRecord(key=key), TENANT, TODAY) == shown
