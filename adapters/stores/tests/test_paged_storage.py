"""A storage over pages keeps every clause of storages, whoever keeps the pages."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Reservation
from eszkola_core.errors import BrokenPromise, Conflict, InvalidValue, Unavailable
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.units import fill, seen
from eszkola_core.testing.doubles import MemoryPages
from eszkola_core.testing.killing import kill_an_import
from eszkola_stores import paged
from eszkola_stores.keyring import Keyring
from eszkola_stores.paged import PagedStorage
from eszkola_stores.testing import KEYS, PagedStorageContract


class Unreachable(MemoryPages):
    """Pages whose world went away."""

    def turn(self):
        """Wait in vain."""
        raise Unavailable("nobody answers")

    def after(self, number):
        """Ask in vain."""
        raise Unavailable(f"nobody answers for {number}")


class TestPagedStorage(PagedStorageContract):
    """`PagedStorage` over pages in memory, which outlive the storage if not the process."""

    @pytest.fixture
    def fresh_place(self):
        """Return what makes a shelf for each tenant."""

        def place():
            shelves: dict[str, tuple[dict[int, bytes], Lock]] = {}

            def opened(tenant):
                shelf, turn = shelves.setdefault(tenant, ({}, Lock()))
                return MemoryPages(shelf, turn=turn)

            return opened

        return place

    @pytest.fixture
    def all_bytes(self):
        """Return what reads a shelf."""
        return lambda pages: b"".join(pages.shelf.values())

    @pytest.fixture
    def unreachable_pages(self):
        """Return pages without a world."""
        return Unreachable


class Forgetful(PagedStorage):
    """A storage that knows nothing by itself: whatever it says was written down, read and opened."""

    @contextmanager
    def unit(self):
        """Open a unit after reading everything again."""
        self._known = self._begun()
        with super().unit() as unit:
            yield unit

    @contextmanager
    def snapshot(self):
        """Look after reading everything again."""
        self._known = self._begun()
        with super().snapshot() as unit:
            yield unit


class TestForgetfulStorage(StorageContract):
    """Whatever is kept comes back from its pages as it was."""

    concurrent = False

    @pytest.fixture
    def fresh_storage(self):
        """Return what makes an empty storage."""
        return lambda: opened(MemoryPages(), Forgetful)

    @pytest.fixture
    def fresh_tenants(self):
        """Return what makes the storages of two tenants."""
        return lambda: tuple(Forgetful(MemoryPages(), KEYS, tenant=each) for each in "ab")


def opened(pages, kind=PagedStorage):
    """Return the storage over *pages*."""
    return kind(pages, KEYS, tenant="a")


def reserve(storage, number):
    """Change something small."""
    with storage.unit() as unit:
        unit.people.reserve(Reservation(f"{number}@example.com", PersonId(1), a.NOW + a.HOUR))


@pytest.fixture
def often(monkeypatch):
    """Let images be written all the time."""
    monkeypatch.setattr(paged, "LEAST_IMAGE", 10)


@given(steps=st.lists(st.sampled_from(["write", "look", "other", "sweep", "new"]), max_size=30))
def test_processes_see_one_story(steps):
    """Whoever writes, reads on, rewrites or comes new in whatever order: all know the same in the end."""
    pages = MemoryPages()
    storages = [opened(pages), opened(pages)]
    for number, step in enumerate(steps):
        if step == "write":
            reserve(storages[0], number)
        elif step == "other":
            reserve(storages[-1], number)
        elif step == "sweep":
            storages[number % 2].rewrite()
        elif step == "look":
            with storages[number % 2].snapshot():
                pass
        else:
            storages.append(opened(pages))
    found = []
    for storage in (*storages, opened(pages)):
        with storage.snapshot() as unit:
            found.append([unit.people.reserved(f"{number}@example.com", a.NOW) for number in range(len(steps))])
    assert [[each is not None for each in one] for one in found] == [
        [step in ("write", "other") for step in steps]
    ] * len(found)


@pytest.mark.usefixtures("often")
def test_images_are_written_by_themselves_and_nothing_is_lost():
    """However many units there are, few pages lie there; whoever comes new and whoever lags knows everything."""
    pages = MemoryPages()
    storage, lagging = opened(pages), opened(pages)
    with storage.unit() as unit:
        fill(unit)
    for number in range(50):
        reserve(storage, number)
    with storage.snapshot() as unit:
        expected = seen(unit)

    assert len(pages.shelf) < 10
    for each in (lagging, opened(pages)):
        with each.snapshot() as unit:
            assert seen(unit) == expected


def test_a_unit_that_changes_nothing_writes_nothing():
    """Looking in a unit that could write adds no page."""
    pages = MemoryPages()
    storage = opened(pages)
    with storage.unit() as unit:
        unit.people.by_login("nobody")

    assert list(pages.shelf) == [1]


@pytest.mark.usefixtures("often")
def test_a_writer_whose_turn_ended_too_early_is_told_so():
    """Another one wrote meanwhile, and dropped what was before: nothing of the late unit is kept, nothing is lost."""
    pages = MemoryPages()
    late, quick = opened(pages), opened(MemoryPages(pages.shelf))
    with pytest.raises(Conflict), late.unit() as unit:  # noqa: PT012 - it is its end that fails
        for number in range(9):
            reserve(quick, number)
        unit.people.reserve(Reservation("late@example.com", PersonId(1), a.NOW + a.HOUR))
    with late.snapshot() as unit:
        assert unit.people.reserved("8@example.com", a.NOW) == PersonId(1)
        assert unit.people.reserved("late@example.com", a.NOW) is None
    reserve(late, 10)
    with quick.snapshot() as unit:
        assert unit.people.reserved("10@example.com", a.NOW) == PersonId(1)


def test_a_missing_page_is_no_silence():
    """Whoever kept pages and lost one is told that a promise was broken; nothing is guessed."""
    pages = MemoryPages()
    storage, other = opened(pages), opened(pages)
    for number in range(3):
        reserve(storage, number)
    del pages.shelf[3]
    with pytest.raises(BrokenPromise), other.snapshot():
        pass


def test_pages_that_change_places_do_not_open():
    """Whoever can write where the pages lie cannot put an older page in the stead of a newer."""
    pages = MemoryPages()
    storage, other = opened(pages), opened(pages)
    reserve(storage, 1)
    reserve(storage, 2)
    pages.shelf[2], pages.shelf[3] = pages.shelf[3], pages.shelf[2]
    with pytest.raises(Unavailable), other.snapshot():
        pass


def test_another_keyring_is_noticed_before_anything_is_written():
    """The proof in the image tells."""
    pages = MemoryPages()
    opened(pages)
    others = Keyring(data={1: b"D" * 32}, index={1: b"i" * 32}, digest={1: b"g" * 32})
    with pytest.raises(InvalidValue):
        PagedStorage(pages, others, tenant="a")

    assert list(pages.shelf) == [1]


@pytest.mark.rule("SYNC-5")
def test_a_killed_import_loses_nothing_over_pages():
    """An import that is killed at each of its calls in turn is taken up by another and finished."""
    assert kill_an_import(lambda: opened(MemoryPages())) > 20
