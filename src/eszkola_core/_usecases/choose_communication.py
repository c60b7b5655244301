"""How much a guardian hears, and whether a message may be sent (LINK-8)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._gathering import decided_about
from eszkola_core._usecases._guardians import Guardian, guardians_of
from eszkola_core._usecases._levels import choose
from eszkola_core._usecases._sessions import owner_of_session
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.communication import LEAST, Category, Level, chosen_level, is_sent, level_about
from eszkola_core.domain.days import day_of
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock


class ChoiceRefused(StrEnum):
    """Why nothing was chosen."""

    NO_SESSION = "no-session"
    NO_SUCH_CHILD = "no-such-child"
    NOT_VERIFIED = "not-verified"


@frozen
class Chosen:
    """The levels that hold from now on: the guardian's own, and for each child that a level was chosen for."""

    own: Level | None
    children: Mapping[PersonId, Level]


@frozen
class NotChosen:
    """Everything is as it was."""

    reason: ChoiceRefused


@frozen
class ChooseCommunication:
    """
    Lets guardians choose again, and says of every message whether it is to be sent.

    Services ask before each message, at the moment when it leaves: a choice holds from then on.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock

    def choose(
        self,
        session_key: str,
        *,
        own: Level | None = None,
        children: Mapping[PersonId, Level] = MappingProxyType({}),
    ) -> Chosen | NotChosen:
        """Keep what the session's owner chooses; what is left out stays as it was."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            person = owner_of_session(unit, session_key, self.tenant, now)
            if person is None:
                return NotChosen(ChoiceRefused.NO_SESSION)
            guardian = Guardian.of(unit, person.id, self.tenant, acting.today)
            for child in children:
                linked = guardian.child(child)
                if linked is None or not linked.is_verified:
                    return NotChosen(ChoiceRefused.NO_SUCH_CHILD if linked is None else ChoiceRefused.NOT_VERIFIED)
            levels: dict[PersonId | None, Level] = {} if own is None else {None: own}
            levels.update(children.items())
            choose(unit, person.id, levels, author=person.login, now=now)
            actor = Actor(name=person.login, person=person.id, where="session")
            detail = {str(child or "own"): level.value for child, level in levels.items()}
            acting.note(actor, "communication-chosen", on=[person.id, *children], detail=detail)
            return self._chosen(unit, guardian)

    def is_sent(self, category: Category, to: PersonId, *, about: PersonId | None = None) -> bool:
        """
        Return whether a message may be sent now.

        Args:
            category: what it is about.
            to: who is to get it: a guardian, or the child itself.
            about: the child that it is about; None where it is about the guardian's own matters.
        """
        if LEAST[category] is None:
            return True
        today = day_of(self.clock.now(), self.tenant.zone)
        with self.storage.snapshot() as unit:
            if about is None:
                return is_sent(category, chosen_level(decided_about(unit, to), to))
            guardians = guardians_of(unit, about, self.tenant, today)
            decisions = decided_about(unit, about)
        if to != about and (to not in guardians or chosen_level(decisions, to, about) is None):
            return False
        return is_sent(category, level_about(decisions, guardians, about))

    @staticmethod
    def _chosen(unit: Unit, guardian: Guardian) -> Chosen:
        decisions = decided_about(unit, guardian.id)
        children = {
            each.person: level
            for each in guardian.children
            if each.person is not None and (level := chosen_level(decisions, guardian.id, each.person)) is not None
        }
        return Chosen(chosen_level(decisions, guardian.id), children)
