"""What is to be acknowledged: shown, acknowledged in a session or on paper, and published anew (LAW-1)."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._notices import Notices
from eszkola_core._usecases._sessions import owner_of_session, places_of
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.days import day_of
from eszkola_core.domain.notices import Acknowledgement, Channel, Notice, NoticeKind
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock


class AcknowledgingRefused(StrEnum):
    """Why nothing was acknowledged."""

    NO_SESSION = "no-session"
    NO_SUCH_PERSON = "no-such-person"
    NOTICE_CHANGED = "notice-changed"


@frozen
class Acknowledged:
    """What was acknowledged is kept: who, which version, with what digest, when and how."""

    notices: tuple[Notice, ...]


@frozen
class NotAcknowledged:
    """Nothing was kept."""

    reason: AcknowledgingRefused


@frozen
class Published:
    """The notice is in force; whoever acknowledged the former one has this one to acknowledge."""

    digest: bytes


@frozen
class AcknowledgeNotices:
    """Shows notices, and keeps who acknowledged them; ``notices`` are those that ship."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    notices: tuple[Notice, ...]

    def in_force(self, school: str = "") -> tuple[Notice, ...]:
        """Return what holds in *school*, or for everybody: the school's own, else the tenant's, else what ships."""
        with self.storage.snapshot() as unit:
            return self._known(unit).of_schools({school})

    def outstanding(self, session_key: str) -> tuple[Notice, ...]:
        """Return what the session's owner has still to acknowledge; nothing without a session."""
        now = self.clock.now()
        with self.storage.snapshot() as unit:
            person = owner_of_session(unit, session_key, self.tenant, now)
            if person is None:
                return ()
            return self._known(unit).outstanding(person.id, places_of(unit, person.id), day_of(now, self.tenant.zone))

    def in_session(
        self, session_key: str, digests: Collection[bytes], *, locale: str | None = None
    ) -> Acknowledged | NotAcknowledged:
        """
        Keep that the session's owner acknowledged the notices with *digests*, which must be in force for them.

        ``locale`` is the language that they were shown in, the tenant's where it is left out.
        """
        now = self.clock.now()
        with self.storage.unit() as unit:
            person = owner_of_session(unit, session_key, self.tenant, now)
            if person is None:
                return NotAcknowledged(AcknowledgingRefused.NO_SESSION)
            return self._keep(unit, person.id, digests, Channel.SESSION, locale)

    def on_paper(
        self, actor: Actor, person: PersonId, kinds: Collection[NoticeKind] = tuple(NoticeKind)
    ) -> Acknowledged | NotAcknowledged | NotPermitted:
        """Keep that *person* handed in a signed statement on the notices of *kinds*, as they are now."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            permission = acting.permission(actor, Action.RECORD_ACKNOWLEDGEMENT, acting.target(person))
            if not permission:
                return NotPermitted(permission)
            if person not in unit.people.get_many([person]):
                return NotAcknowledged(AcknowledgingRefused.NO_SUCH_PERSON)
            holding = self._known(unit).of_person(places_of(unit, person), acting.today)
            digests = {each.digest for each in holding if each.kind in kinds}
            done = self._keep(unit, person, digests, Channel.PAPER, None)
            if isinstance(done, Acknowledged):
                detail = {each.kind.value: each.version for each in done.notices}
                acting.note(actor, "notices-acknowledged-on-paper", on=[person], detail=detail)
            return done

    def publish(self, actor: Actor, notice: Notice) -> Published | NotPermitted:
        """
        Put *notice* into force, for its school or for everybody.

        Raises:
            Conflict: this version has been published already.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            permission = acting.permission(actor, Action.PUBLISH_NOTICE, Target.of_school(notice.school))
            if not permission:
                return NotPermitted(permission)
            unit.acknowledgements.publish(notice)
            detail = {"kind": notice.kind.value, "school": notice.school, "version": notice.version}
            acting.note(actor, "notice-published", detail=detail)
        return Published(notice.digest)

    def by(self, person: PersonId) -> tuple[Acknowledgement, ...]:
        """Return what *person* has acknowledged, the oldest first."""
        with self.storage.snapshot() as unit:
            return tuple(unit.acknowledgements.of(person))

    def _known(self, unit: Unit) -> Notices:
        return Notices(unit, self.tenant, self.notices)

    def _keep(
        self, unit: Unit, person: PersonId, digests: Collection[bytes], channel: Channel, locale: str | None
    ) -> Acknowledged | NotAcknowledged:
        """Keep the acknowledgement of the notices with *digests*, unless one of them is not in force for *person*."""
        now = self.clock.now()
        known = self._known(unit)
        holding = known.of_person(places_of(unit, person), day_of(now, self.tenant.zone))
        meant = tuple(each for each in holding if each.digest in digests)
        if len(meant) < len(set(digests)):
            return NotAcknowledged(AcknowledgingRefused.NOTICE_CHANGED)
        known.keep(person, meant, channel, locale=locale or self.tenant.locale, now=now)
        return Acknowledged(meant)
