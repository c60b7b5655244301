"""What an import changes, and what is kept of it (SYNC-3, SYNC-9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar

from attrs import field, frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Decision, Mark, Place, PlaceKey, RecordKey, Reservation, RosterKey
from eszkola_core.domain.conflicts import Matter
from eszkola_core.domain.logins import Login
from eszkola_core.domain.settlement import OpenConflict
from eszkola_core.domain.stated import StatedSchool

WAYS: Final = 8
"""
How many of the last bytes of a record's digest stand for the ways in which it is read: mapping, parser, settings. Those
before stand for its content alone (SYNC-9b).
"""


@frozen(kw_only=True)
class RecordState:
    """
    What is kept of a record beside its places: the digest of its content, and how many person-claims it makes.

    ``unsettled`` says that something of it is held, so that it is read again whatever its digest. ``trace`` stands for
    what the source made it of, so that it need not be read to be known again; empty where the source cannot tell.
    ``run`` is the run that took this content in; the storage says so. Neither is part of what the record says.
    """

    key: RecordKey
    digest: bytes = field(repr=False)
    people: int
    unsettled: bool = False
    trace: bytes = field(default=b"", repr=False, eq=False)
    run: int = field(default=0, eq=False)

    @property
    def content(self) -> bytes:
        """What stands for the content, however it was read."""
        return self.digest[:-WAYS]


@frozen(kw_only=True)
class Stamped:
    """
    A list that was taken in whole from a source, and of which no record has changed since.

    ``stamp`` stands for the source; ``records`` and ``people`` are how many records and person-claims the list has.
    """

    roster: RosterKey
    stamp: bytes = field(repr=False)
    records: int
    people: int


class RunKind(StrEnum):
    """What a run was."""

    IMPORT = "import"
    DECISION = "decision"
    REPORT = "report"
    UNDO = "undo"


@frozen(kw_only=True)
class Run:
    """
    One import or decision as the journal has it; ``plan`` names what it applied, once (SYNC-3).

    ``schools`` are those whose rosters it took in. ``undoes`` is the run that this one took back, ``undone_by`` the one
    that took this one back; the storage says the latter.
    """

    id: int = 0
    kind: RunKind = RunKind.IMPORT
    author: str
    at: datetime
    plan: bytes = field(repr=False)
    summary: Mapping[str, int] = field(factory=dict)
    schools: tuple[str, ...] = ()
    undoes: int | None = None
    undone_by: int | None = field(default=None, eq=False)


T = TypeVar("T", RecordState, Place, Person)


@frozen(kw_only=True)
class Image(Generic[T]):
    """
    Something that a run wrote: as it was before, and as the run left it; None where there was nothing.

    ``by`` is the run that wrote it last, be it this one or a later one.
    """

    before: T | None
    after: T | None
    by: int


@frozen(kw_only=True)
class Written:
    """Everything that one run wrote (SYNC-9)."""

    records: Mapping[RecordKey, Image[RecordState]] = field(factory=dict)
    places: Mapping[PlaceKey, Image[Place]] = field(factory=dict)
    people: Mapping[PersonId, Image[Person]] = field(factory=dict)


GONE: Final = b""
"""What stands for the content of a record that is gone."""


@frozen(order=True, cache_hash=True)
class Undone:
    """
    A content of a record that was taken back, `GONE` where it was that the record is gone.

    It is not taken in again by itself (SYNC-9).
    """

    record: RecordKey
    content: bytes = field(repr=False)


@frozen(kw_only=True)
class Opening:
    """A person whose account opens, with the login that was issued; ``person.id`` is the number to use."""

    person: Person
    login: Login


@frozen(kw_only=True)
class Changes:
    """
    Everything that one run changes, written together.

    ``people`` carry the revision that they have *after* the change: the stored one must be one less. ``conflicts``
    replace all open conflicts about ``conflicts_about``. ``matters`` are all that is open of what is about
    one of ``matters_about``: whoever saves lets the queue follow them. ``after_run`` is the newest run that was seen
    when the changes were decided; another one since then means that the ground has moved. ``detached`` are those of
    ``people`` whose former address is read by somebody who is kept from them: whoever writes the changes lets nothing
    go there.
    ``removed_places`` are as if they had never been. ``undone`` are contents that are not taken in again by themselves;
    those of the records ``redone`` may be.
    ``decisions`` are restrictions that bind somebody who came back, ``marks`` those by which people are known by now.
    """

    after_run: int
    records: Sequence[RecordState] = ()
    ended_records: Sequence[RecordKey] = ()
    places: Sequence[Place] = ()
    removed_places: Sequence[PlaceKey] = ()
    openings: Sequence[Opening] = ()
    people: Sequence[Person] = ()
    detached: frozenset[PersonId] = frozenset()
    decisions: Sequence[Decision] = ()
    marks: frozenset[Mark] = frozenset()
    conflicts_about: frozenset[PlaceKey] = frozenset()
    conflicts: Sequence[OpenConflict] = ()
    matters_about: frozenset[PlaceKey | RecordKey] = frozenset()
    matters: Sequence[Matter] = ()
    reservations_about: frozenset[str] = frozenset()
    reservations: Sequence[Reservation] = ()
    schools: Sequence[StatedSchool] = ()
    undone: Sequence[Undone] = ()
    redone: Sequence[RecordKey] = ()

    @property
    def lists(self) -> frozenset[RosterKey]:
        """The lists of which a record changes, ends, or is taken in again or not."""
        records = (*(each.key for each in self.records), *self.ended_records, *self.redone)
        return frozenset(each.roster for each in (*records, *(each.record for each in self.undone)))
