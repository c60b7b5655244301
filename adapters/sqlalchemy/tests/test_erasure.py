"""After an erasure no byte of the person is in the files, and every table is accounted for (LAW-4b)."""

from __future__ import annotations

import json

import pytest
from attrs import evolve
from sqlalchemy import select

from eszkola_core._usecases.correct_data import CorrectData, Corrected
from eszkola_core._usecases.erase_person import Erased, ErasePerson
from eszkola_core._usecases.merge_people import MergePeople
from eszkola_core._usecases.settle_identity import SettleIdentity
from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.applications import ApplicationState
from eszkola_core.domain.claims import Evidence, Hold
from eszkola_core.domain.national_ids import PESEL, NationalId
from eszkola_core.domain.stated import Field
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.dossiers import fill_of
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE, Region
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.dossiers import WHOLLY

ONE_BY_ONE = {
    "access_request": "those that spell a login, address or id of theirs",
    "application": "emptied of what anybody said",
    "before_image": "those of the person and their places",
    "case_school": "with the case",
    "conflict": "those about their places",
    "conflict_case": "those about their places; what they were asked to mend is nobody's",
    "decision": "all but restrictions that stand",
    "decision_mark": "those of decisions that go",
    "evidence": "with the place",
    "message": "with those to an address of theirs",
    "place": "those that are gone from records",
    "report": "emptied of the words",
    "code_receipt": "with the code",
    "message_token": "with the message",
    "person": "emptied by the use case",
    "sms": "what it cost stays; whom it was to and what it said goes",
    "unusable_address": "those that nobody else has, by the use case",
}
STAYS = {
    "attempt": "keyed fingerprints",
    "audit": "numbers",
    "audit_checkpoint": "numbers",
    "audit_person": "numbers",
    "bounce_count": "counts",
    "choice": "the tenant's",
    "lease": "the tenant's",
    "licence_pool": "seats are freed",
    "maintenance": "the tenant's",
    "notice": "the tenant's",
    "merged": "with the decision",
    "person_version": "numbers",
    "record": "digests, of records that stand",
    "stamp": "digests of whole sources",
    "roster": "the schools'",
    "run": "counts",
    "school": "the schools'",
    "tenant": "the tenant's",
    "undone": "digests",
    "sms_spending": "sums",
}


@pytest.fixture
def admin(sqlite_admin):
    """Return what looks after a file, whose bytes can be looked at."""
    return sqlite_admin


@pytest.mark.rule("LAW-4b")
def test_every_table_is_accounted_for():
    """A new table goes with the person, or is listed here with what becomes of it."""
    assert {each.name for each in WHOLLY} | {*ONE_BY_ONE, *STAYS} == set(tables.metadata.tables)


@pytest.mark.rule("LAW-4b")
def test_no_byte_of_the_person_is_left_in_the_files(admin):
    """Neither name, address, telephone nor id; the other's are where they were."""
    region = Region(storage=admin.open())
    with region.storage.unit() as unit:
        for number in (1, 2):
            fill_of(unit, PersonId(number))
        for number in (1, 2):
            person = unit.people.get_many([PersonId(number)])[PersonId(number)]
            unit.people.save(person.changed(phone=a.PHONE) if number == 1 else person.changed())
        places = unit.rosters.places("sp1")
        gone = [each for each in places if each.person == 1]
        a.save(unit, places=[evolve(each, gone=a.TODAY) for each in gone])
        for each in unit.applications.about(PersonId(1)):
            decided = evolve(each, state=ApplicationState.REJECTED, revision=each.revision + 1)
            unit.applications.save(decided)
    erasing = ErasePerson(region.storage, region.tenant, region.clock)
    words = [b"central1@", b"in-record1@", b"left1@", a.PHONE.e164.encode(), b"nobody1"]
    assert all(word in _bytes(admin) for word in words)

    plan = erasing.request(CONSOLE, PersonId(1), why="a letter")
    done = erasing.apply(CONSOLE, PersonId(1), plan.id, why="a letter")
    admin.sweep()

    assert isinstance(done, Erased)
    kept = _bytes(admin)
    assert [word for word in words if word in kept] == []
    assert [word for word in (b"central2@", b"in-record2@", b"left2@") if word not in kept] == []


def _bytes(admin):
    """Return every byte that lies beside the keyring."""
    return b"".join(each.read_bytes() for each in admin.path.parent.iterdir() if each != admin.keyring)


