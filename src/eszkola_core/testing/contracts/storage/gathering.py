"""Finding everything that touches what is looked for: the clauses of `Rosters.gather`."""

from __future__ import annotations

import pytest

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Evidence, EvidenceKind, PlaceKey, Reservation, RosterKey, Seeds, World
from eszkola_core.domain.roles import Role
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, FreshTenants, StorageFixtures

ELSEWHERE = RosterKey("sp2", "librus", "students")


def gathered(storage: Storage, **seeds: object) -> World:
    """Return what is found of *seeds*."""
    with storage.snapshot() as unit:
        return unit.rosters.gather(Seeds(**{name: frozenset(found) for name, found in seeds.items()}))  # type: ignore[call-overload]


def keys(world: World) -> set[PlaceKey]:
    """Return which places were found."""
    return set(world.places)


class GatheringClauses(StorageFixtures):
    """An import stands on closed worlds: what `gather` misses, recognition cannot see."""

    @pytest.mark.clause("RO2")
    def test_every_place_of_a_record_is_found(self, fresh_storage: Fresh) -> None:
        """Present and gone, applied and only held; and none of another record, list or school."""
        storage = fresh_storage()
        mine = [
            a.place(),
            a.place("lis jan", gone=a.TODAY),
            a.place("lis ewa", accepted=None, pending=a.claims()),
        ]
        others = [a.place(key=a.record("Ł-2")), a.place(key=a.record(roster=ELSEWHERE))]
        with storage.unit() as unit:
            a.save(unit, places=[*mine, *others])

        found = gathered(storage, records=[a.record()])

        assert a.exactly(found.places) == a.exactly({each.key: each for each in mine})

    @pytest.mark.clause("RO2")
    def test_every_place_bound_to_a_person_is_found(self, fresh_storage: Fresh) -> None:
        """In any school, present and gone; places of others and of nobody are not."""
        storage = fresh_storage()
        mine = [
            a.place(person=PersonId(1)),
            a.place("g", key=a.record(roster=ELSEWHERE), person=PersonId(1), gone=a.TODAY),
        ]
        with storage.unit() as unit:
            others = [a.place("h", person=PersonId(2)), a.place("i")]
            a.save(unit, places=[*mine, *others], openings=[a.opening(1), a.opening(2)])

        assert keys(gathered(storage, people=[PersonId(1)])) == {each.key for each in mine}

    @pytest.mark.clause("RO2")
    def test_every_place_with_evidence_is_found_by_each_piece_of_it(self, fresh_storage: Fresh) -> None:
        """By id, own key, mailbox and phone; by what is applied and by what is held; present and gone."""
        storage = fresh_storage()
        applied = a.claims(ids=(a.national_id(1), a.national_id(2)), email=a.address("Ola@Example.com"), phone=a.PHONE)
        held = a.claims(ids=(a.national_id(3),), email=a.address("nowa@example.com"))
        place = a.place("g", accepted=applied, pending=held, own_key="uonet:sp1:77", gone=a.TODAY)
        with storage.unit() as unit:
            a.save(unit, places=[place, a.place(accepted=a.claims(ids=(a.national_id(4),)))])

        assert len(place.evidence()) == 7  # noqa: PLR2004 - three ids, two mailboxes, one key, one phone
        for each in place.evidence():
            assert keys(gathered(storage, evidence=[each])) == {place.key}

    @pytest.mark.clause("RO2")
    def test_evidence_that_a_place_no_longer_has_finds_it_no_longer(self, fresh_storage: Fresh) -> None:
        """A place saved anew is found by what it states now, and the same text as evidence of another kind is none."""
        storage = fresh_storage()
        before = a.place(accepted=a.claims(email=a.address("stara@example.com")))
        after = a.place(accepted=a.claims(email=a.address("nowa@example.com")))
        with storage.unit() as unit:
            a.save(unit, places=[before])
        with storage.unit() as unit:
            a.save(unit, places=[after])

        assert keys(gathered(storage, evidence=before.evidence())) == set()
        assert keys(gathered(storage, evidence=after.evidence())) == {after.key}
        assert keys(gathered(storage, evidence=[Evidence(EvidenceKind.OWN_KEY, "nowa@example.com")])) == set()

    @pytest.mark.clause("RO3")
    def test_people_are_found_by_number_id_and_central_address(self, fresh_storage: Fresh) -> None:
        """Each way finds its own person and nobody else, also when no place is bound to them."""
        storage = fresh_storage()
        owner = a.opening(1, ids=(a.national_id(1), a.national_id(2)))
        holder = a.opening(2, central=a.address("Ola@Example.com"))
        a.open_accounts(storage, owner, holder, a.opening(3))

        by_number = gathered(storage, people=[PersonId(3), PersonId(99)])
        by_id = gathered(storage, evidence=[Evidence.of_id(a.national_id(2))])
        by_mailbox = gathered(storage, evidence=[Evidence(EvidenceKind.MAILBOX, "ola@example.com")])

        assert set(by_number.people) == {3}
        assert a.exactly(by_id.people) == a.exactly({1: owner.person})
        assert a.exactly(by_mailbox.people) == a.exactly({2: holder.person})

    @pytest.mark.clause("RO3")
    def test_whom_an_address_is_reserved_for_is_found_by_it(self, fresh_storage: Fresh) -> None:
        """The reservation and its person come with the mailbox, though the person holds another address by now."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        kept = Reservation("stara@example.com", PersonId(1), a.NOW + a.HOUR)
        with storage.unit() as unit:
            unit.people.reserve(kept)

        found = gathered(storage, evidence=[Evidence(EvidenceKind.MAILBOX, "stara@example.com")])

        assert set(found.people) == {1}
        assert found.reservations == {kept}

    @pytest.mark.clause("RO4")
    def test_with_a_person_come_their_decisions_and_reservations(self, fresh_storage: Fresh) -> None:
        """Those about the person looked for, withdrawn ones too; nobody else's."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        with storage.unit() as unit:
            mine = [unit.people.decide(a.decision(1)), unit.people.decide(a.decision(1, reason="znowu"))]
            unit.people.decide(a.decision(2))
            unit.people.withdraw(mine[0].id, a.NOW + a.HOUR)
            unit.people.reserve(Reservation("moja@example.com", PersonId(1), a.NOW + a.HOUR))
            unit.people.reserve(Reservation("inna@example.com", PersonId(2), a.NOW + a.HOUR))

        found = gathered(storage, people=[PersonId(1)])

        assert {each.id for each in found.decisions} == {each.id for each in mine}
        assert found.reservations == {Reservation("moja@example.com", PersonId(1), a.NOW + a.HOUR)}

    @pytest.mark.clause("RO14")
    def test_identical_evidence_of_another_tenant_is_never_found(self, fresh_tenants: FreshTenants) -> None:
        """The same people, records and addresses in both tenants stay apart, whatever is looked for."""
        ours, theirs = fresh_tenants()
        place = a.place(accepted=a.claims(ids=(a.national_id(1),), email=a.address("ola@example.com")), own_key="k")
        with theirs.unit() as unit:
            a.save(
                unit,
                places=[place, a.place("g", person=PersonId(1))],
                openings=[a.opening(1, ids=(a.national_id(1),), central=a.address("ola@example.com"))],
                records=[a.record_state(a.record(), unsettled=True)],
            )
            unit.people.reserve(Reservation("b@example.com", PersonId(1), a.NOW + a.HOUR))
            unit.tokens.add(a.token("t"))

        found = gathered(ours, records=[a.record()], people=[PersonId(1)], evidence=place.evidence())

        assert found == World({}, {})
        with ours.unit() as unit:
            assert unit.people.by_national_id(a.national_id(1)) is None
            assert list(unit.people.by_central("ola@example.com")) == []
            assert unit.people.by_login("zofia.lis1") is None
            assert unit.people.reserved("b@example.com", a.NOW) is None
            assert unit.tokens.peek(a.digest("t")) is None
            assert unit.rosters.unsettled() == frozenset()
            assert list(unit.rosters.places("sp1")) == []
            assert unit.rosters.census(["sp1"], a.TODAY) == {}

    @pytest.mark.clause("RO14")
    def test_two_tenants_may_have_the_same_people(self, fresh_tenants: FreshTenants) -> None:
        """The same number, login, national id and address are taken in each tenant for itself."""
        central = a.address("ola@example.com")
        both = fresh_tenants()
        for storage in both:
            a.open_accounts(storage, a.opening(1, ids=(a.national_id(1),), central=central))
            with storage.unit() as unit:
                assert unit.rosters.next_person() == 2  # noqa: PLR2004 - the one after the first
                assert unit.rosters.newest_run() == 1
                a.save(unit, places=[a.place(role=Role.STUDENT, person=PersonId(1))])
        for storage in both:
            assert keys(gathered(storage, people=[PersonId(1)])) == {a.place().key}
