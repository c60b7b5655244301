"""What gradebooks state, asked for list by list: the clauses of `Rosters` that look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from eszkola_core.domain import guard
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import GIVEN_ROLES, PLATFORM, Place, RosterKey
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import Stamped, Undone
from eszkola_core.domain.settlement import ConflictKind, OpenConflict
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures

DAY = timedelta(days=1)
TEACHERS = RosterKey("sp1", "uonet", "teacher")
ELSEWHERE = RosterKey("sp2", "uonet", "students")
GIVEN = RosterKey("sp1", PLATFORM, GIVEN_ROLES)
STATED = RosterKey("sp1", PLATFORM, "applications")


class RosterClauses(StorageFixtures):
    """Records, places, counts and conflicts come as they were saved, in order."""

    @pytest.mark.clause("RO1")
    def test_the_records_of_a_roster_come_in_the_order_of_their_keys(self, fresh_storage: Fresh) -> None:
        """Keys are compared letter by letter, not as a language sorts; records of other lists are left out."""
        storage = fresh_storage()
        mine = [a.record_state(a.record(key)) for key in ("10", "9", "a", "B", "Ż", "ą", "a b", "")]
        others = [a.record_state(a.record("1", roster=each)) for each in (TEACHERS, ELSEWHERE)]
        with storage.unit() as unit:
            a.save(unit, records=[*mine, *others])
        with storage.snapshot() as unit:
            found = list(unit.rosters.records(a.STUDENTS))

        assert a.exactly(found) == a.exactly(sorted(mine, key=lambda each: each.key.key))

    @pytest.mark.clause("RO1")
    def test_an_ended_record_is_none(self, fresh_storage: Fresh) -> None:
        """It is neither yielded nor returned by its key; one that is unknown is left out too."""
        storage = fresh_storage()
        staying, ending = a.record("1"), a.record("2")
        with storage.unit() as unit:
            a.save(unit, records=[a.record_state(staying), a.record_state(ending)])
        with storage.unit() as unit:
            a.save(unit, ended_records=[ending])
        with storage.snapshot() as unit:
            assert [each.key for each in unit.rosters.records(a.STUDENTS)] == [staying]
            assert set(unit.rosters.states([staying, ending, a.record("3")])) == {staying}

    @pytest.mark.clause("RO1")
    def test_what_a_record_was_made_of_is_kept(self, fresh_storage: Fresh) -> None:
        """Of each record, and none where its source cannot tell; a record that is saved again gets the newest."""
        storage = fresh_storage()
        first, second = (a.record_state(a.record(key)) for key in "12")
        with storage.unit() as unit:
            a.save(unit, records=[first, evolve(second, trace=b"")])
        with storage.snapshot() as unit:
            assert [each.trace for each in unit.rosters.records(a.STUDENTS)] == [first.trace, b""]
        with storage.unit() as unit:
            a.save(unit, records=[evolve(first, trace=b"other"), second])
        with storage.snapshot() as unit:
            found = unit.rosters.states([first.key, second.key])
        assert {key: each.trace for key, each in found.items()} == {first.key: b"other", second.key: second.trace}

    @pytest.mark.clause("RO8")
    def test_a_census_counts_as_the_guard_does(self, fresh_storage: Fresh) -> None:
        """People in force count once for each role and school, links by pairs; given roles and other schools do not."""
        storage = fresh_storage()
        second = a.record("2")
        mine = [
            a.place(person=PersonId(1)),
            a.place(key=second, person=PersonId(1)),
            a.place("g1", person=PersonId(2)),
            a.place("g1", key=second, person=PersonId(2)),
            a.place("g2"),
            a.place("gone", gone=a.TODAY),
            a.place("gone tomorrow", gone=a.TODAY + DAY),
            a.place("held", accepted=None, pending=a.claims()),
            a.place("over", accepted=a.claims(last_day=a.TODAY - DAY)),
            a.place("last day", accepted=a.claims(last_day=a.TODAY)),
            a.place("to come", accepted=a.claims(first_day=a.TODAY + DAY)),
            a.place(key=a.record("7", roster=TEACHERS), role=Role.TEACHER),
            a.place(key=a.record("1 teacher", roster=GIVEN), role=Role.TEACHER, person=PersonId(1)),
            a.place("g1", key=a.record("1", roster=STATED), person=PersonId(1)),
        ]
        with storage.unit() as unit:
            others = [a.place(key=a.record(roster=ELSEWHERE)), a.place("x", key=a.record(roster=ELSEWHERE))]
            a.save(unit, places=[*mine, *others], openings=[a.opening(1), a.opening(2)])
        with storage.snapshot() as unit:
            counted = unit.rosters.census(["sp1", "sp3"], a.TODAY)
            both = unit.rosters.census(["sp1", "sp2"], a.TODAY)

        assert counted == {("sp1", "student"): 1, ("sp1", "guardian"): 5, ("sp1", "teacher"): 1, ("sp1", "link"): 4}
        assert counted == guard.census(mine, a.TODAY)
        assert both == guard.census([*mine, *others], a.TODAY)

    @pytest.mark.clause("RO9")
    def test_the_next_person_is_a_number_that_nobody_had(self, fresh_storage: Fresh) -> None:
        """It follows the highest that was opened, whatever the order of opening, and asking takes nothing."""
        storage = fresh_storage()
        with storage.unit() as unit:
            first = unit.rosters.next_person()
            assert unit.rosters.next_person() == first
            a.save(unit, openings=[a.opening(first + 1), a.opening(first)])
            assert unit.rosters.next_person() > first + 1
        with storage.unit() as unit:
            following = unit.rosters.next_person()
            a.save(unit, openings=[a.opening(following)])
            assert unit.rosters.next_person() > following

    @pytest.mark.clause("RO9")
    def test_the_highest_number_ever_issued_for_a_stem_is_known(self, fresh_storage: Fresh) -> None:
        """A lower number that is issued later does not lower it; a stem that was never issued is left out."""
        storage = fresh_storage()
        for number in (3, 12, 4):
            a.open_accounts(storage, a.opening(number))
        with storage.snapshot() as unit:
            assert unit.rosters.login_numbers(["zofia.lis", "zofia", "jan.kot"]) == {"zofia.lis": 12}

    @pytest.mark.clause("RO10")
    def test_open_conflicts_come_in_order_and_by_school(self, fresh_storage: Fresh) -> None:
        """By kind, place, other place and facts; a school sees those with either place in it."""
        storage = fresh_storage()
        here, there = a.place().key, a.place(key=a.record(roster=ELSEWHERE)).key
        ordered = [
            OpenConflict(ConflictKind.ADDRESS_CONFLICT, here, None, ("a•••@example.com", "sp1")),
            OpenConflict(ConflictKind.ADDRESS_CONFLICT, here, None, ("b•••@example.com", "sp1")),
            OpenConflict(ConflictKind.ADDRESS_CONFLICT, there),
            OpenConflict(ConflictKind.POSSIBLE_DUPLICATE, here, a.place("g").key, ("z",)),
            OpenConflict(ConflictKind.POSSIBLE_DUPLICATE, here, there, ("a",)),
        ]
        with storage.unit() as unit:
            a.save(unit, conflicts=ordered[::-1])
        with storage.snapshot() as unit:
            assert list(unit.rosters.conflicts()) == ordered
            assert list(unit.rosters.conflicts(["sp2"])) == [ordered[2], ordered[4]]
            assert list(unit.rosters.conflicts(["sp3"])) == []

    @pytest.mark.clause("RO11")
    def test_unsettled_records_are_those_marked_so(self, fresh_storage: Fresh) -> None:
        """In any roster; until they are saved as settled, or end."""
        storage = fresh_storage()
        first, second, third = a.record("1"), a.record("2", roster=TEACHERS), a.record("3", roster=ELSEWHERE)
        with storage.unit() as unit:
            a.save(unit, records=[a.record_state(each, unsettled=True) for each in (first, second, third)])
            a.save(unit, records=[a.record_state(a.record("4"))])
            assert unit.rosters.unsettled() == {first, second, third}
            a.save(unit, records=[a.record_state(first)], ended_records=[second])
        with storage.snapshot() as unit:
            assert unit.rosters.unsettled() == {third}

    @pytest.mark.clause("RO18")
    def test_a_source_is_known_until_a_record_of_its_lists_changes(self, fresh_storage: Fresh) -> None:
        """Each list comes back with its size; what changes one takes the stamp from all lists of the same source."""
        storage = fresh_storage()
        first, second = a.record("1"), a.record("2", roster=TEACHERS)
        with storage.unit() as unit:
            a.save(unit, records=[a.record_state(each) for each in (first, a.record("3"), second)])
            unit.rosters.stamp({a.STUDENTS: a.digest("one"), TEACHERS: a.digest("one"), ELSEWHERE: a.digest("other")})
        with storage.snapshot() as unit:
            assert list(unit.rosters.stamps()) == sorted(
                [
                    Stamped(roster=a.STUDENTS, stamp=a.digest("one"), records=2, people=4),
                    Stamped(roster=TEACHERS, stamp=a.digest("one"), records=1, people=2),
                    Stamped(roster=ELSEWHERE, stamp=a.digest("other"), records=0, people=0),
                ],
                key=lambda each: each.roster,
            )
            named = [a.digest("other"), a.digest("nobody's")]
            assert [each.roster for each in unit.rosters.stamps(named)] == [ELSEWHERE]
            assert {each.roster for each in unit.rosters.stamps({a.digest("one")})} == {a.STUDENTS, TEACHERS}
            assert list(unit.rosters.stamps([])) == []
        with storage.unit() as unit:
            a.save(unit, places=[a.place(key=first)])
            assert {each.roster for each in unit.rosters.stamps()} == {a.STUDENTS, TEACHERS, ELSEWHERE}
            a.save(unit, records=[a.record_state(first, unsettled=True)])
        with storage.snapshot() as unit:
            assert [each.roster for each in unit.rosters.stamps()] == [ELSEWHERE]

    @pytest.mark.clause("RO18")
    @pytest.mark.parametrize("how", ["ended", "taken back", "let in again"])
    def test_whatever_changes_a_list_takes_its_stamp(self, fresh_storage: Fresh, how: str) -> None:
        """An end, a content that was taken back, and one that may be taken in again change it as well."""
        storage, record = fresh_storage(), a.record("1")
        change: dict[str, dict[str, Any]] = {
            "ended": {"ended_records": [record]},
            "taken back": {"undone": [Undone(record, b"x")]},
            "let in again": {"redone": [record]},
        }
        with storage.unit() as unit:
            a.save(unit, records=[a.record_state(record)])
            unit.rosters.stamp({a.STUDENTS: a.digest("one")})
            unit.rosters.stamp({a.STUDENTS: a.digest("newer")})
            assert [each.stamp for each in unit.rosters.stamps()] == [a.digest("newer")]
            a.save(unit, **change[how])
        with storage.snapshot() as unit:
            assert list(unit.rosters.stamps()) == []

    @pytest.mark.clause("RO12")
    def test_the_run_that_applied_a_plan_is_known(self, fresh_storage: Fresh) -> None:
        """Runs are numbered on from the first; a plan that was never applied has none."""
        storage = fresh_storage()
        with storage.unit() as unit:
            assert unit.rosters.newest_run() == 0
            first = a.save(unit)
            second = a.save(unit)
        with storage.snapshot() as unit:
            assert unit.rosters.newest_run() == second.id > first.id > 0
            assert a.exactly(unit.rosters.applied(first.plan)) == a.exactly(first)
            assert a.exactly(unit.rosters.applied(second.plan)) == a.exactly(second)
            assert unit.rosters.applied(a.digest("another plan")) is None

    @pytest.mark.clause("RO13")
    def test_the_present_places_of_a_school_come_in_the_order_of_their_keys(self, fresh_storage: Fresh) -> None:
        """Held ones too; gone ones and those of other schools are left out."""
        storage = fresh_storage()
        mine = [
            a.place(key=a.record(key), role=role, accepted=None, pending=a.claims())
            for key in ("10", "9", "Ż", "a", "B")
            for role in (Role.STUDENT, Role.GUARDIAN)
        ]
        mine.append(a.place(key=a.record("1", roster=TEACHERS), role=Role.TEACHER))
        with storage.unit() as unit:
            others = [a.place("g", gone=a.TODAY), a.place(key=a.record(roster=ELSEWHERE))]
            a.save(unit, places=[*mine, *others])
        with storage.snapshot() as unit:
            found = list(unit.rosters.places("sp1"))

        assert a.exactly(found) == a.exactly(sorted(mine, key=lambda each: each.key))

    @pytest.mark.clause("RO13")
    def test_the_places_of_a_class_are_those_in_its_students_records(self, fresh_storage: Fresh) -> None:
        """Guardians come with the student, by the newest class that is stated, applied or not."""
        storage = fresh_storage()
        moved = a.place(
            key=a.record("2"), accepted=a.claims(class_name="1a"), pending=a.claims(class_name="1b"), person=None
        )
        with storage.unit() as unit:
            a.save(
                unit,
                places=[
                    a.place(key=a.record("1"), accepted=a.claims(class_name="1a")),
                    a.place("g", key=a.record("1")),
                    moved,
                    a.place("g", key=a.record("2"), accepted=a.claims(class_name="1a")),
                    a.place(key=a.record("3"), accepted=a.claims(class_name="1a"), gone=a.TODAY),
                    a.place("g", key=a.record("3")),
                    a.place(key=a.record("4", roster=ELSEWHERE), accepted=a.claims(class_name="1a")),
                ],
            )
        with storage.snapshot() as unit:
            first = [(each.key.record.key, each.role) for each in unit.rosters.places("sp1", "1a")]
            second = [(each.key.record.key, each.role) for each in unit.rosters.places("sp1", "1b")]

        assert first == [("1", Role.GUARDIAN), ("1", Role.STUDENT)]
        assert second == [("2", Role.GUARDIAN), ("2", Role.STUDENT)]

    @pytest.mark.clause("RO15")
    def test_who_has_a_role_is_found_by_role_and_school(self, fresh_storage: Fresh) -> None:
        """Present places count that are bound to somebody; students are found as staff are."""
        storage = fresh_storage()
        a.open_accounts(storage, *(a.opening(number) for number in range(1, 7)))

        def place(number: int, key: str, role: Role, roster: RosterKey = TEACHERS) -> Place:
            return a.place(key=a.record(key, roster=roster), role=role, person=PersonId(number))

        with storage.unit() as unit:
            places = [
                place(1, "1", Role.TEACHER),
                place(1, "2", Role.TEACHER),
                place(2, "3", Role.SECRETARY),
                place(3, "4", Role.TEACHER, evolve(TEACHERS, school="sp2")),
                evolve(place(4, "5", Role.TEACHER), gone=a.TODAY),
                evolve(place(4, "6", Role.TEACHER), person=None),
                place(5, "7", Role.STUDENT, ELSEWHERE),
                evolve(place(6, "8", Role.TEACHER), accepted=None, pending=a.claims()),
            ]
            a.save(unit, places=places)
        with storage.snapshot() as unit:
            find = unit.rosters.holders
            assert find({Role.TEACHER}) == {1, 3, 6}
            assert find({Role.TEACHER}, {"sp1"}) == {1, 6}
            assert find({Role.TEACHER, Role.SECRETARY}, {"sp1", "sp2"}) == {1, 2, 3, 6}
            assert find({Role.STUDENT, Role.SECRETARY}) == {2, 5}
            assert find({Role.GUARDIAN}) == find(set()) == find({Role.TEACHER}, set()) == frozenset()

    @pytest.mark.clause("RO5")
    def test_schools_keep_the_newest_name_that_says_something(self, fresh_storage: Fresh) -> None:
        """They come in the order of their keys, whichever way they were added."""
        storage = fresh_storage()
        with storage.unit() as unit:
            unit.rosters.add_schools([StatedSchool("sp2", "Dwójka"), StatedSchool("lo1", "")])
            a.save(unit, schools=[StatedSchool("sp2", ""), StatedSchool("sp1", "Jedynka")])
            unit.rosters.add_schools([StatedSchool("sp1", "Szkoła nr 1"), StatedSchool("Ż", "Żłobek")])
        with storage.snapshot() as unit:
            assert list(unit.rosters.schools()) == [
                StatedSchool("lo1", ""),
                StatedSchool("sp1", "Szkoła nr 1"),
                StatedSchool("sp2", "Dwójka"),
                StatedSchool("Ż", "Żłobek"),
            ]
            assert list(unit.rosters.schools(["Ż", "sp2", "sp9", "a\0", "a\ud800"])) == [
                StatedSchool("sp2", "Dwójka"),
                StatedSchool("Ż", "Żłobek"),
            ]
            assert list(unit.rosters.schools([])) == []