@pytest.fixture
def lived(admin):
    """Return a region in which Żaneta has had every name, id and account that a guardian can have, and left."""
    region = Region(storage=admin.open())
    child, other = "A/1: s Ola 2 ola", "B/1: s Iga 3 iga"
    region.take(f"{child}, g Żaneta_Ćwikła 8 zaneta 601234567", f"{other}, g Żaneta_Ćwikła 8 zaneta")
    region.take(f"{child}, g Żaneta_Gżegżółka 8 gzegzolka 602345678", f"{other}, g Żaneta_Ćwikła 8 zaneta")
    wrong = region.take(f"{child}, g Żaneta_Gżegżółka 8 pomylka 603456789", "C/1: s Ala 1 ala, g Żanetka_Ćwikła 8 ala")
    region.undo(wrong.run.id)
    world = (region.storage, region.tenant, region.clock)
    correcting = CorrectData(*world, CountingSecrets("correcting"))
    place = region.place("B/1 g Żaneta_Ćwikła").key
    assert isinstance(correcting.correct(CONSOLE, place, Field.LAST_NAME, "Dźwięk", reason="asked"), Corrected)
    region.take(f"{child}, g Żaneta_Gżegżółka 9 gzegzolka 602345678", f"{other}, g Żaneta_Ćwikła 8 zaneta")
    settling = SettleIdentity(*world, CountingSecrets("settling"))
    (doubtful,) = [each.key for each in region.world().places.values() if each.hold is Hold.ID_CORRECTION]
    settling.answer(CONSOLE, doubtful, is_same=True, reason="an identity card")
    region.take("D/1: s Ola 2 ola, g Grażyna_Wróżka - druga")
    merging = MergePeople(*world, CountingSecrets("merging"))
    pair = region.account("A/1 g Żaneta_Gżegżółka").id, region.account("D/1 g Grażyna_Wróżka").id
    merging.merge(CONSOLE, *pair, plan_id=merging.plan(CONSOLE, *pair).id, reason="one mother")
    with region.storage.unit() as unit:
        for number in pair:
            unit.credentials.put(a.credential(number))
            unit.outbox.ask(a.request(unit.people.get_many([number])[number].login.upper()))
            unit.outbox.add([a.message(f"letter {number}", person=number, secret="Żaneta Ćwikła")])
    region.take(child, other, "D/1: s Ola 2 ola")
    return region, pair


NAMES = ("Żaneta", "Żanetka", "Grażyna", "Ćwikła", "Gżegżółka", "Dźwięk", "Wróżka")
FOLDED = ("zanetka", "gzegzolka")
"""Names as they are compared, but for those in a login: what was issued stays (MAIL-10b)."""


@pytest.mark.rule("LAW-4b")
@pytest.mark.rule("ID-10b")
def test_no_name_and_no_id_of_a_whole_life_is_left(admin, lived):
    """Whatever somebody was called, by whatever account; an id never stood in clear, and nothing stands for it now."""
    region, pair = lived
    words = [text.encode() for name in (*NAMES, *FOLDED) for text in (name, json.dumps(name).strip('"'))]
    ids = [NationalId(PESEL, pesel(each)) for each in (8, 9)]
    numbers = [each.reveal().encode() for each in ids]
    with region.storage.snapshot() as unit:
        indexes = [unit.people._desk.blind(Evidence.of_id(each)) for each in ids]  # noqa: SLF001 - what stands for an id
        logins = [each.login for each in unit.people.get_many(pair).values()]
    sealed, before = list(_cells(admin, pair)), _bytes(admin)
    assert [each for each in numbers if each in before] == []
    assert [each for each in (*NAMES, *FOLDED) if each.encode() not in before] == []
    assert [each for each in indexes if each not in before] == []
    erasing = ErasePerson(region.storage, region.tenant, region.clock)

    asked = erasing.request(CONSOLE, pair[0], why="a letter")
    assert isinstance(erasing.apply(CONSOLE, pair[0], asked.id, why="a letter"), Erased)
    admin.sweep()

    kept = _bytes(admin)
    assert [each.decode() for each in words if each in kept] == []
    assert [each for each in (*numbers, *indexes) if each in kept] == []
    assert [name for name, cell in sealed if cell in kept] == []
    assert {name for name, row in _rows(admin) if any(each in str(row) for each in logins)} == {"person"}


def _rows(admin):
    """Yield every row of every table, with the name of the table."""
    with admin.database.engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            yield from ((table.name, row._mapping) for row in connection.execute(select(table)))  # noqa: SLF001 - as named


def _cells(admin, people):
    """Yield what is sealed or stands for something in the rows of *people*, but for what stays of them."""
    for name, row in _rows(admin):
        theirs = {row.get(column) for column in ("person", "guardian", *(["id"] if name == "person" else []))}
        if name not in STAYS and not theirs.isdisjoint(people):
            yield from ((f"{name}.{each}", cell) for each, cell in row.items() if isinstance(cell, bytes) and cell)


@pytest.mark.rule("LAW-4b")
def test_nothing_of_two_accounts_that_were_one_is_left(admin):
    """Neither account, nor that one was read as the other."""
    region = Region(storage=admin.open())
    region.take("A/1: s Ala 1 a, g Jan 8 j", "B/1: s Ola 2 o, g Jan - k")
    pair = region.account("A/1 g Jan").id, region.account("B/1 g Jan").id
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
    plan = merging.plan(CONSOLE, *pair)
    merging.merge(CONSOLE, *pair, plan_id=plan.id, reason="one father")
    region.take("A/1: s Ala 1 a", "B/1: s Ola 2 o")
    erasing = ErasePerson(region.storage, region.tenant, region.clock)
    asked = erasing.request(CONSOLE, plan.survivor, why="letter")

    assert isinstance(erasing.apply(CONSOLE, plan.survivor, asked.id, why="letter"), Erased)
    with region.storage.snapshot() as unit:
        left = unit.people.get_many(pair)
        found = [unit.people.by_login(each.login).id for _, each in sorted(left.items())]
    assert {each.state for each in left.values()} == {State.ERASED}
    assert found == sorted(pair)
