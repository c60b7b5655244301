"""From stated rosters to staged places: the first half of a plan (SYNC-0, SYNC-4d, SYNC-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from attrs import asdict, define, evolve, field, frozen

from eszkola_core.domain.claims import Claims, Place, PlaceKey, RecordKey, RosterKey, Seeds
from eszkola_core.domain.findings import Finding
from eszkola_core.domain.hidden import masked
from eszkola_core.domain.reading import RULES_VERSION, ReadRecord, canonical, hint, read, record_key, roster_key
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import RecordState
from eszkola_core.domain.stated import Reading, RosterKind, StatedRecord, StatedRoster
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Unit

Fingerprint = Callable[[bytes, str], bytes]


@frozen
class Seen:
    """One record as it was stated in this run, with the digest of what was stated."""

    stated: StatedRecord
    roster: StatedRoster
    digest: bytes = field(repr=False)


@define
class Staged:
    """
    What the sources change, before any rule about people has looked at it.

    ``places`` are the places of read records with their newest content pending. ``held_records`` are read but not
    applied at all; ``held_places`` neither. ``lines`` says where each record stood, for findings.
    """

    records: dict[RecordKey, RecordState] = field(factory=dict)
    ended: set[RecordKey] = field(factory=set)
    places: dict[PlaceKey, Place] = field(factory=dict)
    held_records: set[RecordKey] = field(factory=set)
    held_places: set[PlaceKey] = field(factory=set)
    held_people: dict[str, int] = field(factory=lambda: defaultdict(int))
    unchanged: dict[str, int] = field(factory=lambda: defaultdict(int))
    all_people: dict[str, int] = field(factory=lambda: defaultdict(int))
    sources: dict[RecordKey, tuple[str, int, str]] = field(factory=dict)
    findings: list[tuple[str, Finding]] = field(factory=list)
    schools: set[str] = field(factory=set)

    @property
    def touched(self) -> frozenset[RecordKey]:
        """The records that are read or that ended."""
        return frozenset(self.records.keys() | self.ended)


def stage(reading: Reading, unit: Unit, tenant: Tenant, today: date, fingerprint: Fingerprint) -> Staged:
    """
    Return what *reading* changes: an unchanged record costs a digest, and is not read (SYNC-4d).

    One record key twice: equal ones collapse, different ones are all held. A record that a complete bulk roster no longer
    names has ended; one that a delta marks has ended.
    """
    staged = Staged()
    version = _version(tenant, fingerprint)
    to_read: dict[RecordKey, Seen] = {}
    for listed, rosters in _by_key(reading.rosters).items():
        staged.schools.add(listed.school)
        to_read |= _changed(listed, rosters, staged, unit, tenant, today, fingerprint, version)
    before = _accepted(unit, to_read.keys() | staged.ended)
    for key, seen in to_read.items():
        known = {place.key: place for place in before.get(key, ())}
        claims = {each.key: each.accepted for each in known.values() if each.accepted is not None}
        _take(key, seen, known, claims, staged, tenant, today, fingerprint)
    for key in staged.ended:
        for place in before.get(key, ()):
            if place.is_present:
                staged.places[place.key] = evolve(place, gone=today)
    return staged


def _by_key(rosters: Iterable[StatedRoster]) -> Mapping[RosterKey, list[StatedRoster]]:
    """Return the rosters that state the same list, together: one list may come in several files."""
    found: dict[RosterKey, list[StatedRoster]] = defaultdict(list)
    for roster in rosters:
        found[roster_key(roster)].append(roster)
    return dict(sorted(found.items()))


def _version(tenant: Tenant, fingerprint: Fingerprint) -> str:
    """Return what stands for the rules that records are read under: other settings read everything again."""
    chosen = asdict(tenant.settings, recurse=False)
    # A set is written in another order by every process, so it is sorted.
    plain = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in chosen.items()}
    ground = repr((RULES_VERSION, plain, tenant.platform_domain, tenant.time_zone))
    return fingerprint(ground.encode(), "settings").hex()


def _changed(  # noqa: PLR0913 - one list's ground
    key: RosterKey,
    rosters: list[StatedRoster],
    staged: Staged,
    unit: Unit,
    tenant: Tenant,
    today: date,
    fingerprint: Fingerprint,
    version: str,
) -> Mapping[RecordKey, Seen]:
    """Return the records of one list that must be read; note those that ended and count those that did not change."""
    known = {state.key: state for state in unit.rosters.records(key)}
    seen: dict[RecordKey, list[Seen]] = defaultdict(list)
    complete = all(roster.complete for roster in rosters)
    for roster in rosters:
        for record in roster.records:
            own = record_key(record, key, tenant, today, _pseudonym(fingerprint))
            if own is None:
                complete = False
                _refuse(record, roster, staged, tenant, today, fingerprint)
                continue
            content = canonical(record, f"{version} {roster.version}")
            seen[own].append(Seen(record, roster, fingerprint(content, "record")))
    to_read: dict[RecordKey, Seen] = {}
    for own, stated in seen.items():
        first = min(stated, key=lambda each: (each.stated.source, each.stated.line))
        staged.sources[own] = (first.stated.source, first.stated.line, _shown(first.stated, own))
        if len({each.digest for each in stated}) > 1:
            _hold_twice(own, stated, known.get(own), staged)
        elif first.stated.ended:
            if own in known:
                staged.ended.add(own)
        elif own in known and known[own].digest == first.digest and not known[own].unsettled:
            staged.unchanged[key.school] += known[own].people
            staged.all_people[key.school] += known[own].people
        else:
            to_read[own] = first
    if complete and any(roster.kind is RosterKind.BULK for roster in rosters):
        staged.ended.update(known.keys() - seen.keys())
    return to_read


def _take(  # noqa: PLR0913 - one record's ground
    key: RecordKey,
    seen: Seen,
    known: Mapping[PlaceKey, Place],
    claims: Mapping[PlaceKey, Claims],
    staged: Staged,
    tenant: Tenant,
    today: date,
    fingerprint: Fingerprint,
) -> None:
    """Read one record and stage its places."""
    outcome = read(
        seen.stated, seen.roster, before=claims, tenant=tenant, today=today, pseudonym=_pseudonym(fingerprint)
    )
    school = key.roster.school
    staged.findings.extend((school, finding) for finding in outcome.findings)
    staged.all_people[school] += outcome.people
    unsettled = outcome.held or bool(outcome.held_places)
    staged.records[key] = RecordState(key=key, digest=seen.digest, people=outcome.people, unsettled=unsettled)
    if outcome.held:
        staged.held_records.add(key)
        staged.held_people[school] += outcome.people
        return
    staged.held_places |= outcome.held_places
    staged.held_people[school] += len(outcome.held_places)
    staged.places.update(_places(outcome, known, seen.roster.silent_roles, today))


def _places(
    outcome: ReadRecord, known: Mapping[PlaceKey, Place], silent_roles: frozenset[Role], today: date
) -> Mapping[PlaceKey, Place]:
    """Return a read record's places with their newest content, and those that it no longer names as gone."""
    places: dict[PlaceKey, Place] = {}
    for key, newest in outcome.places.items():
        if key in outcome.held_places:
            continue
        place = known.get(key) or Place(key=key, since=today)
        if not place.is_present:
            place = evolve(place, gone=None, since=today)
        own_key = outcome.own_keys.get(key, place.own_key)
        pending = newest if newest != place.accepted else None
        places[key] = evolve(place, pending=pending, hold=None, own_key=own_key)
    for key, place in known.items():
        if key not in outcome.places and place.is_present and place.role not in silent_roles:
            places[key] = evolve(place, gone=today)
    return places


