"""The contract of those who look after storages passes an honest one, and finds out one with a lie."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from itertools import count

import pytest
from attrs import define, field

from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.memory.state import State
from eszkola_core.ports.administration import StorageAdministration
from eszkola_core.testing.contracts.administration import StorageAdministrationContract, Trouble
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.memory import MemoryStorage

PROGRAM = {Trouble.OLDER: 3, Trouble.STEP_FAILS: 3, Trouble.NEWER: 0}
"""Which version the program has, as a trouble would have it; else 1."""


COPIES: list[tuple[int, int, State]] = []
"""Every copy that was put aside: of which shelf, of which version, and what it held."""


@define
class Shelf:
    """A place in memory: what lies there, who has it in hand, and what is the matter with it."""

    storage: MemoryStorage | None = None
    version: int = 1
    is_locked: bool = False
    dust: bytes = b""
    hands: set[int] = field(factory=set)
    trouble: Trouble | None = None
    number: int = field(factory=partial(next, count()))

    @property
    def program(self):
        """The version of those who look after it now."""
        return 1 if self.trouble is None else PROGRAM.get(self.trouble, 1)

    @contextmanager
    def in_trouble(self, trouble):
        """Be in trouble for a time."""
        self.trouble = trouble
        yield
        self.trouble = None


class Keeper:
    """Looks after a shelf, honestly."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def create(self):
        """Put an empty storage there, and lock it up."""
        if self.shelf.storage is not None:
            raise InvalidValue("something is there already")
        self.shelf.storage = MemoryStorage()
        self.shelf.is_locked = True
        if self.shelf.trouble is Trouble.HALFWAY:
            self.tidy()
            raise Unavailable("the shelf is full")

    def tidy(self):
        """Take away what was half made."""
        self.shelf.storage = None

    def open(self):
        """Take it in hand."""
        self.shelf.hands.add(id(self))
        if self.shelf.storage is None or self.shelf.trouble is Trouble.OUT_OF_REACH:
            raise Unavailable("there is nothing")
        if self.shelf.trouble is Trouble.OTHER_KEYS:
            raise InvalidValue("the key does not fit")
        if self.shelf.version != self.shelf.program:
            raise Unavailable("another version")
        return self.shelf.storage

    def upgrade(self):
        """Make the steps that are missing, all of them or none."""
        steps = range(self.shelf.version + 1, self.shelf.program + 1)
        if self.shelf.trouble is Trouble.STEP_FAILS:
            raise Unavailable("a step fails")
        self.shelf.version = self.shelf.program
        return [f"{step} made" for step in steps]

    def check(self):
        """Say what is wrong."""
        lacking = [f"{step} not made" for step in range(self.shelf.version + 1, self.shelf.program + 1)]
        wrong = self.shelf.trouble in {Trouble.OTHER_KEYS, Trouble.DAMAGED}
        return [*lacking, *(["it is broken", "it does not fit"] if wrong else [])]

    def sweep(self):
        """Throw away what lies about."""
        self.shelf.dust = b""

    def lying(self):
        """Return all that lies there: what is kept, and what was kept since the last sweep."""
        self.shelf.dust += repr(self.shelf.storage._state).encode()  # noqa: SLF001 - every byte of it
        return self.shelf.dust

    def back_up(self, path):
        """Put a copy of all that is kept aside, and write down which it is."""
        if path.exists():
            raise InvalidValue("something is there already")
        if self.shelf.trouble is Trouble.OUT_OF_REACH or not path.parent.is_dir():
            raise Unavailable("there is nothing")
        COPIES.append((self.shelf.number, self.shelf.program, self.shelf.storage._state.copied()))  # noqa: SLF001 - as it is
        path.write_text(f"copy {len(COPIES) - 1}", encoding="utf-8")

    def restore(self, path):
        """Put a copy back, and keep what was there beside it."""
        state, former = self.read(path), path.with_name(f"{path.name}-former")
        self.back_up(former)
        self.shelf.storage._state = state.copied()  # noqa: SLF001 - as it was
        return former

    def read(self, path):
        """Return what a copy of this shelf holds."""
        _, _, number = path.read_text(encoding="utf-8").partition("copy ")
        if not number.isdigit():
            raise InvalidValue("no copy of a shelf")
        shelf, version, state = COPIES[int(number)]
        if shelf != self.shelf.number or version != self.shelf.program:
            raise InvalidValue("a copy of another shelf, or of a newer one")
        return state

    def close(self):
        """Let go of it."""
        self.shelf.hands.discard(id(self))


