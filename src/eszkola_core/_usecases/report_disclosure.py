"""Reporting that somebody else knows a password (LAW-2); the link *this was not me* reports it in `change_address`."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._disclosing import disable_password, keep_report
from eszkola_core._usecases._post import Post
from eszkola_core._usecases._sessions import owner_of_session, person_at
from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.reports import Report, ReportedBy
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock

_GONE = frozenset({State.UNOPENED, State.CLOSED, State.ERASED, State.MERGED})


class ReportingRefused(StrEnum):
    """Why nothing was reported."""

    NO_SESSION = "no-session"
    NO_SUCH_PERSON = "no-such-person"
    ACCOUNT_SHUT = "account-shut"


@frozen
class Reported:
    """The password is of no use any more; the report says who was told, and who could not be."""

    report: Report


@frozen
class NotReported:
    """Nothing was changed."""

    reason: ReportingRefused


@frozen
class ReportDisclosure:
    """Takes down that a password is known to somebody else, and makes it useless at once."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def by_owner(self, session_key: str, words: str = "") -> Reported | NotReported:
        """Report the password of the session's owner; this session ends too."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            person = owner_of_session(unit, session_key, self.tenant, now)
            if person is None:
                return NotReported(ReportingRefused.NO_SESSION)
            acting = Acting(unit, self.storage, self.tenant, now)
            after = disable_password(Post(unit, self.tenant, now), person)
            owner = Actor(name=person.login, person=person.id, where="session")
            report = keep_report(acting, owner, after, ReportedBy.SESSION, words)
        return Reported(report)

    def by_staff(self, actor: Actor, person_id: PersonId, words: str) -> Reported | NotReported | NotPermitted:
        """
        Report the password of somebody whose word the office has; *words* are what they said.

        An account that is locked stays so: once the lock is lifted, it waits for recovery.
        """
        now = self.clock.now()
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            permission = acting.permission(actor, Action.REPORT_DISCLOSURE, acting.target(person_id))
            if not permission:
                return NotPermitted(permission)
            person = person_at(unit, person_id, now)
            if person is None:
                return NotReported(ReportingRefused.NO_SUCH_PERSON)
            if person.state in _GONE:
                return NotReported(ReportingRefused.ACCOUNT_SHUT)
            after = disable_password(Post(unit, self.tenant, now), person)
            report = keep_report(acting, actor, after, ReportedBy.STAFF, words)
        return Reported(report)
