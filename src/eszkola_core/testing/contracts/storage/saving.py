"""Writing what a run changes: the clauses of `Rosters.save`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import Happening, PersonId, State
from eszkola_core.domain.claims import Evidence, EvidenceKind, Flaw, Hold, Reservation, Seeds
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import document
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import Changes
from eszkola_core.domain.settlement import ConflictKind, OpenConflict
from eszkola_core.domain.stated import Field, Sex, StatedSchool
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures

OLA, EWA = a.address("Ola@Example.com"), a.address("ewa@example.com")


def refused(storage: Storage, *, after_run: int | None = None, **changes: Any) -> None:  # noqa: ANN401 - any field
    """Assert that saving *changes* raises Conflict, and that the unit goes on as if nothing had been tried."""
    with storage.unit() as unit:
        newest = unit.rosters.newest_run()
        with pytest.raises(Conflict):
            unit.rosters.save(a.run(), Changes(after_run=newest if after_run is None else after_run, **changes))
        assert unit.rosters.newest_run() == newest
    with storage.snapshot() as unit:
        assert unit.rosters.newest_run() == newest


class SavingClauses(StorageFixtures):
    """All of a run's changes are written or none, and never over what another changed meanwhile."""

    @pytest.mark.clause("RO5")
    def test_a_person_comes_back_equal(self, fresh_storage: Fresh) -> None:
        """With every field filled in, and with none that may be left out."""
        storage = fresh_storage()
        full = a.person(
            1,
            revision=3,
            ids=(a.national_id(1), document("UA", "passport", "FA 123456")),
            state=State.CHANGE_DUE,
            central=OLA,
            activated_at=a.NOW + timedelta(microseconds=1),
            first_signed_in_at=a.NOW + a.HOUR,
            phone=a.PHONE,
            sharing=True,
        )
        locked = [
            a.person(4, state=State.LOCKED, lock=a.lock(by=PersonId(1), right=Role.DELEGATE, until=a.NOW + a.HOUR)),
            a.person(5, state=State.LOCKED, lock=a.lock(former=State.ACTIVE)),
        ]
        bare = a.person(2, name=PersonName("王", "小明"))
        named = a.person(3, state=State.UNOPENED, opened_at=None)
        people = [full, bare, named, *locked]
        a.open_accounts(storage, *(evolve(a.opening(number), person=each) for number, each in enumerate(people, 1)))

        assert a.exactly(a.people_of(storage, 1, 2, 3, 4, 5)) == a.exactly(people)

        changed = evolve(full, revision=4, name=PersonName("Olga", "Kot"), ids=(a.national_id(2),), central=EWA)
        with storage.unit() as unit:
            a.save(unit, people=[changed])

        assert a.exactly(a.people_of(storage, 1)) == a.exactly([changed])

    @pytest.mark.clause("RO5")
    def test_a_place_comes_back_equal(self, fresh_storage: Fresh) -> None:
        """With every claim in it, applied and held; and the next save replaces all of it."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        full = a.claims(
            ids=(a.national_id(1), document("UA", "passport", "FA 123456")),
            email=OLA,
            birth_date=a.TODAY - timedelta(days=4000),
            sex=Sex.FEMALE,
            class_name="VIII Ł",
            first_day=a.TODAY,
            last_day=a.TODAY + timedelta(days=300),
            phone=a.PHONE,
        )
        place = a.place(
            "ćwiek olga",
            accepted=full,
            pending=evolve(full, name=PersonName("O'Neill", "Šuštar-Žagar"), sex=Sex.MALE, ids=()),
            hold=Hold.NAME_MISMATCH,
            own_key="uonet:sp1:Ż7",
            person=PersonId(1),
            gone=a.TODAY + timedelta(days=1),
            email_since=a.TODAY - timedelta(days=9),
            flaws=(Flaw(Field.EMAIL, "platform-address"), Flaw(Field.NATIONAL_ID, "wrong-checksum")),
        )
        bare = a.place("ćwiek jan", accepted=None, pending=a.claims())
        with storage.unit() as unit:
            a.save(unit, places=[place, bare])
        with storage.snapshot() as unit:
            found = unit.rosters.gather(Seeds(records=frozenset({place.key.record}))).places
        assert a.exactly(found) == a.exactly({place.key: place, bare.key: bare})

        again = a.place("ćwiek olga", pending=None)
        with storage.unit() as unit:
            a.save(unit, places=[again])
        with storage.snapshot() as unit:
            found = unit.rosters.gather(Seeds(records=frozenset({place.key.record}))).places
        assert a.exactly(found) == a.exactly({place.key: again, bare.key: bare})

    @pytest.mark.clause("RO5")
    def test_records_come_back_equal(self, fresh_storage: Fresh) -> None:
        """With their digest; and a record saved again has its newest state."""
        storage = fresh_storage()
        first = a.record_state(a.record(), unsettled=True)
        second = evolve(first, digest=b"\x00\xff" * 8, people=1, unsettled=False)
        for state in (first, second):
            with storage.unit() as unit:
                a.save(unit, records=[state])
            with storage.snapshot() as unit:
                assert a.exactly(unit.rosters.states([a.record()])) == a.exactly({a.record(): state})

    @pytest.mark.clause("RO5")
    def test_conflicts_replace_those_about_the_same_places(self, fresh_storage: Fresh) -> None:
        """What a run says of a place's conflicts is all there is; conflicts about other places stay."""
        storage = fresh_storage()
        one, two, three = a.place("1").key, a.place("2").key, a.place("3").key
        about_one = OpenConflict(ConflictKind.ADDRESS_CONFLICT, one, None, ("a•••@example.com", "sp1"))
        about_two = OpenConflict(ConflictKind.NAME_CONFLICT, two)
        about_both = OpenConflict(ConflictKind.POSSIBLE_DUPLICATE, two, three, ("phone",))
        with storage.unit() as unit:
            a.save(unit, conflicts=[about_one, about_two, about_both])
            a.save(unit, conflicts_about=frozenset({one, three}), conflicts=[evolve(about_one, facts=("sp2",))])
        with storage.snapshot() as unit:
            assert list(unit.rosters.conflicts()) == [evolve(about_one, facts=("sp2",)), about_two]

    @pytest.mark.clause("RO5")
    def test_reservations_replace_those_of_the_same_addresses(self, fresh_storage: Fresh) -> None:
        """What a run says of an address's reservation is all there is; others stay."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        until = a.NOW + timedelta(days=7, microseconds=5)
        before = [Reservation(f"{each}@example.com", PersonId(1), until) for each in "abc"]
        moved = Reservation("a@example.com", PersonId(2), until)
        about = frozenset({"a@example.com", "b@example.com"})
        with storage.unit() as unit:
            a.save(unit, reservations=before)
            a.save(unit, reservations_about=about, reservations=[moved])
        with storage.snapshot() as unit:
            evidence = frozenset(Evidence(EvidenceKind.MAILBOX, each.mailbox) for each in before)
            found = unit.rosters.gather(Seeds(evidence=evidence)).reservations
        assert a.exactly(found) == a.exactly({moved, before[2]})

    @pytest.mark.clause("RO6")
    def test_a_save_that_is_refused_writes_nothing(self, fresh_storage: Fresh) -> None:
        """Not even when the unit goes on and ends in order: no record, place, person, conflict, school or number."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1, ids=(a.national_id(1),)), a.opening(2))
        with storage.snapshot() as unit:
            following = unit.rosters.next_person()
        refused(
            storage,
            records=[a.record_state(a.record(), unsettled=True)],
            places=[a.place("g", accepted=a.claims(email=OLA))],
            people=[evolve(a.person(2, central=OLA), revision=1)],
            openings=[a.opening(3), a.opening(4, ids=(a.national_id(1),))],
            conflicts=[OpenConflict(ConflictKind.NAME_CONFLICT, a.place("g").key)],
            reservations=[Reservation("r@example.com", PersonId(1), a.NOW + a.HOUR)],
            schools=[StatedSchool("sp1", "Jedynka")],
        )
        with storage.snapshot() as unit:
            assert unit.rosters.next_person() == following
            assert unit.rosters.login_numbers(["zofia.lis"]) == {"zofia.lis": 2}
            assert list(unit.rosters.records(a.STUDENTS)) == []
            assert list(unit.rosters.places("sp1")) == []
            assert list(unit.rosters.conflicts()) == []
            assert list(unit.rosters.schools()) == []
            assert unit.rosters.unsettled() == frozenset()
            assert unit.people.reserved("r@example.com", a.NOW) is None
            assert list(unit.people.by_central("ola@example.com")) == []
        assert [each.revision for each in a.people_of(storage, 1, 2, 3, 4)] == [0, 0]

    @pytest.mark.clause("RO7")
    def test_a_person_who_was_changed_meanwhile_is_not_overwritten(self, fresh_storage: Fresh) -> None:
        """The stored revision is one less, neither equal nor two less; and somebody unknown cannot be changed."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        with storage.unit() as unit:
            a.save(unit, people=[a.person(1, revision=1)])
        for revision in (0, 1, 3, 4):
            refused(storage, people=[a.person(1, revision=revision, name=PersonName("Ola", "Kot"))])
        refused(storage, people=[a.person(9, revision=1)])
        assert a.people_of(storage, 1) == [a.person(1, revision=1)]

    @pytest.mark.clause("RO7")
    def test_another_run_meanwhile_is_a_conflict(self, fresh_storage: Fresh) -> None:
        """Changes were decided after the newest run that was seen: neither an older nor one to come will do."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        refused(storage, after_run=0, records=[a.record_state(a.record())])
        refused(storage, after_run=2, records=[a.record_state(a.record())])

    @pytest.mark.clause("RO7")
    def test_what_another_person_has_cannot_be_given_again(self, fresh_storage: Fresh) -> None:
        """Number, login in any case, any national id, and the central address in any spelling; by opening or change."""
        storage = fresh_storage()
        taken = a.opening(1, ids=(a.national_id(1), a.national_id(2)), central=OLA)
        a.open_accounts(storage, taken, a.opening(2))
        for opening in (
            evolve(taken, person=a.person(1, login="ktos.inny")),
            evolve(a.opening(3), person=a.person(3, login="zofia.lis2")),
            evolve(a.opening(3), person=a.person(3, login="Zofia.Lis2")),
            a.opening(3, ids=(a.national_id(2),)),
            a.opening(3, central=a.address("OLA@example.COM")),
        ):
            refused(storage, openings=[opening])
        refused(storage, people=[a.person(2).changed(ids=(a.national_id(9), a.national_id(1)))])
        refused(storage, people=[a.person(2).changed(central=a.address("ola@EXAMPLE.com"))])
        refused(storage, openings=[a.opening(3, central=EWA), a.opening(4, central=EWA)])
        refused(storage, openings=[a.opening(3, central=OLA, sharing=True)])

    @pytest.mark.clause("RO7")
    def test_what_is_given_up_in_the_same_run_is_free(self, fresh_storage: Fresh) -> None:
        """Two may swap addresses, and a new account may have what another leaves: only the outcome counts."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1, central=OLA, ids=(a.national_id(1),)), a.opening(2, central=EWA))
        one, two = a.people_of(storage, 1, 2)
        with storage.unit() as unit:
            a.save(unit, people=[one.changed(central=EWA), two.changed(central=OLA)])
        one, two = a.people_of(storage, 1, 2)
        assert a.exactly([one.central, two.central]) == a.exactly([EWA, OLA])

        newcomer = a.opening(3, central=OLA, ids=(a.national_id(1),))
        with storage.unit() as unit:
            a.save(unit, openings=[newcomer], people=[one.changed(ids=()), two.changed(central=None)])
        assert a.exactly(a.people_of(storage, 3)) == a.exactly([newcomer.person])

    @pytest.mark.clause("RO7")
    def test_an_account_may_keep_what_is_its_own(self, fresh_storage: Fresh) -> None:
        """A change that leaves ids and address as they are is no conflict with itself."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1, central=OLA, ids=(a.national_id(1),)))
        (one,) = a.people_of(storage, 1)
        with storage.unit() as unit:
            a.save(unit, people=[one.after(Happening.LOCKED)])
        assert a.people_of(storage, 1)[0].state is State.LOCKED
