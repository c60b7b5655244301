"""What an import changes, and what is kept of it (SYNC-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from eszkola_core.domain.accounts import Person
from eszkola_core.domain.claims import Place, PlaceKey, RecordKey, Reservation
from eszkola_core.domain.logins import Login
from eszkola_core.domain.settlement import OpenConflict
from eszkola_core.domain.stated import StatedSchool


@frozen(kw_only=True)
class RecordState:
    """
    What is kept of a record beside its places: the digest of its content, and how many person-claims it makes.

    ``unsettled`` says that something of it is held, so that it is read again whatever its digest.
    """

    key: RecordKey
    digest: bytes = field(repr=False)
    people: int
    unsettled: bool = False


class RunKind(StrEnum):
    """What a run was."""

    IMPORT = "import"
    DECISION = "decision"
    REPORT = "report"


@frozen(kw_only=True)
class Run:
    """One import or decision as the journal has it; ``plan`` names what it applied, once (SYNC-3)."""

    id: int = 0
    kind: RunKind = RunKind.IMPORT
    author: str
    at: datetime
    plan: bytes = field(repr=False)
    summary: Mapping[str, int] = field(factory=dict)


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
    replace all open conflicts about ``conflicts_about``. ``after_run`` is the newest run that was seen when the
    changes were decided; another one since then means that the ground has moved.
    """

    after_run: int
    records: Sequence[RecordState] = ()
    ended_records: Sequence[RecordKey] = ()
    places: Sequence[Place] = ()
    openings: Sequence[Opening] = ()
    people: Sequence[Person] = ()
    conflicts_about: frozenset[PlaceKey] = frozenset()
    conflicts: Sequence[OpenConflict] = ()
    reservations_about: frozenset[str] = frozenset()
    reservations: Sequence[Reservation] = ()
    schools: Sequence[StatedSchool] = ()
