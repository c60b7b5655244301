"""Importing rosters: plan, then apply (SYNC-1, SYNC-3, SYNC-4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Final

from attrs import asdict, evolve, frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._alone import Running, Turn, alone, who_works
from eszkola_core._usecases._keeping import save_run
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._post import Post
from eszkola_core._usecases._unopened import known_by, rules_of, schools_of
from eszkola_core._usecases.plan_import import Leave, make_plan
from eszkola_core._usecases.progress import Progress, Stage, Watch, nobody_watches
from eszkola_core.domain.accounts import Person
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.permissions import Action, Ground, NotPermitted, Permission
from eszkola_core.domain.plans import Plan
from eszkola_core.domain.runs import Run
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.signing_in import is_dormant
from eszkola_core.domain.stated import Reading
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.tokens import Purpose
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock, Secrets

__all__ = ["Applied", "GroundMoved", "ImportRosters", "Running"]

_ATTEMPTS: Final = 3


@frozen
class Applied:
    """
    What an import did; ``run`` is None where there was nothing to write.

    ``already`` says that this very plan was applied before, by that run.
    """

    plan: Plan
    run: Run | None
    already: bool = False


@frozen
class GroundMoved:
    """A saved plan that would do something else by now; ``plan`` is what it would do (SYNC-3)."""

    plan: Plan


@frozen
class ImportRosters:
    """
    Takes gradebooks' rosters in.

    Planning writes nothing. Applying plans again on the spot and writes everything together: accounts, places,
    conflicts, the messages that follow, and a line of the journal: who, which run, how much (LAW-3). Whoever changes an
    account in between makes it plan once more. One at a time applies in a tenant (SYNC-2).
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def plan(
        self,
        reading: Reading,
        *,
        allow_removals: Collection[str] | None = frozenset(),
        allow_undone: Collection[str] | None = frozenset(),
        watch: Watch = nobody_watches,
    ) -> Plan:
        """
        Return what importing *reading* would do now.

        ``allow_removals`` names the schools whose removals the guard lets through today; None stands for all (SYNC-6).
        ``allow_undone`` names those that take in again what was taken back by undoing a run (SYNC-9b).
        ``watch`` is told how far it has come.
        """
        return self._planned(reading, self.clock.now(), Leave(allow_removals, allow_undone), watch)

    def knows(self) -> Callable[[bytes], bool]:
        """
        Return a question for whoever reads sources: whether one with a stamp need not be opened (SYNC-4d).

        It need not where everything in it was taken in, and nothing of that has changed since. The answer is of now: an
        import looks again, and opens what has changed in between.
        """
        with self.storage.snapshot() as unit:
            stamps = {each.stamp for each in unit.rosters.stamps()}
        rules = rules_of(self.tenant, self.storage)
        return lambda stamp: known_by(stamp, rules, self.storage) in stamps

    def permission(self, actor: Actor, reading: Reading) -> Permission:
        """Return whether *actor* may import the rosters of every school in *reading*; what denies comes first."""
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            schools = sorted(schools_of(reading, unit, self.tenant, self.storage))
            found = [acting.permission(actor, Action.IMPORT_ROSTER, Target.of_school(school)) for school in schools]
        return min(found, key=bool, default=Permission(allowed=True, ground=Ground.CONSOLE))

    def apply(  # noqa: PLR0913 - what an import may be told
        self,
        reading: Reading,
        *,
        actor: Actor,
        allow_removals: Collection[str] | None = frozenset(),
        allow_undone: Collection[str] | None = frozenset(),
        only: bytes | None = None,
        plan_id: bytes | None = None,
        watch: Watch = nobody_watches,
    ) -> Applied | GroundMoved | Running | NotPermitted:
        """
        Import *reading*; where somebody else is importing, say who and do nothing.

        Args:
            reading: what the sources state.
            actor: who imports, and is named in the journal; of every school of *reading* they must have the right.
            allow_removals: as for `plan`.
            allow_undone: as for `plan`.
            only: the digest of a plan that was made before; where today's differs nothing is written.
            plan_id: the journal's name of that plan; the same again says that it was applied.
            watch: is told how far it has come.

        Raises:
            Conflict: accounts were changed at the same time again and again; nothing was written.
        """
        permission = self.permission(actor, reading)
        if not permission:
            return NotPermitted(permission)
        with alone(self.storage, self.tenant, self.clock, actor.name) as turn:
            if isinstance(turn, Running):
                return turn
            try:
                return self._applied(reading, turn, actor, Leave(allow_removals, allow_undone), only, plan_id, watch)
            except Conflict as conflict:
                if conflict.code != "lease-lost":
                    raise
        return who_works(self.storage, self.clock)

    def _applied(  # noqa: PLR0913, PLR0917 - what `apply` was asked for
        self,
        reading: Reading,
        turn: Turn,
        actor: Actor,
        leave: Leave,
        only: bytes | None,
        plan_id: bytes | None,
        watch: Watch,
    ) -> Applied | GroundMoved:
        """Plan and write, and once more where somebody changed an account in between."""

        def watched(progress: Progress) -> None:
            # Whoever can say how far it has come is alive (SYNC-2).
            turn.beat()
            watch(progress)

        for attempt in range(_ATTEMPTS):
            now = self.clock.now()
            plan = self._planned(reading, now, leave, watched)
            done = self._journalled(plan_id)
            if done is not None:
                return Applied(plan, done, already=True)
            if only is not None and plan.digest != only:
                return GroundMoved(plan)
            if plan.is_empty or plan.stopped_all:
                self._keep_aside(plan, turn)
                return Applied(plan, None)
            watched(Progress(Stage.WRITE))
            try:
                return Applied(plan, self._write(plan, turn, actor, now, plan_id))
            except Conflict as conflict:
                if conflict.code == "lease-lost" or attempt + 1 == _ATTEMPTS:
                    raise
        raise AssertionError("every attempt ends the loop")

    def _planned(self, reading: Reading, now: datetime, leave: Leave, watch: Watch) -> Plan:
        with self.storage.snapshot() as unit:
            moment = Moment(unit, self.tenant, now)
            return make_plan(
                reading,
                moment,
                storage=self.storage,
                leave=leave,
                watch=watch,
            )

    def _journalled(self, plan_id: bytes | None) -> Run | None:
        if plan_id is None:
            return None
        with self.storage.snapshot() as unit:
            return unit.rosters.applied(plan_id)

    def _keep_aside(self, plan: Plan, turn: Turn) -> None:
        """Keep the names of schools, and by what sources are known, even where nobody in them changes."""
        with self.storage.snapshot() as unit:
            known = {each.key: each.name for each in unit.rosters.schools([each.key for each in plan.changes.schools])}
            stamped = {(each.roster, each.stamp) for each in unit.rosters.stamps(set(plan.stamps.values()))}
        news = [
            each for each in plan.changes.schools if each.key not in known or each.name not in ("", known[each.key])
        ]
        stamps = {roster: stamp for roster, stamp in plan.stamps.items() if (roster, stamp) not in stamped}
        if news or stamps:
            with turn.unit() as unit:
                unit.rosters.add_schools(news)
                unit.rosters.stamp(stamps)

    def _write(self, plan: Plan, turn: Turn, actor: Actor, now: datetime, plan_id: bytes | None) -> Run:
        """Write a plan and what follows from it, together."""
        name = plan_id or self.storage.fingerprint(self.secrets.token_bytes(16), context="run")
        run = Run(author=actor.name, at=now, plan=name, summary=asdict(plan.counts), schools=plan.schools)
        with turn.unit() as unit:
            before = unit.people.get_many([person.id for person in plan.changes.people])
            unit.runs.forget(now - self.tenant.settings.undo_grace)
            run = save_run(unit, run, evolve(plan.changes, records=(*plan.changes.records, *plan.retraced)))
            unit.rosters.stamp(plan.stamps)
            for decision in plan.agreed:
                unit.people.withdraw(decision.id, now, by=actor.name, why="the source says the same")
            post = Post(unit, self.tenant, now, run.id)
            post.follow(plan.changes, before, self.secrets)
            for person in _resting(plan):
                post.cancel_tokens(person)
                unit.sessions.end_all(person.id, end=SessionEnd.ROLE_ENDED, now=now)
            self._ask_for_confirmations(post, plan)
            counts = {name: str(count) for name, count in asdict(plan.counts).items() if count}
            acting = Acting(unit, self.storage, self.tenant, now)
            acting.note(actor, "roster-imported", detail={"run": str(run.id), **counts})
        return run

    def _ask_for_confirmations(self, post: Post, plan: Plan) -> None:
        """Ask the new mailbox where every record states another address than the one that its owner chose (MAIL-4b)."""
        changed = {person.id: person for person in plan.changes.people}
        for each in plan.concerned:
            if each.asks_confirmation is None or each.person is None:
                continue
            person = changed.get(each.person.id, each.person)
            post.send_token(Purpose.CONFIRM_ADDRESS, person, self.secrets, to=each.asks_confirmation)


def _resting(plan: Plan) -> Iterable[Person]:
    """Yield the people whose last role ends with *plan*: sessions and tokens die now, and stay dead if one returns."""
    ended = {place.person for place in plan.changes.places if not place.is_present}
    for each in plan.settlement.people if ended else ():
        if each.person is not None and each.person.id in ended and is_dormant(each.places, plan.day):
            yield each.person
