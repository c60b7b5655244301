"""A place begins anew when a record names it again, and what is said of two is in the journal (SYNC-1, ID-6d)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases.settle_identity import IdentitySettled, SettleIdentity
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region


@pytest.mark.rule("SYNC-1")
def test_a_place_that_is_named_again_begins_on_that_day():
    """It is the same place of the same person, present since then, and nothing of it waits."""
    region = Region()
    region.take("A/1: t Ewa 9 e", "A/2: t Jan 8 j")
    ewa, began = region.account("A/1 t").id, region.place("A/1 t").since
    region.take("A/2: t Jan 8 j")
    region.later(2)
    region.take("A/1: t Ewa 9 e", "A/2: t Jan 8 j")

    place = region.place("A/1 t")
    assert (place.since - began).days == 2
    assert (place.gone, place.since, place.person) == (None, region.today, ewa)
    assert (place.pending, place.hold) == (None, None)


@pytest.mark.rule("ID-6d")
def test_that_two_are_two_is_written_down():
    """With both, and the reason."""
    region = Region()
    region.take("A/1: t Ewa 9 e", "B/1: t Ewa - f")
    pair = region.account("A/1 t").id, region.account("B/1 t").id
    settling = SettleIdentity(region.storage, region.tenant, region.clock, CountingSecrets("identity"))
    assert isinstance(settling.distinct(CONSOLE, *pair, reason=" cousins "), IdentitySettled)

    with region.storage.snapshot() as unit:
        newest = list(unit.audit.entries())[-1]
    assert (newest.deed, sorted(newest.on), newest.why) == ("called-distinct", sorted(pair), "cousins")
