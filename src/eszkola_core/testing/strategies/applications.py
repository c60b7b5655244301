"""Access applications, from drafts to decided ones."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.applications import APPLICATION_LIFECYCLE, Application, ApplicationStep, StepTaken
from eszkola_core.domain.claims import Claims, PlaceKey, RecordKey
from eszkola_core.domain.roles import Role
from eszkola_core.testing.strategies.places import claims, record_keys
from eszkola_core.testing.strategies.times import chosen, instants

_PEOPLE = st.none() | st.integers(1, 99).map(PersonId)
_REASONS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


def steps_taken(*, steps: SearchStrategy[ApplicationStep] | None = None) -> SearchStrategy[StepTaken]:
    """Yield steps by people and by consoles, each with a reason."""
    return st.builds(
        StepTaken,
        step=chosen(steps, st.sampled_from(ApplicationStep)),
        at=instants(),
        by=_PEOPLE,
        name=_REASONS,
        reason=_REASONS,
    )


@st.composite
def applications(
    draw: st.DrawFn,
    *,
    records: SearchStrategy[RecordKey] | None = None,
    applicants: SearchStrategy[Claims] | None = None,
) -> Application:
    """Yield applications for the students of *records* that came their way by the table, one step after the other."""
    application = Application(
        student=PlaceKey(draw(chosen(records, record_keys())), Role.STUDENT),
        applicant=draw(chosen(applicants, claims())),
        applied_by=draw(_PEOPLE),
        begun_at=draw(instants()),
    )
    at = application.begun_at
    for _ in range(draw(st.integers(0, 4))):
        if following := sorted(APPLICATION_LIFECYCLE[application.state]):
            at += timedelta(hours=draw(st.integers(1, 48)))
            step = draw(steps_taken(steps=st.sampled_from(following)))
            application = application.taken(
                StepTaken(step=step.step, at=at, by=step.by, name=step.name, reason=step.reason)
            )
    return application
