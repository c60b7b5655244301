"""What undoing a run would do, said before it is done (SYNC-9)."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import RecordKey
from eszkola_core.domain.guard import Stop
from eszkola_core.domain.messages import Message
from eszkola_core.domain.plans import PlanLine
from eszkola_core.domain.runs import Changes, Run
from eszkola_core.domain.undoing import Taken


class UndoRefusal(StrEnum):
    """Why a run is not undone."""

    UNKNOWN_RUN = "unknown-run"
    NOT_AN_IMPORT = "not-an-import"
    UNDONE_BEFORE = "undone-before"
    TOO_LATE = "too-late"
    BLOCKED = "blocked"
    STOPPED = "stopped"


@frozen
class Blocked:
    """
    What undoing would take from somebody whom the run did not touch, or from a later run.

    ``first`` is the later import that is to be undone first; None where it was a decision, or undoing none would help.
    """

    person: str
    taken: Taken
    first: int | None = None


@frozen(kw_only=True)
class UndoCounts:
    """
    What undoing comes to, in person-claims: taken away, as they were before, back again; and records that stay.

    Beside them the accounts that close, those that rest from now on, those whose address goes back, and those that keep
    it, as only its owner may change it by now (MAIL-4e); the messages that are cancelled, and those that have left.
    """

    removed: int = 0
    restored: int = 0
    returned: int = 0
    staying: int = 0
    closed: int = 0
    dormant: int = 0
    moved: int = 0
    keeping: int = 0
    cancelled: int = 0
    sent: int = 0


@frozen(kw_only=True)
class UndoPlan:
    """
    What undoing a run would do.

    ``staying`` are records that a later run stated anew: their claims stay. ``sent`` are messages that have left. Where
    something is ``blocked``, or the guard ``stops``, nothing is done. ``touched`` are those whom the run had to do
    with, ``resting`` those whose last role ends.
    """

    run: Run
    changes: Changes = field(repr=False)
    counts: UndoCounts = field(factory=UndoCounts)
    lines: tuple[PlanLine, ...] = field(default=(), repr=False)
    staying: tuple[RecordKey, ...] = ()
    sent: tuple[Message, ...] = field(default=(), repr=False)
    blocked: tuple[Blocked, ...] = ()
    stops: tuple[Stop, ...] = ()
    touched: frozenset[PersonId] = frozenset()
    concerned: frozenset[PersonId] = frozenset()
    closing: frozenset[PersonId] = frozenset()
    resting: frozenset[PersonId] = frozenset()

    @property
    def refusal(self) -> UndoRefusal | None:
        """Why it cannot be applied."""
        if self.blocked:
            return UndoRefusal.BLOCKED
        return UndoRefusal.STOPPED if self.stops else None
