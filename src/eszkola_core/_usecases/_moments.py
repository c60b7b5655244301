"""One moment of a tenant: what is known, settled, and what must be written for it to be so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from attrs import evolve, frozen

from eszkola_core._usecases._gathering import Ground, gather
from eszkola_core._usecases._staging import Staged
from eszkola_core.domain.accounts import Happening, Person, PersonId, State
from eszkola_core.domain.claims import Evidence, EvidenceKind, Place, PlaceKey, RecordKey, Seeds
from eszkola_core.domain.conflicts import matters_of
from eszkola_core.domain.days import day_of
from eszkola_core.domain.dormancy import awaits_role
from eszkola_core.domain.duplicates import Who
from eszkola_core.domain.households import households, members
from eszkola_core.domain.kept_apart import marks_of, renewed
from eszkola_core.domain.logins import Login, issue, stem_of
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.runs import Changes, Opening, RecordState, Undone
from eszkola_core.domain.settlement import ConflictKind, Settled, Settlement, bound, settle
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Unit


@frozen
class Moment:
    """
    What a unit sees of a tenant at one instant.

    Imports and people's decisions go through the same door here: gather what bears on them, settle, say what changes.
    """

    unit: Unit
    tenant: Tenant
    now: datetime

    @property
    def today(self) -> date:
        """The day in the tenant's zone (DAY-1)."""
        return day_of(self.now, self.tenant.zone)

    def settled(self, ground: Ground) -> Settlement:
        """Return what follows from a closed world."""
        return settle(ground.newest, self.tenant, self.now)

    def look_at(self, records: Collection[RecordKey]) -> Settlement:
        """Return how things stand with everybody in these records."""
        return self.settled(gather(self.unit, Seeds(records=frozenset(records))))

    def barred_from(self, person: PersonId) -> frozenset[str]:
        """Return the mailboxes that somebody reads who is kept from *person* (LINK-3c)."""
        settlement = self.settled(gather(self.unit, Seeds(people=frozenset({person}))))
        return next(each.barred for each in settlement.people if each.who == person)

    def household_of(self, person: PersonId) -> frozenset[PersonId]:
        """Return with whom *person* may share an address, themselves among them (MAIL-5b)."""
        world = gather(self.unit, Seeds(people=frozenset({person}))).kept
        homes = households(recognise(world, self.today), world, self.tenant, self.today)
        return frozenset(each for each in members(homes, person) if not isinstance(each, PlaceKey))

    def settle_again(
        self,
        people: Collection[PersonId],
        *,
        staged: Collection[Place] = (),
        naming: Collection[PlaceKey] = (),
        evidence: Collection[Evidence] = (),
    ) -> tuple[Changes, Mapping[PersonId, Person]]:
        """
        Return what follows for *people* and all whom they bear on, once a decision about them was kept.

        Places that the platform itself states are *staged*, and whoever is in one of the places *naming* lasts from now
        on. Whoever shows some of the *evidence* counts too. The people as they are now come with it.
        """
        around = Seeds(frozenset(each.record for each in naming), frozenset(people), frozenset(evidence))
        ground = gather(self.unit, around, staged)
        ours = _of_platform(staged)
        return self.changes(ours, ground, self.settled(ground), naming=naming), ground.kept.people

    def changes(
        self, staged: Staged, ground: Ground, settlement: Settlement, *, naming: Collection[PlaceKey] = ()
    ) -> Changes:
        """
        Return everything that must be written for *settlement* to be what is kept.

        Whoever is in one of the places *naming* lasts from now on, whether the account opens or not.
        """
        # Whom a restriction has found again lasts from now on, so that it can name them.
        found_again = {who for pair in settlement.apart.known for who in pair if isinstance(who, PlaceKey)}
        openings = self._openings(settlement, frozenset(naming) | found_again)
        numbers = {key: each.person.id for key, each in openings.items()}

        def number_of(who: Who) -> PersonId | None:
            return numbers.get(who) if isinstance(who, PlaceKey) else who

        evidence = ground.newest.seeds().evidence
        return Changes(
            after_run=self.unit.rosters.newest_run(),
            records=_record_states(staged, settlement, self.unit),
            ended_records=tuple(sorted(staged.ended, key=lambda each: each.order)),
            places=bound(settlement, numbers, ground.kept),
            openings=tuple(openings.values()),
            people=tuple(self._changed_people(settlement, ground.kept.people)),
            detached=frozenset(each.person.id for each in settlement.people if each.person and each.is_detached),
            decisions=renewed(settlement.apart, number_of, self.now),
            marks=marks_of(ground.newest, settlement.recognised.groups),
            conflicts_about=frozenset(ground.newest.places),
            conflicts=settlement.conflicts,
            matters_about=frozenset(ground.newest.places) | staged.touched,
            matters=matters_of(settlement, _held_records(staged, settlement)),
            reservations_about=frozenset(each.value for each in evidence if each.kind is EvidenceKind.MAILBOX),
            reservations=tuple(sorted(settlement.reservations)),
            redone=tuple(sorted(staged.redone, key=lambda each: each.order)),
            undone=tuple(sorted(Undone(key, each) for key, waits in staged.redone.items() for each in waits)),
        )

    def _openings(self, settlement: Settlement, naming: frozenset[PlaceKey]) -> Mapping[PlaceKey, Opening]:
        """Return who begins to last, numbered and named in the order of their least places (MAIL-10)."""
        opening = [
            each
            for each in settlement.people
            if isinstance(each.who, PlaceKey) and (each.opens or not naming.isdisjoint(p.key for p in each.places))
        ]
        names = [(each.who, each.name) for each in opening]
        logins = issue(names, self.unit.rosters.login_numbers({stem_of(name) for _, name in names}))
        first = self.unit.rosters.next_person()
        return {
            each.places[0].key: self._opening(each, PersonId(first + index), logins[each.who])
            for index, each in enumerate(opening)
        }

    def _opening(self, settled: Settled, number: PersonId, login: Login) -> Opening:
        person = Person(
            id=number,
            name=settled.name,
            ids=settled.ids,
            login=str(login),
            platform_address=f"{login}@{self.tenant.platform_domain}",
            state=State.AWAITING if settled.opens else State.UNOPENED,
            central=settled.central if settled.opens else None,
            sharing=settled.sharing and settled.opens,
            phone=settled.phone if settled.opens else None,
            opened_at=self.now if settled.opens else None,
        )
        return Opening(person=person, login=login)

    def _changed_people(self, settlement: Settlement, people: Mapping[PersonId, Person]) -> Iterable[Person]:
        """Yield the people whose account opens or changes: its name, address or phone, or the ids."""
        for each in settlement.people:
            if isinstance(each.who, PlaceKey):
                continue
            person = people[each.who]
            after = evolve(person, ids=each.ids, former_ids=each.former_ids)
            if each.opens:
                after = evolve(after.after(Happening.OPENED), opened_at=self.now)
            if each.person is not None or each.opens:
                name = each.name if each.places else person.name
                contact = {"central": each.central, "sharing": each.sharing, "phone": each.phone}
                after = evolve(after, name=name, **contact)  # type: ignore[arg-type]
            if person.state is State.CLOSED and awaits_role(each.places, self.today):
                # Whoever comes back after the account was closed begins anew, with the login of old (ROLE-5).
                after = evolve(after.after(Happening.RESTORED), activated_at=None)
            if after != person:
                yield evolve(after, revision=person.revision + 1)
        for absorbed in settlement.absorbed:
            if absorbed != people[absorbed.id]:
                yield evolve(absorbed, revision=absorbed.revision + 1)


