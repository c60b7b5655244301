"""
What whoever keeps pages promises, as tests.

The test file of an adapter::

    class TestOurPages(PagesContract):
        @pytest.fixture
        def fresh_place(self, tmp_path):
            def place():
                folder = tmp_path / uuid4().hex
                return lambda tenant: OurPages(folder, tenant, patience=2)

            return place

        @pytest.fixture
        def all_bytes(self):
            return lambda pages: b"".join(path.read_bytes() for path in pages.folder.iterdir())

        @pytest.fixture
        def unreachable_pages(self):
            return lambda: OurPages("/dev/null/nowhere", "a")

The repr of the pages is what another process opens them by; where it cannot be evaluated, override `elsewhere` too.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import ClassVar, Final, NoReturn, TypeAlias

import pytest

from eszkola_core.errors import Unavailable
from eszkola_core.ports.pages import Pages
from eszkola_core.testing.contracts.storage.base import HEATS, RUNNERS, heats

Place: TypeAlias = Callable[[str], Pages]
"""Opens the pages of a tenant in one place, anew each time, as another process does."""

_LARGE: Final = 2**20
_OPEN_FILES: Final = Path("/proc/self/fd")


def a_page(number: int, size: int = 300) -> bytes:
    """Return a page that is not text, begins with its number, and is not like another one."""
    return number.to_bytes(4) + bytes((number + each) % 256 for each in range(min(size, 256))) * (1 + size // 256)


def kept(pages: Pages, after: int = 0) -> Mapping[int, bytes]:
    """Return the pages above a number."""
    found = list(pages.after(after))
    assert [number for number, _ in found] == sorted({number for number, _ in found})
    return dict(found)


class PagesContract:
    """Holds `Pages` to every clause of their port."""

    durable: ClassVar[bool] = True
    """What is kept outlives the process, in a place that other processes reach, and that can be out of reach."""

    patience: ClassVar[float] = 30
    """In how many seconds a turn that does not come must have been given up."""

    @pytest.fixture
    def fresh_place(self) -> Callable[[], Place]:
        """Return a function that makes a new place: what opens a tenant's pages there, with a second of patience."""
        pytest.fail(
            "override the fixture `fresh_place`: return a function that makes a function from a tenant to pages"
        )

    @pytest.fixture
    def elsewhere(self) -> Callable[[Pages], str]:
        """Return a function that returns Python by which another process opens given pages; else it is their repr."""
        if not self.durable:
            pytest.skip("these pages do not outlive the process: `durable` is False")
        return lambda pages: f"from {type(pages).__module__} import {type(pages).__name__}\npages = {pages!r}"

    @pytest.fixture
    def all_bytes(self) -> Callable[[Pages], bytes]:
        """Return a function that returns all bytes that lie where given pages are kept."""
        self._only_if_durable("all_bytes", "return a function that reads all bytes where given pages lie")

    @pytest.fixture
    def unreachable_pages(self) -> Callable[[], Pages]:
        """Return a function that makes pages whose world cannot be reached."""
        self._only_if_durable("unreachable_pages", "return a function that makes pages without their world")

    def _only_if_durable(self, fixture: str, remedy: str) -> NoReturn:
        if not self.durable:
            pytest.skip("these pages do not outlive the process: `durable` is False")
        pytest.fail(f"override the fixture `{fixture}`: {remedy}; or set `durable = False` if nothing lasts")

    @pytest.mark.clause("PG1")
    def test_pages_come_back_byte_for_byte(self, fresh_place: Callable[[], Place]) -> None:
        """Small and large, for whoever has them open and for whoever opens them later."""
        place = fresh_place()
        pages, expected = place("a"), {1: b"\x00", 2: a_page(2), 3: a_page(3, _LARGE), 4: b"\r\n\xff" * 9}
        for number, page in expected.items():
            assert pages.add(number, page)

        assert kept(pages) == expected
        assert kept(place("a")) == expected

    @pytest.mark.clause("PG1")
    def test_whatever_was_told_outlives_the_process(
        self, fresh_place: Callable[[], Place], elsewhere: Callable[[Pages], str]
    ) -> None:
        """A process that is killed while it adds pages has kept all of which it was told so, and nothing by half."""
        pages = fresh_place()("a")
        with _process(elsewhere(pages), _ADDING) as process:
            told = [int(process.readline()) for _ in range(25)][-1]

        found = kept(pages)
        assert list(found) == list(range(1, len(found) + 1))
        assert len(found) >= told
        assert {page for number, page in found.items() if page != bytes([number % 256]) * 99999} == set()

    @pytest.mark.clause("PG2")
    def test_a_number_is_given_once_and_upwards_only(self, fresh_place: Callable[[], Place]) -> None:
        """Neither a number that is there nor one below the newest is taken; what was kept stays."""
        place = fresh_place()
        pages = place("a")
        assert pages.add(1, a_page(1)) is True
        assert pages.add(5, a_page(5)) is True
        for number in (1, 3, 5):
            assert pages.add(number, b"other") is False
            assert place("a").add(number, b"other") is False

        assert kept(pages) == {1: a_page(1), 5: a_page(5)}

    @pytest.mark.clause("PG2")
    def test_a_number_that_was_dropped_is_not_given_again(self, fresh_place: Callable[[], Place]) -> None:
        """Whoever comes late with it is told so."""
        place = fresh_place()
        pages = place("a")
        for number in (1, 2, 3):
            pages.add(number, a_page(number))
        pages.drop(3)

        assert place("a").add(2, b"late") is False
        assert kept(pages) == {3: a_page(3)}

    @pytest.mark.clause("PG2")
    def test_of_many_who_add_one_number_one_is_told_so(self, fresh_place: Callable[[], Place]) -> None:
        """Sixteen add the next page at once, twenty times: one wins, and it is that one's page which is there."""
        place = fresh_place()
        openings = [place("a") for _ in range(RUNNERS)]

        def add(heat: int, runner: int) -> int | None:
            return runner if openings[runner].add(heat + 1, bytes([runner, heat]) * 99) else None

        outcomes = heats(add, warm=lambda: list(place("a").after(0)))

        winners = [[each for each in heat if isinstance(each, int)] for heat in outcomes]
        assert [len(each) for each in winners] == [1] * HEATS
        assert kept(place("a")) == {heat + 1: bytes([won[0], heat]) * 99 for heat, won in enumerate(winners)}

    @pytest.mark.clause("PG2")
    def test_nobody_sees_half_a_page(self, fresh_place: Callable[[], Place]) -> None:
        """Whoever reads while large pages are added sees each whole, or not yet."""
        place, count = fresh_place(), 12

        def add() -> None:
            pages = place("a")
            assert all(pages.add(number, a_page(number, _LARGE)) for number in range(1, count + 1))

        with ThreadPoolExecutor(1) as pool:
            adding = pool.submit(add)
            reader, seen = place("a"), 0
            while seen < count and not (adding.done() and adding.exception()):
                for number, page in reader.after(seen):
                    assert page == a_page(number, _LARGE)
                    assert number == seen + 1
                    seen = number
            adding.result()

    @pytest.mark.clause("PG3")
    def test_pages_come_in_order_above_a_number(self, fresh_place: Callable[[], Place]) -> None:
        """All of them, also where their numbers are of different length; none where none is above."""
        pages = fresh_place()("a")
        numbers = [1, 2, 9, 10, 11, 99, 100, 1000, 123456789]
        for number in numbers:
            pages.add(number, a_page(number))

        assert list(pages.after(0)) == [(each, a_page(each)) for each in numbers]
        assert [each for each, _ in pages.after(9)] == numbers[3:]
        assert [each for each, _ in pages.after(50)] == numbers[5:]
        assert list(pages.after(123456789)) == []
        assert list(fresh_place()("a").after(0)) == []

    @pytest.mark.clause("PG3")
    def test_pages_that_are_dropped_meanwhile_do_not_disturb(self, fresh_place: Callable[[], Place]) -> None:
        """Whoever reads while others drop what was read goes on in order, to the newest."""
        place = fresh_place()
        pages = place("a")
        for number in range(1, 8):
            pages.add(number, a_page(number))
        reading = iter(place("a").after(0))
        assert next(reading) == (1, a_page(1))
        pages.drop(6)
        rest = list(reading)

        assert [number for number, _ in rest] == sorted({number for number, _ in rest})
        assert {6, 7} <= {number for number, _ in rest} <= set(range(2, 8))
        assert all(page == a_page(number) for number, page in rest)

    @pytest.mark.clause("PG4")
    def test_what_is_below_is_dropped_and_nothing_else(self, fresh_place: Callable[[], Place]) -> None:
        """Also where there is nothing to drop; the newest stays, whatever is said."""
        place = fresh_place()
        pages = place("a")
        pages.drop(5)
        for number in (1, 2, 3, 4):
            pages.add(number, a_page(number))
        pages.drop(1)
        assert list(kept(pages)) == [1, 2, 3, 4]
        place("a").drop(3)
        assert kept(pages) == {3: a_page(3), 4: a_page(4)}
        pages.drop(999)
        assert kept(pages) == {4: a_page(4)}

    @pytest.mark.clause("PG4")
    def test_of_what_was_dropped_no_byte_is_left(
        self, fresh_place: Callable[[], Place], all_bytes: Callable[[Pages], bytes]
    ) -> None:
        """It was there, and is not found anywhere any more."""
        pages = fresh_place()("a")
        for number, name in enumerate((b"kanarek", b"bocian", b"orzel"), 1):
            pages.add(number, name * 99)
        assert b"kanarek" in all_bytes(pages)
        pages.drop(3)

        left = all_bytes(pages)
        assert b"kanarek" not in left
        assert b"bocian" not in left
        assert b"orzel" in left

    @pytest.mark.clause("PG5")
    def test_one_is_in_a_turn_at_a_time(self, fresh_place: Callable[[], Place]) -> None:
        """Sixteen read and write in turns: nobody is overtaken, whether they share what they opened or not."""
        place = fresh_place()
        shared, counted, inside = place("a"), [0], [0]

        def count(_heat: int, runner: int) -> bool:
            pages = shared if runner % 2 else place("a")
            with pages.turn():
                inside[0] += 1
                alone = inside[0] == 1
                before = counted[0]
                list(pages.after(0))
                counted[0] = before + 1
                inside[0] -= 1
            return alone

        outcomes = heats(count, warm=lambda: list(shared.after(0)))

        assert {alone for heat in outcomes for alone in heat} == {True}
        assert counted == [HEATS * RUNNERS]

    @pytest.mark.clause("PG5")
    def test_a_turn_ends_however_it_is_left(self, fresh_place: Callable[[], Place]) -> None:
        """By an exception as well, which comes out; the next turn is there at once."""
        place = fresh_place()
        with pytest.raises(ZeroDivisionError), place("a").turn():
            raise ZeroDivisionError
        with place("a").turn():
            pass

    @pytest.mark.clause("PG5")
    def test_a_turn_ends_with_its_process(
        self, fresh_place: Callable[[], Place], elsewhere: Callable[[Pages], str]
    ) -> None:
        """While another process is in a turn nobody else gets in; once it is killed somebody does."""
        pages = fresh_place()("a")
        with _process(elsewhere(pages), _HOLDING) as process:
            assert process.readline() == "in\n"
            with pytest.raises(Unavailable), pages.turn():
                pass
        _soon_a_turn(pages, self.patience)

    @pytest.mark.clause("PG6")
    def test_a_turn_that_does_not_come_is_unavailable(self, fresh_place: Callable[[], Place]) -> None:
        """Whoever waits gives up in time; who is in the turn is not disturbed."""
        place = fresh_place()
        with place("a").turn():
            before = monotonic()
            with pytest.raises(Unavailable), place("a").turn():
                pass
            assert monotonic() - before < self.patience

    @pytest.mark.clause("PG6")
    def test_pages_out_of_reach_are_unavailable(self, unreachable_pages: Callable[[], Pages]) -> None:
        """Whatever is asked of them."""
        pages = unreachable_pages()
        for ask in (
            lambda: list(pages.after(0)),
            lambda: pages.add(1, b"page"),
            lambda: pages.drop(1),
            lambda: pages.turn().__enter__(),
        ):
            with pytest.raises(Unavailable):
                ask()

    @pytest.mark.clause("PG7")
    def test_tenants_share_nothing(self, fresh_place: Callable[[], Place]) -> None:
        """Whatever they are called: each has its own numbers, pages and turn, beside the others'."""
        place = fresh_place()
        names = ("a", "b", "a/b", "../a", "..", ".", "a:1", "a*", "ż", "x" * 100)
        for at, name in enumerate(names):
            assert list(place(name).after(0)) == []
            assert place(name).add(1, a_page(at))
        for at, name in enumerate(names):
            assert kept(place(name)) == {1: a_page(at)}
        with place("a").turn(), place("b").turn():
            place("a").add(2, b"more")
            place("b").drop(1)
        assert [len(kept(place(name))) for name in names] == [2] + [1] * (len(names) - 1)

    @pytest.mark.clause("PG8")
    def test_after_closing_nothing_is_held_open(self, fresh_place: Callable[[], Place]) -> None:
        """Nothing that the system knows of; what is asked for then is answered all the same."""
        if not _OPEN_FILES.is_dir():
            pytest.skip("what is open can only be seen where there is /proc")
        pages = fresh_place()("a")
        pages.close()
        before = _open_files()
        for number in (1, 2):
            with pages.turn():
                assert pages.add(number, a_page(number))
            pages.close()
            assert _open_files() <= before
            assert list(kept(pages)) == list(range(1, number + 1))
            pages.close()
            assert _open_files() <= before


_ADDING: Final = """
number = 0
while True:
    number += 1
    assert pages.add(number, bytes([number % 256]) * 99999)
    print(number, flush=True)
"""

_HOLDING: Final = """
import time
with pages.turn():
    print("in", flush=True)
    time.sleep(600)
"""


class _Process:
    """A process that opened the pages and does something with them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def readline(self) -> str:
        """Return the next line that it says."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            assert self._process.stderr is not None
            pytest.fail(f"the other process fell over:\n{self._process.stderr.read()}")
        return line


@contextmanager
def _process(opening: str, doing: str) -> Iterator[_Process]:
    """Run a process, and kill it at the end."""
    program = f"{opening}\n{doing}"
    with subprocess.Popen(  # noqa: S603 - what the test says
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield _Process(process)
        finally:
            process.kill()


def _soon_a_turn(pages: Pages, within: float) -> None:
    """Take a turn, which may come only after a while: a lease has to run out."""
    until = monotonic() + within
    while True:
        try:
            with pages.turn():
                return
        except Unavailable:
            assert monotonic() < until, "the turn of a process that is dead did not end"


def _open_files() -> int:
    return len(list(_OPEN_FILES.iterdir()))
