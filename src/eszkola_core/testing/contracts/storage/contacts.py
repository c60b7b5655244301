"""Who answers for their own contact data: the clauses of `Contacts`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eszkola_core.domain.accounts import PersonId
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures


class ContactClauses(StorageFixtures):
    """Who owns their contact data is asked in time, and only then."""

    @pytest.mark.clause("CN1")
    def test_an_entry_comes_back_equal_and_is_replaced(self, fresh_storage: Fresh) -> None:
        """To the microsecond; the next one stands in its stead, and nobody else's changes."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        first = a.own_contacts(1, ask_at=a.NOW + timedelta(days=365, microseconds=7))
        second = a.own_contacts(1, since=a.NOW - a.HOUR, confirmed_at=a.NOW + a.HOUR)
        other = a.own_contacts(2)
        for each in (first, other):
            with storage.unit() as unit:
                unit.contacts.put(each)
        with storage.snapshot() as unit:
            assert a.exactly(unit.contacts.get(PersonId(1))) == a.exactly(first)
            assert unit.contacts.get(PersonId(3)) is None
        with storage.unit() as unit:
            unit.contacts.put(second)
        with storage.snapshot() as unit:
            kept = [unit.contacts.get(PersonId(number)) for number in (1, 2)]
        assert a.exactly(kept) == a.exactly([second, other])

    @pytest.mark.clause("CN2")
    def test_whose_turn_it_is_comes_first(self, fresh_storage: Fresh) -> None:
        """At the very instant and not before it, whoever waits longest first, up to the limit."""
        storage = fresh_storage()
        a.open_accounts(storage, *(a.opening(number) for number in (1, 2, 3, 4)))
        entries = [a.own_contacts(number, ask_at=a.NOW - hours * a.HOUR) for number, hours in ((4, 1), (2, 1), (1, 2))]
        with storage.unit() as unit:
            for each in (*entries, a.own_contacts(3, ask_at=a.NOW)):
                unit.contacts.put(each)
        with storage.snapshot() as unit:
            early = unit.contacts.due(a.NOW - timedelta(microseconds=1), limit=9)
            assert [each.person for each in early] == [1, 2, 4]
            assert [each.person for each in unit.contacts.due(a.NOW, limit=9)] == [1, 2, 4, 3]
            assert [each.person for each in unit.contacts.due(a.NOW, limit=2)] == [1, 2]
