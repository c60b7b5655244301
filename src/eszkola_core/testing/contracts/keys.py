"""What everybody who keeps the keys of a storage promises, as tests."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import islice
from typing import ClassVar, Final, TypeAlias

import pytest

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Evidence, Seeds
from eszkola_core.domain.keys import KeyKind, KeyStep
from eszkola_core.errors import Conflict, EszkolaError, InvalidValue, Unavailable
from eszkola_core.ports.keys import KeyKeeper, Note
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.units import fill, seen

_STOPS: Final = 200

Fresh: TypeAlias = Callable[[], KeyKeeper]
Opened: TypeAlias = Callable[[KeyKeeper], Storage]


class KeyKeeperContract:
    """Holds a `KeyKeeper` to every clause of its port."""

    kinds: ClassVar[Collection[KeyKind]] = (KeyKind.DATA, KeyKind.INDEX)
    """Of which kinds is hidden anew what older keys hid; digests cannot be."""

    @pytest.fixture
    def fresh_keeper(self) -> Fresh:
        """Return a function that makes an empty storage, and returns who keeps its keys."""
        pytest.fail("override the fixture `fresh_keeper`: return a function that makes one for an empty storage")

    @pytest.fixture
    def opened(self) -> Opened:
        """Return a function that opens the storage whose keys a given one keeps, as another process would."""
        pytest.fail("override the fixture `opened`: return a function that opens the storage of a given one")

    @pytest.mark.clause("KK1")
    def test_every_key_is_named_once_and_one_of_each_kind_is_in_use(self, fresh_keeper: Fresh, opened: Opened) -> None:
        """Before and after any change, and in the middle of one."""
        keeper = fresh_keeper()
        _filled(opened(keeper))
        for kind in self.kinds:
            for steps in (0, 1, 99):
                _renewed(keeper, kind, steps)
                found = keeper.all_keys(at=a.NOW)
                assert sorted(each.kind for each in found if each.in_use) == sorted(KeyKind)
                assert len({(each.kind, each.number) for each in found}) == len(found)
                assert all(sum(each.needed_by.values()) > 0 for each in found if each.needed_by)

    @pytest.mark.clause("KK2")
    def test_nothing_needs_the_older_key_after_the_last_page(self, fresh_keeper: Fresh, opened: Opened) -> None:
        """Not what was there before, and not what others wrote while it was under way."""
        for kind in self.kinds:
            keeper = fresh_keeper()
            storage = opened(keeper)
            _filled(storage)
            before = _in_use(keeper, kind)
            _renewed(keeper, kind, 1)
            assert _in_use(keeper, kind) > before
            _write_more(storage)
            steps = _renewed(keeper, kind, None)

            assert {each.number for each in steps} == {_in_use(keeper, kind)}
            assert all(each.done > 0 for each in steps)
            assert not _is_needed(keeper, kind, before)
            assert _is_needed(keeper, kind, _in_use(keeper, kind))

    @pytest.mark.clause("KK3")
    def test_everything_is_there_between_any_two_pages(self, fresh_keeper: Fresh, opened: Opened) -> None:
        """It is read and found, by who opened the storage before and by who does so now, and an id is one person's."""
        for kind in self.kinds:
            keeper = fresh_keeper()
            storage = opened(keeper)
            before = _filled(storage)
            for _ in keeper.renew(kind, at=a.NOW, note=_nothing):
                assert _everything(storage) == before
                assert _everything(opened(keeper)) == before
                with pytest.raises(Conflict), storage.unit() as unit:
                    a.save(unit, openings=[a.opening(2, ids=(a.national_id(1),))])
            assert _everything(storage) == before

    @pytest.mark.clause("KK4")
    def test_what_was_stopped_is_finished_with_the_same_key(self, fresh_keeper: Fresh, opened: Opened) -> None:
        """However often it was stopped; when it is over, the next one takes another key."""
        for kind in self.kinds:
            keeper = fresh_keeper()
            before = _filled(opened(keeper))
            first = _in_use(keeper, kind)
            numbers = [each.number for each in _in_stops(keeper, kind, first)]
            assert len(set(numbers)) == 1
            _renewed(keeper, kind, None)
            assert _in_use(keeper, kind) > numbers[0]
            assert _everything(opened(keeper)) == before

    @pytest.mark.clause("KK5")
    def test_a_key_goes_when_nothing_needs_it_and_not_before(self, fresh_keeper: Fresh, opened: Opened) -> None:
        """One that is in use, needed or unknown stays, and so does all that is kept."""
        for kind in self.kinds:
            keeper = fresh_keeper()
            before = _filled(opened(keeper))
            first = _in_use(keeper, kind)
            _renewed(keeper, kind, 1)
            for number in (first, _in_use(keeper, kind), 999):
                kept = _named(keeper)
                with pytest.raises(InvalidValue):
                    keeper.forget(kind, number, at=a.NOW, note=_nothing)
                assert _named(keeper) == kept
            _in_stops(keeper, kind, first)
            kept = _named(keeper)
            keeper.forget(kind, first, at=a.NOW, note=_nothing)
            assert _named(keeper) == kept - {(kind, first)}
            assert _everything(opened(keeper)) == before

    @pytest.mark.clause("KK6")
    def test_a_note_is_written_with_what_it_is_about(self, fresh_keeper: Fresh, opened: Opened) -> None:
        """Once for each time that a key comes into use or goes; where it cannot be written, that does not happen."""
        for kind in self.kinds:
            keeper = fresh_keeper()
            storage = opened(keeper)
            _filled(storage)
            first = _in_use(keeper, kind)
            with pytest.raises(EszkolaError):
                list(keeper.renew(kind, at=a.NOW, note=_failing))
            assert _in_use(keeper, kind) == first
            _in_stops(keeper, kind, first, note=_noted)
            kept = _named(keeper)
            with pytest.raises(EszkolaError):
                keeper.forget(kind, first, at=a.NOW, note=_failing)
            assert _named(keeper) == kept
            keeper.forget(kind, first, at=a.NOW, note=_noted)
            with storage.unit() as unit:
                written = [each.identifier.reveal() for each in unit.outbox.take_requests(9)]
            assert written == ["zofia.lis1", f"key {_in_use(keeper, kind)}", f"key {first}"]

    @pytest.mark.clause("KK7")
    def test_what_was_given_out_is_recognised_until_its_key_is_forgotten(
        self, fresh_keeper: Fresh, opened: Opened
    ) -> None:
        """By who opened the storage before and by who does so now; a pseudonym is the same for ever."""
        for kind in KeyKind:
            keeper = fresh_keeper()
            storage = opened(keeper)
            first, before, name = _in_use(keeper, kind), _mark(storage), storage.pseudonym("Żółw")
            _renewed(keeper, kind, None)
            newest = _mark(opened(keeper))
            assert (newest == before) is (kind is not KeyKind.DIGEST)
            for each in (storage, opened(keeper)):
                assert _mark(each) == newest
                assert _recognised(each) == list(dict.fromkeys([newest, before]))
                assert each.pseudonym("Żółw") == name
            keeper.forget(kind, first, at=a.NOW, note=_nothing)
            assert _recognised(opened(keeper)) == [newest]
            assert opened(keeper).pseudonym("Żółw") == name


