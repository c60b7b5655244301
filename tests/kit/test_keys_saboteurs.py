"""The contract of those who keep keys passes an honest one, and finds out one with a lie."""

from __future__ import annotations

import pytest
from attrs import define, evolve, field

from eszkola_core.domain.claims import Evidence
from eszkola_core.domain.keys import KeyKind, KeyStep, KeyUse
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.keys import KeyKeeper
from eszkola_core.testing.contracts.keys import KeyKeeperContract
from eszkola_core.testing.memory import MemoryStorage

PAGES = 3


@define
class Locks:
    """Keys of one kind: their numbers, the one in use, and with which each of some pages is locked."""

    numbers: list[int] = field(factory=lambda: [1])
    used: int = 1
    pages: list[int] = field(factory=lambda: [1] * PAGES)


class Locksmith:
    """Keeps the keys of a storage in memory, honestly; nothing in it is hidden, and pages are only counted."""

    def __init__(self) -> None:
        self.storage = MemoryStorage()
        self.locks = {kind: Locks() for kind in KeyKind}

    def all_keys(self, *, at):  # noqa: ARG002 - there are no days in memory
        """Tell of all keys."""
        return [
            KeyUse(kind=kind, number=number, in_use=number == locks.used, needed_by=self.needed(kind, number))
            for kind, locks in self.locks.items()
            for number in locks.numbers
        ]

    def needed(self, kind, number):
        """Count the pages that a key locks."""
        many = self.locks[kind].pages.count(number) + (number == self.locks[kind].used)
        return {"pages": many} if many else {}

    def renew(self, kind, *, at, note):  # noqa: ARG002 - there are no days in memory
        """Lock a page after the other anew."""
        locks = self.locks[kind]
        if self.is_over(kind):
            number = max(locks.numbers) + 1
            self.take(kind, number, note)
            if kind is KeyKind.DIGEST:
                self.storage.digest_keys.append(number)
        for page in range(PAGES):
            if locks.pages[page] != locks.used:
                locks.pages[page] = locks.used
                yield KeyStep(locks.used, "pages", 1)

    def is_over(self, kind):
        """Return whether the next change takes another key."""
        return set(self.locks[kind].pages) == {self.locks[kind].used}

    def take(self, kind, number, note):
        """Take a key into use."""
        with self.storage.unit() as unit:
            note(unit, number)
        self.locks[kind].numbers.append(number)
        self.locks[kind].used = number

    def forget(self, kind, number, *, at, note):  # noqa: ARG002 - the same
        """Throw a key away."""
        if number not in self.locks[kind].numbers or self.needed(kind, number):
            raise InvalidValue("not this one")
        with self.storage.unit() as unit:
            note(unit, number)
        self.locks[kind].numbers.remove(number)
        if kind is KeyKind.DIGEST:
            self.storage.digest_keys.remove(number)


class Doubled(Locksmith):
    """KK1: names a key twice."""

    def all_keys(self, *, at):
        """Repeat the first."""
        return [*super().all_keys(at=at), super().all_keys(at=at)[0]]


class Undecided(Locksmith):
    """KK1: says of none that it is in use."""

    def all_keys(self, *, at):
        """Leave it open where one is new."""
        return [each if each.number == 1 else evolve(each, in_use=False) for each in super().all_keys(at=at)]


class Slack(Locksmith):
    """KK2: leaves a page as it was."""

    def renew(self, kind, *, at, note):
        """Stop one short."""
        for step in super().renew(kind, at=at, note=note):
            if self.locks[kind].pages.count(self.locks[kind].used) == PAGES:
                self.locks[kind].pages[0] = 1
            yield step


class Talkative(Locksmith):
    """KK2: tells of pages where nothing was done."""

    def renew(self, kind, *, at, note):
        """Say something in any case."""
        yield from super().renew(kind, at=at, note=note)
        yield KeyStep(self.locks[kind].used, "pages", 0)


class Disruptive(Locksmith):
    """KK3: what is kept cannot be seen while a change is under way."""

    def renew(self, kind, *, at, note):
        """Put everything aside."""
        steps = list(super().renew(kind, at=at, note=note))
        kept = self.storage._state.sessions  # noqa: SLF001 - something of it
        for step in steps:
            self.storage._state.sessions = {}  # noqa: SLF001 - the same
            yield step
        self.storage._state.sessions = kept  # noqa: SLF001 - the same


