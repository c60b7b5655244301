"""Notices and acknowledgements in memory."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.notices import Acknowledgement, Notice, NoticeKind
from eszkola_core.errors import Conflict
from eszkola_core.memory.state import State


@define
class MemoryAcknowledgements:
    """Keeps `Acknowledgements` in dictionaries."""

    _state: State

    def add(self, acknowledgement: Acknowledgement) -> None:
        key = acknowledgement.person, acknowledgement.digest
        self._state.acknowledgements.setdefault(key, acknowledgement)

    def of(self, person: PersonId) -> Sequence[Acknowledgement]:
        members = self._state.aliases.members(person)
        found = [each for each in self._state.acknowledgements.values() if each.person in members]
        first: dict[bytes, Acknowledgement] = {}
        for each in sorted(found, key=lambda each: (each.at, each.person)):
            first.setdefault(each.digest, evolve(each, person=self._state.aliases.survivor(person)))
        return sorted(first.values(), key=lambda each: (each.at, each.digest))

    def publish(self, notice: Notice) -> None:
        taken = {(each.kind, each.school, each.version) for each in self._state.notices.values()}
        if (notice.kind, notice.school, notice.version) in taken:
            raise Conflict("this version has been published already; give it another one", code="version-taken")
        self._state.notices[self._state.next("notice")] = notice

    def notices(self) -> Sequence[Notice]:
        order = list(NoticeKind)
        last = {(each.kind, each.school): each for _, each in sorted(self._state.notices.items())}
        return [last[key] for key in sorted(last, key=lambda each: (order.index(each[0]), each[1]))]

    def notice(self, digest: bytes) -> Notice | None:
        return next((each for each in self._state.notices.values() if each.digest == digest), None)
