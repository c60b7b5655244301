"""Addresses to which nothing is sent: the clauses of `UnusableAddresses`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eszkola_core.domain.bounces import BounceFate, BounceKind
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures


class UnusableAddressClauses(StorageFixtures):
    """A mailbox is marked once, found by its name alone, and cleared."""

    @pytest.mark.clause("UA1")
    def test_the_first_mark_of_a_mailbox_stands(self, fresh_storage: Fresh) -> None:
        """A later one changes nothing, however the address is spelt; another mailbox has a mark of its own."""
        storage = fresh_storage()
        first, other = a.unusable("Ola@Example.com"), a.unusable("ewa@example.com", why=BounceKind.COMPLAINT)
        again = a.unusable("ola@example.com", why=BounceKind.COMPLAINT, since=a.NOW + a.HOUR)
        with storage.unit() as unit:
            assert unit.unusable.mark(first)
            assert not unit.unusable.mark(again)
        with storage.unit() as unit:
            assert not unit.unusable.mark(again)
            assert unit.unusable.mark(other)
        with storage.snapshot() as unit:
            found = unit.unusable.among(["ola@example.com", "ewa@example.com"])
        assert a.exactly(found) == a.exactly({each.mailbox: each for each in (first, other)})

    @pytest.mark.clause("UA2")
    def test_exactly_the_marked_ones_are_found(self, fresh_storage: Fresh) -> None:
        """To the microsecond and as it was spelt; of few mailboxes and of very many; nothing for nothing."""
        storage = fresh_storage()
        marks = [a.unusable(f"Osoba{number}@Example.com") for number in range(3)]
        marks.append(a.unusable("zofia@xn--w-uga1v8h.pl", since=a.NOW + timedelta(microseconds=7)))
        with storage.unit() as unit:
            for each in marks:
                unit.unusable.mark(each)
        wanted = [marks[1].mailbox, marks[3].mailbox]
        many = [f"nikt{number}@example.com" for number in range(2000)]
        with storage.snapshot() as unit:
            for asked in (wanted, [*many, *wanted]):
                found = unit.unusable.among(asked)
                assert a.exactly(found) == a.exactly({each.mailbox: each for each in (marks[1], marks[3])})
            assert unit.unusable.among(many) == {}
            assert unit.unusable.among([]) == {}

    @pytest.mark.clause("UA3")
    def test_a_mark_is_cleared_once_and_may_come_again(self, fresh_storage: Fresh) -> None:
        """Whoever clears it second is told that there is none; other mailboxes keep theirs."""
        storage = fresh_storage()
        mark, other = a.unusable("ola@example.com"), a.unusable("ewa@example.com")
        anew = a.unusable("ola@example.com", why=BounceKind.COMPLAINT)
        with storage.unit() as unit:
            assert not unit.unusable.clear("ola@example.com")
            unit.unusable.mark(mark)
            unit.unusable.mark(other)
        with storage.unit() as unit:
            assert unit.unusable.clear("ola@example.com")
            assert not unit.unusable.clear("ola@example.com")
            assert list(unit.unusable.among(["ola@example.com", "ewa@example.com"])) == ["ewa@example.com"]
        with storage.unit() as unit:
            assert unit.unusable.mark(anew)
            assert a.exactly(unit.unusable.among(["ola@example.com"])) == a.exactly({"ola@example.com": anew})

    @pytest.mark.clause("UA4")
    def test_bounces_are_counted_by_what_they_led_to(self, fresh_storage: Fresh) -> None:
        """Each adds one to its own fate; what never happened is left out."""
        storage = fresh_storage()
        with storage.snapshot() as unit:
            assert unit.unusable.counts() == {}
        for fate in (BounceFate.UNPROVED, BounceFate.MARKED, BounceFate.UNPROVED):
            with storage.unit() as unit:
                unit.unusable.count(fate)
        with storage.snapshot() as unit:
            assert unit.unusable.counts() == {BounceFate.MARKED: 1, BounceFate.UNPROVED: 2}
