"""How often what bears on somebody has changed: what a remembered answer is compared with (ROLE-4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from sqlalchemy import and_, bindparam, select, text

from eszkola_core.domain.accounts import PersonId
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.merged import Merged
from eszkola_sqlalchemy.values import storable

_P: Final = tables.person
_V: Final = tables.person_version
_VERSIONS: Final = (
    select(_P.c.id, _V.c.version)
    .select_from(_P.outerjoin(_V, and_(_V.c.tenant == _P.c.tenant, _V.c.person == _P.c.id)))
    .where(_P.c.tenant == bindparam(OURS))
)
_TOUCH: Final = text(
    "INSERT INTO person_version (tenant, person, version) VALUES (:tenant, :person, 1) "
    "ON CONFLICT (tenant, person) DO UPDATE SET version = person_version.version + 1"
)


class Versions:
    """Counts changes; whoever was never changed since the account opened has no row."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of(self, people: Collection[PersonId]) -> Mapping[PersonId, int]:
        """Return the version of each of *people*, unknown ones left out (PE7)."""
        rows = self._desk.among(_VERSIONS, _P.c.id, storable(people))
        return {PersonId(row.id): row.version or 0 for row in rows}

    def touch(self, people: Iterable[PersonId | None]) -> None:
        """Note that something that bears on *people*, or on those whom they are read as, has changed."""
        named = {each for each in people if each is not None}
        touched = sorted(named.union(Merged(self._desk).survivors(named).values()))
        self._desk.each(_TOUCH, ({"tenant": self._desk.tenant, "person": each} for each in touched))
