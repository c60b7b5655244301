"""The life of an application is a table: nothing is approved that was not handed in and confirmed (LINK-5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.applications import (
    APPLICATION_LIFECYCLE,
    NEEDS_REASON,
    UNDECIDED,
    Application,
    ApplicationState,
    ApplicationStep,
    StepTaken,
)
from eszkola_core.domain.claims import Claims, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.roles import Role
from eszkola_core.errors import InvalidValue

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
MONTH = timedelta(days=30)
DRAFT = Application(
    student=PlaceKey(RecordKey(RosterKey("sp1", "uonet", "students"), "7"), Role.STUDENT),
    applicant=Claims(name=PersonName("Jan", "Lis")),
    begun_at=NOW,
)


def taken(step, *, at=NOW, reason="dowód osobisty"):
    """Return a step that somebody took."""
    return StepTaken(step=step, at=at, name="zofia.kot", reason=reason)


@pytest.mark.rule("LINK-5b")
@given(st.lists(st.sampled_from(ApplicationStep), max_size=10))
def test_an_application_moves_by_the_table_alone(steps):
    """Whatever is tried: what the table has happens and is kept, the rest is refused; approval is always confirmed."""
    application, expected = DRAFT, []
    for step in steps:
        following = APPLICATION_LIFECYCLE[application.state].get(step)
        assert application.may_take(step, NOW, MONTH) == (following is not None and step is not ApplicationStep.LAPSE)
        if following is None:
            with pytest.raises(InvalidValue) as refused:
                application.taken(taken(step))
            assert refused.value.code == "no-such-transition"
            continue
        application = application.taken(taken(step))
        expected.append(step)
        assert application.state is following

    assert [each.step for each in application.history] == expected
    assert application.revision == len(expected)
    if application.state is ApplicationState.APPROVED:
        assert expected[-3:] == [ApplicationStep.SUBMIT, ApplicationStep.CONFIRM, ApplicationStep.APPROVE]


@pytest.mark.rule("LINK-5b")
def test_every_state_and_step_is_in_the_table():
    """Each state has a row, each is come to from a draft, each step is taken somewhere; decided ones stay decided."""
    assert set(APPLICATION_LIFECYCLE) == set(ApplicationState)
    following = [after for row in APPLICATION_LIFECYCLE.values() for after in row.values()]
    assert {ApplicationState.DRAFT, *following} == set(ApplicationState)
    assert {step for row in APPLICATION_LIFECYCLE.values() for step in row} == set(ApplicationStep)
    assert set(ApplicationState) - UNDECIDED == {
        ApplicationState.APPROVED,
        ApplicationState.REJECTED,
        ApplicationState.WITHDRAWN,
        ApplicationState.LAPSED,
    }


@pytest.mark.rule("LINK-5b")
@given(
    state=st.sampled_from(ApplicationState),
    waited=st.timedeltas(timedelta(0), timedelta(days=60)) | st.just(MONTH),
    lifetime=st.timedeltas(timedelta(days=7), timedelta(days=60)) | st.just(MONTH),
)
def test_what_nobody_decides_lapses_at_its_instant(state, waited, lifetime):
    """Only then may it be written down, and then nothing else is done with it."""
    application = evolve(DRAFT, state=state)
    lapsed = state in UNDECIDED and waited >= lifetime

    assert (application.state_at(NOW + waited, lifetime) is ApplicationState.LAPSED) == (
        lapsed or state is ApplicationState.LAPSED
    )
    assert application.may_take(ApplicationStep.LAPSE, NOW + waited, lifetime) == lapsed
    if lapsed:
        others = set(ApplicationStep) - {ApplicationStep.LAPSE}
        assert not any(application.may_take(step, NOW + waited, lifetime) for step in others)


@pytest.mark.rule("LINK-5b")
def test_every_step_gives_it_time_anew():
    """The time runs from the last step, not from the first."""
    application = DRAFT.taken(taken(ApplicationStep.SUBMIT, at=NOW + MONTH / 2))

    assert application.state_at(NOW + MONTH, MONTH) is ApplicationState.SUBMITTED
    assert application.state_at(NOW + MONTH * 1.5, MONTH) is ApplicationState.LAPSED


@pytest.mark.rule("LINK-5b")
@pytest.mark.parametrize("step", sorted(NEEDS_REASON))
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_what_needs_a_reason_is_not_done_without_one(step, reason):
    """How an identity was confirmed, what is wrong, what is missing: somebody will ask."""
    submitted = DRAFT.taken(taken(ApplicationStep.SUBMIT))
    with pytest.raises(InvalidValue) as refused:
        submitted.taken(taken(step, reason=reason))
    assert refused.value.code == "reason-missing"


@pytest.mark.rule("LINK-5c")
def test_the_confirmation_is_that_of_the_last_handing_in():
    """Whoever corrects an application is confirmed anew."""
    steps = ApplicationStep
    application = DRAFT.taken(taken(steps.SUBMIT)).taken(taken(steps.CONFIRM, reason="paszport"))
    assert application.confirmation.reason == "paszport"
    returned = application.taken(taken(steps.RETURN, reason="brak adresu"))
    assert returned.confirmation is None
    again = returned.amended(Claims(name=PersonName("Jan", "Kot"))).taken(taken(steps.SUBMIT))
    assert again.confirmation is None
    assert again.taken(taken(steps.CONFIRM)).confirmation.reason == "dowód osobisty"
    with pytest.raises(InvalidValue):
        again.amended(DRAFT.applicant)
