"""Maintenance: the clauses of `Maintenances`."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.errors import Conflict
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures


class MaintenanceClauses(StorageFixtures):
    """One maintenance at a time, and the last one remembered."""

    @pytest.mark.clause("MT1")
    def test_while_one_is_under_way_no_other_begins(self, fresh_storage: Fresh) -> None:
        """Not in the same unit and not in a later one; once it ended the next begins, with a number of its own."""
        storage = fresh_storage()
        with storage.unit() as unit:
            first = unit.maintenances.begin(a.maintenance())
            with pytest.raises(Conflict):
                unit.maintenances.begin(a.maintenance())
        with pytest.raises(Conflict), storage.unit() as unit:
            unit.maintenances.begin(a.maintenance(author="console:inny"))
        with storage.unit() as unit:
            unit.maintenances.end(a.NOW + a.HOUR)
            second = unit.maintenances.begin(a.maintenance())
        assert first.number != second.number
        assert evolve(first, number=0) == evolve(second, number=0) == a.maintenance()

    @pytest.mark.clause("MT2")
    def test_the_one_that_is_under_way_ends_once(self, fresh_storage: Fresh) -> None:
        """It is returned as it ended; where none is under way nothing ends, and an ended one keeps its end."""
        storage = fresh_storage()
        with storage.unit() as unit:
            assert unit.maintenances.end(a.NOW) is None
            begun = unit.maintenances.begin(a.maintenance())
        with storage.unit() as unit:
            ended = unit.maintenances.end(a.NOW + a.HOUR)
            again = unit.maintenances.end(a.NOW + 2 * a.HOUR)
        assert a.exactly(ended) == a.exactly(evolve(begun, ended_at=a.NOW + a.HOUR))
        assert again is None
        with storage.snapshot() as unit:
            assert a.exactly(unit.maintenances.newest()) == a.exactly(ended)

    @pytest.mark.clause("MT3")
    def test_the_newest_is_the_one_that_began_last(self, fresh_storage: Fresh) -> None:
        """With its texts or without, with an expected end or without; none before the first."""
        storage = fresh_storage()
        with storage.unit() as unit:
            assert unit.maintenances.newest() is None
        for number in range(1, 13):
            begins = a.NOW + number * a.HOUR
            made = a.maintenance(begun_at=begins, texts={"pl": "Zażółć"} if number % 2 else {}, expected_end_at=None)
            with storage.unit() as unit:
                begun = unit.maintenances.begin(made)
            with storage.snapshot() as unit:
                assert a.exactly(unit.maintenances.newest()) == a.exactly(begun)
            with storage.unit() as unit:
                unit.maintenances.end(begins)
