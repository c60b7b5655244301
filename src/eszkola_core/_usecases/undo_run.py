"""Undoing a run: its claims are taken back, by a plan that takes nothing from anybody else (SYNC-9)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from attrs import asdict, frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._alone import Running, alone, who_works
from eszkola_core._usecases._keeping import save_run
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._post import Post
from eszkola_core._usecases._undo_plan import plan_undo
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.permissions import Action
from eszkola_core.domain.runs import Run, RunKind
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.undo_plans import UndoPlan, UndoRefusal
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets

__all__ = ["NotPermitted", "NotUndone", "Running", "UndoRun", "Undone"]


@frozen
class NotUndone:
    """Why a run is not undone; nothing was changed. ``plan`` says more where there is one."""

    reason: UndoRefusal
    plan: UndoPlan | None = None


@frozen
class Undone:
    """A run was undone, by that run."""

    plan: UndoPlan
    run: Run


@frozen
class UndoRun:
    """
    Takes back what an import claimed, within the grace, and nobody's decisions.

    It goes through the same door as an import: recognise, settle, guard, save. Sessions, devices and messages that have
    left do not come back (MODEL: F28), and what was taken back is not taken in again by itself.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def runs(self, actor: Actor, limit: int = 50) -> Sequence[Run]:
        """Return the newest runs that *actor* may undo, and for the console all of them."""
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            return [run for run in unit.runs.newest(limit) if self._refused(acting, actor, run) is None]

    def plan(
        self, actor: Actor, number: int, *, allow_removals: Collection[str] | None = frozenset()
    ) -> UndoPlan | NotUndone | NotPermitted:
        """
        Return what undoing the run *number* would do.

        ``allow_removals`` names the schools whose removals the guard lets through; None stands for all (SYNC-6).
        """
        with self.storage.snapshot() as unit:
            return self._planned(unit, actor, number, self.clock.now(), allow_removals)

    def apply(
        self, actor: Actor, number: int, *, reason: str, allow_removals: Collection[str] | None = frozenset()
    ) -> Undone | NotUndone | NotPermitted | Running:
        """
        Undo the run *number*, or return why not.

        Raises:
            Conflict: accounts were changed at the very same time; nothing was written.
        """
        with alone(self.storage, self.tenant, self.clock, actor.name) as turn:
            if isinstance(turn, Running):
                return turn
            now = self.clock.now()
            try:
                with turn.unit() as unit:
                    plan = self._planned(unit, actor, number, now, allow_removals)
                    if not isinstance(plan, UndoPlan):
                        return plan
                    if plan.refusal is not None:
                        return NotUndone(plan.refusal, plan)
                    return Undone(plan, self._write(unit, plan, actor, reason, now))
            except Conflict as conflict:
                if conflict.code != "lease-lost":
                    raise
        return who_works(self.storage, self.clock)

    def _planned(
        self, unit: Unit, actor: Actor, number: int, now: datetime, allow_removals: Collection[str] | None
    ) -> UndoPlan | NotUndone | NotPermitted:
        run = unit.runs.get(number)
        if run is None:
            return NotUndone(UndoRefusal.UNKNOWN_RUN)
        refused = self._refused(Acting(unit, self.storage, self.tenant, now), actor, run)
        if refused is not None:
            return refused
        reason = self._too_late(run, now)
        return NotUndone(reason) if reason else plan_undo(Moment(unit, self.tenant, now), run, allow_removals)

    @staticmethod
    def _refused(acting: Acting, actor: Actor, run: Run) -> NotPermitted | None:
        """Return why *actor* may not undo a run: it needs the right in every school of the run."""
        for target in map(Target.of_school, run.schools) if run.schools else (Target(),):
            permission = acting.permission(actor, Action.UNDO_RUN, target)
            if not permission:
                return NotPermitted(permission)
        return None

    def _too_late(self, run: Run, now: datetime) -> UndoRefusal | None:
        """Return why a run cannot be undone any more, or never could."""
        if run.kind is not RunKind.IMPORT:
            return UndoRefusal.NOT_AN_IMPORT
        if run.undone_by is not None:
            return UndoRefusal.UNDONE_BEFORE
        # A run without schools was saved before anything was kept for its undoing.
        is_forgotten = not run.schools or is_expired(run.at + self.tenant.settings.undo_grace, now)
        return UndoRefusal.TOO_LATE if is_forgotten else None

    def _write(self, unit: Unit, plan: UndoPlan, actor: Actor, reason: str, now: datetime) -> Run:
        """Write a plan and what follows from it, in the same unit."""
        before = unit.people.get_many([person.id for person in plan.changes.people])
        unit.runs.forget(now - self.tenant.settings.undo_grace)
        name = self.storage.fingerprint(self.secrets.token_bytes(16), context="run")
        run = Run(
            kind=RunKind.UNDO,
            author=actor.name,
            at=now,
            plan=name,
            summary=asdict(plan.counts),
            schools=plan.run.schools,
            undoes=plan.run.id,
        )
        run = save_run(unit, run, plan.changes)
        unit.outbox.cancel_of(plan.run.id, plan.concerned)
        post = Post(unit, self.tenant, now, run.id)
        # What goes back was never the owner's doing: the mailbox that is left then is told nothing.
        post.follow(plan.changes, before, self.secrets, disputable=False)
        for person in unit.people.get_many(plan.closing | plan.resting).values():
            unit.sessions.end_all(person.id, end=SessionEnd.ROLE_ENDED, now=now)
            post.cancel_tokens(person)
        acting = Acting(unit, self.storage, self.tenant, now)
        acting.note(actor, "run-undone", on=sorted(plan.concerned), why=reason, detail={"run": str(plan.run.id)})
        return run
