"""Gradebooks that come and go (ID-2, SYNC-4, SYNC-9)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eszkola_core.domain.accounts import Person
from eszkola_core.domain.settings import PROFILES
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.region import Region

_SCHOOLS = "AB"
_RECORDS = "12"
_IDS = "12-"
_ADDRESSES = "xyz-"


class SyncMachine(RuleBasedStateMachine):
    """
    Two schools whose gradebooks change from run to run, with a small alphabet so that people meet again and again.

    After each run the same gradebooks again change nothing (SYNC-4a), nobody's number comes twice, no national id has
    two accounts (ID-2), and no address two owners (MAIL-5a).
    """

    fresh_storage: ClassVar[Callable[[], Storage]] = MemoryStorage

    @initialize(profile=st.sampled_from(sorted(PROFILES)))
    def begin(self, profile: str) -> None:
        """Open an empty tenant of some profile."""
        self.region = Region(profile, storage=type(self).fresh_storage())
        self.records: dict[str, str] = {}

    @rule(
        school=st.sampled_from(_SCHOOLS),
        record=st.sampled_from(_RECORDS),
        student=st.tuples(st.sampled_from(_IDS), st.sampled_from(_ADDRESSES)),
        guardian=st.none() | st.tuples(st.sampled_from(["7", "8", "-"]), st.sampled_from(_ADDRESSES)),
    )
    def enter(self, school: str, record: str, student: tuple[str, str], guardian: tuple[str, str] | None) -> None:
        """Enter a record in a gradebook, or change one."""
        people = [f"s Ala {student[0]} {student[1]}"]
        if guardian is not None:
            people.append(f"g Jan_Kot {guardian[0]} {guardian[1]}")
        self.records[f"{school}/{record}"] = f"{school}/{record}: {', '.join(people)}"
        self.sync()

    @rule(school=st.sampled_from(_SCHOOLS), record=st.sampled_from(_RECORDS))
    def take_out(self, school: str, record: str) -> None:
        """Take a record out of a gradebook."""
        if self.records.pop(f"{school}/{record}", None) is not None:
            self.sync()

    @rule(days=st.sampled_from([1, 29, 31]))
    def wait(self, days: int) -> None:
        """Let days pass: within the grace of what was removed, and beyond."""
        self.region.later(days)

    def sync(self) -> None:
        """Import both schools as their gradebooks are now."""
        empty = tuple(each for each in _SCHOOLS if not any(key.startswith(each) for key in self.records))
        self.region.take(*self.records.values(), empty=empty)

    def people(self) -> tuple[Person, ...]:
        """Return everybody who has, or had, an account."""
        return tuple(self.region.world().people.values()) if hasattr(self, "region") else ()

    @invariant()
    def the_same_again_changes_nothing(self) -> None:
        """An import twice is an import once."""
        if hasattr(self, "region") and self.records:
            self.sync()
            before = self.region.seen()
            self.sync()
            assert before == self.region.seen()

    @invariant()
    def nobody_has_two_accounts(self) -> None:
        """By no national id, and no address is two people's."""
        for one, other in combinations(self.people(), 2):
            assert not set(one.ids) & set(other.ids)
            assert one.central is None or one.central != other.central
