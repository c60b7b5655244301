"""For every clause of pages a keeper with one lie, which the contract finds out; and one without, in memory."""

from __future__ import annotations

import os
from contextlib import contextmanager, nullcontext
from threading import Lock

import pytest

from eszkola_core.errors import Unavailable
from eszkola_core.testing.contracts.pages import PagesContract
from eszkola_core.testing.doubles import MemoryPages


class Shelves:
    """A place in memory, with a shelf and a turn for each tenant."""

    def __init__(self, kind=MemoryPages):
        self.kind = kind
        self.shelves = {}

    def __call__(self, tenant):
        """Open the pages of a tenant."""
        shelf, turn = self.shelves.setdefault(self.name(tenant), ({}, Lock()))
        return self.kind(shelf, turn=turn, patience=0.5)

    def name(self, tenant):
        """Return what the shelf is called."""
        return tenant


class TestMemoryPages(PagesContract):
    """`MemoryPages` under the contract; nothing of it outlives the process."""

    durable = False

    @pytest.fixture
    def fresh_place(self):
        """Return what makes a new place."""
        return Shelves


class Forgetting(MemoryPages):
    """Keeps the beginning of a page."""

    def add(self, number, page):
        """Say more than is true."""
        return super().add(number, page[:1000])


class Overwriting(MemoryPages):
    """Takes whatever comes."""

    def add(self, number, page):
        """Put the page in the stead of another."""
        self.shelf[number] = page
        return True


class FillingGaps(MemoryPages):
    """Takes a number that was dropped."""

    def add(self, number, page):
        """Look for the number alone."""
        if number in self.shelf:
            return False
        self.shelf[number] = page
        return True


class Unordered(MemoryPages):
    """Yields pages by their numbers as texts."""

    def after(self, number):
        """Sort digits."""
        return sorted(super().after(number), key=lambda each: str(each[0]))


class Including(MemoryPages):
    """Yields the page that was named as well."""

    def after(self, number):
        """Begin too early."""
        return super().after(number - 1)


class Disturbed(MemoryPages):
    """Falls over a page that was dropped meanwhile."""

    def after(self, number):
        """Look again for each."""
        for each in [each for each, _ in super().after(number)]:
            yield each, self.shelf[each]


class Hoarding(MemoryPages):
    """Drops nothing."""

    def drop(self, below):
        """Do nothing."""


class DroppingAll(MemoryPages):
    """Drops the newest as well."""

    def drop(self, below):
        """Take everything below."""
        for number in [each for each in self.shelf if each < below]:
            del self.shelf[number]


class Turnless(MemoryPages):
    """Lets everybody in at once."""

    def turn(self):
        """Be no turn."""
        return nullcontext()


class Stuck(MemoryPages):
    """Does not let go after an exception."""

    @contextmanager
    def turn(self):
        """Forget the end."""
        if not self._turn.acquire(timeout=0.5):
            raise Unavailable("never again")
        yield
        self._turn.release()


class Leaking(MemoryPages):
    """Leaves a file open."""

    left: list[int] = []  # noqa: RUF012 - of all of them

    def close(self):
        """Open one more."""
        self.left.append(os.dup(0))


class OneShelf(Shelves):
    """Gives tenants the same shelf whose names differ by a slash."""

    def name(self, tenant):
        """Keep what is behind the last slash."""
        return tenant.rpartition("/")[2]


LIES = [
    ("PG1", "half", lambda: Shelves(Forgetting)),
    ("PG2", "overwrites", lambda: Shelves(Overwriting)),
    ("PG2", "below", lambda: Shelves(FillingGaps)),
    ("PG3", "as texts", lambda: Shelves(Unordered)),
    ("PG3", "too early", lambda: Shelves(Including)),
    ("PG3", "disturbed", lambda: Shelves(Disturbed)),
    ("PG4", "hoards", lambda: Shelves(Hoarding)),
    ("PG4", "all", lambda: Shelves(DroppingAll)),
    ("PG5", "no turn", lambda: Shelves(Turnless)),
    ("PG5", "stuck", lambda: Shelves(Stuck)),
    ("PG6", "no turn", lambda: Shelves(Turnless)),
    ("PG7", "one shelf", OneShelf),
    ("PG8", "leaks", lambda: Shelves(Leaking)),
]


def fixtures(place):
    """Return the fixtures of the contract over a kind of place."""
    return {
        "fresh_place": place,
        "elsewhere": lambda _: "pages = None",
        "all_bytes": lambda pages: b"".join(pages.shelf.values()),
        "unreachable_pages": Gone,
    }


class Gone(MemoryPages):
    """Cannot be reached."""

    def after(self, number):
        """Fail."""
        raise Unavailable(f"gone, {number}")

    def add(self, number, page):
        """Fail."""
        raise Unavailable(f"gone, {number}, {len(page)}")

    def drop(self, below):
        """Fail."""
        raise Unavailable(f"gone, {below}")

    def turn(self):
        """Fail."""
        raise Unavailable("gone")


@pytest.mark.parametrize(
    ("clause", "place"), [(clause, place) for clause, _, place in LIES], ids=[f"{c}-{n}" for c, n, _ in LIES]
)
def test_each_lie_is_found_out(bench, clause, place):
    """The first test of the clause that can tell turns red."""
    try:
        assert bench.first_red(PagesContract, clause, fixtures(place)) is not None
    finally:
        while Leaking.left:
            os.close(Leaking.left.pop())


def test_pages_that_pretend_to_be_there_are_found_out(bench):
    """What cannot be reached and answers all the same breaks PG6."""
    assert bench.first_red(PagesContract, "PG6", fixtures(Shelves) | {"unreachable_pages": MemoryPages})
    assert bench.first_red(PagesContract, "PG6", fixtures(Shelves)) is None


def test_a_process_that_loses_its_pages_is_found_out(bench):
    """What another process was told and is not there breaks PG1; a turn that outlives its process breaks PG5."""
    lost = "class Lost:\n    def add(self, number, page):\n        return True\npages = Lost()"
    assert bench.first_red(PagesContract, "PG1", fixtures(Shelves) | {"elsewhere": lambda _: lost})
    free = "from contextlib import nullcontext\nclass Free:\n    turn = staticmethod(nullcontext)\npages = Free()"
    assert bench.first_red(PagesContract, "PG5", fixtures(Shelves) | {"elsewhere": lambda _: free})


def test_a_clause_has_its_liar():
    """Every clause is among the lies."""
    assert {clause for clause, _, _ in LIES} == {f"PG{number}" for number in range(1, 9)}