class Hollow(Keeper):
    """SA1: makes less than `open` needs."""

    def create(self):
        """Write down another version than the program's."""
        super().create()
        self.shelf.version = 7


class Furnished(Keeper):
    """SA1: puts something of its own into what should be empty."""

    def create(self):
        """Keep a first run."""
        super().create()
        a.open_accounts(super().open())


class Ajar(Keeper):
    """SA1: leaves what it made open to all."""

    def create(self):
        """Forget the lock."""
        super().create()
        self.shelf.is_locked = False


class Replacing(Keeper):
    """SA2: puts something new in the place of what is there."""

    def create(self):
        """Throw away."""
        self.shelf.storage = None
        super().create()


class Refusing(Keeper):
    """SA2: refuses what is taken, and clears it all the same."""

    def create(self):
        """Look too late."""
        before, self.shelf.storage = self.shelf.storage, MemoryStorage()
        if before is not None:
            raise InvalidValue("something is there already")


class Littering(Keeper):
    """SA2: a creation that failed is in the way of the next."""

    def tidy(self):
        """Leave everything where it fell."""


class Forgetful(Keeper):
    """SA3: opens an empty storage every time."""

    def open(self):
        """Begin anew."""
        super().open()
        return MemoryStorage()


class Private(Keeper):
    """SA3: every process has its own."""

    def __init__(self, shelf):
        super().__init__(shelf)
        self.own = MemoryStorage()

    def open(self):
        """Return what nobody else sees."""
        super().open()
        return self.own


class Obliging(Keeper):
    """SA4: makes what is missing, in passing."""

    def open(self):
        """Never say no."""
        if self.shelf.storage is None:
            self.create()
        return super().open()


class Bold(Keeper):
    """SA4: works with whatever version it finds."""

    def open(self):
        """Close both eyes."""
        self.shelf.hands.add(id(self))
        return self.shelf.storage if self.shelf.version != self.shelf.program else super().open()


class Trusting(Keeper):
    """SA4: takes any keys."""

    def open(self):
        """Do not look at them."""
        return self.shelf.storage if self.shelf.trouble is Trouble.OTHER_KEYS else super().open()


class Cleansing(Keeper):
    """SA4: throws away what it cannot open."""

    def open(self):
        """Make room."""
        if self.shelf.trouble is not None:
            self.shelf.storage = MemoryStorage()
        return super().open()


class Losing(Keeper):
    """SA5: brings up to date by beginning anew."""

    def upgrade(self):
        """Lose everything."""
        steps = super().upgrade()
        if steps:
            self.shelf.storage = MemoryStorage()
        return steps


class Stumbling(Keeper):
    """SA5: keeps the steps before the one that failed."""

    def upgrade(self):
        """Make one step at a time."""
        if self.shelf.trouble is Trouble.STEP_FAILS:
            self.shelf.version += 1
        return super().upgrade()


class Silent(Keeper):
    """SA5: tells of no step."""

    def upgrade(self):
        """Say nothing."""
        super().upgrade()
        return []


class Busy(Keeper):
    """SA5: tells of steps where there was nothing to do."""

    def upgrade(self):
        """Boast."""
        return [*super().upgrade(), "looked around"]


class Content(Keeper):
    """SA6: finds nothing wrong, ever."""

    def check(self):
        """Be content."""
        return []


class Grumbling(Keeper):
    """SA6: finds something wrong, always."""

    def check(self):
        """Grumble."""
        return [*super().check(), "it was better before"]


class Mending(Keeper):
    """SA6: brings up to date what it should only look at."""

    def check(self):
        """Mend in passing."""
        told = super().check()
        self.shelf.version = self.shelf.program
        return told


class Rambling(Keeper):
    """SA6: tells the same in another order each time."""

    turns = count()

    def check(self):
        """Begin anywhere."""
        return super().check()[:: 1 - 2 * (next(self.turns) % 2)]


class Clinging(Keeper):
    """SA7: does not let go."""

    def close(self):
        """Hold on."""


class Sulking(Keeper):
    """SA7: does not let go of what could not be opened."""

    def close(self):
        """Let go only where all is well."""
        if self.shelf.trouble is None:
            super().close()


class Slovenly(Keeper):
    """SA8: leaves lying about what was taken away."""

    def sweep(self):
        """Look busy."""


