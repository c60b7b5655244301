"""Addresses to which nothing is sent, in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from attrs import define

from eszkola_core.domain.bounces import BounceFate, UnusableAddress
from eszkola_core.memory.state import State


@define
class MemoryUnusableAddresses:
    """Keeps `UnusableAddresses` in dictionaries."""

    _state: State

    def mark(self, unusable: UnusableAddress) -> bool:
        return self._state.unusable.setdefault(unusable.mailbox, unusable) is unusable

    def among(self, mailboxes: Collection[str]) -> Mapping[str, UnusableAddress]:
        found = self._state.unusable
        return {each: found[each] for each in sorted(set(mailboxes)) if each in found}

    def clear(self, mailbox: str) -> bool:
        return self._state.unusable.pop(mailbox, None) is not None

    def count(self, fate: BounceFate) -> None:
        self._state.bounces[fate] = self._state.bounces.get(fate, 0) + 1

    def counts(self) -> Mapping[BounceFate, int]:
        return {fate: self._state.bounces[fate] for fate in BounceFate if fate in self._state.bounces}
