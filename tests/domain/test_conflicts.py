"""A case follows what is open: it opens, closes by itself, and comes back as the same one."""

from __future__ import annotations

from collections import Counter

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Hold
from eszkola_core.domain.conflicts import (
    CLOSED,
    CONFLICT_LIFECYCLE,
    CaseHappening,
    CaseKind,
    CaseState,
    Matter,
    follow,
)
from eszkola_core.domain.mending import MENDING
from eszkola_core.domain.mending_texts import means, mended_by
from eszkola_core.domain.permissions import PERMISSIONS
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settlement import ConflictKind
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.errors import InvalidValue
from eszkola_core.testing import strategies as s

FEW = st.lists(s.subjects(), min_size=1, max_size=4, unique=True)
CLOSINGS = st.sampled_from([CaseHappening.GROUND_GONE, CaseHappening.DECIDED])


@st.composite
def queues(draw):
    """Cases about few subjects, each once, and what of these is open now."""
    about = draw(FEW)
    some = draw(st.lists(st.sampled_from(about), unique=True))
    cases = [draw(s.conflict_cases(about=st.just(each))) for each in some]
    kept = [evolve(each, number=number) for number, each in enumerate(cases, 1)]
    matters = [draw(s.matters(about=st.just(each))) for each in draw(st.lists(st.sampled_from(about), unique=True))]
    return kept, matters


def after(kept, followed):
    """Return the cases as they are kept afterwards."""
    changed = {each.subject: each for each in (*followed.changed, *followed.opened)}
    return [*(changed.pop(each.subject, each) for each in kept), *changed.values()]


@pytest.mark.rule("SYNC-3a")
def test_every_kind_of_conflict_and_of_hold_has_a_case():
    """Whatever settling may leave open can be in the queue."""
    known = {each.value for each in (*ConflictKind, *Hold)}

    assert {each.value for each in CaseKind} == known | {CaseKind.RECORD_HELD.value}
    assert len(known) == len(ConflictKind) + len(Hold)


@pytest.mark.rule("SYNC-3a")
@given(queue=queues(), closing=CLOSINGS, at=s.instants())
def test_afterwards_exactly_what_is_open_has_an_open_case(queue, closing, at):
    """With the schools of today; each subject has one case, and what closed says why and when."""
    kept, matters = queue
    found = after(kept, follow(kept, matters, closing=closing, at=at))

    assert max(Counter(each.subject for each in found).values(), default=1) == 1
    assert {Matter(each.subject, each.schools) for each in found if not each.is_closed} == set(matters)
    before = {each.subject: each for each in kept}
    for each in found:
        assert each.is_closed == (each.closed_at is not None) == (each.state in CLOSED)
        if each.is_closed and not before[each.subject].is_closed:
            assert (each.state, each.closed_at) == (CONFLICT_LIFECYCLE[CaseState.OPEN][closing], at)
            assert each.assignee == before[each.subject].assignee


@pytest.mark.rule("SYNC-4a")
@given(queue=queues(), closing=CLOSINGS, at=s.instants(), later=s.instants())
def test_what_is_open_twice_changes_no_case(queue, closing, at, later):
    """Nor does the order in which cases and matters come."""
    kept, matters = queue
    first = follow(kept, matters, closing=closing, at=at)

    assert follow(kept[::-1], matters[::-1], closing=closing, at=at) == first
    again = follow(after(kept, first), matters, closing=closing, at=later)
    assert (again.opened, again.changed) == ((), ())


@pytest.mark.rule("SYNC-3a")
@given(queue=queues(), at=s.instants())
def test_what_comes_back_is_the_same_case_and_nobodys(queue, at):
    """Under its number, counted; what was open meanwhile keeps whom it is assigned to."""
    kept, matters = queue
    before = {each.subject: each for each in kept}

    found = {each.subject: each for each in after(kept, follow(kept, matters, closing=CaseHappening.DECIDED, at=at))}

    for each in matters:
        now, then = found[each.subject], before.get(each.subject)
        if then is None:
            assert (now.state, now.opened_at, now.reopened) == (CaseState.OPEN, at, 0)
        elif then.is_closed:
            assert (now.number, now.state, now.opened_at) == (then.number, CaseState.OPEN, at)
            assert (now.reopened, now.assignee) == (then.reopened + 1, None)
        else:
            assert (now.number, now.state, now.opened_at) == (then.number, then.state, then.opened_at)
            assert now.assignee == then.assignee


@pytest.mark.rule("SYNC-3a")
@given(case=s.conflict_cases(), at=s.instants())
def test_nothing_happens_to_a_case_but_what_the_table_says(case, at):
    """Each step leads to its state and is the next revision; every other is refused."""
    steps = {
        CaseHappening.ASSIGNED: lambda: case.assigned(PersonId(7)),
        CaseHappening.HANDED_BACK: case.handed_back,
        CaseHappening.GROUND_GONE: lambda: case.closed(CaseHappening.GROUND_GONE, at),
        CaseHappening.DECIDED: lambda: case.closed(CaseHappening.DECIDED, at),
        CaseHappening.CAME_BACK: lambda: case.come_back(at, ("sp1",)),
    }
    assert set(steps) == set(CaseHappening)
    for happening, step in steps.items():
        following = CONFLICT_LIFECYCLE[case.state].get(happening)
        if following is None:
            with pytest.raises(InvalidValue, match="cannot be"):
                step()
        else:
            assert (step().state, step().revision) == (following, case.revision + 1)
            assert following in CLOSED or (step().assignee is None) == (following is CaseState.OPEN)


@pytest.mark.rule("LAW-4b")
@given(case=s.conflict_cases())
def test_who_is_erased_has_nothing_to_mend(case):
    """What they were asked to mend is nobody's; nobody else's work is taken away."""
    if case.assignee is None:
        assert case.without(PersonId(1)) == case
        return
    left = case.without(case.assignee)
    assert (left.assignee, left.is_closed, left.revision) == (None, case.is_closed, case.revision + 1)
    assert left.state in {*CLOSED, CaseState.OPEN}
    assert case.without(PersonId(case.assignee + 1)) == case


@pytest.mark.rule("ROLE-4a")
def test_every_kind_can_be_mended_by_somebody():
    """The table misses none, and names a right that somebody of a school has."""
    assert set(MENDING) == set(CaseKind)
    for row in MENDING.values():
        assert PERMISSIONS[row.action].keys() & {Role.SECRETARY, Role.SCHOOL_ADMINISTRATOR}


@pytest.mark.rule("WHY-1a")
@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_is_told_in_words(locale):
    """What it means and how it is mended, each a sentence of its own."""
    for told in (means, mended_by):
        texts = [told(kind, locale) for kind in CaseKind]
        assert len(set(texts)) >= len(texts) - 3
        assert [each for each in texts if not each.endswith(".")] == []
    with pytest.raises(InvalidValue, match="pl, sl, en only"):
        means(CaseKind.RENAMED, "de")