class Overzealous(Keeper):
    """SA8: sweeps away what is kept as well."""

    def sweep(self):
        """Empty the shelf."""
        super().sweep()
        self.shelf.storage._state.sessions.clear()  # noqa: SLF001 - something of it


class Hasty(Keeper):
    """SA9: writes over whatever lies there."""

    def back_up(self, path):
        """Make room first."""
        path.unlink(missing_ok=True)
        super().back_up(path)


class Breaking(Keeper):
    """SA9: leaves half a copy when it fails."""

    def back_up(self, path):
        """Begin before looking."""
        if path.parent.is_dir() and not path.exists():
            path.with_name(f".{path.name}").write_text("half", encoding="utf-8")
        super().back_up(path)
        path.with_name(f".{path.name}").unlink()


class Late(Keeper):
    """SA9: copies what is there when the copy is put back."""

    def read(self, path):
        """Forget what was copied."""
        super().read(path)
        return self.shelf.storage._state  # noqa: SLF001 - the wrong one


class Credulous(Keeper):
    """SA10: takes anything for a backup."""

    def read(self, path):
        """Read what is no copy as an empty one."""
        try:
            return super().read(path)
        except InvalidValue:
            return MemoryStorage()._state  # noqa: SLF001 - nothing


class Wasteful(Keeper):
    """SA10: does not keep what was there."""

    def restore(self, path):
        """Put the copy back, and call it the former."""
        super().restore(path).unlink()
        return path


SABOTEURS = [
    ("SA1", Hollow),
    ("SA1", Furnished),
    ("SA1", Ajar),
    ("SA2", Replacing),
    ("SA2", Refusing),
    ("SA2", Littering),
    ("SA3", Forgetful),
    ("SA3", Private),
    ("SA4", Obliging),
    ("SA4", Bold),
    ("SA4", Trusting),
    ("SA4", Cleansing),
    ("SA5", Losing),
    ("SA5", Stumbling),
    ("SA5", Silent),
    ("SA5", Busy),
    ("SA6", Content),
    ("SA6", Grumbling),
    ("SA6", Mending),
    ("SA6", Rambling),
    ("SA7", Clinging),
    ("SA7", Sulking),
    ("SA8", Slovenly),
    ("SA8", Overzealous),
    ("SA9", Hasty),
    ("SA9", Breaking),
    ("SA9", Late),
    ("SA10", Credulous),
    ("SA10", Wasteful),
]

FIXTURES = {
    "another": lambda keeper: type(keeper)(keeper.shelf),
    "in_trouble": lambda keeper, trouble: keeper.shelf.in_trouble(trouble),
    "open_to_others": lambda keeper: [] if keeper.shelf.is_locked else ["the shelf"],
    "held_open": lambda keeper: sorted(keeper.shelf.hands),
    "lying_there": lambda keeper: keeper.lying(),
}


class TestKeeper(StorageAdministrationContract):
    """Who looks after a shelf without a lie passes."""

    @pytest.fixture
    def fresh_administration(self):
        """Return what makes one for an empty shelf."""
        return lambda: Keeper(Shelf())

    @pytest.fixture
    def another(self):
        """Return what makes a second one for the same shelf."""
        return FIXTURES["another"]

    @pytest.fixture
    def in_trouble(self):
        """Return what brings a shelf into trouble."""
        return FIXTURES["in_trouble"]

    @pytest.fixture
    def open_to_others(self):
        """Return what looks at the lock."""
        return FIXTURES["open_to_others"]

    @pytest.fixture
    def held_open(self):
        """Return what looks at the hands."""
        return FIXTURES["held_open"]

    @pytest.fixture
    def lying_there(self):
        """Return what reads the shelf."""
        return FIXTURES["lying_there"]


class TestKeeperOfASimplePlace(TestKeeper):
    """A place that can get into no trouble leaves out the tests of it, and no others."""

    troubles = ()


@pytest.mark.parametrize(("clause", "kind"), SABOTEURS)
def test_a_lie_about_a_clause_is_found_out(bench, clause, kind):
    """Whoever breaks one clause turns a test red that cites this very clause."""
    fixtures = {"fresh_administration": lambda: kind(Shelf()), **FIXTURES}

    assert bench.first_red(StorageAdministrationContract, clause, fixtures) is not None


def test_no_clause_of_administrations_lacks_a_saboteur(bench):
    """The table of lies and the clauses of the port name the same."""
    assert {clause for clause, _ in SABOTEURS} == set(bench.clauses(StorageAdministration))
