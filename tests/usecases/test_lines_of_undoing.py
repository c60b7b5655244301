"""How a plan to undo a run words what becomes of single claims and accounts (SYNC-9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core._usecases._undo_report import UndoReport
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import World
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.plans import PlanLine, Step
from eszkola_core.domain.recognition import Recognised
from eszkola_core.domain.runs import Changes
from eszkola_core.domain.settlement import Settlement
from eszkola_core.domain.undoing import Undoing
from eszkola_core.testing.contracts.storage import samples as a

ALA = PersonId(3)
NOTHING = Undoing(
    records=(),
    ended=(),
    undone=(),
    places={},
    removed=frozenset(),
    people={},
    closing=frozenset(),
    staying=(),
    keeping=frozenset(),
)


def report(*, now=(), then=(), people=(), moved=(), **undone):
    """Return the report of an undoing by which the places *now* become the places *then*."""
    before = World({each.key: each for each in now}, {each.id: each for each in people})
    after = {each.key: each for each in then}
    settlement = Settlement((), Recognised((), after), (), frozenset())
    found = evolve(NOTHING, **{"places": after, **undone})
    return UndoReport(before, found, settlement, Changes(after_run=1, people=moved))


@pytest.mark.rule("SYNC-9b")
def test_what_stays_as_it_is_has_no_line():
    """A claim that another record gives back at once is neither changed nor counted."""
    told = report(now=[a.place()], then=[a.place()])

    assert told.lines() == ()
    assert told.counts(resting=(), messages=()).restored == 0


@pytest.mark.rule("SYNC-9b")
def test_what_returns_is_named_as_it_will_be():
    """The name and the class are those that are stated again, not those with which it had ended."""
    here = a.claims(name=PersonName("Ala", "Lis"), class_name="1a")
    gone = a.place(gone=a.TODAY + timedelta(days=1), accepted=a.claims(class_name="2a"))

    (line,) = report(now=[gone], then=[a.place(accepted=here)]).lines()

    assert line == PlanLine("sp1", "1a", Step.RETURN, "Ala Lis", "student", "Ł-1", "the run had ended it")


@pytest.mark.rule("SYNC-9b")
@pytest.mark.parametrize(
    ("undone", "step", "reason"),
    [
        ({"closing": frozenset({ALA})}, Step.CLOSE, "nobody has used the account that the run opened"),
        ({"keeping": frozenset({ALA})}, Step.KEEP_ADDRESS, "only the owner may change it by now"),
        ({"moved": [a.person(3, central=a.address("ala@example.com"))]}, Step.MOVE_ADDRESS, "back to a•••@example.com"),
    ],
)
def test_an_account_is_told_by_its_own_name_at_the_least_of_its_places(undone, step, reason):
    """Whatever a place calls its owner; and by the name alone where no place is theirs any more."""
    account = a.person(3, name=PersonName("Ala", "Lis"))
    places = [a.place(key=a.record(key), person=ALA) for key in ("2", "1", "3")]
    others = a.place(key=a.record("0"), person=PersonId(4))

    (line,) = report(now=[*places, others], then=[], people=[account], places={}, **undone).lines()
    (alone,) = report(now=[others], then=[], people=[account], places={}, **undone).lines()

    assert line == PlanLine("sp1", "", step, "Ala Lis", "student", "1", reason)
    assert alone == PlanLine("", "", step, "Ala Lis", "", "", reason)
