"""How far the guardians of a class have come: the homeroom teacher's view (LINK-6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._moments import Moment
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.claims import Place, Seeds
from eszkola_core.domain.permissions import Action
from eszkola_core.domain.platform_records import is_of_application
from eszkola_core.domain.recognition import Recognised
from eszkola_core.domain.roles import Role
from eszkola_core.domain.security_codes import SecurityCode
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.verification import Verified, verified
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock


class ContactStanding(StrEnum):
    """How far a guardian's contact data have come (LINK-6)."""

    MISSING = "missing"
    ENTERED = "entered"
    CODE_ISSUED = "code-issued"
    VERIFIED = "verified"


@frozen(order=True)
class ContactRow:
    """
    One guardian of one child: how far their contact data have come, since when, and how.

    ``guardian`` is empty where the record names none. ``since`` is a day or an instant in ISO form; ``how`` is the
    source that states the data, the channel by which a code went out, or what verified the link.
    """

    class_name: str
    child: str
    guardian: str
    record: str
    standing: ContactStanding
    since: str = ""
    how: str = ""


@frozen
class ClassContacts:
    """Every guardian of a class, or of all classes that the actor may see, and how many stand where."""

    rows: tuple[ContactRow, ...]
    counts: Mapping[ContactStanding, int]


@frozen
class SeeContacts:
    """Shows which guardians a school can reach, and of which it knows that they are who they say."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def of(self, actor: Actor, school: str, class_name: str | None = None) -> ClassContacts | NotPermitted:
        """Return the guardians of one class, or of the whole school, as they stand today."""
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            allowed = acting.permission(actor, Action.VIEW_READINESS, Target.of_school(school, class_name or ""))
            if not allowed:
                return NotPermitted(allowed)
            places = tuple(unit.rosters.places(school, class_name))
            records = {place.key.record for place in places}
            settlement = Moment(unit, self.tenant, acting.now).look_at(records)
            rows = sorted(_Rows(unit, acting, settlement.recognised).of(places))
        return ClassContacts(tuple(rows), Counter(row.standing for row in rows))


class _Rows:
    """Makes rows of the guardians in records."""

    def __init__(self, unit: Unit, acting: Acting, recognised: Recognised) -> None:
        self._unit = unit
        self._acting = acting
        self._recognised = recognised
        people = frozenset(each.person for each in recognised.places.values() if each.person is not None)
        self._decisions = unit.rosters.gather(Seeds(people=people)).decisions
        live = [each for each in unit.codes.of(people) if each.is_live(acting.now)]
        self._live = {(each.guardian, each.school): each for each in live}

    def of(self, places: Iterable[Place]) -> Iterable[ContactRow]:
        """Yield a row for each guardian of each student, and one for a student without any."""
        by_record: dict[object, list[Place]] = {}
        for place in places:
            if not is_of_application(place):
                by_record.setdefault(place.key.record, []).append(place)
        for named in by_record.values():
            student = next((each for each in named if each.role is Role.STUDENT), None)
            if student is None:
                continue
            guardians = [each for each in named if each.role is Role.GUARDIAN]
            for each in guardians:
                yield self._row(student, each)
            if not guardians:
                yield _row(student, "", ContactStanding.MISSING)

    def _row(self, student: Place, guardian: Place) -> ContactRow:
        """Return the row of one guardian of one student."""
        name = str(guardian.newest.name) if guardian.newest is not None else ""
        found = self._verified(student, guardian)
        if found is not None:
            return _row(student, name, ContactStanding.VERIFIED, _iso(found.since), found.how.value)
        code = self._live.get((guardian.person, guardian.school)) if guardian.person is not None else None
        if code is not None:
            return _row(student, name, ContactStanding.CODE_ISSUED, _iso(code.issued_at), _channel(code))
        claims = guardian.newest
        if claims is None or (claims.email is None and claims.phone is None):
            return _row(student, name, ContactStanding.MISSING)
        since = guardian.email_since or guardian.since
        return _row(student, name, ContactStanding.ENTERED, _iso(since), guardian.key.record.roster.origin)

    def _verified(self, student: Place, guardian: Place) -> Verified | None:
        if guardian.person is None or student.person is None:
            return None
        return verified(self._decisions, guardian.person, student.person)


def _row(student: Place, guardian: str, standing: ContactStanding, since: str = "", how: str = "") -> ContactRow:
    claims = student.newest
    return ContactRow(
        class_name=claims.class_name if claims is not None else "",
        child=str(claims.name) if claims is not None else "",
        guardian=guardian,
        record=student.key.record.key,
        standing=standing,
        since=since,
        how=how,
    )


def _channel(code: SecurityCode) -> str:
    """Return how a code went out last, or nothing while it has not."""
    return code.hand_overs[-1].channel.value if code.hand_overs else ""


def _iso(when: date | datetime) -> str:
    return when.isoformat(timespec="seconds") if isinstance(when, datetime) else when.isoformat()
