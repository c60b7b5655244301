"""Changing the keys that the storage hides things with, while everything goes on (LAW-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.keys import KeyKind, KeyStep, KeyUse
from eszkola_core.domain.permissions import Action, NotPermitted, Permission
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.keys import KeyKeeper
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock


@frozen
class KeyForgotten:
    """The key is gone for good."""

    kind: KeyKind
    number: int


@frozen
class RotateKeys:
    """Tells which keys there are, takes newer ones into use, and lets go of those that nothing needs."""

    storage: Storage
    keeper: KeyKeeper
    tenant: Tenant
    clock: Clock

    def look(self, actor: Actor) -> Sequence[KeyUse] | NotPermitted:
        """Return all keys, with what needs each."""
        permission = self._permission(actor)
        return self.keeper.all_keys(at=self.clock.now()) if permission else NotPermitted(permission)

    def renew(self, actor: Actor, kind: KeyKind) -> Iterator[KeyStep] | NotPermitted:
        """
        Take a newer key of a kind into use, or go on where that was stopped; each step is done when it is told.

        Raises:
            InvalidValue: keys of this kind are not changed.
        """
        permission = self._permission(actor)
        if not permission:
            return NotPermitted(permission)
        note = self._note(actor, "key-taken-into-use", kind)
        return self.keeper.renew(kind, at=self.clock.now(), note=note)

    def forget(self, actor: Actor, kind: KeyKind, number: int) -> KeyForgotten | NotPermitted:
        """
        Take a key away for good.

        Raises:
            InvalidValue: it is in use, something needs it, or there is none.
        """
        permission = self._permission(actor)
        if not permission:
            return NotPermitted(permission)
        self.keeper.forget(kind, number, at=self.clock.now(), note=self._note(actor, "key-forgotten", kind))
        return KeyForgotten(kind, number)

    def _permission(self, actor: Actor) -> Permission:
        with self.storage.snapshot() as unit:
            return self._acting(unit).permission(actor, Action.ROTATE_KEYS, Target.of_school(""))

    def _note(self, actor: Actor, deed: str, kind: KeyKind) -> Callable[[Unit, int], None]:
        """Return what writes to the journal that *actor* did something with a key (LAW-3)."""

        def note(unit: Unit, number: int) -> None:
            self._acting(unit).note(actor, deed, detail={"kind": kind.value, "key": str(number)})

        return note

    def _acting(self, unit: Unit) -> Acting:
        return Acting(unit, self.storage, self.tenant, self.clock.now())
