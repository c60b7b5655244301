"""What the parts of the storage contract share: the fixtures that an adapter's author writes, and the races."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError
from typing import ClassVar, Final, NoReturn, TypeVar

import pytest

from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage

Fresh = Callable[[], Storage]
"""Makes an empty storage that shares nothing with any other."""

FreshTenants = Callable[[], tuple[Storage, Storage]]
"""Makes the empty storages of two tenants that share one database, where there is one."""

RUNNERS: Final = 16
HEATS: Final = 20

T = TypeVar("T")


class StorageFixtures:
    """What an adapter's test class fills in."""

    concurrent: ClassVar[bool] = True
    """Any number of threads may open units of one storage at the same time."""

    durable: ClassVar[bool] = False
    """What is kept outlives the process, in a place that can be read, reopened, and out of reach."""

    @pytest.fixture
    def fresh_storage(self) -> Fresh:
        """Return a function that makes an empty storage; machines and races need many of them."""
        pytest.fail("override the fixture `fresh_storage`: return a function that makes an empty storage of yours")

    @pytest.fixture
    def fresh_tenants(self) -> FreshTenants:
        """Return a function that makes two empty storages, of two tenants, over the same database."""
        pytest.fail(
            "override the fixture `fresh_tenants`: return a function that makes two empty storages of different tenants"
            " over the same database; only you know how they share it"
        )

    @pytest.fixture
    def reopened(self) -> Callable[[Storage], Storage]:
        """Return a function that opens the place of a storage a second time, as another process would."""
        self._only_if_durable("reopened", "return a function that opens the place of a given storage anew")

    @pytest.fixture
    def everything_kept(self) -> Callable[[Storage], bytes]:
        """Return a function that returns all bytes that a storage keeps: its files, or a dump of its tables."""
        self._only_if_durable("everything_kept", "return a function that reads all bytes a given storage keeps")

    @pytest.fixture
    def unreachable_storage(self) -> Fresh:
        """Return a function that makes a storage whose world cannot be reached."""
        self._only_if_durable("unreachable_storage", "return a function that makes a storage without its world")

    def _only_if_durable(self, fixture: str, remedy: str) -> NoReturn:
        if not self.durable:
            pytest.skip("this storage does not outlive the process: `durable` is False")
        pytest.fail(f"override the fixture `{fixture}`: {remedy}; or set `durable = False` if nothing lasts")


def heats(run: Callable[[int, int], T], *, warm: Callable[[], object]) -> Sequence[Sequence[T | Conflict]]:
    """
    Return what 16 runners got in each of 20 heats; all start at once, over connections that have been used before.

    One heat with cold connections does not catch a storage that looks first and writes later. A `Conflict` is an
    outcome like any other; whatever else a runner raises ends the race.
    """
    start = Barrier(RUNNERS, timeout=60)

    def runner(number: int) -> list[T | Conflict]:
        outcomes: list[T | Conflict] = []
        try:
            warm()
            for heat in range(HEATS):
                start.wait()
                try:
                    outcomes.append(run(heat, number))
                except Conflict as lost:
                    outcomes.append(lost)
        except BaseException:
            start.abort()
            raise
        return outcomes

    with ThreadPoolExecutor(RUNNERS) as pool:
        runners = [pool.submit(runner, number) for number in range(RUNNERS)]
    fallen = [error for each in runners if (error := each.exception()) is not None]
    for error in sorted(fallen, key=lambda each: isinstance(each, BrokenBarrierError)):
        raise error
    return list(zip(*(each.result() for each in runners), strict=True))


def won(outcomes: Sequence[object]) -> list[object]:
    """Return what the winners of a heat got."""
    return [each for each in outcomes if each is not None and not isinstance(each, Conflict)]
