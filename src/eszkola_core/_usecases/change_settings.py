"""Changing what one signs in with, or who shares an address: planned first, with all who would lose (MAIL-5f)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Final

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._gathering import gather
from eszkola_core._usecases._keeping import save_run
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._post import Post
from eszkola_core._usecases._staging import Staged
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.choices import Choice, Loss, LossKind, losses
from eszkola_core.domain.claims import Seeds
from eszkola_core.domain.permissions import Action, Actor, Target
from eszkola_core.domain.runs import Changes, Run, RunKind
from eszkola_core.domain.settlement import settle
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets

_AT_ONCE: Final = 1000


@frozen
class SettingsPlan:
    """
    What the configured choices would do to the people who are there.

    ``id`` stands for all of it: the same plan made again has the same one, as long as nobody has come to lose more or
    less.
    """

    before: Choice | None
    after: Choice
    losses: tuple[Loss, ...]
    id: str

    @property
    def is_empty(self) -> bool:
        """Whether what is configured is in force already."""
        return self.before == self.after


@frozen
class SettingsChanged:
    """The configured choices are in force."""

    plan: SettingsPlan


@frozen
class SettingsKept:
    """Others would lose by now than the plan said; ``plan`` says who. Nothing was changed."""

    plan: SettingsPlan


@frozen
class ChangeSettings:
    """
    Lets the two choices be changed that take something from people.

    What the configuration says is in force only once its plan was applied; `check` refuses to work under choices that
    nobody planned.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def check(self) -> None:
        """
        Refuse to go on where the configured choices are not those in force; while nobody is there they simply are.

        Raises:
            InvalidValue: they differ; the text names the remedy.
        """
        chosen = Choice.of(self.tenant.settings)
        with self.storage.snapshot() as unit:
            current, nobody = unit.choices.current(), unit.rosters.next_person() == 1
        if current == chosen:
            return
        if current is not None and not nobody:
            raise InvalidValue(
                "settings.login_scheme or settings.sharing was changed, and nobody looked who would lose: see "
                "'eszkola settings plan', then apply it, or change them back",
                code="settings-not-planned",
            )
        with self.storage.unit() as unit:
            unit.choices.put(chosen)

    def plan(self, actor: Actor) -> SettingsPlan | NotPermitted:
        """Return who would lose what; nothing is written."""
        now = self.clock.now()
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            allowed = acting.permission(actor, Action.CHANGE_SETTINGS, Target.of_school(""))
            if not allowed:
                return NotPermitted(allowed)
            plan, _ = self._planned(unit, now)
        return plan

    def apply(self, actor: Actor, plan_id: str) -> SettingsChanged | SettingsKept | NotPermitted:
        """
        Let the configured choices be in force, if the plan is still the one with *plan_id*.

        Addresses that several share stay with the one whom each prefers; the others' sessions and tokens end, and
        services hear of it.

        Raises:
            Conflict: accounts were changed at the very same time; nothing was written.
        """
        now = self.clock.now()
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            allowed = acting.permission(actor, Action.CHANGE_SETTINGS, Target.of_school(""))
            if not allowed:
                return NotPermitted(allowed)
            plan, changes = self._planned(unit, now)
            if plan.id != plan_id:
                return SettingsKept(plan)
            if changes is not None:
                self._write(unit, changes, actor, now)
            unit.choices.put(plan.after)
            lost = {each.person: None for each in plan.losses}
            detail = {"login-scheme": plan.after.login_scheme.value, "sharing": plan.after.sharing.value}
            acting.note(actor, "settings-changed", on=lost, detail=detail)
        return SettingsChanged(plan)

    def _planned(self, unit: Unit, now: datetime) -> tuple[SettingsPlan, Changes | None]:
        """Return the plan, and what separates those who share where nobody may any more."""
        before, after = unit.choices.current(), Choice.of(self.tenant.settings)
        sharing = {each.id: each.central for each in _everybody(unit) if each.sharing}
        changes = self._separating(unit, sharing, now) if after.separates and sharing else None
        people = changes.people if changes is not None else ()
        leaving = frozenset(each.id for each in people if each.id in sharing and each.central != sharing[each.id])
        found = self._named(unit, losses(_everybody(unit), after, leaving))
        ground = repr((before, after, [(each.person, each.kind) for each in found])).encode()
        return SettingsPlan(
            before, after, found, self.storage.fingerprint(ground, context="settings plan").hex()
        ), changes

    def _separating(self, unit: Unit, sharing: Collection[PersonId], now: datetime) -> Changes:
        """Return what leaves every shared address to one of those who have it."""
        ground = gather(unit, Seeds(people=frozenset(sharing)))
        settlement = settle(ground.newest, self.tenant, now, separating=True)
        return Moment(unit, self.tenant, now).changes(Staged(), ground, settlement)

    def _write(self, unit: Unit, changes: Changes, actor: Actor, now: datetime) -> None:
        before = unit.people.get_many([each.id for each in changes.people])
        name = self.storage.fingerprint(self.secrets.token_bytes(16), context="run")
        save_run(unit, Run(kind=RunKind.DECISION, author=actor.name, at=now, plan=name), changes)
        # Whoever keeps the address reads what is sent there: no link may take it back from them.
        Post(unit, self.tenant, now).follow(changes, before, self.secrets, disputable=False)

    def _named(self, unit: Unit, lost: Iterable[tuple[PersonId, LossKind]]) -> tuple[Loss, ...]:
        """Return losses as a person reads them: by school and name."""
        kinds = sorted(lost)
        found = []
        for start in range(0, len(kinds), _AT_ONCE):
            some = kinds[start : start + _AT_ONCE]
            numbers = frozenset(person for person, _ in some)
            people = unit.people.get_many(numbers)
            schools: dict[PersonId, set[str]] = {number: set() for number in numbers}
            for place in unit.rosters.gather(Seeds(people=numbers)).places.values():
                if place.person in schools and place.is_present:
                    schools[place.person].add(place.school)
            for number, kind in some:
                person = people[number]
                found.append(Loss(tuple(sorted(schools[number])), str(person.name), person.login, kind, number))
        return tuple(sorted(found))


def _everybody(unit: Unit) -> Iterator[Person]:
    """Yield everybody of the tenant, by number."""
    end = unit.rosters.next_person()
    for start in range(1, end, _AT_ONCE):
        numbers = [PersonId(number) for number in range(start, min(start + _AT_ONCE, end))]
        yield from (person for _, person in sorted(unit.people.get_many(numbers).items()))
