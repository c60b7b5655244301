"""What runs wrote, and what was there before: the clauses of `Runs`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Evidence, RosterKey, Seeds
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.runs import Image, Undone, Written
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, FreshTenants, StorageFixtures

_DAY: Final = timedelta(days=1)
_FIRST, _SECOND = a.record("1"), a.record("2")
_ANNA = a.place("ćwiek", key=_FIRST, accepted=a.claims(ids=(a.national_id(1),)), pending=a.claims(), person=PersonId(1))


class RunClauses(StorageFixtures):
    """A run's own trace: what it wrote, what was there before, and whose it is after it was undone."""

    @pytest.mark.clause("RN1")
    def test_runs_come_back_by_number_and_newest_first(self, fresh_storage: Fresh) -> None:
        """With kind, author, instant, counts and schools; one that is unknown is none."""
        storage = fresh_storage()
        with storage.unit() as unit:
            runs = [a.save(unit, at=a.NOW + hours * a.HOUR) for hours in range(4)]
            undo = a.save(unit, undoes=runs[1].id)
        every = [*runs, undo]
        with storage.snapshot() as unit:
            assert a.exactly(unit.runs.get(runs[0].id)) == a.exactly(runs[0])
            assert a.exactly(unit.runs.newest(9)) == a.exactly(every[::-1])
            assert a.exactly(unit.runs.newest(2, before=undo.id)) == a.exactly([runs[3], runs[2]])
            assert unit.runs.get(undo.id + 1) is None
            undone = unit.runs.get(runs[1].id)
            assert undone is not None
            assert undone.undone_by == undo.id
            assert [each.undone_by for each in unit.runs.newest(9)] == [None, None, None, undo.id, None]

    @pytest.mark.clause("RN2")
    def test_what_a_run_began_was_nothing_before(self, fresh_storage: Fresh) -> None:
        """Also after a later run wrote it again: the run's own content is what it left, the later one wrote last."""
        storage = fresh_storage()
        state, opened = (
            a.record_state(_FIRST),
            a.opening(1, ids=(a.national_id(1),), central=a.address("Ola@x.example")),
        )
        with storage.unit() as unit:
            first = a.save(unit, records=[state], places=[_ANNA], openings=[opened]).id
        assert written(storage, first) == found(
            records={_FIRST: (None, state, first)},
            places={_ANNA.key: (None, _ANNA, first)},
            people={PersonId(1): (None, opened.person, first)},
        )
        changed, moved = evolve(state, digest=a.digest("2")), evolve(_ANNA, pending=None, person=None)
        renamed = opened.person.changed(name=PersonName("Ola", "Kot"))
        with storage.unit() as unit:
            second = a.save(unit, records=[changed], places=[moved], people=[renamed]).id
        assert written(storage, first) == found(
            records={_FIRST: (None, state, second)},
            places={_ANNA.key: (None, _ANNA, second)},
            people={PersonId(1): (None, opened.person, second)},
        )
        assert written(storage, second) == found(
            records={_FIRST: (state, changed, second)},
            places={_ANNA.key: (_ANNA, moved, second)},
            people={PersonId(1): (opened.person, renamed, second)},
        )

    @pytest.mark.clause("RN2")
    def test_what_a_run_ended_is_nothing_after(self, fresh_storage: Fresh) -> None:
        """A record that ended, a place that was removed; what a run did not write is not among it."""
        storage = fresh_storage()
        state = a.record_state(_FIRST)
        with storage.unit() as unit:
            first = a.save(unit, records=[state, a.record_state(_SECOND)], places=[evolve(_ANNA, person=None)]).id
            second = a.save(unit, ended_records=[_FIRST], removed_places=[_ANNA.key]).id
            third = a.save(unit, records=[evolve(state, people=7)]).id
        assert written(storage, second) == found(
            records={_FIRST: (state, None, third)}, places={_ANNA.key: (evolve(_ANNA, person=None), None, second)}
        )
        assert written(storage, third) == found(records={_FIRST: (None, evolve(state, people=7), third)})
        with storage.snapshot() as unit:
            assert set(unit.runs.written(first).records) == {_FIRST, _SECOND}
            assert unit.runs.written(third + 1) == Written()

    @pytest.mark.clause("RN2")
    def test_who_changes_their_own_account_is_no_run(self, fresh_storage: Fresh) -> None:
        """What a person saves by themselves is no run's; the next run finds it, and puts it back as it was."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        with storage.unit() as unit:
            unit.people.save(a.person(1).changed(name=PersonName("Ola", "Kot")))
            second = a.save(unit, people=[a.person(1, revision=2)]).id
        with storage.snapshot() as unit:
            image = unit.runs.written(second).people[PersonId(1)]
        assert image.before is not None
        assert (image.before.name, image.by) == (PersonName("Ola", "Kot"), second)

    @pytest.mark.clause("RN2")
    def test_the_places_beside_come_as_they_stood(self, fresh_storage: Fresh) -> None:
        """Those of a record that the run wrote: changed later, begun later, or never changed again."""
        storage = fresh_storage()
        state, place = a.record_state(_FIRST), evolve(_ANNA, person=None)
        still, later = (evolve(place, key=evolve(place.key, who=who)) for who in ("still", "later"))
        elsewhere = evolve(place, key=a.place("x", key=_SECOND).key)
        changed = evolve(place, gone=a.TODAY)
        with storage.unit() as unit:
            first = a.save(unit, records=[state], places=[place, still, elsewhere]).id
            second = a.save(unit, records=[evolve(state, digest=a.digest("2"))]).id
            third = a.save(unit, places=[changed, later, evolve(elsewhere, gone=a.TODAY)]).id
        with storage.snapshot() as unit:
            places = unit.runs.written(second).places
        assert a.exactly(places) == a.exactly(
            {
                place.key: Image(before=place, after=place, by=third),
                still.key: Image(before=still, after=still, by=first),
                later.key: Image(before=None, after=None, by=third),
            }
        )

    @pytest.mark.clause("RN3")
    def test_a_record_is_the_runs_that_changed_its_content(self, fresh_storage: Fresh) -> None:
        """One that only settles it again leaves it to the former, and has no part in it."""
        storage = fresh_storage()
        state = a.record_state(_FIRST)
        with storage.unit() as unit:
            first = a.save(unit, records=[state]).id
            second = a.save(unit, records=[evolve(state, unsettled=True)]).id
        with storage.snapshot() as unit:
            assert unit.runs.written(second).records == {}
            assert unit.rosters.states([_FIRST])[_FIRST].run == first
            assert [each.run for each in unit.rosters.records(a.STUDENTS)] == [first]
            assert unit.rosters.states([_FIRST])[_FIRST].unsettled

    @pytest.mark.clause("RN4")
    def test_what_is_undone_is_the_earlier_runs_again(self, fresh_storage: Fresh) -> None:
        """So that this one can be undone as well: records, ended ones too, places and people."""
        storage = fresh_storage()
        state, other = a.record_state(_FIRST), a.record_state(_SECOND)
        opened = a.opening(1).person
        with storage.unit() as unit:
            first = a.save(unit, records=[state, other], places=[_ANNA], openings=[a.opening(1)]).id
            second = a.save(
                unit,
                records=[evolve(state, digest=a.digest("2"))],
                ended_records=[_SECOND],
                places=[evolve(_ANNA, pending=None)],
                people=[opened.changed(name=PersonName("Ola", "Kot"))],
            ).id
            renamed = evolve(opened, revision=2)
            undo = a.save(unit, undoes=second, records=[state, other], places=[_ANNA], people=[renamed]).id
            assert unit.runs.written(undo) == Written()
        assert written(storage, first) == found(
            records={_FIRST: (None, state, first), _SECOND: (None, other, first)},
            places={_ANNA.key: (None, _ANNA, first)},
            people={PersonId(1): (None, opened, first)},
        )

    @pytest.mark.clause("RN4")
    def test_what_another_run_wrote_since_is_the_undoings_own(self, fresh_storage: Fresh) -> None:
        """It was not that run's to give back; nor is what the undone run itself began."""
        storage = fresh_storage()
        place = evolve(_ANNA, person=None)
        with storage.unit() as unit:
            first = a.save(unit, places=[place]).id
            second = a.save(unit, places=[evolve(place, gone=a.TODAY)]).id
            third = a.save(unit, places=[evolve(place, own_key="k")]).id
            fourth = a.save(unit, places=[evolve(place, own_key="l")], undoes=second).id
            fifth = a.save(unit, places=[evolve(place, own_key="m")], undoes=first).id
        assert written(storage, fourth) == found(
            places={place.key: (evolve(place, own_key="k"), evolve(place, own_key="l"), fifth)}
        )
        assert written(storage, third) == found(
            places={place.key: (evolve(place, gone=a.TODAY), evolve(place, own_key="k"), fifth)}
        )

    @pytest.mark.clause("RN4")
    def test_what_the_undone_run_began_has_never_been(self, fresh_storage: Fresh) -> None:
        """Where it is taken away an earlier end is the last thing that happened to it."""
        storage = fresh_storage()
        state, place = a.record_state(_FIRST), evolve(_ANNA, person=None)
        with storage.unit() as unit:
            a.save(unit, records=[state], places=[place])
            second = a.save(unit, ended_records=[_FIRST], removed_places=[place.key]).id
            third = a.save(unit, records=[state], places=[place]).id
            undo = a.save(unit, undoes=third, ended_records=[_FIRST], removed_places=[place.key]).id
            assert unit.runs.written(undo) == Written()
        assert written(storage, second) == found(
            records={_FIRST: (state, None, second)}, places={place.key: (place, None, second)}
        )

    @pytest.mark.clause("RN4")
    def test_an_end_that_was_undone_is_nobodys(self, fresh_storage: Fresh) -> None:
        """Once a later end is undone, and the beginning before it, an earlier end is what happened last."""
        storage = fresh_storage()
        state, place = a.record_state(_FIRST), evolve(_ANNA, person=None)
        theirs: dict[str, Any] = {"records": [state], "places": [place]}
        ending: dict[str, Any] = {"ended_records": [_FIRST], "removed_places": [place.key]}
        with storage.unit() as unit:
            first = a.save(unit, **theirs).id
            second = a.save(unit, **ending).id
            third = a.save(unit, **theirs).id
            fourth = a.save(unit, **ending).id
            a.save(unit, undoes=fourth, **theirs)
            a.save(unit, undoes=third, **ending)
        assert written(storage, second) == found(
            records={_FIRST: (state, None, second)}, places={place.key: (place, None, second)}
        )
        with storage.unit() as unit:
            a.save(unit, undoes=second, **theirs)
        assert written(storage, first) == found(
            records={_FIRST: (None, state, first)}, places={place.key: (None, place, first)}
        )

    @pytest.mark.clause("RN5")
    def test_a_run_is_undone_once(self, fresh_storage: Fresh) -> None:
        """The second undoing is a conflict, and nothing of it is written."""
        storage = fresh_storage()
        with storage.unit() as unit:
            first = a.save(unit, records=[a.record_state(_FIRST)]).id
            a.save(unit, undoes=first)
        with pytest.raises(Conflict), storage.unit() as unit:
            a.save(unit, undoes=first, ended_records=[_FIRST])
        with storage.snapshot() as unit:
            assert set(unit.rosters.states([_FIRST])) == {_FIRST}

    @pytest.mark.clause("RN6")
    def test_what_old_runs_found_is_dropped(self, fresh_storage: Fresh) -> None:
        """Not that of a run at the very instant, nor the runs, nor what is kept now."""
        storage = fresh_storage()
        place = evolve(_ANNA, person=None)
        with storage.unit() as unit:
            a.save(unit, places=[place])
            old, young = (
                a.save(unit, at=a.NOW + hours * a.HOUR, places=[evolve(place, own_key=str(hours))]).id
                for hours in (0, 1)
            )
            unit.runs.forget(a.NOW + a.HOUR)
        with storage.snapshot() as unit:
            assert unit.runs.written(old).places[place.key].before is None
            before = unit.runs.written(young).places[place.key].before
            assert before is not None
            assert before.own_key == "0"
            assert len(unit.runs.newest(9)) == len([old, young, "the first"])
            assert [each.own_key for each in unit.rosters.places("sp1")] == ["1"]

    @pytest.mark.clause("RN7")
    def test_what_was_taken_back_is_remembered(self, fresh_storage: Fresh) -> None:
        """Several contents of one record, each once, that it was gone among them; until the record is redone."""
        storage = fresh_storage()
        contents = [b"", b"\x00\xff" * 8, a.digest("x")[:16]]
        with storage.unit() as unit:
            a.save(unit, undone=[Undone(_FIRST, each) for each in contents[:2]])
            a.save(unit, undone=[Undone(_FIRST, each) for each in contents[1:]] + [Undone(_SECOND, b"")])
        with storage.snapshot() as unit:
            assert unit.runs.undone(a.STUDENTS) == {
                _FIRST: frozenset(contents),
                _SECOND: frozenset({b""}),
            }
        with storage.unit() as unit:
            a.save(unit, redone=[_FIRST, a.record("3")])
            assert unit.runs.undone(a.STUDENTS) == {_SECOND: frozenset({b""})}
            assert unit.runs.undone(RosterKey("sp2", "uonet", "students")) == {}

    @pytest.mark.clause("RN8")
    def test_who_wrote_a_person_last_is_told(self, fresh_storage: Fresh) -> None:
        """By opening or change; whoever nobody has written is left out."""
        storage = fresh_storage()
        with storage.unit() as unit:
            first = a.save(unit, openings=[a.opening(1), a.opening(2)]).id
            second = a.save(unit, people=[a.person(1, revision=1)]).id
        with storage.snapshot() as unit:
            writers = unit.runs.writers([PersonId(1), PersonId(2), PersonId(3)])
        assert writers == {PersonId(1): second, PersonId(2): first}

    @pytest.mark.clause("RO5")
    def test_a_removed_place_is_found_by_nothing(self, fresh_storage: Fresh) -> None:
        """Neither by its record, its person nor its evidence; it may be kept anew, by other evidence."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        seeds = Seeds(frozenset({_FIRST}), frozenset({PersonId(1)}), frozenset({Evidence.of_id(a.national_id(1))}))
        with storage.unit() as unit:
            a.save(unit, places=[_ANNA])
            a.save(unit, removed_places=[_ANNA.key])
            assert unit.rosters.gather(seeds).places == {}
            assert list(unit.rosters.places("sp1")) == []
            again = evolve(_ANNA, accepted=a.claims(ids=(a.national_id(2),)))
            a.save(unit, places=[again])
            assert a.exactly(unit.rosters.gather(seeds).places) == a.exactly({_ANNA.key: again})

    @pytest.mark.clause("RN1")
    @pytest.mark.clause("RN7")
    def test_another_tenants_runs_are_not_seen(self, fresh_tenants: FreshTenants) -> None:
        """Neither themselves, nor what they wrote, nor what was taken back."""
        ours, theirs = fresh_tenants()
        with theirs.unit() as unit:
            a.save(unit, openings=[a.opening(1)])
            run = a.save(unit, records=[a.record_state(_FIRST)], undone=[Undone(_FIRST, b"")]).id
        with ours.snapshot() as unit:
            assert unit.runs.get(run) is None
            assert list(unit.runs.newest(9)) == []
            assert unit.runs.written(run) == Written()
            assert unit.runs.undone(a.STUDENTS) == {}
            assert unit.runs.writers([PersonId(1)]) == {}


def written(storage: Storage, run: int) -> object:
    """Return everything that a run wrote."""
    with storage.snapshot() as unit:
        return a.exactly(unit.runs.written(run))


def found(**images: dict[Any, tuple[Any, Any, int]]) -> object:
    """Return what is expected of it: what was before, what was after, and who wrote last."""
    kinds = {
        kind: {key: Image(before=before, after=after, by=by) for key, (before, after, by) in each.items()}
        for kind, each in images.items()
    }
    return a.exactly(Written(**kinds))
