"""What an import would do, said before it is done (SYNC-3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from attrs import field, frozen

from eszkola_core.domain.claims import Decision, RosterKey
from eszkola_core.domain.findings import Finding
from eszkola_core.domain.guard import ForeignRoster, Stop
from eszkola_core.domain.runs import Changes, RecordState
from eszkola_core.domain.settlement import Settled, Settlement


class Step(StrEnum):
    """What a line of a plan would do."""

    OPEN = "open"
    CREATE = "create"
    CHANGE = "change"
    END = "end"
    RETURN = "return"
    CLOSE = "close"
    HOLD = "hold"
    MOVE_ADDRESS = "move-address"
    KEEP_ADDRESS = "keep-address"
    CONFLICT = "conflict"


@frozen(order=True)
class PlanLine:
    """One step of a plan, as a secretary reads it; nothing in it names a person by number (ID-10)."""

    school: str
    class_name: str
    step: Step
    person: str
    role: str
    record: str
    reason: str = ""


@frozen(kw_only=True)
class Counts:
    """
    How many person-claims come to what.

    Each is in exactly one of created, changed, held, unchanged. Beside them stand those that are gone (ended), the open
    conflicts among the people concerned, and the accounts that open.
    """

    created: int = 0
    changed: int = 0
    held: int = 0
    unchanged: int = 0
    ended: int = 0
    conflicts: int = 0
    opened: int = 0


@frozen(kw_only=True)
class Plan:
    """
    What an import would do to the ground that it was made on.

    Its `digest` stands for all of it: a plan made again from the same sources has the same digest as long as nothing
    that bears on it has changed. ``schools`` are those whose rosters it takes in; ``agreed`` are the corrections that
    the sources say too by now. ``retraced`` are records that say the same and are made of something else by now: that
    is written beside all else, never alone. ``stops`` and ``foreign`` say where the guard let nothing through;
    ``stopped_all`` that it was too much for anything to be applied (SYNC-6). ``stamps`` are what the lists are known by
    from then on that come whole from one source. ``digested`` and ``told`` make what not everybody asks for.
    """

    day: date
    changes: Changes = field(repr=False)
    settlement: Settlement = field(repr=False)
    concerned: tuple[Settled, ...] = field(default=(), repr=False)
    counts: Counts = field(factory=Counts)
    counts_by_school: Mapping[str, Counts] = field(factory=lambda: MappingProxyType({}))
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    agreed: frozenset[Decision] = field(default=frozenset(), repr=False)
    retraced: tuple[RecordState, ...] = field(default=(), repr=False)
    stops: tuple[Stop, ...] = ()
    foreign: tuple[ForeignRoster, ...] = ()
    stopped_all: bool = False
    stopped_schools: frozenset[str] = frozenset()
    schools: tuple[str, ...] = ()
    stamps: Mapping[RosterKey, bytes] = field(factory=lambda: MappingProxyType({}), repr=False)
    digested: Callable[[], bytes] = field(repr=False, eq=False)
    told: Callable[[], tuple[PlanLine, ...]] = field(repr=False, eq=False)

    @cached_property
    def digest(self) -> bytes:
        """What stands for all that would be done."""
        return self.digested()

    @cached_property
    def lines(self) -> tuple[PlanLine, ...]:
        """What a person reads: what is done to whom, by school and class."""
        return self.told()

    @property
    def is_empty(self) -> bool:
        """Whether applying it would write nothing."""
        changes = self.changes
        return not any(
            (
                changes.records,
                changes.ended_records,
                changes.places,
                changes.openings,
                changes.people,
                changes.redone,
                self.agreed,
            ),
        )
