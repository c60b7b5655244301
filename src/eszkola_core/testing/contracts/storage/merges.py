"""Accounts that were merged: what every part of a unit reads as the survivor's (ID-7)."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind, Evidence, Reservation, Seeds
from eszkola_core.domain.devices import DeviceEnd
from eszkola_core.domain.licences import LicenceState
from eszkola_core.domain.roles import Role
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures

SURVIVOR, ABSORBED, OTHER = map(PersonId, (1, 2, 3))


def merge(unit: Unit, into: PersonId, absorbed: PersonId) -> Decision:
    """Keep the decision that *absorbed* is read as *into*."""
    return unit.people.decide(a.decision(into, object=absorbed, kind=DecisionKind.MERGED, address=None))


class MergeClauses(StorageFixtures):
    """A merge is a decision: nothing is written over, and all is as it was when it no longer stands."""

    def _with_three(self, fresh_storage: Fresh) -> Storage:
        storage = fresh_storage()
        a.open_accounts(
            storage,
            a.opening(1, central=a.address("ola@example.com")),
            a.opening(2, central=a.address("ewa@example.com"), ids=(a.national_id(2),)),
            a.opening(3),
        )
        return storage

    @pytest.mark.clause("PE9")
    def test_a_merged_account_is_found_as_its_survivor(self, fresh_storage: Fresh) -> None:
        """By login, address and id, over several merges too, until the merge no longer stands."""
        storage = self._with_three(fresh_storage)

        def found() -> list[list[int]]:
            with storage.snapshot() as unit:
                login = a.person(2).login
                by_id = unit.people.by_national_id(a.national_id(2))
                ways = (unit.people.by_login(login), by_id, *unit.people.by_central("ewa@example.com"))
                return [[each.id] for each in ways if each is not None]

        assert found() == [[ABSORBED]] * 3
        with storage.unit() as unit:
            first = merge(unit, SURVIVOR, ABSORBED)
        assert found() == [[SURVIVOR]] * 3
        with storage.unit() as unit:
            second = merge(unit, OTHER, SURVIVOR)
        assert found() == [[OTHER]] * 3
        with storage.unit() as unit:
            unit.people.withdraw(second.id, a.NOW)
        assert found() == [[SURVIVOR]] * 3
        with storage.unit() as unit:
            unit.people.withdraw(first.id, a.NOW)
        assert found() == [[ABSORBED]] * 3

    @pytest.mark.clause("PE9")
    def test_an_account_is_merged_into_one_other_only(self, fresh_storage: Fresh) -> None:
        """The second who would absorb it is told; once the first merge no longer stands it can be merged again."""
        storage = self._with_three(fresh_storage)
        with storage.unit() as unit:
            first = merge(unit, SURVIVOR, ABSORBED)
            with pytest.raises(Conflict):
                merge(unit, OTHER, ABSORBED)
            unit.people.withdraw(first.id, a.NOW)
            merge(unit, OTHER, ABSORBED)
        with storage.snapshot() as unit:
            assert [each.id for each in unit.people.by_central("ewa@example.com")] == [OTHER]

    @pytest.mark.clause("PE9")
    def test_a_reservation_is_the_survivors(self, fresh_storage: Fresh) -> None:
        """An address that the absorbed account left is kept for whoever it is read as."""
        storage = self._with_three(fresh_storage)
        with storage.unit() as unit:
            unit.people.reserve(Reservation("dawny@example.com", ABSORBED, a.NOW + a.HOUR))
            merge(unit, SURVIVOR, ABSORBED)
            assert unit.people.reserved("dawny@example.com", a.NOW) == SURVIVOR
            kept = unit.rosters.gather(Seeds(people=frozenset({SURVIVOR}))).reservations
        assert {each.person for each in kept} == {ABSORBED}

    @pytest.mark.clause("RO3")
    def test_somebody_is_gathered_by_an_id_that_was_corrected(self, fresh_storage: Fresh) -> None:
        """A former id finds its person where worlds are gathered, and opens nothing; it is nobody's to take."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1, ids=(a.national_id(1),)), a.opening(2))
        corrected = a.person(1, ids=(a.national_id(3),), former_ids=(a.national_id(1),), revision=1)
        with storage.unit() as unit:
            unit.people.save(corrected)
        with storage.unit() as unit:
            unit.people.save(a.person(2, ids=(a.national_id(1),), revision=1))
        by_id = Seeds(evidence=frozenset({Evidence.of_id(a.national_id(1))}))
        with storage.snapshot() as unit:
            assert a.exactly(unit.people.get_many([SURVIVOR])) == a.exactly({SURVIVOR: corrected})
            assert set(unit.rosters.gather(by_id).people) == {1, 2}
            owner = unit.people.by_national_id(a.national_id(1))
            assert owner is not None
            assert owner.id == ABSORBED
        with storage.unit() as unit:
            unit.people.save(evolve(corrected, former_ids=(), revision=2))
        with storage.snapshot() as unit:
            assert set(unit.rosters.gather(by_id).people) == {2}

    @pytest.mark.clause("RO17")
    def test_places_of_a_merged_account_are_read_as_the_survivors(self, fresh_storage: Fresh) -> None:
        """Wherever places are read; whoever looks for one of the two finds everything of both."""
        storage = self._with_three(fresh_storage)
        mine, theirs = a.place(person=SURVIVOR), a.place("g", person=ABSORBED, role=Role.GUARDIAN)
        with storage.unit() as unit:
            a.save(unit, places=[mine, theirs])
            merge(unit, SURVIVOR, ABSORBED)
        as_read = a.exactly({mine.key: mine, theirs.key: evolve(theirs, person=SURVIVOR)})
        with storage.snapshot() as unit:
            for person in (SURVIVOR, ABSORBED):
                world = unit.rosters.gather(Seeds(people=frozenset({person})))
                assert a.exactly(world.places) == as_read
                assert set(world.people) == {SURVIVOR, ABSORBED}
                assert len(world.decisions) == 1
            by_record = unit.rosters.gather(Seeds(records=frozenset({mine.key.record})))
            assert a.exactly(by_record.places) == as_read
            assert {each.person for each in unit.rosters.places("sp1")} == {SURVIVOR}
            assert unit.rosters.holders([Role.GUARDIAN]) == {SURVIVOR}

    @pytest.mark.clause("RO8")
    @pytest.mark.clause("RO17")
    def test_a_merged_human_counts_once(self, fresh_storage: Fresh) -> None:
        """Two guardians' places of one human are one guardian in the census."""
        storage = self._with_three(fresh_storage)
        places = [
            a.place("g", key=a.record(key), person=person, role=Role.GUARDIAN)
            for key, person in (("1", SURVIVOR), ("2", ABSORBED), ("3", OTHER))
        ]
        with storage.unit() as unit:
            a.save(unit, places=places)
            assert unit.rosters.census(["sp1"], a.TODAY)["sp1", Role.GUARDIAN.value] == len(places)
            merge(unit, SURVIVOR, ABSORBED)
            assert unit.rosters.census(["sp1"], a.TODAY)["sp1", Role.GUARDIAN.value] == len(places) - 1

    @pytest.mark.clause("RO17")
    def test_what_is_written_while_merged_parts_again(self, fresh_storage: Fresh) -> None:
        """What was the absorbed account's is so again, with all that was written; a new place is the survivor's."""
        storage = self._with_three(fresh_storage)
        theirs, new = a.place("g", person=ABSORBED), a.place("h", person=SURVIVOR)
        with storage.unit() as unit:
            a.save(unit, places=[theirs])
            made = merge(unit, SURVIVOR, ABSORBED)
        with storage.unit() as unit:
            changed = evolve(theirs, person=SURVIVOR, accepted=a.claims(email=a.address("nowa@example.com")))
            a.save(unit, places=[changed, new])
        with storage.unit() as unit:
            unit.people.withdraw(made.id, a.NOW)
        with storage.snapshot() as unit:
            found = unit.rosters.gather(Seeds(records=frozenset({theirs.key.record}))).places
        assert a.exactly(found) == a.exactly({theirs.key: evolve(changed, person=ABSORBED), new.key: new})

    @pytest.mark.clause("PE7")
    def test_the_survivors_version_grows_with_what_is_read_as_its_own(self, fresh_storage: Fresh) -> None:
        """A place of the absorbed account bears on the survivor; so do the merge and its end."""
        storage = self._with_three(fresh_storage)
        theirs = a.place("g", person=ABSORBED)
        seen = []
        with storage.unit() as unit:
            a.save(unit, places=[theirs])
            seen.append(unit.people.versions([SURVIVOR])[SURVIVOR])
            made = merge(unit, SURVIVOR, ABSORBED)
            seen.append(unit.people.versions([SURVIVOR])[SURVIVOR])
            a.save(unit, places=[evolve(theirs, person=SURVIVOR, gone=a.TODAY)])
            seen.append(unit.people.versions([SURVIVOR])[SURVIVOR])
            unit.people.withdraw(made.id, a.NOW)
            seen.append(unit.people.versions([SURVIVOR])[SURVIVOR])
        assert seen == sorted(set(seen))

    @pytest.mark.clause("DE6")
    def test_devices_of_a_merged_account_are_the_survivors(self, fresh_storage: Fresh) -> None:
        """They are found, changed and ended as the survivor's, and are the other's again when the merge ends."""
        storage = self._with_three(fresh_storage)
        with storage.unit() as unit:
            unit.devices.add(a.device("a", SURVIVOR))
            theirs = unit.devices.add(a.device("b", ABSORBED))
            made = merge(unit, SURVIVOR, ABSORBED)
            found = unit.devices.find(a.digest("b"))
            assert found == evolve(theirs, person=SURVIVOR)
            assert [each.person for each in unit.devices.of(SURVIVOR)] == [SURVIVOR, SURVIVOR]
            assert unit.devices.change(evolve(theirs, person=SURVIVOR), evolve(theirs, person=SURVIVOR, name="Ż"))
            assert unit.devices.end_all(SURVIVOR, end=DeviceEnd.REVOKED, now=a.NOW) == len("ab")
            unit.people.withdraw(made.id, a.NOW)
            (parted,) = unit.devices.of(ABSORBED)
        assert (parted.person, parted.name, parted.ended_at) == (ABSORBED, "Ż", a.NOW)

    @pytest.mark.clause("LI6")
    def test_licences_of_a_merged_account_are_the_survivors(self, fresh_storage: Fresh) -> None:
        """A seat that the absorbed account holds is the survivor's, who gets no second one of the pool."""
        storage = self._with_three(fresh_storage)
        with storage.unit() as unit:
            unit.licences.put_pool(a.pool(seats=3))
            theirs = unit.licences.assign(a.licence(ABSORBED))
            assert theirs is not None
            made = merge(unit, SURVIVOR, ABSORBED)
            as_read = evolve(theirs, person=SURVIVOR)
            assert list(unit.licences.of(SURVIVOR)) == list(unit.licences.held("office")) == [as_read]
            assert unit.licences.assign(a.licence(SURVIVOR)) is None
            assert unit.licences.change(as_read, evolve(as_read, state=LicenceState.WITHDRAWN))
            unit.people.withdraw(made.id, a.NOW)
            assert list(unit.licences.of(ABSORBED)) == [evolve(theirs, state=LicenceState.WITHDRAWN)]
            assert list(unit.licences.of(SURVIVOR)) == []

    @pytest.mark.clause("AK6")
    def test_what_a_merged_account_acknowledged_the_survivor_did(self, fresh_storage: Fresh) -> None:
        """Each notice once, by whichever of the two was first."""
        storage = self._with_three(fresh_storage)
        theirs = a.acknowledgement(ABSORBED, at=a.NOW)
        with storage.unit() as unit:
            unit.acknowledgements.add(theirs)
            unit.acknowledgements.add(a.acknowledgement(SURVIVOR, at=a.NOW + a.HOUR))
            made = merge(unit, SURVIVOR, ABSORBED)
            assert list(unit.acknowledgements.of(SURVIVOR)) == [evolve(theirs, person=SURVIVOR)]
            unit.people.withdraw(made.id, a.NOW)
            assert list(unit.acknowledgements.of(ABSORBED)) == [theirs]

    @pytest.mark.clause("AP6")
    def test_applications_that_name_a_merged_account_are_found_as_the_survivors(self, fresh_storage: Fresh) -> None:
        """They are about the human, whichever account they name."""
        storage = self._with_three(fresh_storage)
        with storage.unit() as unit:
            application = unit.applications.add(a.application(applied_by=ABSORBED))
            assert list(unit.applications.about(SURVIVOR)) == []
            merge(unit, SURVIVOR, ABSORBED)
            assert list(unit.applications.about(SURVIVOR)) == [application]