def _of_platform(places: Collection[Place]) -> Staged:
    """Return the platform's own records, so that they are found by their list like any other."""
    places = [place for place in places if place.key.record.roster.is_of_platform]
    named = Counter(place.key.record for place in places if place.is_present)
    return Staged(
        records={key: RecordState(key=key, digest=b"", people=people) for key, people in named.items()},
        ended={place.key.record for place in places} - named.keys(),
    )


def _held_records(staged: Staged, settlement: Settlement) -> frozenset[RecordKey]:
    """
    Return the records of which something cannot be taken in as it is stated.

    Undoing stages records as they were kept: those may be unsettled for what their places say themselves.
    """
    held = (staged.held_records | {each.record for each in staged.held_places}) & staged.records.keys()
    unread = held - staged.sources.keys()
    return frozenset(held - (unread & _waiting(settlement)) if unread else held)


def _waiting(settlement: Settlement) -> frozenset[RecordKey]:
    """Return the records of which something is held, or whose people wait for the gradebook or for an address."""
    waiting = {place.key.record for place in settlement.places.values() if place.hold is not None and place.is_present}
    waiting |= {each.place.record for each in settlement.conflicts if each.kind is ConflictKind.CORRECTED_HERE}
    refused = {each.place for each in settlement.conflicts if each.kind is ConflictKind.ADDRESS_TAKEN}
    for each in settlement.people:
        if each.places and each.places[0].key in refused:
            waiting |= {place.key.record for place in each.places if place.is_present}
    return frozenset(waiting)


def _record_states(staged: Staged, settlement: Settlement, unit: Unit) -> tuple[RecordState, ...]:
    """Return the states of records that change; one with something held or waiting is looked at in every run."""
    waiting = _waiting(settlement)
    looked_at = {key.record for key in settlement.places} | staged.held_records | staged.records.keys()
    kept = unit.rosters.states(looked_at - staged.ended)
    contradicting = staged.held_records | {each.record for each in staged.held_places}
    states = []
    for key in sorted(kept.keys() | staged.records.keys(), key=lambda each: each.order):
        newest = staged.records.get(key) or kept[key]
        # What was left unsettled and is not stated again stays so: only reading it again can tell.
        still = key in kept and kept[key].unsettled and key not in staged.records
        state = evolve(newest, unsettled=key in waiting or key in contradicting or still)
        if state != kept.get(key):
            states.append(state)
    return tuple(states)
