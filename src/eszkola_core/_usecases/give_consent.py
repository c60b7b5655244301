"""A student who is of age says which guardians go on seeing them (LINK-4)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases._gathering import decided_about
from eszkola_core._usecases._sessions import owner_of_session
from eszkola_core._usecases._sight import look_at
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Decision, DecisionKind
from eszkola_core.domain.days import day_of
from eszkola_core.domain.links import LinkState
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets


class ConsentRefused(StrEnum):
    """Why nothing was changed."""

    NO_SESSION = "no-session"
    NOT_AWAITED = "not-awaited"
    NOT_GIVEN = "not-given"


@frozen
class ConsentGiven:
    """The guardian goes on seeing the student."""

    decision: Decision


@frozen
class ConsentWithdrawn:
    """The guardian sees the student no more, unless the student consents again."""

    decisions: tuple[Decision, ...]


@frozen
class ConsentUnchanged:
    """Everything is as it was."""

    reason: ConsentRefused


@frozen
class GiveConsent:
    """Takes a student's consent, and takes it back; nobody can do either in the student's stead."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def give(self, session_key: str, guardian: PersonId) -> ConsentGiven | ConsentUnchanged:
        """Let *guardian*, whose link awaits the consent of the session's owner, go on seeing them."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            student = owner_of_session(unit, session_key, self.tenant, now)
            if student is None:
                return ConsentUnchanged(ConsentRefused.NO_SESSION)
            sight = look_at(unit, {student.id}, self.tenant, day_of(now, self.tenant.zone))
            states = {each.state for each in sight.links() if (each.guardian, each.child) == (guardian, student.id)}
            if states != {LinkState.AWAITING_CONSENT}:
                return ConsentUnchanged(ConsentRefused.NOT_AWAITED)
            decision = unit.people.decide(
                Decision(kind=DecisionKind.CONSENTED, subject=student.id, object=guardian, author=student.login, at=now)
            )
            self._follow(unit, student, guardian, "link-consented", now)
        return ConsentGiven(decision)

    def withdraw(self, session_key: str, guardian: PersonId) -> ConsentWithdrawn | ConsentUnchanged:
        """Take back what the session's owner consented to."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            student = owner_of_session(unit, session_key, self.tenant, now)
            if student is None:
                return ConsentUnchanged(ConsentRefused.NO_SESSION)
            decisions = decided_about(unit, student.id)
            aliases = Aliases.of(decisions)
            consents = (each for each in decisions if each.kind is DecisionKind.CONSENTED and each.stands)
            given = tuple(
                sorted(
                    (each for each in consents if aliases.means(each, student.id, guardian)), key=lambda each: each.id
                )
            )
            if not given:
                return ConsentUnchanged(ConsentRefused.NOT_GIVEN)
            for each in given:
                unit.people.withdraw(each.id, now, by=student.login)
            self._follow(unit, student, guardian, "link-consent-withdrawn", now)
        return ConsentWithdrawn(given)

    def _follow(self, unit: Unit, student: Person, guardian: PersonId, deed: str, now: datetime) -> None:
        """Write it down, and settle what follows."""
        actor = Actor(name=student.login, person=student.id, where="")
        Acting(unit, self.storage, self.tenant, now).note(actor, deed, on=(guardian,))
        door = Door(self.storage, self.tenant, self.secrets)
        door.settle(unit, {student.id, guardian}, author=student.login, now=now)
