"""What one record says of a person, beside what another says (ID-6, ID-8)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve

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
