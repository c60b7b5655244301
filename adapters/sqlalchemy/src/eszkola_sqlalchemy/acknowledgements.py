"""Notices and who acknowledged them, in two tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, func, select

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.notices import Acknowledgement, Channel, Notice, NoticeKind
from eszkola_core.errors import Conflict
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.merged import Merged
from eszkola_sqlalchemy.values import dumped, instant_of, loaded, micros

_A: Final = tables.acknowledgement
_N: Final = tables.notice
_ORDER: Final = {kind.value: at for at, kind in enumerate(NoticeKind)}


class SqlAcknowledgements:
    """Keeps `Acknowledgements` in tables."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._merged = Merged(desk)

    def add(self, acknowledgement: Acknowledgement) -> None:
        """Keep that somebody acknowledged a notice (AK1, AK2)."""
        desk, each = self._desk, acknowledgement
        same = (_A.c.tenant == desk.tenant) & (_A.c.person == each.person) & (_A.c.digest == each.digest)
        if desk.first(select(_A.c.at).where(same)) is None:
            row = (
                *(desk.tenant, each.person, each.digest, each.kind.value, each.school, each.version),
                *(each.locale, micros(each.at), each.channel.value),
            )
            desk.insert(_A, [row])

    def of(self, person: PersonId) -> Sequence[Acknowledgement]:
        """Return what *person* acknowledged (AK1)."""
        theirs = (_A.c.tenant == self._desk.tenant) & _A.c.person.in_(self._merged.members([person]))
        survivor = self._merged.survivor(person)
        first: dict[bytes, Acknowledgement] = {}
        for row in self._desk.rows(select(_A).where(theirs).order_by(_A.c.at, _A.c.digest, _A.c.person)):
            first.setdefault(row.digest, _acknowledgement(row, survivor))
        return list(first.values())

    def publish(self, notice: Notice) -> None:
        """Keep a notice in the stead of the former one of its kind and school (AK3, AK4)."""
        desk = self._desk
        same = (_N.c.kind == notice.kind.value) & (_N.c.school == notice.school) & (_N.c.version == notice.version)
        if desk.first(select(_N.c.number).where(_N.c.tenant == desk.tenant, same)) is not None:
            raise Conflict("this version has been published already; give it another one", code="version-taken")
        number = desk.highest(_N.c.number, _N.c.tenant == desk.tenant) + 1
        texts = dumped(dict(notice.texts))
        row = (desk.tenant, number, notice.kind.value, notice.school, notice.version, texts, notice.digest)
        desk.insert(_N, [row])

    def notices(self) -> Sequence[Notice]:
        """Return what was published last (AK4)."""
        ours = _N.c.tenant == self._desk.tenant
        last = select(func.max(_N.c.number)).where(ours).group_by(_N.c.kind, _N.c.school)
        rows = self._desk.rows(select(_N).where(ours, _N.c.number.in_(last)))
        return [_notice(row) for row in sorted(rows, key=lambda row: (_ORDER[row.kind], row.school))]

    def notice(self, digest: bytes) -> Notice | None:
        """Return the notice with *digest*, or None where none was published (AK5)."""
        row = self._desk.first(select(_N).where(_N.c.tenant == self._desk.tenant, _N.c.digest == digest))
        return None if row is None else _notice(row)


def _notice(row: Row[Any]) -> Notice:
    return Notice(kind=NoticeKind(row.kind), school=row.school, version=row.version, texts=loaded(row.texts))


def _acknowledgement(row: Row[Any], person: PersonId) -> Acknowledgement:
    return Acknowledgement(
        person=person,
        kind=NoticeKind(row.kind),
        school=row.school,
        version=row.version,
        digest=row.digest,
        locale=row.locale,
        at=instant_of(row.at),
        channel=Channel(row.channel),
    )
