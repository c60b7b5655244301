"""A gradebook that keys records or people by national id: no such key is kept in clear (ID-10)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from eszkola_core.domain.claims import RosterKey
from eszkola_core.domain.reading import read
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import StatedId, StatedPerson, StatedRecord, StatedRoster
from eszkola_core.domain.tenants import Tenant
from eszkola_core.testing.notation import pesel

CHILD, PARENT = pesel(11), pesel(12)
TENANT = Tenant(key="t", name="Test", base_url="https://konto.example.org", platform_domain="eszkola.example.org")
ROSTER = StatedRoster(school="A", origin="x", list="students", records=())


def outcome(record):
    """Return what is read of *record*, fingerprints written as such."""
    today = datetime(2026, 11, 23, tzinfo=UTC).date()
    return read(record, ROSTER, before={}, tenant=TENANT, today=today, pseudonym=lambda text: f"<{len(text)} letters>")


@pytest.mark.rule("ID-10b")
def test_a_key_that_is_a_national_id_is_kept_as_a_fingerprint():
    """Neither the record's key nor a person's shows the id; the finding shows its end at most."""
    guardian = StatedPerson(role=Role.GUARDIAN, key=PARENT, first_name="Jan", last_name="Lis", email="no address")
    student = StatedPerson(
        role=Role.STUDENT,
        key=CHILD,
        first_name="Ala",
        last_name="Lis",
        ids=(StatedId(CHILD),),
        birth_date=date(1980, 1, 12),
    )

    found = outcome(StatedRecord(key=CHILD, people=(student, guardian)))

    assert found.key.key == "<11 letters>"
    assert {place.who for place in found.places} == {"", "key <11 letters>"}
    assert set(found.own_keys.values()) == {"x/A/<11 letters>"}
    assert CHILD not in repr(found)
    assert PARENT not in repr(found)
    assert [finding.record[-3:] for finding in found.findings] == [CHILD[-3:]]


def test_an_ordinary_key_stays_as_it_is():
    """A number that is no national id tells records apart by itself."""
    student = StatedPerson(role=Role.STUDENT, first_name="Ala", last_name="Lis")

    assert outcome(StatedRecord(key=" 1001 ", people=(student,))).key.key == "1001"
    assert outcome(StatedRecord(key="SP1-2024-0017", people=(student,))).key.key == "SP1-2024-0017"
    assert outcome(StatedRecord(key="1001", people=(student,))).key.roster == RosterKey("A", "x", "students")


@pytest.mark.rule("ID-10b")
@pytest.mark.parametrize("shortened", ["2241501244", CHILD[:-1] + str((int(CHILD[-1]) + 1) % 10)])
def test_a_key_that_was_meant_to_be_a_national_id_is_kept_as_a_fingerprint_too(shortened):
    """A spreadsheet ate the zero of the PESEL that is the key, or a digit is mistyped: no finding shows the rest."""
    student = StatedPerson(role=Role.STUDENT, first_name="Ala", last_name="Lis", email="no address")

    found = outcome(StatedRecord(key=shortened, people=(student,)))

    assert found.key.key == f"<{len(shortened)} letters>"
    assert shortened not in repr(found)
