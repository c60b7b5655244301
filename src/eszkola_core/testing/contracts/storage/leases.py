"""Who does a kind of work alone: the clauses of `Leases`."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.leases import Lease, Work
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, FreshTenants, StorageFixtures


class LeaseClauses(StorageFixtures):
    """One at a time works; whoever gives no sign of life is taken over, and writes nothing afterwards."""

    @pytest.mark.clause("LE1")
    def test_the_work_is_given_to_the_first_who_asks(self, fresh_storage: Fresh) -> None:
        """With holder, instants and a fence; nobody else gets it before it is over, nor the same one twice."""
        storage = fresh_storage()
        lease = _taken(storage, "Łucja")
        expected = Lease(work=Work.IMPORT, holder="Łucja", fence=lease.fence, since=a.NOW, until=a.NOW + a.HOUR)
        assert a.exactly(lease) == a.exactly(expected)
        for holder in ("Łucja", "Ewa"):
            for instant in (a.NOW, a.NOW + a.HOUR - a.HOUR / 3600):
                with storage.unit() as unit:
                    assert a.lease(unit, holder, now=instant) is None

    @pytest.mark.clause("LE1")
    def test_another_tenants_work_is_no_hindrance(self, fresh_tenants: FreshTenants) -> None:
        """Each tenant imports for itself."""
        ours, theirs = fresh_tenants()
        assert _taken(ours, "Łucja").holder == "Łucja"
        assert _taken(theirs, "Ewa").holder == "Ewa"

    @pytest.mark.clause("LE3")
    def test_who_gives_no_sign_of_life_is_taken_over(self, fresh_storage: Fresh) -> None:
        """From the very instant on; the fence grows with every taking, after a release and after many as well."""
        storage = fresh_storage()
        leases = [_taken(storage, str(hours), hours) for hours in range(3)]
        with storage.unit() as unit:
            unit.leases.release(leases[-1])
        leases.append(_taken(storage, "after a release", 3))
        fences = [each.fence for each in leases]
        assert fences == sorted(set(fences))
        assert leases[1].holder == "1"
        assert leases[1].since == a.NOW + a.HOUR

    @pytest.mark.clause("LE4")
    def test_a_sign_of_life_moves_the_end(self, fresh_storage: Fresh) -> None:
        """Also a late one, where nobody has taken over; since when it lasts stays."""
        storage = fresh_storage()
        lease = _taken(storage, "Łucja")
        for until in (a.NOW + 2 * a.HOUR, a.NOW + 9 * a.HOUR):
            with storage.unit() as unit:
                renewed = unit.leases.renew(lease, until=until)
            assert a.exactly(renewed) == a.exactly(evolve(lease, until=until))
        with storage.unit() as unit:
            assert a.lease(unit, "Ewa", now=a.NOW + 8 * a.HOUR) is None

    @pytest.mark.clause("LE4")
    def test_who_was_taken_over_writes_nothing(self, fresh_storage: Fresh) -> None:
        """The dead who come back are told so, and what they did in that unit has not happened."""
        storage = fresh_storage()
        dead = _taken(storage, "Łucja")
        living = _taken(storage, "Ewa", 1)
        with pytest.raises(Conflict), storage.unit() as unit:  # noqa: PT012 - what the unit did before is the point
            a.save(unit, openings=[a.opening(1)])
            unit.leases.renew(dead, until=a.NOW + 9 * a.HOUR)
        assert a.people_of(storage, 1) == []
        with storage.unit() as unit:
            assert unit.leases.current(Work.IMPORT) == living
            unit.leases.release(living)
        for lease in (dead, living):
            with pytest.raises(Conflict), storage.unit() as unit:
                unit.leases.renew(lease, until=a.NOW + 9 * a.HOUR)

    @pytest.mark.clause("LE5")
    def test_what_is_given_back_is_free_at_once(self, fresh_storage: Fresh) -> None:
        """And nobody gives back what another one has."""
        storage = fresh_storage()
        dead = _taken(storage, "Łucja")
        living = _taken(storage, "Ewa", 1)
        with storage.unit() as unit:
            unit.leases.release(dead)
            assert a.lease(unit, "Łucja", now=a.NOW + a.HOUR) is None
            unit.leases.release(living)
            assert a.lease(unit, "Łucja", now=a.NOW + a.HOUR) is not None

    @pytest.mark.clause("LE6")
    def test_who_has_the_work_can_be_told(self, fresh_storage: Fresh) -> None:
        """None before the first and after a release; one that is over is told until somebody takes over."""
        storage = fresh_storage()
        with storage.snapshot() as unit:
            assert unit.leases.current(Work.IMPORT) is None
        lease = _taken(storage, "Łucja")
        with storage.unit() as unit:
            assert a.exactly(unit.leases.current(Work.IMPORT)) == a.exactly(lease)
            renewed = unit.leases.renew(lease, until=a.NOW + 2 * a.HOUR)
            assert a.exactly(unit.leases.current(Work.IMPORT)) == a.exactly(renewed)
            unit.leases.release(renewed)
            assert unit.leases.current(Work.IMPORT) is None


def _taken(storage: Storage, holder: str, hours: int = 0) -> Lease:
    """Take the import for an hour, so many hours later."""
    with storage.unit() as unit:
        lease = a.lease(unit, holder, now=a.NOW + hours * a.HOUR)
    assert lease is not None, "the work was free"
    return lease