class Blinding(Locksmith):
    """KK3: nobody is found by an id while a change is under way."""

    def renew(self, kind, *, at, note):
        """Lose the index for a time."""
        for step in super().renew(kind, at=at, note=note):
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(Evidence, "of_id", classmethod(lambda cls, _: cls("national-id", "nobody's")))
                yield step


class Restless(Locksmith):
    """KK4: takes another key every time."""

    def is_over(self, kind):  # noqa: ARG002 - whatever it is
        """Never go on."""
        return True


class Content(Locksmith):
    """KK4: takes no third key."""

    def is_over(self, kind):
        """Be content with two."""
        return super().is_over(kind) and len(self.locks[kind].numbers) == 1


class Careless(Locksmith):
    """KK5: throws away what is needed."""

    def forget(self, kind, number, *, at, note):  # noqa: ARG002 - there are no days in memory
        """Do not look."""
        with self.storage.unit() as unit:
            note(unit, number)
        if number in self.locks[kind].numbers:
            self.locks[kind].numbers.remove(number)


class Hoarding(Locksmith):
    """KK5: throws nothing away."""

    def forget(self, kind, number, *, at, note):
        """Only look as if."""
        keep = list(self.locks[kind].numbers)
        super().forget(kind, number, at=at, note=note)
        self.locks[kind].numbers = keep


class Secretive(Locksmith):
    """KK6: notes nothing."""

    def take(self, kind, number, note):  # noqa: ARG002 - the point
        """Keep it to itself."""
        super().take(kind, number, lambda *_: None)


class Hasty(Locksmith):
    """KK6: takes a key into use before it is written down."""

    def take(self, kind, number, note):
        """Write later."""
        super().take(kind, number, lambda *_: None)
        with self.storage.unit() as unit:
            note(unit, number)


class Repeating(Locksmith):
    """KK6: notes every page as if a key came into use."""

    def renew(self, kind, *, at, note):
        """Write again and again."""
        for step in super().renew(kind, at=at, note=note):
            with self.storage.unit() as unit:
                note(unit, step.number)
            yield step


class Estranged(Locksmith):
    """KK7: does not know any more what an older key made."""

    def renew(self, kind, *, at, note):
        """Throw the older ones away at once."""
        yield from super().renew(kind, at=at, note=note)
        del self.storage.digest_keys[:-1]

    def forget(self, kind, number, *, at, note):
        """Have nothing left to throw away."""
        self.storage.digest_keys.insert(0, number)
        super().forget(kind, number, at=at, note=note)


class Renaming(Locksmith):
    """KK7: pseudonyms follow the key."""

    def renew(self, kind, *, at, note):
        """Call everybody something else."""
        yield from super().renew(kind, at=at, note=note)
        named, number = self.storage.pseudonym, self.locks[kind].used
        renamed = {"pseudonym": lambda text: named(f"{number} {text}")}
        vars(self.storage).update(renamed)


class Clinging(Locksmith):
    """KK7: recognises what a forgotten key made."""

    def forget(self, kind, number, *, at, note):
        """Keep a copy."""
        keys = list(self.storage.digest_keys)
        super().forget(kind, number, at=at, note=note)
        self.storage.digest_keys = keys


SABOTEURS = [
    ("KK1", Doubled),
    ("KK1", Undecided),
    ("KK2", Slack),
    ("KK2", Talkative),
    ("KK3", Disruptive),
    ("KK3", Blinding),
    ("KK4", Restless),
    ("KK4", Content),
    ("KK5", Careless),
    ("KK5", Hoarding),
    ("KK6", Secretive),
    ("KK6", Hasty),
    ("KK6", Repeating),
    ("KK7", Estranged),
    ("KK7", Renaming),
    ("KK7", Clinging),
]


class TestLocksmith(KeyKeeperContract):
    """Who keeps keys without a lie passes."""

    @pytest.fixture
    def fresh_keeper(self):
        """Return what makes one."""
        return Locksmith

    @pytest.fixture
    def opened(self):
        """Return what opens the storage of one."""
        return lambda keeper: keeper.storage


@pytest.mark.parametrize(("clause", "kind"), SABOTEURS)
def test_a_lie_about_a_clause_is_found_out(bench, clause, kind):
    """Whoever breaks one clause turns a test red that cites this very clause."""
    fixtures = {"fresh_keeper": kind, "opened": lambda keeper: keeper.storage}

    assert bench.first_red(KeyKeeperContract, clause, fixtures) is not None


def test_no_clause_of_keepers_lacks_a_saboteur(bench):
    """The table of lies and the clauses of the port name the same."""
    assert {clause for clause, _ in SABOTEURS} == set(bench.clauses(KeyKeeper))
