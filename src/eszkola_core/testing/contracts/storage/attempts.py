"""Counting attempts: the clauses of `Attempts`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures


class AttemptsClauses(StorageFixtures):
    """What was tried is remembered for a while, under keys that name nobody."""

    @pytest.mark.clause("AT1")
    def test_a_tally_comes_back_equal_and_is_replaced(self, fresh_storage: Fresh) -> None:
        """With all of its instants or with few, in the same unit and in a later one; others stay as they are."""
        storage = fresh_storage()
        full = a.tally(failed_at=a.NOW, clear_at=a.NOW + a.HOUR, good_at=a.NOW - a.HOUR)
        with storage.unit() as unit:
            unit.attempts.put({a.digest("full"): full, a.digest("bare"): a.tally()})
            unit.attempts.put({})
        with storage.unit() as unit:
            assert a.exactly(unit.attempts.tallies([a.digest("full")])) == a.exactly({a.digest("full"): full})
            unit.attempts.put({a.digest("bare"): full, a.digest("new"): a.tally()})
            within = unit.attempts.tallies([a.digest("bare"), a.digest("new")])
        kept = {a.digest("full"): full, a.digest("bare"): full, a.digest("new"): a.tally()}
        assert a.exactly(within) == a.exactly({key: kept[key] for key in within})
        with storage.snapshot() as unit:
            assert a.exactly(unit.attempts.tallies(list(kept))) == a.exactly(kept)

    @pytest.mark.clause("AT2")
    def test_a_key_without_a_tally_is_left_out(self, fresh_storage: Fresh) -> None:
        """Nothing is made up for it, whatever stands under others; no key at all finds nothing."""
        storage = fresh_storage()
        with storage.unit() as unit:
            unit.attempts.put({a.digest("known"): a.tally()})
        with storage.snapshot() as unit:
            found = unit.attempts.tallies([a.digest("unknown"), a.digest("known")])
            assert set(found) == {a.digest("known")}
            assert not unit.attempts.tallies([])

    @pytest.mark.clause("AT3")
    def test_what_was_not_touched_is_forgotten(self, fresh_storage: Fresh) -> None:
        """What was touched at the instant stays, what was touched a microsecond before goes, whenever it began."""
        storage = fresh_storage()
        earlier = a.NOW - timedelta(microseconds=1)
        with storage.unit() as unit:
            unit.attempts.put(
                {
                    a.digest("old"): a.tally(touched_at=earlier, clear_at=a.NOW + a.HOUR),
                    a.digest("then"): a.tally(first_at=a.NOW - 9 * a.HOUR, touched_at=a.NOW),
                    a.digest("new"): a.tally(touched_at=a.NOW + a.HOUR),
                }
            )
        with storage.unit() as unit:
            assert unit.attempts.prune(a.NOW) == 1
            assert unit.attempts.prune(a.NOW) == 0
        with storage.snapshot() as unit:
            found = unit.attempts.tallies([a.digest("old"), a.digest("then"), a.digest("new")])
        assert set(found) == {a.digest("then"), a.digest("new")}
