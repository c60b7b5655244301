"""After an erasure no byte of the person is in the files, and every table is accounted for (LAW-4b)."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.applications import ApplicationState
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.dossiers import fill_of
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region
from eszkola_core.usecases.erase_person import Erased, ErasePerson
from eszkola_core.usecases.merge_people import MergePeople
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.dossiers import WHOLLY

ONE_BY_ONE = {
    "access_request": "those that spell a login, address or id of theirs",
    "application": "emptied of what anybody said",
    "before_image": "those of the person and their places",
    "conflict": "those about their places",
    "decision": "all but restrictions that stand",
    "decision_mark": "those of decisions that go",
    "evidence": "with the place",
    "message": "with those to an address of theirs",
    "place": "those that are gone from records",
    "report": "emptied of the words",
    "code_receipt": "with the code",
    "message_token": "with the message",
    "person": "emptied by the use case",
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
    "roster": "the schools'",
    "run": "counts",
    "school": "the schools'",
    "tenant": "the tenant's",
    "undone": "digests",
}


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
