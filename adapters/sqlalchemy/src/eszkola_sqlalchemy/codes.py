"""Security codes, by digest; who took one away, and how they were known, is sealed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, case, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.security_codes import CodeChannel, CodeHandOver, CodeState, SecurityCode
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.values import chunks, dumped, instant_of, loaded, maybe, micros, storable

_C: Final = tables.code
_R: Final = tables.code_receipt
_LIVE: Final = _C.c.state == CodeState.LIVE.value


class SqlCodes:
    """Keeps `Codes` in tables."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def _ours(self) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        return _C.c.tenant == self._desk.tenant

    def add(self, code: SecurityCode) -> None:
        """Keep *code* (CO1, CO2)."""
        desk = self._desk
        row = (
            *(desk.tenant, code.digest, code.guardian, code.school, micros(code.issued_at), micros(code.expires_at)),
            *(code.state.value, code.wrong_dates, maybe(micros, code.redeemed_at)),
        )
        former = self._ours & (_C.c.guardian == code.guardian) & (_C.c.school == code.school) & _LIVE
        with desk.together():
            desk.write(update(_C).where(former).values(state=CodeState.REPLACED.value))
            desk.insert(_C, [row])
            for position, each in enumerate(code.hand_overs):
                self._keep(code.digest, position, each)

    def peek(self, digest: bytes) -> SecurityCode | None:
        """Return the code with *digest*, in whatever state (CO1)."""
        return self._one(self._desk.first(select(_C).where(self._ours, _C.c.digest == digest)))

    def redeem(self, digest: bytes, *, now: datetime) -> SecurityCode | None:
        """
        Redeem the live code with *digest*, and return it redeemed (CO3, CO4).

        One guarded statement looks and redeems: nobody comes in between.
        """
        redeemed = {"state": CodeState.REDEEMED.value, "redeemed_at": micros(now)}
        return self._one(self._desk.first(self._live(digest, now).values(redeemed).returning(_C)))

    def wrong_date(self, digest: bytes, *, limit: int, now: datetime) -> SecurityCode | None:
        """Count a wrong date against the live code with *digest* (CO5)."""
        killed = case((_C.c.wrong_dates + 1 >= limit, CodeState.KILLED.value), else_=_C.c.state)
        counted = {"wrong_dates": _C.c.wrong_dates + 1, "state": killed}
        return self._one(self._desk.first(self._live(digest, now).values(counted).returning(_C)))

    def cancel(self, guardian: PersonId) -> int:
        """End the live codes of *guardian* (CO6)."""
        theirs = self._ours & (_C.c.guardian == guardian) & _LIVE
        return self._desk.write(update(_C).where(theirs).values(state=CodeState.CANCELLED.value))

    def of(self, guardians: Collection[PersonId]) -> Sequence[SecurityCode]:
        """Return the codes of *guardians* (CO7)."""
        found: list[SecurityCode] = []
        for chunk in chunks(storable(guardians)):
            found += self._codes(self._desk.rows(select(_C).where(self._ours, _C.c.guardian.in_(chunk))))
        return sorted(found, key=lambda each: (each.issued_at, each.digest))

    def hand_over(self, digest: bytes, handed: CodeHandOver) -> None:
        """Keep that the code with *digest* was handed over (CO1)."""
        mine = (_R.c.tenant == self._desk.tenant) & (_R.c.digest == digest)
        self._keep(digest, len(self._desk.rows(select(_R.c.position).where(mine))), handed)

    def _live(self, digest: bytes, now: datetime) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        return update(_C).where(self._ours, _C.c.digest == digest, _LIVE, _C.c.expires_at > micros(now))

    def _keep(self, digest: bytes, position: int, handed: CodeHandOver) -> None:
        text = dumped(
            [
                *(handed.channel.value, handed.by, handed.name, handed.collected_by),
                *(handed.document, handed.authority, handed.known_by),
            ]
        )
        cell = self._desk.sealed(Secret(text), _R, "receipt", _place(digest, position))
        self._desk.insert(_R, [(self._desk.tenant, digest, position, micros(handed.at), cell)])

    def _one(self, row: Row[Any] | None) -> SecurityCode | None:
        return None if row is None else next(iter(self._codes([row])))

    def _codes(self, rows: Collection[Row[Any]]) -> Iterable[SecurityCode]:
        """Yield the codes of rows, with their receipts."""
        receipts: dict[bytes, list[CodeHandOver]] = defaultdict(list)
        for chunk in chunks([row.digest for row in rows]):
            mine = (_R.c.tenant == self._desk.tenant) & _R.c.digest.in_(chunk)
            for row in self._desk.rows(select(_R).where(mine).order_by(_R.c.digest, _R.c.position)):
                receipts[row.digest].append(self._receipt(row))
        return [_code(row, receipts[row.digest]) for row in rows]

    def _receipt(self, row: Row[Any]) -> CodeHandOver:
        cell = self._desk.opened(row.receipt, _R, "receipt", _place(row.digest, row.position))
        channel, by, name, collected_by, document, authority, known_by = loaded(cell.reveal())
        return CodeHandOver(
            channel=CodeChannel(channel),
            at=instant_of(row.at),
            by=maybe(PersonId, by),
            name=name,
            collected_by=collected_by,
            document=document,
            authority=authority,
            known_by=known_by,
        )


def _code(row: Row[Any], receipts: Iterable[CodeHandOver]) -> SecurityCode:
    return SecurityCode(
        digest=row.digest,
        guardian=PersonId(row.guardian),
        school=row.school,
        issued_at=instant_of(row.issued_at),
        expires_at=instant_of(row.expires_at),
        state=CodeState(row.state),
        wrong_dates=row.wrong_dates,
        redeemed_at=maybe(instant_of, row.redeemed_at),
        hand_overs=tuple(receipts),
    )


def _place(digest: bytes, position: int) -> str:
    """Return what a receipt's cell is sealed for."""
    return f"{digest.hex()}|{position}"