def _filled(storage: Storage) -> object:
    """Keep something in every part, and return what is to be there from now on."""
    with storage.unit() as unit:
        fill(unit)
    return _everything(storage)


def _everything(storage: Storage) -> object:
    """Return what is there, and found by a national id."""
    with storage.snapshot() as looked:
        by_id = Seeds(evidence=frozenset({Evidence.of_id(a.national_id(1))}))
        found = looked.people.by_national_id(a.national_id(1)), looked.rosters.gather(by_id)
        return seen(looked), a.exactly(found)


def _mark(storage: Storage) -> bytes:
    """Return a digest as it is given out once a unit was open: others may have changed the key."""
    with storage.snapshot():
        return storage.fingerprint(b"mark", context="c")


def _recognised(storage: Storage) -> list[bytes]:
    return [by(b"mark", "c") for by in storage.fingerprints]


def _write_more(storage: Storage) -> None:
    with storage.unit() as unit:
        a.save(unit, openings=[a.opening(5, ids=(a.national_id(5),))])
        unit.people.decide(a.decision(5))
        unit.outbox.add([a.message("m5")])
        a.save(unit, places=[a.place("g", person=PersonId(5), accepted=a.claims(ids=(a.national_id(5),)))])


def _renewed(keeper: KeyKeeper, kind: KeyKind, pages: int | None) -> list[KeyStep]:
    """Do so many pages and stop, or all of them."""
    found: list[KeyStep] = []
    if pages == 0:
        return found
    for step in keeper.renew(kind, at=a.NOW, note=_nothing):
        found.append(step)
        if len(found) == pages:
            break
    return found


def _in_stops(keeper: KeyKeeper, kind: KeyKind, first: int, note: Note | None = None) -> list[KeyStep]:
    """Do a page and stop, again and again, until nothing needs the *first* key."""
    found: list[KeyStep] = []
    for _ in range(_STOPS):
        found += [*islice(keeper.renew(kind, at=a.NOW, note=note or _nothing), 1)]
        if not _is_needed(keeper, kind, first):
            return found
    pytest.fail(f"the {kind.value} key {first} is needed after {_STOPS} pages")


def _in_use(keeper: KeyKeeper, kind: KeyKind) -> int:
    return next(each.number for each in keeper.all_keys(at=a.NOW) if each.kind is kind and each.in_use)


def _is_needed(keeper: KeyKeeper, kind: KeyKind, number: int) -> bool:
    return any(each.needed_by for each in keeper.all_keys(at=a.NOW) if (each.kind, each.number) == (kind, number))


def _named(keeper: KeyKeeper) -> frozenset[tuple[KeyKind, int]]:
    return frozenset((each.kind, each.number) for each in keeper.all_keys(at=a.NOW))


def _nothing(_unit: Unit, _number: int) -> None:
    """Write nothing down."""


def _noted(unit: Unit, number: int) -> None:
    unit.outbox.ask(a.request(f"key {number}"))


def _failing(_unit: Unit, _number: int) -> None:
    raise Unavailable("the disk is full", code="disk-full")
