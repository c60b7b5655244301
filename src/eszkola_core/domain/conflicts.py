"""
Conflicts as a queue: whatever settling leaves open is a case, until the ground is gone or somebody decided.

A case is about places, not about what they state today: facts that change leave it as it is, and one that comes back
is the same case again. So whoever was asked to mend it is not asked anew by every import.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import PlaceKey, RecordKey
from eszkola_core.domain.settlement import OpenConflict, Settlement
from eszkola_core.errors import InvalidValue


class CaseKind(StrEnum):
    """What a case is about: each kind of conflict, each reason why a place is held, and a record that is held whole."""

    ADDRESS_BARRED = "address-barred"
    ADDRESS_CONFLICT = "address-conflict"
    ADDRESS_TAKEN = "address-taken"
    ADDRESS_UNSTATED = "address-unstated"
    ADDRESS_UNUSABLE = "address-unusable"
    BIRTH_DATE_UNKNOWN = "birth-date-unknown"
    CORRECTED_HERE = "corrected-here"
    FORMER_ID_STATED = "former-id-stated"
    NAME_CONFLICT = "name-conflict"
    POSSIBLE_DUPLICATE = "possible-duplicate"
    AMBIGUOUS = "ambiguous"
    ANOTHERS_ID = "anothers-id"
    ID_CORRECTION = "id-correction"
    IDS_DISAGREE = "ids-disagree"
    NAME_MISMATCH = "name-mismatch"
    RENAMED = "renamed"
    RESTRICTION = "restriction"
    TWICE_IN_RECORD = "twice-in-record"
    RECORD_HELD = "record-held"


class CaseState(StrEnum):
    """How far a conflict has come."""

    OPEN = "open"
    ASSIGNED = "assigned"
    CLOSED_BY_GROUND = "closed-by-ground"
    CLOSED_BY_DECISION = "closed-by-decision"


class CaseHappening(StrEnum):
    """What moves a conflict on."""

    ASSIGNED = "assigned"
    HANDED_BACK = "handed-back"
    GROUND_GONE = "ground-gone"
    DECIDED = "decided"
    CAME_BACK = "came-back"


_S, _H = CaseState, CaseHappening

_CLOSING: Final = {_H.GROUND_GONE: _S.CLOSED_BY_GROUND, _H.DECIDED: _S.CLOSED_BY_DECISION}

CONFLICT_LIFECYCLE: Final[Mapping[CaseState, Mapping[CaseHappening, CaseState]]] = MappingProxyType(
    {
        _S.OPEN: {_H.ASSIGNED: _S.ASSIGNED, **_CLOSING},
        _S.ASSIGNED: {_H.ASSIGNED: _S.ASSIGNED, _H.HANDED_BACK: _S.OPEN, **_CLOSING},
        _S.CLOSED_BY_GROUND: {_H.CAME_BACK: _S.OPEN},
        _S.CLOSED_BY_DECISION: {_H.CAME_BACK: _S.OPEN},
    },
)
"""Every transition of a conflict: it closes by itself, and one that comes back is open again, and nobody's."""

CLOSED: Final = frozenset(_CLOSING.values())
"""The states in which nothing is left to be mended."""


@frozen(cache_hash=True)
class Subject:
    """
    What a case is about: a kind, and a place or a whole record, beside which there may be another place.

    ``about`` is the least place of the human, or the place that is held; ``other`` that of the second human of two.
    """

    kind: CaseKind
    about: PlaceKey | RecordKey
    other: PlaceKey | None = None

    @property
    def record(self) -> RecordKey:
        """The record that it is about first."""
        return self.about if isinstance(self.about, RecordKey) else self.about.record

    @property
    def keys(self) -> frozenset[PlaceKey | RecordKey]:
        """The places, or the record, that it is found by."""
        return frozenset({self.about, self.other} - {None})  # type: ignore[arg-type]

    @property
    def order(self) -> tuple[tuple[str, ...], ...]:
        """What to sort by: the record first, so that what is about one record stands together."""
        return self.about.order, (self.kind.value,), self.other.order if self.other is not None else ()


@frozen
class Matter:
    """Something that is open now, with the schools whose records have to do with it, in order."""

    subject: Subject
    schools: tuple[str, ...]


