"""
An import that is killed at every one of its calls, and begun again (SYNC-5).

::

    def test_a_killed_import_loses_nothing():
        kill_an_import(lambda: OurStorage.create(...))
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from eszkola_core._usecases.import_rosters import Applied, ImportRosters
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.messages import Message, MessageState
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.doubles import CountingSecrets, Killed, MortalStorage
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region

_FIRST: Final = (
    "A/1: s Ala 1 ala, g Jan 8 x",
    "A/2: s Ola 2 -, g Ewa 9 y",
    "A/3: s Iga 3 iga",
    "B/k: t Ewa 9 y",
)
_SECOND: Final = (
    "A/1: s Ala 1 ala, g Jan 8 z, g Zofia - z",
    "A/2: s Ola_Kot 2 ola, g Ewa 9 y",
    "B/k: t Ewa 9 v",
    "C/1: s Leon 4 leon, g Ala_Kot 5 x",
)
"""Somebody moves, opens, is renamed, disagrees, waits for an address, and is gone; another school begins."""


def kill_an_import(fresh_storage: Callable[[], Storage]) -> int:
    """
    Kill an import at each of its calls in turn, begin it again, and return how often it was killed.

    Raises:
        AssertionError: something was lost, was there half, or came twice.
    """
    undisturbed = _lived_in(fresh_storage)
    before = undisturbed.seen()
    _take_over(undisturbed)
    undisturbed.take(*_SECOND)
    after, letters = undisturbed.seen(), _letters(undisturbed)
    lives = 0
    while _killed(region := _lived_in(fresh_storage), lives):
        assert region.seen() in (before, after), f"half an import was kept of one that was killed after {lives} calls"
        _take_over(region)
        region.take(*_SECOND)
        assert region.seen() == after, f"an import that was killed after {lives} calls was not finished by another"
        assert _letters(region) == letters, f"killed after {lives} calls, messages were lost or came twice"
        assert region.take(*_SECOND).run is None, f"killed after {lives} calls, it was not done when it was done"
        lives += 1
    assert region.seen() == after, "an import that nobody killed did something else"
    return lives


def _lived_in(fresh_storage: Callable[[], Storage]) -> Region:
    """Return a region where some people have accounts, and have read their messages."""
    region = Region(storage=fresh_storage(), freed_address_reserved=timedelta(days=1))
    region.take(*_FIRST)
    region.activate("A/1 g Jan")
    _letters(region)
    return region


def _killed(region: Region, lives: int) -> bool:
    """Import, and return whether the process died of it."""
    storage = MortalStorage(region.storage, lives)
    clock = storage.mortal("clock", region.clock)
    secrets = storage.mortal("secrets", CountingSecrets())
    try:
        done = ImportRosters(storage, region.tenant, clock, secrets).apply(
            reading(*_SECOND), actor=Actor.console("killed"), allow_removals=None
        )
    except Killed:
        return True
    assert isinstance(done, Applied)
    return False


def _take_over(region: Region) -> None:
    """Wait until the dead are known to be dead."""
    region.clock.advance(region.tenant.settings.import_lease)


def _letters(region: Region) -> list[Any]:
    """Take all waiting messages out, and return what can be told of them, whatever their secrets and instants."""
    now, hour = region.clock.now(), timedelta(hours=1)
    with region.storage.unit() as unit:
        waiting = unit.outbox.lease(1000, now=now, until=now + hour)
        for each in waiting:
            unit.outbox.settle(each.moved(MessageState.SENT), held_until=now + hour)
    return sorted((_told(each) for each in waiting), key=repr)


def _told(message: Message) -> Any:  # noqa: ANN401 - only compared
    data = {name: value for name, value in message.data.items() if name not in {"link", "until"}}
    return message.kind, message.person, message.to.spelling, data
