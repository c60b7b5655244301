"""Reading the journal, and finding out whether anybody touched it (LAW-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.audit import AuditEntry, Broken, Checkpoint, Head, broken
from eszkola_core.domain.permissions import Action, NotPermitted, Permission, may
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class Verified:
    """How far the journal has come, what stands in for its oldest entries, and where its chain does not hold."""

    head: Head
    checkpoint: Checkpoint | None
    broken: tuple[Broken, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nobody touched it."""
        return not self.broken


@frozen
class JournalPages:
    """Entries, the oldest first, and by what login those whom they name are known today."""

    entries: tuple[AuditEntry, ...]
    logins: Mapping[PersonId, str]


@frozen
class ReadJournal:
    """
    Shows the journal to whoever may read it.

    A data controller's delegate sees what somebody of the school did, and what was done to somebody of it; the region
    sees all. Looking at the chain as a whole tells nothing of anybody, so every reader may.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock

    def verify(self, actor: Actor, *, head: Head | None = None) -> Verified | NotPermitted:
        """Return whether the chain holds, and goes through the *head* that was kept outside."""
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            permission = _may_read(acting.known(actor))
            if not permission:
                return NotPermitted(permission)
            checkpoint = unit.audit.checkpoint()
            found = broken(unit.audit.entries(), self.storage.fingerprints, checkpoint=checkpoint, head=head)
            return Verified(unit.audit.head(), checkpoint, tuple(found))

    def show(
        self, actor: Actor, *, about: PersonId | None = None, since: datetime | None = None
    ) -> JournalPages | NotPermitted:
        """Return the entries that the actor may see: about one person, or since an instant, or all."""
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            reader = acting.known(actor)
            permission = _may_read(reader)
            if not permission:
                return NotPermitted(permission)
            sees = _Sight(acting, reader)
            entries = tuple(
                each
                for each in unit.audit.entries(about=about)
                if (since is None or each.at >= since) and sees.entry(each)
            )
            people = unit.people.get_many({person for each in entries for person in _named(each)})
        return JournalPages(entries, {number: person.login for number, person in people.items()})


def _may_read(reader: Actor) -> Permission:
    """Return whether somebody may read anything of the journal: where their own roles are."""
    return may(reader, Action.READ_AUDIT, Target(roles=reader.roles))


def _named(entry: AuditEntry) -> Iterator[PersonId]:
    """Yield everybody whom an entry names."""
    yield from entry.on
    if entry.by is not None:
        yield entry.by


class _Sight:
    """What one reader sees, each person looked at once."""

    def __init__(self, acting: Acting, reader: Actor) -> None:
        self._acting = acting
        self._reader = reader
        self._known: dict[PersonId, bool] = {}
        # Only who may read for all schools reaches what is held in no single one.
        self._sees_all = bool(may(reader, Action.READ_AUDIT, Target.of_school("")))

    def entry(self, entry: AuditEntry) -> bool:
        """Return whether the reader may see *entry*."""
        return self._sees_all or any(map(self._person, _named(entry)))

    def _person(self, person: PersonId) -> bool:
        if person not in self._known:
            may_see = partial(may, self._reader, Action.READ_AUDIT)
            self._known[person] = bool(may_see(self._acting.target(person)))
        return self._known[person]
