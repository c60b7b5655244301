"""Writers of one process wait for each other in order, and none waits for ever."""

from __future__ import annotations

from threading import Thread
from time import sleep

import pytest

from eszkola_core.errors import Unavailable
from eszkola_sqlalchemy.turns import Turns

WRITERS = 30


def test_a_crowd_of_writers_is_served_whole(new_sqlite):
    """All together take far longer than one waits for another program, and every one of them writes."""
    storage = new_sqlite(busy_timeout=0.1).open()
    written, refused = [], []

    def write(number):
        try:
            with storage.unit():
                sleep(0.02)
                written.append(number)
        except Unavailable as error:
            refused.append(error)

    threads = [Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert refused == []
    assert sorted(written) == list(range(WRITERS))


def test_they_write_in_the_order_in_which_they_came():
    """Nobody overtakes."""
    turns, order, threads = Turns(60), [], []
    turns.take()

    def write(number):
        turns.take()
        order.append(number)
        turns.end()

    for number in range(8):
        threads.append(Thread(target=write, args=(number,)))
        threads[-1].start()
        while len(turns._queue) < number + 2:  # noqa: SLF001 - until it stands in the queue
            sleep(0.001)
    turns.end()
    for each in threads:
        each.join()

    assert order == list(range(8))


def test_a_writer_that_does_not_end_is_waited_for_a_bounded_time(new_sqlite):
    """Whoever waits is told to try again, and leaves the queue to those who come later."""
    storage = new_sqlite(busy_timeout=0.05).open()
    with storage.unit():
        with pytest.raises(Unavailable) as refused, storage.unit():
            pytest.fail("two writers at once")
        with storage.snapshot() as unit:
            assert unit.rosters.newest_run() == 0
    with storage.unit():
        pass

    assert (refused.value.code, refused.value.retry_after is None) == ("database-locked", False)


def test_a_unit_that_fails_ends_its_turn(new_sqlite):
    """Whatever is raised inside, or on the way in, the next one writes."""
    admin = new_sqlite(busy_timeout=0.05)
    storage = admin.open()
    with pytest.raises(KeyError), storage.unit():
        raise KeyError
    admin.close()
    moved = admin.path.rename(admin.path.with_suffix(".moved"))
    with pytest.raises(Unavailable), storage.unit():
        pytest.fail("there is no file")
    moved.rename(admin.path)
    with storage.unit():
        pass


def test_whoever_gives_up_leaves_the_queue():
    """Nobody's turn goes with it."""
    turns = Turns(0.01)
    turns.take()
    with pytest.raises(Unavailable):
        turns.take()
    turns.end()
    turns.take()
    turns.end()

    assert not turns._queue  # noqa: SLF001 - nobody stands there any more
