"""What everybody who looks after a storage promises, as tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from enum import Enum
from functools import partial
from pathlib import Path
from typing import ClassVar, TypeAlias

import pytest

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Reservation
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.errors import EszkolaError, InvalidValue, Unavailable
from eszkola_core.ports.administration import StorageAdministration
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.units import fill, seen


class Trouble(Enum):
    """What can be the matter with a place, or with the program that looks after it."""

    HALFWAY = "whatever is created fails when part of it is there"
    OUT_OF_REACH = "what was created is there, and cannot be reached"
    OLDER = "the storage was made by an older version than the program's"
    NEWER = "the storage was made by a newer version than the program's"
    STEP_FAILS = "the storage is older, and not the first but a later step of its upgrade fails"
    OTHER_KEYS = "the keys are others than those that the storage was made with"
    DAMAGED = "something in the storage is not as it was made"


Fresh: TypeAlias = Callable[[], StorageAdministration]
Another: TypeAlias = Callable[[StorageAdministration], StorageAdministration]
InTrouble: TypeAlias = Callable[[StorageAdministration, Trouble], AbstractContextManager[None]]
Lying: TypeAlias = Callable[[StorageAdministration], bytes]
Named: TypeAlias = Callable[[StorageAdministration], Collection[str]]


class StorageAdministrationContract:
    """Holds a `StorageAdministration` to every clause of its port."""

    troubles: ClassVar[Collection[Trouble]] = frozenset(Trouble)
    """What a place of yours can get into; leave out what it cannot, such as `OTHER_KEYS` where there are no keys."""

    copies: ClassVar[bool] = True
    """What is kept can be copied and put back by `back_up` and `restore`; False where other tools do that."""

    @pytest.fixture
    def fresh_administration(self) -> Fresh:
        """Return a function that makes what looks after a place of its own, in which there is nothing yet."""
        pytest.fail("override the fixture `fresh_administration`: return a function that makes one for a new place")

    @pytest.fixture
    def another(self) -> Another:
        """Return a function that makes a second one for the place of a given one, as another process has it."""
        pytest.fail("override the fixture `another`: return a function that makes a second one for the same place")

    @pytest.fixture
    def in_trouble(self) -> InTrouble:
        """Return a function that brings the place of a given one into a `Trouble`, and with its end out again."""
        pytest.fail("override the fixture `in_trouble`: return a function that makes a context manager of a `Trouble`")

    @pytest.fixture
    def open_to_others(self) -> Named:
        """Return a function that names what others than the owner can read in the place of a given one."""
        pytest.fail("override the fixture `open_to_others`: return a function that names what others can read")

    @pytest.fixture
    def held_open(self) -> Named:
        """Return a function that names what this process holds open of the place of a given one."""
        pytest.fail("override the fixture `held_open`: return a function that names the files or connections held open")

    @pytest.fixture
    def lying_there(self) -> Lying:
        """Return a function that reads all bytes in the place of a given one; what is sealed is opened for it."""
        pytest.fail("override the fixture `lying_there`: return a function that reads every byte of a place")

    @pytest.mark.clause("SA1")
    def test_what_was_created_can_be_opened_and_used(self, fresh_administration: Fresh) -> None:
        """Nothing but `create` has to be done, and what it made is empty."""
        administration = fresh_administration()
        administration.create()
        storage = administration.open()
        with storage.snapshot() as looked:
            assert looked.rosters.newest_run() == 0
            assert list(looked.rosters.schools()) == []
        with storage.unit() as unit:
            fill(unit)
            within = seen(unit)
        with storage.snapshot() as looked:
            assert seen(looked) == within

    @pytest.mark.clause("SA1")
    def test_nobody_else_can_read_what_was_created(self, fresh_administration: Fresh, open_to_others: Named) -> None:
        """Neither after it was made nor while it is written to."""
        administration = fresh_administration()
        administration.create()
        assert list(open_to_others(administration)) == []
        with administration.open().unit() as unit:
            fill(unit)
            assert list(open_to_others(administration)) == []

    @pytest.mark.clause("SA2")
    def test_nothing_is_overwritten(self, fresh_administration: Fresh, another: Another) -> None:
        """Whoever creates in a place that is taken is refused, and what is kept there stays."""
        administration = fresh_administration()
        before = _filled(administration)
        for each in (administration, another(administration)):
            with pytest.raises(InvalidValue):
                each.create()

        assert _kept(administration) == before

    @pytest.mark.clause("SA2")
    def test_a_creation_that_failed_can_be_tried_again(
        self, fresh_administration: Fresh, another: Another, in_trouble: InTrouble
    ) -> None:
        """By the same process or by another, as if nobody had tried."""
        self._only_where(Trouble.HALFWAY)
        for choose in (lambda same: same, another):
            administration = fresh_administration()
            with in_trouble(administration, Trouble.HALFWAY), pytest.raises(EszkolaError):
                administration.create()

            _filled(choose(administration))

    @pytest.mark.clause("SA3")
    def test_what_was_kept_is_there_for_whoever_opens(self, fresh_administration: Fresh, another: Another) -> None:
        """For the same process after closing, and for another one, also beside it."""
        administration = fresh_administration()
        before = _filled(administration)
        second = another(administration)

        assert _kept(administration, close=False) == before
        assert _kept(second) == before
        assert _kept(administration) == before

    @pytest.mark.clause("SA4")
    def test_what_is_missing_is_unavailable(self, fresh_administration: Fresh) -> None:
        """Opening makes nothing in passing: the place is still free for `create`."""
        administration = fresh_administration()
        with pytest.raises(Unavailable):
            administration.open()

        _filled(administration)

    @pytest.mark.clause("SA4")
    def test_what_cannot_be_opened_now_is_unavailable_and_stays_as_it_is(
        self, fresh_administration: Fresh, another: Another, in_trouble: InTrouble
    ) -> None:
        """Out of reach, or made by an older or a newer version; once that is mended all is there."""
        for trouble in self._those_of(Trouble.OUT_OF_REACH, Trouble.OLDER, Trouble.NEWER):
            administration = fresh_administration()
            before = _filled(administration)
            with in_trouble(administration, trouble), pytest.raises(Unavailable):
                _kept(another(administration))

            assert _kept(administration) == before, trouble

    @pytest.mark.clause("SA4")
    def test_other_keys_are_a_wrong_value_and_harm_nothing(
        self, fresh_administration: Fresh, another: Another, in_trouble: InTrouble
    ) -> None:
        """They are noticed before anything is written with them; with the right ones all is there."""
        self._only_where(Trouble.OTHER_KEYS)
        administration = fresh_administration()
        before = _filled(administration)
        with in_trouble(administration, Trouble.OTHER_KEYS), pytest.raises(InvalidValue):
            _kept(another(administration))

        assert _kept(administration) == before

    @pytest.mark.clause("SA5")
    def test_an_older_storage_is_brought_up_to_date(
        self, fresh_administration: Fresh, another: Another, in_trouble: InTrouble
    ) -> None:
        """The steps are told once, and everything that was kept is there for whoever opens."""
        self._only_where(Trouble.OLDER)
        administration = fresh_administration()
        before = _filled(administration)
        with in_trouble(administration, Trouble.OLDER):
            steps = list(administration.upgrade())

            assert _are_sentences(steps)
            assert list(administration.upgrade()) == []
            administration.close()
            assert _kept(another(administration)) == before

    @pytest.mark.clause("SA5")
    def test_an_upgrade_that_failed_has_not_happened(self, fresh_administration: Fresh, in_trouble: InTrouble) -> None:
        """Also the steps before the one that failed: the older program still opens what it kept."""
        self._only_where(Trouble.STEP_FAILS)
        administration = fresh_administration()
        before = _filled(administration)
        with in_trouble(administration, Trouble.STEP_FAILS):
            with pytest.raises(EszkolaError):
                administration.upgrade()
            administration.close()

        assert _kept(administration) == before

    @pytest.mark.clause("SA5")
    def test_there_is_nothing_to_upgrade_in_what_was_just_made(self, fresh_administration: Fresh) -> None:
        """No step is told, and nothing changes."""
        administration = fresh_administration()
        before = _filled(administration)

        assert list(administration.upgrade()) == []
        assert _kept(administration) == before

    @pytest.mark.clause("SA6")
    def test_nothing_is_wrong_where_all_is_well(self, fresh_administration: Fresh, another: Another) -> None:
        """Neither with an empty storage nor with one that is used, and looking changes nothing."""
        administration = fresh_administration()
        administration.create()
        assert list(administration.check()) == []
        with administration.open().unit() as unit:
            fill(unit)
            before = seen(unit)
        for each in (administration, another(administration)):
            assert list(each.check()) == []
            each.close()

        assert _kept(administration) == before

    @pytest.mark.clause("SA6")
    def test_what_is_wrong_is_said_alike_each_time_and_stays_as_it_is(
        self, fresh_administration: Fresh, another: Another, in_trouble: InTrouble
    ) -> None:
        """An older version, other keys, damage: a sentence each, in the same order however often it is asked."""
        for trouble in self._those_of(Trouble.OLDER, Trouble.OTHER_KEYS, Trouble.DAMAGED):
            administration = fresh_administration()
            before = _filled(administration)
            with in_trouble(administration, trouble):
                told = [list(each.check()) for each in (administration, administration, another(administration))]
                administration.close()

            assert _are_sentences(told[0]), trouble
            assert told == [told[0]] * 3
            assert _kept(administration) == before, trouble

    @pytest.mark.clause("SA7")
    def test_nothing_is_held_open_after_closing(self, fresh_administration: Fresh, held_open: Named) -> None:
        """Whatever was done before, nothing at all included; closing again does no harm."""
        administration = fresh_administration()
        administration.close()
        administration.create()
        looks = partial(_look, administration)
        acts: list[Callable[[], object]] = [looks, administration.check, administration.upgrade, administration.close]
        for act in acts:
            act()
            administration.close()
            assert list(held_open(administration)) == []

    @pytest.mark.clause("SA7")
    def test_nothing_is_held_open_after_a_failure(
        self, fresh_administration: Fresh, in_trouble: InTrouble, held_open: Named
    ) -> None:
        """What could not be opened is let go of like anything else."""
        for trouble in self._those_of(Trouble.NEWER, Trouble.OTHER_KEYS):
            administration = fresh_administration()
            _filled(administration)
            with in_trouble(administration, trouble):
                with pytest.raises(EszkolaError):
                    administration.open()
                administration.close()

                assert list(held_open(administration)) == [], trouble

    @pytest.mark.clause("SA8")
    def test_what_was_taken_away_is_swept_away(self, fresh_administration: Fresh, lying_there: Lying) -> None:
        """Every byte of it, in whatever file; what was kept is seen as before."""
        administration = fresh_administration()
        administration.create()
        storage = administration.open()
        with storage.unit() as unit:
            fill(unit)
        with storage.unit() as unit:
            mailboxes = [f"kanarek{number}@example.com" for number in range(300)]
            for mailbox in mailboxes:
                unit.people.reserve(Reservation(mailbox, PersonId(1), a.NOW + a.HOUR))
        assert b"kanarek7@" in lying_there(administration)
        with storage.unit() as unit:
            unit.dossiers.erase(PersonId(1))
            unit.sessions.add(a.session("s"))
            before = seen(unit)
        administration.sweep()
        assert b"kanarek" not in lying_there(administration)
        with storage.snapshot() as looked:
            assert seen(looked) == before

    @pytest.mark.clause("SA9")
    def test_a_backup_holds_one_moment_while_others_go_on(self, fresh_administration: Fresh, tmp_path: Path) -> None:
        """Of a unit that is open nothing is in it, and whoever has one open is not kept from going on."""
        self._only_with_copies()
        administration = fresh_administration()
        before, backup = _filled(administration), tmp_path / "backup"
        storage = administration.open()
        with storage.snapshot() as looked, storage.unit() as unit:
            unit.rosters.add_schools([StatedSchool("sp9", "Dziewiątka")])
            administration.back_up(backup)
            assert seen(looked) == before
        administration.restore(backup)

        assert _kept(administration) == before

    @pytest.mark.clause("SA9")
    def test_a_backup_overwrites_nothing(self, fresh_administration: Fresh, tmp_path: Path) -> None:
        """What lies there stays as it is."""
        self._only_with_copies()
        administration = fresh_administration()
        _filled(administration)
        (tmp_path / "precious").write_bytes(b"precious")
        with pytest.raises(InvalidValue):
            administration.back_up(tmp_path / "precious")

        assert (tmp_path / "precious").read_bytes() == b"precious"

    @pytest.mark.clause("SA9")
    def test_a_backup_that_fails_leaves_nothing(
        self, fresh_administration: Fresh, in_trouble: InTrouble, tmp_path: Path
    ) -> None:
        """Neither a file under the name, nor half of one beside it; nor where something lies there already."""
        self._only_with_copies()
        self._only_where(Trouble.OUT_OF_REACH)
        administration, folder = fresh_administration(), tmp_path / "backups"
        folder.mkdir()
        _filled(administration)
        with in_trouble(administration, Trouble.OUT_OF_REACH), pytest.raises(EszkolaError):
            administration.back_up(folder / "backup")
        with pytest.raises(EszkolaError):
            administration.back_up(folder / "no" / "where")

        assert list(folder.iterdir()) == []

    @pytest.mark.clause("SA10")
    def test_what_was_backed_up_is_put_back(
        self, fresh_administration: Fresh, another: Another, tmp_path: Path
    ) -> None:
        """Whatever has come since is gone from the storage, and lies beside; whoever had it open sees what is there."""
        self._only_with_copies()
        administration = fresh_administration()
        before, backup = _filled(administration), tmp_path / "backup"
        administration.back_up(backup)
        beside = another(administration).open()
        with beside.unit() as unit:
            unit.rosters.add_schools([StatedSchool("sp9", "Dziewiątka")])
            since = seen(unit)
        former = administration.restore(backup)
        with beside.snapshot() as looked:
            assert seen(looked) == before
        assert former is not None
        assert former != administration.restore(former)

        assert _kept(administration) == since

    @pytest.mark.clause("SA10")
    def test_what_is_no_backup_changes_nothing(
        self, fresh_administration: Fresh, in_trouble: InTrouble, tmp_path: Path
    ) -> None:
        """Something else, an empty file, another tenant's keys, a newer version."""
        self._only_with_copies()
        administration = fresh_administration()
        before = _filled(administration)
        for name, content in (("letter", b"Dear parents, " * 1000), ("empty", b"")):
            (tmp_path / name).write_bytes(content)
            with pytest.raises(InvalidValue):
                administration.restore(tmp_path / name)
            assert _kept(administration, close=False) == before
        other = fresh_administration()
        _filled(other)
        other.back_up(tmp_path / "other")
        with pytest.raises(InvalidValue):
            administration.restore(tmp_path / "other")
        if Trouble.NEWER in self.troubles:
            with in_trouble(other, Trouble.NEWER):
                other.back_up(tmp_path / "newer")
            with pytest.raises(InvalidValue):
                other.restore(tmp_path / "newer")

        assert _kept(administration) == before

    def _only_with_copies(self) -> None:
        if not self.copies:
            pytest.skip("copies are made by other tools: `copies` is False")

    def _those_of(self, *troubles: Trouble) -> Iterator[Trouble]:
        """Yield those of *troubles* that can be, or skip the test where none can."""
        found = [each for each in troubles if each in self.troubles]
        if not found:
            pytest.skip(f"none of {', '.join(each.name for each in troubles)} can be: see `troubles`")
        yield from found

    def _only_where(self, trouble: Trouble) -> None:
        list(self._those_of(trouble))


def _filled(administration: StorageAdministration) -> object:
    """Make a storage, keep something in every part of it, close it, and return what is to be there from now on."""
    administration.create()
    with administration.open().unit() as unit:
        fill(unit)
        within = seen(unit)
    administration.close()
    return within


def _kept(administration: StorageAdministration, *, close: bool = True) -> object:
    """Return what is there."""
    try:
        return _look(administration)
    finally:
        if close:
            administration.close()


def _look(administration: StorageAdministration) -> object:
    with administration.open().snapshot() as looked:
        return seen(looked)


def _are_sentences(told: Collection[str]) -> bool:
    """Return whether something is told, on a line for each."""
    return bool(told) and all(each.strip() and len(each.splitlines()) == 1 for each in told)
