"""Two accounts that are one person's: planned, merged, and parted again (ID-7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases._gathering import gather
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._post import Post, login_of
from eszkola_core._usecases._sessions import person_with
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Decision, DecisionKind, Seeds
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.devices import DeviceEnd, DeviceState
from eszkola_core.domain.events import EventKind
from eszkola_core.domain.licences import LicenceState
from eszkola_core.domain.merging import (
    MergePlan,
    MergeRefused,
    children_met_anew,
    merge,
    parted,
    refused,
    survivor_first,
)
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets


@frozen
class Merged:
    """Both are one account; until ``until`` that can be undone by the number of the decision."""

    plan: MergePlan
    decision: int
    until: datetime


@frozen
class Parted:
    """They are two accounts again; the owner of each recovers access."""

    survivor: PersonId
    absorbed: PersonId


@frozen
class MergeKept:
    """Nothing was changed. ``plan`` is the newest one, where only it had moved."""

    reason: MergeRefused
    plan: MergePlan | None = None


@frozen
class MergeDone:
    """A merge that stands: its number, the two logins, and until when it can be undone."""

    decision: int
    survivor_login: str
    absorbed_login: str
    at: datetime
    until: datetime


@frozen
class MergePeople:
    """
    Merges accounts of one person, and parts them again.

    A merge writes nothing over: it is a decision by which one account is read as the other, so that all comes back
    when it is withdrawn.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def plan(self, actor: Actor, first: PersonId, second: PersonId) -> MergePlan | MergeKept | NotPermitted:
        """
        Return what a merge of two would do; nothing is written (ID-7a).

        Raises:
            InvalidValue: nobody has one of the numbers.
        """
        with self.storage.snapshot() as unit:
            found = self._look(Acting(unit, self.storage, self.tenant, self.clock.now()), actor, first, second)
        return found if not isinstance(found, _Two) else found.plan

    def merge(
        self, actor: Actor, first: PersonId, second: PersonId, *, plan_id: str, reason: str
    ) -> Merged | MergeKept | NotPermitted:
        """
        Merge two, if the plan is still the one with *plan_id*.

        Sessions, tokens and pairings of both end (ID-7e); both mailboxes are told.

        Raises:
            InvalidValue: nobody has one of the numbers.
            Conflict: one of the accounts was changed at the very same time; nothing was written.
        """
        now = self.clock.now()
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            found = self._look(acting, actor, first, second)
            if not isinstance(found, _Two):
                return found
            if not reason.strip():
                return MergeKept(MergeRefused.NO_REASON)
            if found.plan.id != plan_id:
                return MergeKept(MergeRefused.PLAN_MOVED, found.plan)
            survivor, absorbed = found.survivor, found.absorbed
            post = Post(unit, self.tenant, now)
            for each in (survivor, absorbed):
                _end(post, each)
            decision, after, gone = merge(survivor, absorbed, author=actor.name, reason=reason.strip(), at=now)
            kept = unit.people.decide(decision)
            unit.people.save(gone)
            if after != survivor:
                unit.people.save(after)
                post.emit_move(survivor, after)
            until = now + self.tenant.settings.merge_undo
            data = {
                "login": login_of(survivor, self.tenant),
                "other": absorbed.login,
                "at": post.instant(now),
                "until": post.instant(until),
                "link": post.access_link,
            }
            post.emit_merge(EventKind.ACCOUNTS_MERGED, kept, absorbed)
            self._tell(post, MessageKind.ACCOUNTS_MERGED, (survivor, absorbed), data, key=f"{kept.id}")
            acting.note(
                actor, "accounts-merged", on=[survivor.id, absorbed.id], why=reason, detail={"decision": f"{kept.id}"}
            )
            door = Door(self.storage, self.tenant, self.secrets)
            door.settle(unit, {survivor.id, absorbed.id}, author=actor.name, now=now)
        return Merged(found.plan, kept.id, until)

    def of(self, actor: Actor, person: PersonId) -> Sequence[MergeDone] | NotPermitted:
        """Return the merges into *person* that can still be undone, the newest first."""
        now = self.clock.now()
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            allowed = acting.permission(actor, Action.MERGE, acting.target(person))
            if not allowed:
                return NotPermitted(allowed)
            found = [each for each in _merges(unit, person) if not is_expired(self._until(each), now)]
            people = unit.people.get_many([each for merged in found for each in merged.people])
            return [
                MergeDone(
                    each.id,
                    people[each.subject].login,
                    people[_absorbed(each)].login,
                    each.at,
                    self._until(each),
                )
                for each in sorted(found, key=lambda each: each.id, reverse=True)
                if each.subject == person
            ]

    def undo(
        self, actor: Actor, survivor: PersonId, decision: int, *, reason: str
    ) -> Parted | MergeKept | NotPermitted:
        """
        Part two who were merged into *survivor* by the decision with this number, within its time (ID-7f).

        Each gets back what was theirs; what came since stays with the survivor. Nobody signs in before access was
        recovered anew.

        Raises:
            InvalidValue: nobody has this number.
            Conflict: one of the accounts was changed at the very same time; nothing was written.
        """
        now = self.clock.now()
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            person_with(unit, survivor)
            allowed = acting.permission(actor, Action.MERGE, acting.target(survivor))
            if not allowed:
                return NotPermitted(allowed)
            merged = next((e for e in _merges(unit, survivor) if (e.id, e.subject) == (decision, survivor)), None)
            if merged is None:
                return MergeKept(MergeRefused.NO_SUCH_MERGE)
            if is_expired(self._until(merged), now):
                return MergeKept(MergeRefused.TOO_LATE)
            if Aliases.of(unit.people.decisions(survivor)).survivor(survivor) != survivor:
                return MergeKept(MergeRefused.LATER_MERGE_FIRST)
            if not reason.strip():
                return MergeKept(MergeRefused.NO_REASON)
            absorbed = self._part(unit, actor, merged, reason.strip(), now)
            acting.note(actor, "merge-undone", on=[survivor, absorbed], why=reason, detail={"decision": f"{merged.id}"})
        return Parted(survivor, absorbed)

    def _part(self, unit: Unit, actor: Actor, merged: Decision, reason: str, now: datetime) -> PersonId:
        """Write that two are two again, and settle what follows."""
        people = unit.people.get_many(merged.people)
        survivor, absorbed = people[merged.subject].at(now), people[_absorbed(merged)].at(now)
        post = Post(unit, self.tenant, now)
        holders = unit.people.by_central(merged.address.mailbox) if merged.address is not None else ()
        for each in (survivor, absorbed):
            _end(post, each)
        unit.people.withdraw(merged.id, now, by=actor.name, why=reason)
        after = parted(survivor, absorbed, merged, holders)
        for each in after:
            unit.people.save(each)
        Door(self.storage, self.tenant, self.secrets).settle(unit, merged.people, author=actor.name, now=now)
        post.emit_merge(EventKind.MERGE_UNDONE, merged, absorbed)
        newest = unit.people.get_many(merged.people)
        for each in newest.values():
            data = {"login": login_of(each, self.tenant), "at": post.instant(now), "link": post.access_link}
            post.queue(MessageKind.MERGE_UNDONE, each, data, key=f"{merged.id}")
        return absorbed.id

    def _look(self, acting: Acting, actor: Actor, first: PersonId, second: PersonId) -> _Two | MergeKept | NotPermitted:
        """Return the two as they are, with the plan; or why nothing happens."""
        unit = acting.unit
        aliases = Aliases.of(unit.rosters.gather(Seeds(people=frozenset({first, second}))).decisions)
        mine, theirs = (person_with(unit, aliases.survivor(each)).at(acting.now) for each in (first, second))
        for target, other in ((mine, theirs), (theirs, mine)):
            allowed = acting.permission(actor, Action.MERGE, acting.target(target.id, concerns={other.id}))
            if not allowed:
                return NotPermitted(allowed)
        ground = gather(unit, Seeds(people=frozenset({mine.id, theirs.id})))
        settlement = Moment(unit, self.tenant, acting.now).settled(ground)
        why = refused(mine, theirs, settlement.recognised.groups, Aliases.of(ground.newest.decisions), settlement.apart)
        if why is not None:
            return MergeKept(why)
        for child in sorted(children_met_anew((mine.id, theirs.id), settlement.recognised.groups, settlement.apart)):
            around = acting.target(child, concerns={mine.id, theirs.id})
            allowed = acting.permission(actor, Action.LIFT_RESTRICTION, around)
            if not allowed:
                return NotPermitted(allowed)
        survivor, absorbed = survivor_first(mine, theirs)
        coming = [
            place
            for group in settlement.recognised.groups
            if group.who == absorbed.id
            for place in group.places
            if place.is_present and place.accepted is not None
        ]
        everybody = aliases.members(survivor.id) | aliases.members(absorbed.id)
        state = repr((survivor.id, absorbed.id, sorted(unit.people.versions(everybody).items()))).encode()
        plan = MergePlan(
            survivor=survivor.id,
            absorbed=absorbed.id,
            survivor_login=survivor.login,
            absorbed_login=absorbed.login,
            places=tuple(sorted({(place.school, place.role) for place in coming})),
            children=sum(place.role is Role.GUARDIAN for place in coming),
            devices=sum(each.state is DeviceState.PAIRED for each in unit.devices.of(absorbed.id)),
            licences=sum(each.state is not LicenceState.WITHDRAWN for each in unit.licences.of(absorbed.id)),
            acknowledgements=len(unit.acknowledgements.of(absorbed.id)),
            restrictions=sum(absorbed.id in pair for pair in settlement.apart.known),
            id=self.storage.fingerprint(state, context="merge plan").hex(),
        )
        return _Two(survivor, absorbed, plan)

    def _until(self, merged: Decision) -> datetime:
        """Return the instant from which on a merge stays."""
        return merged.at + self.tenant.settings.merge_undo

    @staticmethod
    def _tell(post: Post, kind: MessageKind, people: Sequence[Person], data: dict[str, str], *, key: str) -> None:
        """Tell every mailbox of the two once."""
        told = set()
        for each in people:
            if each.central is not None and each.central.mailbox not in told:
                told.add(each.central.mailbox)
                post.queue(kind, each, data, key=key)


@frozen
class _Two:
    """Two accounts that may be merged, with what that would do."""

    survivor: Person
    absorbed: Person
    plan: MergePlan


def _end(post: Post, person: Person) -> None:
    """End the sessions, tokens and pairings of somebody; devices stay (ID-7d, ID-7e)."""
    post.unit.sessions.end_all(person.id, end=SessionEnd.MERGED, now=post.now)
    for each in post.unit.devices.of(person.id):
        if each.state is DeviceState.PAIRING:
            post.unit.devices.change(each, each.ended(DeviceEnd.MERGED, post.now))
    post.cancel_tokens(person)


def _merges(unit: Unit, person: PersonId) -> list[Decision]:
    """Return the merges of *person* that stand."""
    return [each for each in unit.people.decisions(person) if each.kind is DecisionKind.MERGED and each.stands]


def _absorbed(merged: Decision) -> PersonId:
    """Return who was merged into the other."""
    if merged.object is None:
        raise AssertionError("a merge names two")
    return merged.object
