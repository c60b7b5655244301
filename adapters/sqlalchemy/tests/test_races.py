"""Sixteen threads want the same thing at once: one gets it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eszkola_core.domain.claims import RosterKey
from eszkola_core.domain.runs import Changes
from eszkola_core.domain.tokens import Purpose
from eszkola_core.errors import Conflict
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import HEATS, RUNNERS, heats, won


@pytest.fixture
def warm(storage):
    """Return what opens a connection of a thread's own."""

    def look():
        with storage.snapshot() as unit:
            unit.rosters.newest_run()

    return look


def test_one_of_many_spends_a_token(storage, warm):
    """Whoever comes second finds it spent (TO4)."""
    a.open_accounts(storage, *map(a.opening, range(1, HEATS + 1)))
    with storage.unit() as unit:
        for heat in range(HEATS):
            unit.tokens.add(a.token(f"t{heat}", number=heat + 1))

    def spend(heat, _number):
        with storage.unit() as unit:
            return unit.tokens.spend(a.digest(f"t{heat}"), purposes=[Purpose.RECOVERY], now=a.NOW)

    assert [len(won(outcomes)) for outcomes in heats(spend, warm=warm)] == [1] * HEATS


def test_a_message_is_in_one_hand_only(storage, warm):
    """Every message of a heat is leased once, by whomever (OU2)."""
    later = timedelta(days=1)

    def lease(heat, number):
        with storage.unit() as unit:
            unit.outbox.add([a.message(f"m{heat}-{number % 4}")])
            return tuple(each.key for each in unit.outbox.lease(1, now=a.NOW, until=a.NOW + later))

    for heat, outcomes in enumerate(heats(lease, warm=warm)):
        handed = sorted(key for keys in outcomes if isinstance(keys, tuple) for key in keys)
        assert handed == [f"m{heat}-{number}" for number in range(4)]


def test_one_of_many_becomes_the_holder_of_an_address(storage, warm):
    """The others see that the world moved (RO7)."""

    def hold(heat, number):
        mine = heat * RUNNERS + number + 1
        with storage.unit() as unit:
            return a.save(unit, openings=[a.opening(mine, central=a.address(f"heat{heat}@example.com"))])

    results = heats(hold, warm=warm)

    assert [len(won(outcomes)) for outcomes in results] == [1] * HEATS
    lost = [each.code for outcomes in results for each in outcomes if isinstance(each, Conflict)]
    assert lost == ["address-taken"] * (RUNNERS - 1) * HEATS


def test_one_of_many_runs_applies_what_was_decided_on_the_same_ground(storage, warm):
    """A run that was planned before another one was saved is refused (RO7)."""

    def apply(heat, number):
        key = a.record(f"{heat}-{number}", roster=RosterKey("sp1", "uonet", "students"))
        with storage.unit() as unit:
            changes = Changes(after_run=heat, records=[a.record_state(key)])
            return unit.rosters.save(a.run(f"{heat}-{number}"), changes).id

    assert [won(outcomes) for outcomes in heats(apply, warm=warm)] == [[heat + 1] for heat in range(HEATS)]
