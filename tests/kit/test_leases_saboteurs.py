"""For every clause of leases a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Leases
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.saboteurs import Lie, state

PART = "leases"


def given_to_all(real, work, holder, *, now, until):
    """Take over whoever works."""
    state(real).leases.pop(work, None)
    return real(work, holder, now=now, until=until)


def never_taken_over(real, work, holder, *, now, until):
    """Leave the work to the dead."""
    return None if work in state(real).leases else real(work, holder, now=now, until=until)


def an_instant_late(real, work, holder, *, now, until):
    """Take the last instant for one of the holder's."""
    standing = state(real).leases.get(work)
    return None if standing is not None and standing.until == now else real(work, holder, now=now, until=until)


def counted_anew(real, work, holder, *, now, until):
    """Forget the fences of before."""
    state(real).counted[f"fence of {work}"] = 0
    return real(work, holder, now=now, until=until)


def renewed_by_the_dead(real, lease, *, until):
    """Believe whoever says that they work."""
    try:
        return real(lease, until=until)
    except Conflict:
        return evolve(lease, until=until)


def without_a_sign(real, lease, **_):
    """Hear the sign of life, and let the end where it was."""
    return real(lease, until=lease.until)


def released_by_anybody(real, lease):
    """Free the work, whoever says so."""
    state(real).leases.pop(lease.work, None)


LIES = [
    Lie("LE1", "given to all", PART, {"take": given_to_all}),
    Lie("LE1", "another holder", PART, {
        "take": lambda real, work, holder, **when: real(work, holder.lower(), **when)
    }),
    Lie("LE3", "never taken over", PART, {"take": never_taken_over}),
    Lie("LE3", "an instant late", PART, {"take": an_instant_late}),
    Lie("LE3", "fences again", PART, {"take": counted_anew}),
    Lie("LE4", "the dead go on", PART, {"renew": renewed_by_the_dead}),
    Lie("LE4", "no sign counts", PART, {"renew": without_a_sign}),
    Lie("LE5", "freed by anybody", PART, {"release": released_by_anybody}),
    Lie("LE5", "never freed", PART, {"release": lambda *_: None}),
    Lie("LE6", "nobody works", PART, {"current": lambda *_: None}),
    Lie("LE6", "as it was taken", PART, {
        "current": lambda real, work: (found := real(work)) and evolve(found, until=found.since + a.HOUR)
    }),
]  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_leases_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert (
        bench.first_red(
            StorageContract,
            lie.clause,
            {
                "fresh_storage": lie.storage,
                "fresh_tenants": lambda: (lie.storage(), lie.storage()),
            },
        )
        is not None
    )


def test_no_clause_of_leases_lacks_a_saboteur(bench):
    """The lies and the clauses name the same; the one of races is about simultaneous calls."""
    assert {each.clause for each in LIES} | {"LE2"} == set(bench.clauses(Leases))
