"""Security codes in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.security_codes import CodeHandOver, CodeState, SecurityCode
from eszkola_core.memory.state import State


@define
class MemoryCodes:
    """Keeps `Codes` in a dictionary."""

    _state: State

    def add(self, code: SecurityCode) -> None:
        for each in list(self._state.codes.values()):
            if (each.guardian, each.school) == (code.guardian, code.school) and each.state is CodeState.LIVE:
                self._put(each.ended(CodeState.REPLACED))
        self._put(code)

    def peek(self, digest: bytes) -> SecurityCode | None:
        return self._state.codes.get(digest)

    def redeem(self, digest: bytes, *, now: datetime) -> SecurityCode | None:
        code = self.peek(digest)
        return self._put(code.ended(CodeState.REDEEMED, at=now)) if code is not None and code.is_live(now) else None

    def wrong_date(self, digest: bytes, *, limit: int, now: datetime) -> SecurityCode | None:
        code = self.peek(digest)
        return self._put(code.after_wrong_date(limit)) if code is not None and code.is_live(now) else None

    def cancel(self, guardian: PersonId) -> int:
        live = [each for each in self.of([guardian]) if each.state is CodeState.LIVE]
        for each in live:
            self._put(each.ended(CodeState.CANCELLED))
        return len(live)

    def of(self, guardians: Collection[PersonId]) -> Sequence[SecurityCode]:
        found = [each for each in self._state.codes.values() if each.guardian in guardians]
        return sorted(found, key=lambda each: (each.issued_at, each.digest))

    def hand_over(self, digest: bytes, handed: CodeHandOver) -> None:
        code = self._state.codes[digest]
        self._put(evolve(code, hand_overs=(*code.hand_overs, handed)))

    def _put(self, code: SecurityCode) -> SecurityCode:
        self._state.codes[code.digest] = code
        return code
