"""From stated rosters to staged places: the first half of a plan (SYNC-0, SYNC-4d, SYNC-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Sized
from datetime import date
from typing import Final

from attrs import define, evolve, field, frozen

from eszkola_core._usecases._unopened import known_by, opened, rules_of
from eszkola_core._usecases.progress import EVERY, Progress, Stage, Watch, counted, nobody_watches
from eszkola_core.domain.claims import PLATFORM, Place, PlaceKey, RecordKey, RosterKey, Seeds
from eszkola_core.domain.findings import Finding
from eszkola_core.domain.hidden import masked
from eszkola_core.domain.reading import ReadRecord, hint, read
from eszkola_core.domain.record_keys import canonical, record_key, roster_key
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import GONE, WAYS, RecordState, Stamped
from eszkola_core.domain.stated import Field, Reading, RosterKind, StatedRecord, StatedRoster, Unread
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage, Unit


@frozen
class Seen:
    """One record as it was stated in this run, with the digest of what was stated, and what it was made of."""

    stated: StatedRecord
    roster: StatedRoster
    digest: bytes = field(repr=False)
    trace: bytes = field(repr=False)


@frozen
class _Unseen:
    """A record of a roster before anybody asks what it is known by."""

    record: StatedRecord | Unread
    roster: StatedRoster
    ways: bytes = field(repr=False)
    trace: bytes = field(repr=False)


@define
class _Roll:
    """
    One list, as it is kept and as it is stated now.

    ``traced`` are the records that need not be read where they are made of the same; ``same`` those that are, ``seen``
    all others.
    """

    listed: RosterKey
    known: Mapping[RecordKey, RecordState]
    undone: Mapping[RecordKey, frozenset[bytes]]
    traced: Mapping[bytes, RecordState]
    seen: dict[RecordKey, list[Seen]] = field(factory=lambda: defaultdict(list))
    same: dict[RecordKey, _Unseen] = field(factory=dict)

    @classmethod
    def of(cls, unit: Unit, listed: RosterKey) -> _Roll:
        """Return the list as it is kept."""
        known = {state.key: state for state in unit.rosters.records(listed)}
        undone = unit.runs.undone(listed)
        settled = (each for each in known.values() if each.trace and not each.unsettled and each.key not in undone)
        return cls(listed, known, undone, {each.trace: each for each in settled})

    @property
    def named(self) -> set[RecordKey]:
        """The records that are stated."""
        return {*self.seen, *self.same}  # of dicts, which know the hashes; of their views each would be asked for


@define
class Staged:
    """
    What the sources change, before any rule about people has looked at it.

    ``places`` are the places of read records with their newest content pending. ``held_records`` are read but not
    applied at all; ``held_places`` neither. ``redone`` are records of which something had been taken back that is not
    waited for any more, with what still is. ``retraced`` are records that say the same and are made of something else
    by now. ``silent`` are the fields in which a record says nothing of a place. ``sources`` says, for findings, where
    each record stood of which more than a trace was read. ``stated`` and ``known`` say of the whole lists of which a
    school has records already how many records they have, and how many of them it has; ``unknown`` are the others
    (SYNC-6d). ``stamps`` are what the lists are known by from now on that are all of what their source states.
    """

    records: dict[RecordKey, RecordState] = field(factory=dict)
    ended: set[RecordKey] = field(factory=set)
    places: dict[PlaceKey, Place] = field(factory=dict)
    held_records: set[RecordKey] = field(factory=set)
    held_places: set[PlaceKey] = field(factory=set)
    silent: dict[PlaceKey, frozenset[Field]] = field(factory=dict)
    held_people: dict[str, int] = field(factory=lambda: defaultdict(int))
    unchanged: dict[str, int] = field(factory=lambda: defaultdict(int))
    all_people: dict[str, int] = field(factory=lambda: defaultdict(int))
    redone: dict[RecordKey, frozenset[bytes]] = field(factory=dict)
    retraced: list[RecordState] = field(factory=list)
    sources: dict[RecordKey, tuple[str, int, str]] = field(factory=dict)
    findings: list[Finding] = field(factory=list)
    stated: dict[str, int] = field(factory=lambda: defaultdict(int))
    known: dict[str, int] = field(factory=lambda: defaultdict(int))
    unknown: set[RecordKey] = field(factory=set)
    schools: set[str] = field(factory=set)
    stamps: dict[RosterKey, bytes] = field(factory=dict)

    @property
    def touched(self) -> frozenset[RecordKey]:
        """The records that are read or that ended."""
        return frozenset(self.records.keys() | self.ended)


_NOTHING: Final[frozenset[bytes]] = frozenset()


def stage(  # noqa: PLR0913, PLR0917 - the parts of a moment
    reading: Reading,
    unit: Unit,
    tenant: Tenant,
    today: date,
    storage: Storage,
    watch: Watch = nobody_watches,
    allow_undone: Collection[str] | None = frozenset(),
) -> Staged:
    """
    Return what *reading* changes: an unchanged record costs a digest, and is not read (SYNC-4d).

    Where the source can tell what a record is made of, the digest is of that, and the record is not even translated.

    One record key twice: equal ones collapse, different ones are all held. A record that a complete bulk roster no
    longer names has ended; one that a delta marks has ended. What was taken back by undoing a run is not taken in
    again by itself, but in the schools *allow_undone* (SYNC-9b); None stands for all.

    Raises:
        InvalidValue: a source calls itself what only the platform is called.
    """
    return _Stager(unit, tenant, today, storage, watch, allow_undone).stage(reading)


@define
class _Stager:
    """One run's staging: what it stands on, and what it has come to so far."""

    _unit: Unit
    _tenant: Tenant
    _today: date
    _storage: Storage
    _watch: Watch
    _allow_undone: Collection[str] | None
    _staged: Staged = field(factory=Staged, init=False)
    _stamped: dict[RosterKey, bytes] = field(factory=dict, init=False)
    _blurred: set[bytes] = field(factory=set, init=False)
    _telling: set[bytes] = field(factory=set, init=False)
    _compared: int = field(default=0, init=False)
    _total: int | None = field(default=None, init=False)

    def stage(self, reading: Reading) -> Staged:
        """Return what *reading* changes."""
        reading, resting = opened(reading, self._unit, self._tenant, self._storage)
        for known in resting:
            self._pass_over(known)
        version = rules_of(self._tenant, self._storage)
        to_read: dict[RecordKey, Seen] = {}
        self._total = _number_of(reading)
        for listed, rosters in _by_key(reading.rosters).items():
            if listed.is_of_platform:
                raise InvalidValue(
                    f"no gradebook is called {PLATFORM!r}: that is what people state and give here; call it otherwise",
                    code="reserved-origin",
                )
            self._staged.schools.add(listed.school)
            to_read |= self._changed(listed, rosters, version)
            self._watch(Progress(Stage.COMPARE, self._compared, self._total))
        before = self._places_of(to_read.keys() | self._staged.ended)
        for key, seen in counted(to_read.items(), Stage.READ, self._watch, len(to_read)):
            self._take(key, seen, {place.key: place for place in before.get(key, ())})
        for key in self._staged.ended:
            for place in before.get(key, ()):
                if place.is_present:
                    self._staged.places[place.key] = evolve(place, gone=self._today)
        self._staged.stamps = self._stamps(version)
        return self._staged

    def _pass_over(self, known: Stamped) -> None:
        """Count a list that says what it said."""
        staged, school = self._staged, known.roster.school
        staged.schools.add(school)
        self._keep(school, known.people)
        if known.records:
            staged.stated[school] += known.records
            staged.known[school] += known.records

    def _stamps(self, version: str) -> dict[RosterKey, bytes]:
        """Return by what the sources are known of which every list is whole, and one at least has anybody in it."""
        return {
            listed: known_by(stamp, version, self._storage)
            for listed, stamp in self._stamped.items()
            if stamp in self._telling - self._blurred
        }

    def _changed(self, listed: RosterKey, rosters: Sequence[StatedRoster], version: str) -> Mapping[RecordKey, Seen]:
        """Return the records of one list that must be read; note those that ended, count those that did not change."""
        roll = _Roll.of(self._unit, listed)
        complete = True
        for roster in rosters:
            complete &= self._look_at(roster, roll, version) and roster.complete
        for key in roll.same.keys() & roll.seen.keys():
            # Something else states the same record: whether both say the same shows only when both are read.
            complete &= self._see(roll.same.pop(key), roll)
        self._keep(listed.school, sum(roll.known[key].people for key in roll.same))
        to_read = {key: first for key, stated in roll.seen.items() if (first := self._sort_out(key, stated, roll))}
        if any(roster.kind is RosterKind.BULK for roster in rosters):
            named, known = roll.named, set(roll.known)
            self._compare(listed.school, named, known)
            for key in known - named if complete else ():
                self._end(roll.known[key], roll.undone.get(key, _NOTHING))
        stamps = {roster.stamp for roster in rosters}
        if complete and not roll.undone and len(rosters) == 1 and rosters[0].kind is RosterKind.BULK and all(stamps):
            self._stamped[listed] = rosters[0].stamp
            self._telling |= stamps if roll.named else set()
        else:
            self._blurred |= stamps
        return to_read

    def _look_at(self, roster: StatedRoster, roll: _Roll, version: str) -> bool:
        """Take down what a roster states, unread what is made of the same; return whether all can be told apart."""
        ways, is_told = self._ways(roster, version), True
        for record in roster.records if roster.unread is None else roster.unread:
            self._compared += 1
            if self._compared % EVERY == 0:
                self._watch(Progress(Stage.COMPARE, self._compared, self._total))
            unseen = _Unseen(record, roster, ways, self._trace(record, ways))
            as_before = roll.traced.get(unseen.trace)
            if as_before is not None:
                roll.same[as_before.key] = unseen
            else:
                is_told &= self._see(unseen, roll)
        return is_told

    def _compare(self, school: str, named: set[RecordKey], known: set[RecordKey]) -> None:
        """Note how much of a whole list the school knows, where it knows any of it (SYNC-6d)."""
        if known:
            self._staged.stated[school] += len(named)
            self._staged.known[school] += len(named & known)
            self._staged.unknown |= named - known

    def _ways(self, roster: StatedRoster, version: str) -> bytes:
        """Return what stands for the ways in which the records of a roster are read."""
        ways = f"{version} {roster.version} {roster.shared_keys} {sorted(roster.silent_roles)}"
        return self._storage.fingerprint(ways.encode("utf-8", "surrogatepass"), context="read under")[-WAYS:]

    def _trace(self, record: StatedRecord | Unread, ways: bytes) -> bytes:
        """Return what stands for all that a record is made of; nothing where the source cannot tell."""
        if not isinstance(record, Unread):
            return b""
        return self._storage.fingerprint(ways + record.trace.encode("utf-8", "surrogatepass"), context="trace")

    def _see(self, unseen: _Unseen, roll: _Roll) -> bool:
        """Take down what a record states under its key; return whether it can be told from others."""
        record, is_told = unseen.record, True
        for each in record.read() if isinstance(record, Unread) else (record,):
            key = record_key(each, roll.listed, self._tenant, self._today, self._storage.pseudonym)
            if key is None:
                is_told = False
                self._refuse(each, unseen.roster)
            else:
                content = self._storage.fingerprint(canonical(each), context="record")
                roll.seen[key].append(Seen(each, unseen.roster, content + unseen.ways, unseen.trace))
        return is_told

    def _keep(self, school: str, people: int) -> None:
        """Count the people of records that say what they said."""
        self._staged.unchanged[school] += people
        self._staged.all_people[school] += people

    def _sort_out(self, key: RecordKey, stated: Sequence[Seen], roll: _Roll) -> Seen | None:
        """Return the record of *key* if it must be read; hold, end or count it otherwise."""
        known, undone = roll.known.get(key), roll.undone.get(key, _NOTHING)
        first = min(stated, key=lambda each: (each.stated.source, each.stated.line))
        self._staged.sources[key] = _source(first.stated, key)
        if len({each.digest for each in stated}) > 1:
            self._hold_twice(key, stated, known)
            return None
        if first.stated.ended:
            if known is not None:
                self._end(known, undone)
            return None
        waits = undone - {GONE}
        if waits != undone:
            self._staged.redone[key] = waits
        if known is not None and known.digest == first.digest and not known.unsettled:
            self._keep(key.roster.school, known.people)
            if known.trace != first.trace:
                self._staged.retraced.append(evolve(known, trace=first.trace))
            return None
        if self._is_among(waits, first.stated) and not self._may_redo(key):
            self._hold_undone(key, len(first.stated.people))
            return None
        if waits:
            self._staged.redone[key] = _NOTHING
        return first

    def _end(self, known: RecordState, undone: frozenset[bytes]) -> None:
        """End a record that is gone, unless that is what was taken back."""
        if GONE not in undone:
            self._staged.ended.add(known.key)
        elif self._may_redo(known.key):
            self._staged.ended.add(known.key)
            self._staged.redone[known.key] = undone - {GONE}
        else:
            self._hold_undone(known.key, known.people)

    def _is_among(self, contents: frozenset[bytes], record: StatedRecord) -> bool:
        """Return whether what *record* states is one of *contents*, whichever key was in use when it was taken down."""
        return bool(contents) and any(by(canonical(record), "record") in contents for by in self._storage.fingerprints)

    def _may_redo(self, key: RecordKey) -> bool:
        return self._allow_undone is None or key.roster.school in self._allow_undone

    def _hold_undone(self, key: RecordKey, people: int) -> None:
        """Leave a record as the undoing left it."""
        staged, school = self._staged, key.roster.school
        staged.held_people[school] += people
        staged.all_people[school] += people
        where = staged.sources.get(key, ("", 0, key.key))
        staged.findings.append(Finding(*where, "record", "undone", "", hint("undone")))

    def _take(self, key: RecordKey, seen: Seen, known: Mapping[PlaceKey, Place]) -> None:
        """Read one record and stage its places."""
        outcome = self._read(seen.stated, seen.roster, known)
        staged, school = self._staged, key.roster.school
        unsettled = outcome.held or bool(outcome.held_places)
        staged.records[key] = RecordState(
            key=key, digest=seen.digest, people=outcome.people, unsettled=unsettled, trace=seen.trace
        )
        staged.all_people[school] += outcome.people
        if outcome.held:
            staged.held_records.add(key)
            staged.held_people[school] += outcome.people
            return
        staged.held_places |= outcome.held_places
        staged.silent.update(outcome.silent)
        staged.held_people[school] += len(outcome.held_places)
        staged.places.update(_places(outcome, known, seen.roster.silent_roles, self._today))

    def _refuse(self, record: StatedRecord, roster: StatedRoster) -> None:
        """Report a record that cannot be told from others."""
        outcome = self._read(record, roster, {})
        self._staged.held_people[roster.school] += outcome.people
        self._staged.all_people[roster.school] += outcome.people

    def _hold_twice(self, key: RecordKey, stated: Sequence[Seen], known: RecordState | None) -> None:
        """Hold all records of one key that differ: none says more than another (SYNC-0)."""
        staged, school = self._staged, key.roster.school
        people = max(1, *(len(each.stated.people) for each in stated))
        digest = min(each.digest for each in stated)
        newest = known if known is not None else RecordState(key=key, digest=digest, people=people)
        staged.records[key] = evolve(newest, unsettled=True)
        staged.held_records.add(key)
        staged.held_people[school] += people
        staged.all_people[school] += people
        for each in stated:
            staged.findings.append(Finding(*_source(each.stated, key), "record", "key-twice", "", hint("key-twice")))

    def _read(self, record: StatedRecord, roster: StatedRoster, known: Mapping[PlaceKey, Place]) -> ReadRecord:
        """Read one record under what was applied of it before, and keep the findings."""
        before = {key: place.accepted for key, place in known.items() if place.accepted is not None}
        pseudonym = self._storage.pseudonym
        outcome = read(record, roster, before=before, tenant=self._tenant, today=self._today, pseudonym=pseudonym)
        self._staged.findings.extend(outcome.findings)
        return outcome

    def _places_of(self, keys: Collection[RecordKey]) -> Mapping[RecordKey, Sequence[Place]]:
        """Return the places of records as they are kept."""
        found: dict[RecordKey, list[Place]] = defaultdict(list)
        for place in self._unit.rosters.gather(Seeds(records=frozenset(keys))).places.values():
            found[place.key.record].append(place)
        return found


def _by_key(rosters: Iterable[StatedRoster]) -> Mapping[RosterKey, list[StatedRoster]]:
    """Return the rosters that state the same list, together: one list may come in several files."""
    found: dict[RosterKey, list[StatedRoster]] = defaultdict(list)
    for roster in rosters:
        found[roster_key(roster)].append(roster)
    return dict(sorted(found.items()))


def _number_of(reading: Reading) -> int | None:
    """Return how many records there are; None where that is known only once they are read."""
    rosters = [each.records if each.unread is None else each.unread for each in reading.rosters]
    sizes = [len(each) if isinstance(each, Sized) else None for each in rosters]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


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
        flaws = outcome.flaws.get(key, ())
        places[key] = evolve(place, pending=pending, hold=None, own_key=own_key, flaws=flaws)
    for key, place in known.items():
        if key not in outcome.places and place.is_present and place.role not in silent_roles:
            places[key] = evolve(place, gone=today)
    return places


def _source(record: StatedRecord, key: RecordKey) -> tuple[str, int, str]:
    """Return where a record stands, with its own key as a report may show it."""
    stated = (record.key or "").strip()
    return record.source, record.line, stated if stated == key.key else masked(stated)
