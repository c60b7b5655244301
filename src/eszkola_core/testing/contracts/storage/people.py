"""Accounts, decisions, reservations, passwords: the clauses of `People` and `Credentials`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Evidence, Mark, Reservation, Seeds, Side
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import document
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Unit
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures

OLA = a.address("Ola@Example.com")


class PeopleClauses(StorageFixtures):
    """One person at a time, found by what is theirs and changed by who saw them last."""

    @pytest.mark.clause("PE1")
    def test_people_come_by_number_and_unknown_numbers_are_left_out(self, fresh_storage: Fresh) -> None:
        """Those who are there come under their numbers; asking for nobody gives nobody."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2), a.opening(3))
        with storage.snapshot() as unit:
            found = unit.people.get_many([PersonId(3), PersonId(77), PersonId(1)])
            assert unit.people.get_many([]) == {}
        assert a.exactly(found) == a.exactly({1: a.person(1), 3: a.person(3)})

    @pytest.mark.clause("PE2")
    def test_a_login_is_found_in_any_case(self, fresh_storage: Fresh) -> None:
        """Whoever types capitals means the same login; a part of one is none."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1, login="Jan.Kot"), a.opening(2))
        with storage.snapshot() as unit:
            for typed in ("jan.kot", "Jan.Kot", "JAN.KOT"):
                assert unit.people.by_login(typed) == a.person(1, login="Jan.Kot")
            assert unit.people.by_login("Zofia.LIS2") == a.person(2)
            assert unit.people.by_login("jan.ko") is None
            assert unit.people.by_login("jan_kot") is None
            assert unit.people.by_login("") is None

    @pytest.mark.clause("PE2")
    def test_a_central_address_is_found_by_its_mailbox(self, fresh_storage: Fresh) -> None:
        """It is whose it is now: a former one finds nobody."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1, central=OLA))
        with storage.snapshot() as unit:
            found = unit.people.by_central("ola@example.com")
            assert a.exactly(found) == a.exactly([a.person(1, central=OLA)])
            assert list(unit.people.by_central("ewa@example.com")) == []
        with storage.unit() as unit:
            unit.people.save(a.person(1, central=a.address("ewa@example.com"), revision=1))
            assert list(unit.people.by_central("ola@example.com")) == []
            assert [each.id for each in unit.people.by_central("ewa@example.com")] == [1]

    @pytest.mark.clause("PE2")
    def test_a_person_is_found_by_each_national_id(self, fresh_storage: Fresh) -> None:
        """By any of several, a document too; the same text of another scheme is another id."""
        storage = fresh_storage()
        passport = document("UA", "passport", "FA123456")
        a.open_accounts(storage, a.opening(1, ids=(a.national_id(1), passport)), a.opening(2, ids=(a.national_id(2),)))
        with storage.snapshot() as unit:
            for each in (a.national_id(1), passport):
                found = unit.people.by_national_id(each)
                assert found is not None
                assert found.id == 1
            assert unit.people.by_national_id(document("UA", "id card", "FA123456")) is None
            assert unit.people.by_national_id(a.national_id(3)) is None

    @pytest.mark.clause("PE3")
    def test_who_saw_a_person_before_somebody_changed_it_cannot_save_it(self, fresh_storage: Fresh) -> None:
        """Of two who saw the same revision the second is told; what the first wrote stands."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        seen = a.person(1)
        with storage.unit() as unit:
            unit.people.save(seen.changed(name=PersonName("Ola", "Kot")))
        with storage.unit() as unit:
            for stale in (
                seen,
                seen.changed(name=PersonName("Ewa", "Kot")),
                evolve(seen, revision=3),
                a.person(8, revision=1),
            ):
                with pytest.raises(Conflict):
                    unit.people.save(stale)
        assert a.people_of(storage, 1, 8) == [seen.changed(name=PersonName("Ola", "Kot"))]

    @pytest.mark.clause("PE4")
    def test_a_central_address_has_one_account(self, fresh_storage: Fresh) -> None:
        """Another's address is refused in any spelling, and the unit goes on; once it is left it can be had."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1, central=OLA), a.opening(2))
        wanting = a.person(2).changed(central=a.address("OLA@Example.com"))
        with storage.unit() as unit:
            with pytest.raises(Conflict):
                unit.people.save(wanting)
            assert unit.people.get_many([PersonId(2)]) == {2: a.person(2)}
            unit.people.save(a.person(1, central=OLA).changed(central=None))
            unit.people.save(wanting)
        assert [each.central for each in a.people_of(storage, 1, 2)] == [None, OLA]

    @pytest.mark.clause("PE2")
    @pytest.mark.clause("PE4")
    def test_a_shared_address_is_that_of_all_who_share_it(self, fresh_storage: Fresh) -> None:
        """They are found by number; who would have it alone beside them is refused, and so is who stops sharing."""
        storage = fresh_storage()
        sharers = [a.person(number, central=OLA, sharing=True) for number in (2, 1)]
        a.open_accounts(storage, *(evolve(a.opening(each.id), person=each) for each in sharers), a.opening(3))
        with storage.unit() as unit:
            assert a.exactly(unit.people.by_central("ola@example.com")) == a.exactly(sharers[::-1])
            for changed in (a.person(3).changed(central=OLA), sharers[0].changed(sharing=False)):
                with pytest.raises(Conflict):
                    unit.people.save(changed)
            unit.people.save(a.person(3).changed(central=OLA, sharing=True))
            unit.people.save(sharers[0].changed(central=None, sharing=False))
            assert [each.id for each in unit.people.by_central("ola@example.com")] == [1, 3]

    @pytest.mark.clause("PE5")
    def test_a_decision_gets_a_number_and_is_kept(self, fresh_storage: Fresh) -> None:
        """Each has its own number; those about one person come back equal, oldest first, and no one else's."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        with storage.unit() as unit:
            first = unit.people.decide(a.decision(1))
            unit.people.decide(a.decision(2))
            second = unit.people.decide(a.decision(1, address=None, reason="", at=a.NOW - a.HOUR))
        assert a.exactly(evolve(first, id=0)) == a.exactly(a.decision(1))
        assert 0 < first.id < second.id
        with storage.snapshot() as unit:
            assert a.exactly(unit.people.decisions(PersonId(1))) == a.exactly([first, second])
            assert list(unit.people.decisions(PersonId(3))) == []

    @pytest.mark.clause("PE5")
    @pytest.mark.clause("RO4")
    def test_a_decision_about_two_is_found_from_either_side(self, fresh_storage: Fresh) -> None:
        """With its second person and its value, once, also by who asks for both."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2), a.opening(3))
        with storage.unit() as unit:
            made = unit.people.decide(a.decision(1, object=PersonId(2), address=None, value=Secret('{"ż": 1}')))
            alone = unit.people.decide(a.decision(3))
        with storage.snapshot() as unit:
            assert a.exactly(unit.people.decisions(PersonId(1))) == a.exactly([made])
            assert a.exactly(unit.people.decisions(PersonId(2))) == a.exactly([made])
            for people in ({1}, {2}, {1, 2}):
                world = unit.rosters.gather(Seeds(people=frozenset(map(PersonId, people))))
                assert a.exactly(sorted(world.decisions, key=lambda each: each.id)) == a.exactly([made])
            assert a.exactly(unit.people.decisions(PersonId(3))) == a.exactly([alone])

    @pytest.mark.clause("PE5")
    def test_a_withdrawn_decision_says_since_when(self, fresh_storage: Fresh) -> None:
        """It ends at the instant, with who ended it and why; a second end changes nothing, and all are still kept."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        with storage.unit() as unit:
            first, second = unit.people.decide(a.decision(1)), unit.people.decide(a.decision(1))
            unit.people.withdraw(first.id, a.NOW + a.HOUR, by="jan.kot1", why="omyłka")
            unit.people.withdraw(first.id, a.NOW + 2 * a.HOUR, by="ewa.lis1", why="jeszcze raz")
        ended = evolve(first, withdrawn_at=a.NOW + a.HOUR, withdrawn_by="jan.kot1", withdrawn_why="omyłka")
        with storage.snapshot() as unit:
            found = unit.people.decisions(PersonId(1))
        assert a.exactly(found) == a.exactly([ended, second])

    @pytest.mark.clause("PE8")
    @pytest.mark.clause("RO16")
    def test_a_decision_is_found_by_its_marks(self, fresh_storage: Fresh) -> None:
        """By a national id of either side, and by a name; each mark once, whoever asks, and with it the decision."""
        storage = fresh_storage()
        a.open_accounts(storage, *(a.opening(number) for number in (1, 2, 3)))
        by_id, by_name = Evidence.of_id(a.national_id(1)), Evidence.of_name(PersonName("Ołena", "Żuk"))
        with storage.unit() as unit:
            assert not unit.people.has_marks()
            first = unit.people.decide(a.decision(1, object=PersonId(2), address=None))
            second = unit.people.decide(a.decision(3, address=None))
            marks = {Mark(first.id, Side.SUBJECT, by_id), Mark(first.id, Side.OBJECT, by_name)}
            unit.people.mark(marks)
            unit.people.mark({*marks, Mark(second.id, Side.OBJECT, by_name)})
            unit.people.mark(())
        with storage.snapshot() as unit:
            assert unit.people.has_marks()
            found = unit.rosters.gather(Seeds(evidence=frozenset({by_id})))
            assert found.marks == {Mark(first.id, Side.SUBJECT, by_id)}
            assert a.exactly(list(found.decisions)) == a.exactly([first])
            assert not found.people
            found = unit.rosters.gather(Seeds(evidence=frozenset({by_name, Evidence.of_id(a.national_id(2))})))
            assert found.marks == {Mark(each.id, Side.OBJECT, by_name) for each in (first, second)}
            assert {each.id for each in found.decisions} == {first.id, second.id}
            nobody = Evidence.of_name(PersonName("Ołena", "Kot"))
            assert unit.rosters.gather(Seeds(evidence=frozenset({nobody}))).marks == frozenset()
            assert unit.rosters.gather(Seeds(people=frozenset({PersonId(1)}))).marks == frozenset()

    @pytest.mark.clause("RO5")
    def test_a_run_keeps_decisions_and_marks(self, fresh_storage: Fresh) -> None:
        """Each decision gets a number, and what bears on its people has changed."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        made = a.decision(1, object=PersonId(2), address=None)
        mark = Mark(1, Side.SUBJECT, Evidence.of_id(a.national_id(1)))
        with storage.unit() as unit:
            before = dict(unit.people.versions([PersonId(1), PersonId(2)]))
            a.save(unit, decisions=[made])
            a.save(unit, marks=frozenset({mark}))
            after = dict(unit.people.versions([PersonId(1), PersonId(2)]))
        with storage.snapshot() as unit:
            assert a.exactly(unit.people.decisions(PersonId(2))) == a.exactly([evolve(made, id=1)])
            assert unit.rosters.gather(Seeds(evidence=frozenset({mark.evidence}))).marks == {mark}
        assert all(after[each] > before[each] for each in before)

    @pytest.mark.clause("PE7")
    def test_whatever_bears_on_a_person_makes_the_version_grow(self, fresh_storage: Fresh) -> None:
        """An account that is saved, a place of a record in which one stands or stood, a decision on either side."""
        storage = fresh_storage()
        a.open_accounts(storage, *(a.opening(number) for number in range(1, 6)))
        guardian, student = a.place("g", person=PersonId(1)), a.place(person=PersonId(2))

        def versions() -> dict[PersonId, int]:
            with storage.snapshot() as unit:
                return dict(unit.people.versions([PersonId(number) for number in (1, 2, 3, 4, 9)]))

        def grown(does: Callable[[Unit], object]) -> set[PersonId]:
            before = versions()
            with storage.unit() as unit:
                does(unit)
            after = versions()
            assert all(after[each] >= before[each] for each in before)
            return {each for each in after if after[each] > before[each]}

        assert set(versions()) == {1, 2, 3, 4}
        assert grown(lambda unit: unit.people.save(a.person(1).changed(name=PersonName("Ola", "Kot")))) == {1}
        assert grown(lambda unit: a.save(unit, people=[a.person(2, revision=1)])) == {2}
        assert grown(lambda unit: a.save(unit, places=[guardian, student])) == {1, 2}
        assert grown(lambda unit: a.save(unit, places=[evolve(student, gone=a.TODAY)])) == {1, 2}
        assert grown(lambda unit: a.save(unit, places=[evolve(guardian, person=PersonId(3))])) == {1, 2, 3}
        assert grown(lambda unit: a.save(unit, places=[evolve(guardian, person=None)])) == {2, 3}
        assert grown(lambda unit: unit.people.decide(a.decision(1, object=PersonId(4), address=None))) == {1, 4}
        assert grown(lambda unit: unit.people.withdraw(1, a.NOW)) == {1, 4}
        assert grown(lambda unit: unit.people.reserve(Reservation("b@example.com", PersonId(1), a.NOW))) <= {1}
        assert grown(lambda unit: a.save(unit, records=[a.record_state(a.record())])) == set()

    @pytest.mark.clause("PE6")
    def test_a_reserved_address_names_whom_it_is_for(self, fresh_storage: Fresh) -> None:
        """Until its very instant, when it is free; a newer reservation stands in for the older."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        until = a.NOW + timedelta(days=7)
        with storage.unit() as unit:
            unit.people.reserve(Reservation("ola@example.com", PersonId(1), until))
        with storage.unit() as unit:
            assert unit.people.reserved("ola@example.com", a.NOW) == 1
            assert unit.people.reserved("ola@example.com", until - timedelta(microseconds=1)) == 1
            assert unit.people.reserved("ola@example.com", until) is None
            assert unit.people.reserved("ewa@example.com", a.NOW) is None
            unit.people.reserve(Reservation("ola@example.com", PersonId(2), until + a.HOUR))
        with storage.snapshot() as unit:
            assert unit.people.reserved("ola@example.com", until) == 2  # noqa: PLR2004 - the second person


class CredentialClauses(StorageFixtures):
    """Each person has one password at most."""

    @pytest.mark.clause("CR1")
    def test_a_credential_comes_back_equal_and_the_next_replaces_it(self, fresh_storage: Fresh) -> None:
        """With all it remembers, or with nothing; who has none gets none."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        full = a.credential(
            1,
            kind=CredentialKind.GIVEN,
            expires_at=a.NOW + a.HOUR,
            history=("$a$1", "$a$2"),
            spent=("$b$1",),
            sealed=Secret("Kamu-7dep ż"),
            warned_at=a.NOW,
        )
        for each in (full, a.credential(1), full):
            with storage.unit() as unit:
                unit.credentials.put(each)
            with storage.snapshot() as unit:
                assert a.exactly(unit.credentials.get(PersonId(1))) == a.exactly(each)
                assert unit.credentials.get(PersonId(2)) is None

    @pytest.mark.clause("CR2")
    def test_own_passwords_set_before_an_instant_come_by_number(self, fresh_storage: Fresh) -> None:
        """Given ones and those set at the instant or later are left out; a limit is kept, and the rest comes after."""
        storage = fresh_storage()
        a.open_accounts(storage, *(a.opening(number) for number in range(1, 8)))
        with storage.unit() as unit:
            for number in (5, 1, 4, 2):
                unit.credentials.put(a.credential(number, set_at=a.NOW - number * a.HOUR))
            unit.credentials.put(a.credential(3, kind=CredentialKind.GIVEN, set_at=a.NOW - a.HOUR))
            unit.credentials.put(a.credential(6, set_at=a.NOW))
            unit.credentials.put(a.credential(7, set_at=a.NOW + a.HOUR))
        with storage.snapshot() as unit:
            first = unit.credentials.set_before(a.NOW, limit=3)
            rest = unit.credentials.set_before(a.NOW, limit=3, after=PersonId(4))
            older = unit.credentials.set_before(a.NOW - 2 * a.HOUR, limit=9)
        assert [each.person for each in first] == [1, 2, 4]
        assert a.exactly(rest) == a.exactly([a.credential(5, set_at=a.NOW - 5 * a.HOUR)])
        assert [each.person for each in older] == [4, 5]

    @pytest.mark.clause("CR3")
    def test_credentials_of_several_are_found_at_once(self, fresh_storage: Fresh) -> None:
        """Whoever has none, and a number that nobody has, is left out."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2), a.opening(3))
        given = a.credential(3, kind=CredentialKind.GIVEN, expires_at=a.NOW, sealed=Secret("Kamu-7dep"))
        with storage.unit() as unit:
            unit.credentials.put(a.credential(1))
            unit.credentials.put(given)
        with storage.snapshot() as unit:
            found = unit.credentials.get_many([PersonId(each) for each in (3, 1, 2, 9, 2**70)])
            assert found.keys() == {1, 3}
            assert a.exactly([found[PersonId(1)], found[PersonId(3)]]) == a.exactly([a.credential(1), given])
            assert unit.credentials.get_many([]) == {}

    @pytest.mark.clause("CR4")
    def test_the_text_of_an_expired_credential_is_wiped(self, fresh_storage: Fresh) -> None:
        """At its very instant; one that still works keeps its text, and nothing else changes."""
        storage = fresh_storage()
        a.open_accounts(storage, *(a.opening(number) for number in range(1, 5)))
        ends = {1: a.NOW - a.HOUR, 2: a.NOW, 3: a.NOW + timedelta(microseconds=1), 4: None}
        made = [
            a.credential(number, kind=CredentialKind.GIVEN, expires_at=end, spent=("$b$1",), sealed=Secret("Kamu-7dep"))
            for number, end in ends.items()
        ]
        with storage.unit() as unit:
            for each in made:
                unit.credentials.put(each)
        with storage.unit() as unit:
            assert [unit.credentials.wipe_expired(a.NOW), unit.credentials.wipe_expired(a.NOW)] == [2, 0]
        with storage.snapshot() as unit:
            kept = unit.credentials.get_many([PersonId(each) for each in ends])
        expected = [evolve(each, sealed=None) for each in made[:2]] + made[2:]
        assert a.exactly([kept[each.person] for each in made]) == a.exactly(expected)
