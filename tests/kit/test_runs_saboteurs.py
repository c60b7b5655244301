"""For every clause of runs a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.claims import RecordKey
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Runs
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state

PART = "runs"


def never_undone(real, number):
    """Tell no run that it was undone."""
    return (run := real(number)) and evolve(run, undone_by=None)


def of_images(change):
    """Return a lie that changes every image of a run."""

    def written(real, number):
        found = real(number)
        kinds = {
            kind: {key: change(each) for key, each in getattr(found, kind).items()}
            for kind in ("records", "places", "people")
        }
        return evolve(found, **kinds)

    return written


def settled_is_written(real, run, changes):
    """Let every run that touches a record be its writer."""
    saved = real(run, changes)
    kept = state(real)
    for each in changes.records:
        kept.writers[each.key] = saved.id
        kept.records[each.key] = evolve(kept.records[each.key], run=saved.id)
    return saved


def undoing_is_writing(real, run, changes):
    """Forget whose the rows were that an undoing wrote."""
    saved = real(run, changes)
    kept = state(real)
    for key, writer in kept.writers.items():
        if run.undoes is not None and writer not in {run.undoes, saved.id} and isinstance(key, RecordKey):
            kept.writers[key] = saved.id
    return saved


def undone_again(real, run, changes):
    """Undo what was undone."""
    try:
        return real(run, changes)
    except Conflict:
        return real(evolve(run, undoes=None), changes)


def dropped_altogether(real, before):
    """Drop what every run found."""
    state(real).images.clear()
    return real(before)


def runs_dropped(real, before):
    """Drop the runs too."""
    real(before)
    kept = state(real)
    kept.runs = {number: run for number, run in kept.runs.items() if run.at >= before}


def remembered_for_ever(real, run, changes):
    """Redo nothing."""
    return real(run, evolve(changes, redone=()))


def one_content(real, roster):
    """Tell one content of each record."""
    return {key: frozenset(sorted(each)[:1]) for key, each in real(roster).items()}


def only_its_own(real, number):
    """Tell of no place but those that the run wrote."""
    found = real(number)
    written = {key: each for key, each in found.places.items() if each.before != each.after}
    return evolve(found, places=written)


LIES = [
    Lie("RN1", "oldest first", PART, {"newest": lambda real, *given, **more: real(*given, **more)[::-1]}),
    Lie("RN1", "no schools", PART, {"get": lambda real, number: (run := real(number)) and evolve(run, schools=())}),
    Lie("RN1", "never undone", PART, {"get": never_undone}),
    Lie("RN2", "as it is now", PART, {"written": of_images(lambda each: evolve(each, before=each.after))}),
    Lie("RN2", "nothing was left", PART, {"written": of_images(lambda each: evolve(each, after=None))}),
    Lie("RN2", "written by the first", PART, {"written": of_images(lambda each: evolve(each, by=1))}),
    Lie("RN2", "no places", PART, {"written": lambda real, number: evolve(real(number), places={})}),
    Lie("RN2", "not beside", PART, {"written": only_its_own}),
    Lie("RN3", "settled is written", "rosters", {"save": settled_is_written}),
    Lie("RN4", "undoing is writing", "rosters", {"save": undoing_is_writing}),
    Lie("RN5", "undone twice", "rosters", {"save": undone_again}),
    Lie("RN6", "never dropped", PART, {"forget": lambda *_: None}),
    Lie("RN6", "dropped altogether", PART, {"forget": dropped_altogether}),
    Lie("RN6", "the runs too", PART, {"forget": runs_dropped}),
    Lie("RN7", "remembered for ever", "rosters", {"save": remembered_for_ever}),
    Lie("RN7", "one content each", PART, {"undone": one_content}),
    Lie("RN8", "always the first", PART, {"writers": lambda real, people: dict.fromkeys(real(people), 1)}),
    Lie("RN8", "everybody", PART, {"writers": lambda _, people: dict.fromkeys(people, 2)}),
]  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_runs_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    fixtures = {"fresh_storage": lie.storage, "fresh_tenants": lambda: (lie.storage(), lie.storage())}
    assert bench.first_red(StorageContract, lie.clause, fixtures) is not None


def test_no_clause_of_runs_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Runs))