@frozen(kw_only=True)
class ConflictCase:
    """
    One conflict from its first opening on, whatever its facts are today.

    ``opened_at`` is when it opened last, ``reopened`` how often it came back. ``assignee`` is who was asked to mend it,
    ``closed_at`` when it was over. ``number`` and ``revision`` are the storage's to check.
    """

    number: int = 0
    subject: Subject
    schools: tuple[str, ...]
    state: CaseState = CaseState.OPEN
    opened_at: datetime
    assignee: PersonId | None = None
    closed_at: datetime | None = None
    reopened: int = 0
    revision: int = 0

    @property
    def is_closed(self) -> bool:
        """Whether nothing is left to be mended."""
        return self.state in CLOSED

    def assigned(self, to: PersonId) -> ConflictCase:
        """Return the case once somebody was asked to mend it."""
        return self._after(CaseHappening.ASSIGNED, assignee=to)

    def handed_back(self) -> ConflictCase:
        """Return the case once it is nobody's again."""
        return self._after(CaseHappening.HANDED_BACK, assignee=None)

    def without(self, person: PersonId) -> ConflictCase:
        """Return the case without *person*, who is erased: what they were asked to mend is nobody's."""
        if self.assignee != person:
            return self
        if self.is_closed:
            return evolve(self, assignee=None, revision=self.revision + 1)
        return self.handed_back()

    def closed(self, by: CaseHappening, at: datetime) -> ConflictCase:
        """Return the case as it closed; whoever was asked to mend it stays named."""
        return self._after(by, closed_at=at)

    def come_back(self, at: datetime, schools: tuple[str, ...]) -> ConflictCase:
        """Return the case as it opens again: nobody is asked to mend it yet."""
        changes = {"opened_at": at, "schools": schools, "assignee": None, "closed_at": None}
        return self._after(CaseHappening.CAME_BACK, reopened=self.reopened + 1, **changes)

    def concerning(self, schools: tuple[str, ...]) -> ConflictCase:
        """Return the case as it has to do with other schools by now."""
        return evolve(self, schools=schools, revision=self.revision + 1)

    def _after(self, happening: CaseHappening, **changes: Any) -> ConflictCase:  # noqa: ANN401 - its own fields
        row = CONFLICT_LIFECYCLE[self.state]
        if happening not in row:
            raise InvalidValue(f"a conflict that is {self.state} cannot be {happening}", code="no-such-transition")
        return evolve(self, state=row[happening], revision=self.revision + 1, **changes)


@frozen
class Followed:
    """What becomes of cases: those that open, and those that change."""

    opened: tuple[ConflictCase, ...]
    changed: tuple[ConflictCase, ...]


def follow(
    kept: Iterable[ConflictCase], matters: Iterable[Matter], *, closing: CaseHappening, at: datetime
) -> Followed:
    """
    Return what becomes of the *kept* cases, and of none, once *matters* is all that is open of what they are about.

    Whatever is open already stays as it is, so the same matters again change nothing (SYNC-4a).
    """
    now_open = {each.subject: each.schools for each in matters}
    changed, known = [], set()
    for case in kept:
        known.add(case.subject)
        schools = now_open.get(case.subject)
        if schools is None and not case.is_closed:
            changed.append(case.closed(closing, at))
        elif schools is not None and case.is_closed:
            changed.append(case.come_back(at, schools))
        elif schools is not None and schools != case.schools:
            changed.append(case.concerning(schools))
    new = sorted(now_open.keys() - known, key=lambda each: each.order)
    opened = (ConflictCase(subject=each, schools=now_open[each], opened_at=at) for each in new)
    return Followed(tuple(opened), tuple(sorted(changed, key=lambda each: each.number)))


def matters_of(settlement: Settlement, held: Collection[RecordKey] = ()) -> tuple[Matter, ...]:
    """
    Return all that a settlement leaves open: conflicts, places that are held, and the records *held* whole.

    A conflict has to do with every school in which one of its humans stands, a held place with its own.
    """
    found: dict[Subject, set[str]] = {}
    for conflict in settlement.conflicts:
        schools = {each for key in (conflict.place, conflict.other) for each in _schools(settlement, key)}
        found.setdefault(subject_of(conflict), set()).update(schools)
    for place in settlement.places.values():
        if place.hold is not None and place.is_present:
            found[Subject(CaseKind(place.hold.value), place.key)] = {place.school}
    for record in held:
        found[Subject(CaseKind.RECORD_HELD, record)] = {record.roster.school}
    return tuple(Matter(each, tuple(sorted(found[each]))) for each in sorted(found, key=lambda each: each.order))


def subject_of(conflict: OpenConflict) -> Subject:
    """Return what a conflict is about, whatever its facts."""
    return Subject(CaseKind(conflict.kind.value), conflict.place, conflict.other)


def _schools(settlement: Settlement, key: PlaceKey | None) -> Iterable[str]:
    """Yield the schools in which whoever stands in a place is present; the place's own in any case."""
    if key is None:
        return
    yield key.school
    group = settlement.recognised.group_of(key)
    yield from (each.school for each in (group.places if group is not None else ()) if each.is_present)
