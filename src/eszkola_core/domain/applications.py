"""
Access applications: a guardian asks the student's school for access (LINK-5).

Two people stand between asking and seeing a child's data: one who confirmed who the applicant is, and one who approved.
What was done is kept with who did it, when and why; what may be done next is one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Claims, PlaceKey
from eszkola_core.domain.days import aware, is_expired
from eszkola_core.errors import InvalidValue


class ApplicationState(StrEnum):
    """How far an application has come; that it lapsed may be known before it is written down."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class ApplicationStep(StrEnum):
    """What is done with an application."""

    SUBMIT = "submit"
    CONFIRM = "confirm"
    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


_S, _T = ApplicationState, ApplicationStep
_OUT: Final = {_T.WITHDRAW: _S.WITHDRAWN, _T.LAPSE: _S.LAPSED}

APPLICATION_LIFECYCLE: Final[Mapping[ApplicationState, Mapping[ApplicationStep, ApplicationState]]] = MappingProxyType(
    {
        _S.DRAFT: {_T.SUBMIT: _S.SUBMITTED, **_OUT},
        _S.SUBMITTED: {_T.CONFIRM: _S.CONFIRMED, _T.RETURN: _S.RETURNED, _T.REJECT: _S.REJECTED, **_OUT},
        _S.CONFIRMED: {_T.APPROVE: _S.APPROVED, _T.RETURN: _S.RETURNED, _T.REJECT: _S.REJECTED, **_OUT},
        _S.RETURNED: {_T.SUBMIT: _S.SUBMITTED, **_OUT},
        _S.APPROVED: {},
        _S.REJECTED: {},
        _S.WITHDRAWN: {},
        _S.LAPSED: {},
    },
)
"""Every step of an application: nothing is approved that was not handed in and confirmed."""

UNDECIDED: Final = frozenset(state for state, following in APPLICATION_LIFECYCLE.items() if following)
"""States in which somebody still has to do something; an application that stays in one lapses."""

NEEDS_REASON: Final = frozenset({_T.CONFIRM, _T.REJECT, _T.RETURN})
"""Steps that say why: how the identity was confirmed, what is wrong, what is missing."""


@frozen(kw_only=True)
class StepTaken:
    """
    One step, as it is kept with the application.

    ``by`` is who took it, or None for a console or the platform itself; ``name`` is their login, or the console's user.
    """

    step: ApplicationStep
    at: datetime
    by: PersonId | None = None
    name: str = ""
    reason: str = field(default="", repr=False)


@frozen(kw_only=True)
class Application:
    """
    One guardian's application for one child at one school.

    ``student`` is the child's place in the school's gradebook. ``applicant`` is what the applicant states of
    themselves; ``applied_by`` whose account it was handed in from, if it was. An approved one names the two people
    whom it joined.
    ``revision`` counts the changes, so that two who decide at once are told apart.
    """

    id: int = 0
    revision: int = 0
    student: PlaceKey
    applicant: Claims = field(repr=False)
    applied_by: PersonId | None = None
    begun_at: datetime
    state: ApplicationState = ApplicationState.DRAFT
    history: tuple[StepTaken, ...] = ()
    guardian: PersonId | None = None
    child: PersonId | None = None

    @property
    def school(self) -> str:
        """The school that it is handed in at: the student's."""
        return self.student.school

    @property
    def moved_at(self) -> datetime:
        """When something was last done with it."""
        return self.history[-1].at if self.history else self.begun_at

    @property
    def confirmation(self) -> StepTaken | None:
        """Who confirmed the applicant's identity, and how; None while nobody has since it was last handed in."""
        if self.state not in (ApplicationState.CONFIRMED, ApplicationState.APPROVED):
            return None
        return next(each for each in reversed(self.history) if each.step is ApplicationStep.CONFIRM)

    def state_at(self, now: datetime, lifetime: timedelta) -> ApplicationState:
        """Return the state on *now*: what nobody has decided for *lifetime* has lapsed, at that instant (DAY-1)."""
        if self.state in UNDECIDED and is_expired(self.moved_at + lifetime, now):
            return ApplicationState.LAPSED
        return self.state

    def may_take(self, step: ApplicationStep, now: datetime, lifetime: timedelta) -> bool:
        """Return whether *step* is one that may be taken on *now*."""
        if step is ApplicationStep.LAPSE:
            return self.state in UNDECIDED and self.state_at(now, lifetime) is ApplicationState.LAPSED
        return step in APPLICATION_LIFECYCLE[self.state_at(now, lifetime)]

    def taken(self, taken: StepTaken) -> Application:
        """
        Return the application after a step.

        Raises:
            InvalidValue: the table has no such step, or a step that needs a reason has none.
        """
        following = APPLICATION_LIFECYCLE[self.state].get(taken.step)
        if following is None:
            raise InvalidValue(
                f"an application that is {self.state} has no step {taken.step}", code="no-such-transition"
            )
        if taken.step in NEEDS_REASON and not taken.reason.strip():
            raise InvalidValue(f"the step {taken.step} says why", code="reason-missing")
        aware(taken.at)
        return evolve(self, state=following, history=(*self.history, taken), revision=self.revision + 1)

    def amended(self, applicant: Claims) -> Application:
        """
        Return the application with other data of the applicant.

        Raises:
            InvalidValue: it is in the school's hands, or decided; it must be returned first.
        """
        if self.state not in (ApplicationState.DRAFT, ApplicationState.RETURNED):
            raise InvalidValue(f"an application that is {self.state} is not amended", code="no-such-transition")
        return evolve(self, applicant=applicant, revision=self.revision + 1)


class ApplicationRefused(StrEnum):
    """Why an application stays as it is, or is not taken in."""

    DATA_REFUSED = "data-refused"
    NO_SUCH_STUDENT = "no-such-student"
    NO_SUCH_APPLICATION = "no-such-application"
    NOT_NOW = "not-now"
    NO_REASON = "no-reason"
    NO_ACCOUNT = "no-account"
    STUDENT_GONE = "student-gone"
    FOUR_EYES = "four-eyes"
    APPLICANT_IS_STUDENT = "applicant-is-student"
    ACCOUNT_LACKS = "account-lacks"
    HELD = "held"


@frozen
class ApplicationMoved:
    """The step was taken; this is the application after it."""

    application: Application


@frozen
class ApplicationKept:
    """No step was taken; ``details`` are codes that say more."""

    reason: ApplicationRefused
    details: tuple[str, ...] = ()
