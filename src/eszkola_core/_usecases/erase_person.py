"""A person's right to be forgotten: a request first, which says what would go, then the erasure (LAW-4b)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._dossiers import dossier_of, mailboxes_of, members_of, places_of
from eszkola_core._usecases._gathering import gather
from eszkola_core._usecases._post import Post
from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.applications import UNDECIDED
from eszkola_core.domain.claims import RecordKey, Seeds
from eszkola_core.domain.dossiers import Dossier, erased, handed_on, marks_for, stays
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock

_MOVES_BY_ITSELF: Final = frozenset({"journal", "account"})
"""What a request itself writes, or what the revision of the account stands for."""


class ErasureRefused(StrEnum):
    """Why nobody was erased."""

    NO_SUCH_PERSON = "no-such-person"
    ALREADY_ERASED = "already-erased"
    MERGED = "merged"
    RECORDS_NAME_THEM = "records-name-them"
    APPLICATION_OPEN = "application-open"
    GROUND_MOVED = "ground-moved"


@frozen
class Standing:
    """A record that names the person, at a school that keeps it by law: the school ends it (LAW-4b)."""

    school: str
    record: RecordKey


@frozen
class NotErased:
    """Everything is as it was, but that live security codes are dead; ``records`` are those that name the person."""

    reason: ErasureRefused
    records: tuple[Standing, ...] = ()


@frozen
class ErasurePlan:
    """
    What an erasure would take away, counted by part, and how many restrictions stay.

    ``id`` is what `ErasePerson.apply` wants: it stands for the state that was looked at.
    """

    id: str
    person: PersonId
    goes: Mapping[str, int]
    restrictions: int


@frozen
class Erased:
    """Nothing is left of the person but what the rule names (LAW-4b)."""

    person: PersonId
    restrictions: int


@frozen
class ErasePerson:
    """
    Erases accounts: refused while a record names the person, for what the law keeps a school must keep.

    Afterwards there are the number, the login and the platform address, which are never issued again (MAIL-10b); the
    restrictions that stand, with keyed fingerprints by which the person is known again (LINK-3d); and the journal,
    which names people by numbers.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock

    def request(self, actor: Actor, person_id: PersonId, *, why: str) -> ErasurePlan | NotErased | NotPermitted:
        """Take a request down, end the person's security codes whatever becomes of it (LINK-7d), and plan."""
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            permission = acting.permission(actor, Action.ERASE_PERSON, acting.target(person_id))
            if not permission:
                return NotPermitted(permission)
            if not unit.people.get_many([person_id]):
                return NotErased(ErasureRefused.NO_SUCH_PERSON)
            unit.codes.cancel(person_id)
            acting.note(actor, "erasure-requested", on=[person_id], why=why)
            return self._planned(unit, person_id, acting.now)

    def apply(self, actor: Actor, person_id: PersonId, plan: str, *, why: str) -> Erased | NotErased | NotPermitted:
        """
        Erase a person as *plan* says, the ``id`` of an `ErasurePlan`; refused where anything of it has changed since.

        Raises:
            Conflict: the account was changed at the very same time.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            permission = acting.permission(actor, Action.ERASE_PERSON, acting.target(person_id))
            if not permission:
                return NotPermitted(permission)
            now = self._planned(unit, person_id, acting.now)
            if isinstance(now, NotErased):
                return now
            if now.id != plan:
                return NotErased(ErasureRefused.GROUND_MOVED)
            self._erase(unit, person_id, Post(unit, self.tenant, acting.now))
            detail = {"parts": str(sum(now.goes.values())), "restrictions": str(now.restrictions)}
            acting.note(actor, "person-erased", on=[person_id], why=why, detail=detail)
        return Erased(person_id, now.restrictions)

    def _planned(self, unit: Unit, person_id: PersonId, now: datetime) -> ErasurePlan | NotErased:
        dossier = dossier_of(unit, person_id)
        if dossier is None:
            return NotErased(ErasureRefused.NO_SUCH_PERSON)
        refused = _refused(unit, dossier)
        if refused is not None:
            return refused
        stay = sum(1 for each in unit.people.decisions(person_id) if stays(each))
        goes = {part: count for part, count in dossier.counts().items() if part not in _MOVES_BY_ITSELF}
        return ErasurePlan(self._id(dossier, now), person_id, goes, stay)

    def _id(self, dossier: Dossier, now: datetime) -> str:
        """Return what stands for the state of everything that would go."""
        content = dossier.plain(at=now, tenant=self.tenant.key)["parts"]
        ground = {part: held for part, held in content.items() if part != "journal"}
        text = json.dumps(ground, sort_keys=True).encode()
        return self.storage.fingerprint(text, context="erasure plan").hex()

    @staticmethod
    def _erase(unit: Unit, person_id: PersonId, post: Post) -> None:
        """Keep by what the person is known again, and whom else a restriction binds; take all else away, and tell."""
        everybody = unit.people.get_many(members_of(unit, person_id))
        around = gather(unit, Seeds(people=frozenset(everybody))).kept.decisions
        for each in handed_on(around, everybody):
            unit.people.decide(each)
        for mailbox in mailboxes_of(unit, person_id):
            if {each.id for each in unit.people.by_central(mailbox)} <= everybody.keys():
                unit.unusable.clear(mailbox)
        places = places_of(unit, everybody[person_id])
        for number, person in sorted(everybody.items()):
            unit.people.mark(marks_for(person, unit.people.decisions(number), places))
            unit.dossiers.erase(number, frozenset(each.key for each in places if number == person_id))
            unit.people.save(erased(person))
            post.emit_erasure(person)


def _refused(unit: Unit, dossier: Dossier) -> NotErased | None:
    """Return why somebody may not be erased now, or None."""
    person = dossier.person
    if person.state is State.ERASED:
        return NotErased(ErasureRefused.ALREADY_ERASED)
    if person.state is State.MERGED:
        return NotErased(ErasureRefused.MERGED)
    present = [each for each in places_of(unit, person) if each.is_present]
    if present:
        return NotErased(ErasureRefused.RECORDS_NAME_THEM, _standing({each.key.record for each in present}))
    if any(each.state in UNDECIDED for each in unit.applications.about(person.id)):
        return NotErased(ErasureRefused.APPLICATION_OPEN)
    return None


def _standing(records: Collection[RecordKey]) -> tuple[Standing, ...]:
    return tuple(Standing(each.roster.school, each) for each in sorted(records))
