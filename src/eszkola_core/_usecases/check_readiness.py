"""Who can use the platform, who cannot yet, and why (SYNC-1, WHY-3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._schools import check_class, known_schools
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.claims import Place, PlaceKey
from eszkola_core.domain.duplicates import Group
from eszkola_core.domain.permissions import Action, may
from eszkola_core.domain.platform_records import is_of_application
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settlement import Settled, Settlement
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


class Standing(StrEnum):
    """How far somebody has come."""

    ACTIVE = "active"
    AWAITING = "awaiting-first-access"
    CHANGE_DUE = "change-due"
    SHUT = "shut"
    NOT_OPENED = "not-opened"
    HELD = "held"


@frozen(order=True)
class ReadinessRow:
    """One person in one record: how far they have come, and what is missing, in conflict, or cannot be read."""

    school: str
    class_name: str
    name: str
    role: str
    record: str
    standing: Standing
    reasons: tuple[str, ...] = ()


@frozen
class Readiness:
    """Everybody of a school or class, and how many stand where."""

    rows: tuple[ReadinessRow, ...]
    counts: Mapping[Standing, int]


_STANDINGS: Mapping[State, Standing] = {
    State.ACTIVE: Standing.ACTIVE,
    State.AWAITING: Standing.AWAITING,
    State.CHANGE_DUE: Standing.CHANGE_DUE,
}


@frozen
class CheckReadiness:
    """Lists what a school still has to do so that everybody can sign in."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def of(self, actor: Actor, school: str | None = None, class_name: str | None = None) -> Readiness | NotPermitted:
        """
        Return how everybody stands: of a school, of one class in it, or of all schools.

        Where no school is named, it is what *actor* may see: a homeroom teacher's class, an office's school. Whoever a
        restriction keeps from a child sees nothing of that child's record (LINK-3).

        Raises:
            InvalidValue: there is no such school, or nobody in such a class.
        """
        with self.storage.snapshot() as unit:
            schools = known_schools(unit, school)
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            reader = acting.known(actor)
            asked = Target(roles=reader.roles) if school is None else Target.of_school(school, class_name or "")
            permission = may(reader, Action.VIEW_READINESS, asked)
            if not permission:
                return NotPermitted(permission)
            found = [place for each in schools for place in unit.rosters.places(each, class_name)]
            # What the platform repeats of a student in an application's record is no second student.
            places = [place for place in found if place.role is not Role.STUDENT or not is_of_application(place)]
            settlement = Moment(unit, self.tenant, acting.now).look_at({place.key.record for place in places})
        check_class(school, class_name, places)
        named = _Rows(settlement, acting.now)
        hidden = {place.key.record for place in settlement.places.values() if place.person in reader.kept_from}
        seen = (named.row(place) for place in places if place.key.record not in hidden)
        rows = sorted(
            row for row in seen if may(reader, Action.VIEW_READINESS, Target.of_school(row.school, row.class_name))
        )
        return Readiness(tuple(rows), Counter(row.standing for row in rows))


class _Rows:
    """Makes rows of places, as they are settled."""

    def __init__(self, settlement: Settlement, now: datetime) -> None:
        self._settlement = settlement
        self._now = now
        self._of_who = {each.who: each for each in settlement.people}
        self._conflicts: dict[PlaceKey, list[str]] = {}
        for conflict in settlement.conflicts:
            for place in filter(None, (conflict.place, conflict.other)):
                self._conflicts.setdefault(place, []).append(conflict.kind.value)
        self._classes = {
            place.key.record: place.newest.class_name
            for place in settlement.places.values()
            if place.role is Role.STUDENT and place.newest is not None
        }

    def row(self, kept: Place) -> ReadinessRow:
        """Return the row of one place."""
        place = self._settlement.places[kept.key]
        group = self._settlement.recognised.group_of(place.key)
        settled = self._of_who.get(group.who) if group is not None else None
        claims = place.newest
        standing, reasons = self._standing(place, group, settled)
        reasons += tuple(sorted({each.code for each in place.flaws}.difference(reasons)))
        own_class = claims.class_name if claims is not None else ""
        return ReadinessRow(
            school=place.school,
            class_name=own_class or self._classes.get(place.key.record, ""),
            name=str(claims.name) if claims is not None else "",
            role=place.role.value,
            record=place.key.record.key,
            standing=standing,
            reasons=reasons,
        )

    def _standing(self, place: Place, group: Group | None, settled: Settled | None) -> tuple[Standing, tuple[str, ...]]:
        """Return how far somebody has come, and the codes of what stands in the way."""
        if place.hold is not None:
            return Standing.HELD, (place.hold.value,)
        if group is None or settled is None:
            return Standing.HELD, ()
        reasons = sorted({code for each in group.places for code in self._conflicts.get(each.key, ())})
        if settled.person is None:
            return Standing.NOT_OPENED, (*(f"missing-{lack.value}" for lack in settled.lacks), *reasons)
        if settled.central is None:
            reasons.append("no-address")
        return _STANDINGS.get(settled.person.at(self._now).state, Standing.SHUT), tuple(reasons)
