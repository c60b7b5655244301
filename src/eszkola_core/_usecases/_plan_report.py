"""What a plan says of itself: counts, lines, findings (SYNC-1, SYNC-3, SYNC-7)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Final

from eszkola_core._usecases._gathering import Ground
from eszkola_core._usecases._staging import Staged
from eszkola_core.domain.claims import Claims, Hold, Place, RecordKey
from eszkola_core.domain.findings import Finding
from eszkola_core.domain.plans import Counts, PlanLine, Step
from eszkola_core.domain.settlement import ConflictKind, Lack, OpenConflict, Settled, Settlement

_LACK_FIELDS: Final[Mapping[Lack, str]] = {Lack.NATIONAL_ID: "national_id", Lack.EMAIL: "email", Lack.APPLICATION: ""}
_LACK_HINTS: Final[Mapping[Lack, str]] = {
    Lack.NATIONAL_ID: "enter the national id in the gradebook; without it no account opens",
    Lack.EMAIL: "enter a private e-mail address that nobody else uses; without it no account opens",
    Lack.APPLICATION: "the guardian hands in an access application; or set guardians_open_by to gradebook",
}
_CONFLICT_FIELDS: Final[Mapping[ConflictKind, str]] = {
    ConflictKind.ADDRESS_CONFLICT: "email",
    ConflictKind.ADDRESS_BARRED: "email",
    ConflictKind.BIRTH_DATE_UNKNOWN: "birth_date",
    ConflictKind.ADDRESS_TAKEN: "email",
    ConflictKind.ADDRESS_UNSTATED: "email",
    ConflictKind.FORMER_ID_STATED: "national_id",
    ConflictKind.ADDRESS_UNUSABLE: "email",
    ConflictKind.NAME_CONFLICT: "last_name",
    ConflictKind.POSSIBLE_DUPLICATE: "national_id",
}
_CONFLICT_HINTS: Final[Mapping[ConflictKind, str]] = {
    ConflictKind.ADDRESS_CONFLICT: "schools state different addresses: agree on one; until then the first one counts",
    ConflictKind.BIRTH_DATE_UNKNOWN: "state it: links to grown-up students end, or need consent",
    ConflictKind.ADDRESS_BARRED: "somebody reads it who is kept from this person: state another one",
    ConflictKind.ADDRESS_TAKEN: "the address is somebody else's: state another one",
    ConflictKind.ADDRESS_UNSTATED: "no record states the address any more: enter it again or another one",
    ConflictKind.ADDRESS_UNUSABLE: "messages to it come back: state another one, or have its owner confirm it",
    ConflictKind.CORRECTED_HERE: "it was corrected here: correct it in the gradebook too",
    ConflictKind.FORMER_ID_STATED: "this national id was corrected: enter the right one in these schools' records too",
    ConflictKind.NAME_CONFLICT: "records spell the name differently: correct the wrong one",
    ConflictKind.POSSIBLE_DUPLICATE: "these may be one person: enter the national id in both records",
}
_LINE_ORDER: Final = attrgetter("school", "class_name", "step", "person", "role", "record", "reason")
_FINDING_ORDER: Final = attrgetter("source", "line", "record", "field", "code", "value")
_HOLD_HINT: Final = "compare the record with the person's document, then correct it in the gradebook"
_RESTRICTION_HINT: Final = "a restriction stands here: whoever may lift it says whether this is somebody else"


class Report:
    """Tells what became of everybody who was staged."""

    def __init__(self, staged: Staged, ground: Ground, settlement: Settlement) -> None:
        self._staged = staged
        self._kept = ground.kept
        self._settlement = settlement
        self._class_of_record = {
            key.record: place.newest.class_name
            for key, place in settlement.places.items()
            if place.newest is not None and place.newest.class_name
        }
        self._by_school: dict[str, Counter[str]] = defaultdict(Counter)
        for school in staged.schools:
            self._by_school[school].update(held=staged.held_people[school], unchanged=staged.unchanged[school])
        for place in self._staged_places():
            self._by_school[place.school][self._fate(place)] += 1
        for each in settlement.people:
            if each.opens:
                self._by_school[each.places[0].school]["opened"] += 1
        # People of other schools are in the ground as well; what they disagree about is for their own reports.
        self._conflicts = [each for each in settlement.conflicts if self._concerns(each)]
        for conflict in self._conflicts:
            self._by_school[conflict.place.school]["conflicts"] += 1

    def _concerns(self, conflict: OpenConflict) -> bool:
        """Return whether the conflict is about somebody of the schools that are imported."""
        group = self._settlement.recognised.group_of(conflict.place)
        schools = {place.school for place in group.places} if group is not None else {conflict.place.school}
        return not schools.isdisjoint(self._staged.schools)

    def _staged_places(self) -> Iterable[Place]:
        """Yield the staged places as they were settled."""
        for key in self._staged.places:
            yield self._settlement.places[key]

    def _fate(self, place: Place) -> str:
        """Return what becomes of one person-claim."""
        before = self._kept.places.get(place.key)
        if not place.is_present:
            return "ended"
        if place.hold is not None:
            return "held"
        if before is None or before.accepted is None or not before.is_present:
            return "created"
        return "changed" if place.accepted != before.accepted else "unchanged"

    def concerned(self) -> tuple[Settled, ...]:
        """Return the people whose account opens or moves, or whose address waits for a confirmation."""
        return tuple(each for each in self._settlement.people if each.opens or each.moved or self._newly_asks(each))

    def _newly_asks(self, settled: Settled) -> bool:
        """Return whether a claim began in this very run to state an address that its owner must confirm (MAIL-4b)."""
        wanted = settled.asks_confirmation
        if wanted is None:
            return False
        stating = [place for place in settled.places if place.accepted is not None and place.accepted.email == wanted]
        return any(_email_of(self._kept.places.get(place.key)) != wanted for place in stating)

    def counts(self) -> Counts:
        """Return the counts of all schools together."""
        total: Counter[str] = Counter()
        for each in self._by_school.values():
            total.update(each)
        return Counts(**dict(total))

    def counts_by_school(self) -> Mapping[str, Counts]:
        """Return the counts of each school, in the order of their keys."""
        return {school: Counts(**dict(each)) for school, each in sorted(self._by_school.items())}

    def lines(self) -> tuple[PlanLine, ...]:
        """Return what a person reads, by school and class: one line a step, nothing for what does not change."""
        return tuple(sorted(self._lines(), key=_LINE_ORDER))

    def _lines(self) -> Iterable[PlanLine]:
        steps = {"created": Step.CREATE, "changed": Step.CHANGE, "ended": Step.END, "held": Step.HOLD}
        for place in self._staged_places():
            fate = self._fate(place)
            if fate in steps:
                yield self._line(place, steps[fate], self._reason(place, fate))
        for each in self._settlement.people:
            if each.opens:
                yield self._line(each.places[0], Step.OPEN, "has all that an account needs")
            elif each.moved and each.places:
                new = each.central.masked if each.central is not None else "none"
                yield self._line(each.places[0], Step.MOVE_ADDRESS, f"every record states {new}")
        for conflict in self._conflicts:
            place = self._settlement.places[conflict.place]
            yield self._line(place, Step.CONFLICT, f"{conflict.kind}: {_facts(conflict)}")

    def _line(self, place: Place, step: Step, reason: str) -> PlanLine:
        claims = place.newest
        return PlanLine(
            school=place.school,
            class_name=self._class_of_record.get(place.key.record, ""),
            step=step,
            person=str(claims.name) if claims is not None else "",
            role=place.role,
            record=self._source(place.key.record)[2] or place.key.record.key,
            reason=reason,
        )

    def _reason(self, place: Place, fate: str) -> str:
        before = self._kept.places.get(place.key)
        if fate == "held":
            return str(place.hold)
        if fate == "ended":
            return "the record is gone" if place.key.record in self._staged.ended else "the record no longer names them"
        if fate == "changed" and before is not None and before.accepted is not None and place.accepted is not None:
            return ", ".join(differences(before.accepted, place.accepted))
        return "new in the gradebook"

    def _source(self, record: RecordKey) -> tuple[str, int, str]:
        return self._staged.sources.get(record, ("", 0, ""))

    def findings(self, of_files: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return all findings, those of the files among them, in the order of files and lines (SYNC-1, SYNC-7)."""
        told = tuple(of_files)
        # Where the source has said already what is wrong with a line, the rules need not say it again.
        known = {(each.source, each.line, each.code) for each in told}
        more = [each for each in self._findings() if (each.source, each.line, each.code) not in known]
        return tuple(sorted((*told, *more), key=_FINDING_ORDER))

    def _findings(self) -> Iterable[Finding]:
        """Yield the findings of values, holds, missing things and conflicts, each at its record."""
        yield from self._staged.findings
        staged = {place.key for place in self._staged_places()}
        for place in self._staged_places():
            if place.hold is not None and place.is_present:
                hint = _RESTRICTION_HINT if place.hold is Hold.RESTRICTION else _HOLD_HINT
                yield Finding(*self._source(place.key.record), _field(place), place.hold.value, "", hint)
        for each in self._settlement.people:
            for place in each.places:
                if place.key in staged and place.is_present and not each.opens and each.person is None:
                    for lack in each.lacks:
                        source = self._source(place.key.record)
                        yield Finding(*source, _LACK_FIELDS[lack], f"missing-{lack.value}", "", _LACK_HINTS[lack])
        for conflict in self._conflicts:
            if conflict.place in staged:
                source = self._source(conflict.place.record)
                kind, facts = conflict.kind, _facts(conflict)
                # A correction is told by its field alone: what it is stays here, what the source says stays there.
                about, value = (facts, "") if kind is ConflictKind.CORRECTED_HERE else (_CONFLICT_FIELDS[kind], facts)
                yield Finding(*source, about, kind.value, value, _CONFLICT_HINTS[kind])


def _facts(conflict: OpenConflict) -> str:
    return ", ".join(filter(None, conflict.facts))


def _email_of(place: Place | None) -> object:
    return place.accepted.email if place is not None and place.accepted is not None else None


def _field(place: Place) -> str:
    """Return the field that a hold is about."""
    if place.hold is Hold.RESTRICTION:
        return ""
    return "last_name" if place.hold in ("name-mismatch", "renamed") else "national_id"


def differences(before: Claims, after: Claims) -> list[str]:
    """Return which values differ, in words; what they are stays in the gradebook, but for names and classes."""
    named = {
        f"name (was {before.name})": before.name != after.name,
        "national id": before.ids != after.ids,
        "e-mail": before.email != after.email,
        "phone": before.phone != after.phone,
        "birth date": before.birth_date != after.birth_date,
        "sex": before.sex != after.sex,
        f"class {before.class_name or '–'} → {after.class_name or '–'}": before.class_name != after.class_name,
        "days": (before.first_day, before.last_day) != (after.first_day, after.last_day),
    }
    return [name for name, differs in named.items() if differs]