def _hold_twice(key: RecordKey, stated: list[Seen], known: RecordState | None, staged: Staged) -> None:
    """Hold all records of one key that differ: none says more than another (SYNC-0)."""
    school = key.roster.school
    people = max(max(len(each.stated.people) for each in stated), 1)
    digest = min(each.digest for each in stated)
    staged.held_records.add(key)
    staged.held_people[school] += people
    staged.all_people[school] += people
    if known is None:
        staged.records[key] = RecordState(key=key, digest=digest, people=people, unsettled=True)
    else:
        staged.records[key] = evolve(known, unsettled=True)
    for each in stated:
        place = (each.stated.source, each.stated.line, _shown(each.stated, key))
        staged.findings.append((school, Finding(*place, "record", "key-twice", "", hint("key-twice"))))


def _refuse(  # noqa: PLR0913 - one record's ground
    record: StatedRecord,
    roster: StatedRoster,
    staged: Staged,
    tenant: Tenant,
    today: date,
    fingerprint: Fingerprint,
) -> None:
    """Report a record that cannot be told from others."""
    outcome = read(record, roster, before={}, tenant=tenant, today=today, pseudonym=_pseudonym(fingerprint))
    staged.findings.extend((roster.school, finding) for finding in outcome.findings)
    staged.held_people[roster.school] += outcome.people
    staged.all_people[roster.school] += outcome.people


def _accepted(unit: Unit, keys: Iterable[RecordKey]) -> Mapping[RecordKey, list[Place]]:
    """Return the places of records as they are kept."""
    found: dict[RecordKey, list[Place]] = defaultdict(list)
    for place in unit.rosters.gather(Seeds(records=frozenset(keys))).places.values():
        found[place.key.record].append(place)
    return found


def _pseudonym(fingerprint: Fingerprint) -> Callable[[str], str]:
    return lambda text: fingerprint(text.encode("utf-8", "surrogatepass"), "record key").hex()


def _shown(record: StatedRecord, key: RecordKey) -> str:
    """Return a record's own key as a report may show it."""
    stated = (record.key or "").strip()
    return stated if stated == key.key else masked(stated)


