"""Pools of licences and who has one: the database itself sells no seat twice."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text

from eszkola_core.domain.licences import LicenceState
from eszkola_sqlalchemy.tables.columns import number, of_person, one_of, strict_table, tenant_key, varied

_SEATED: Final = text("state <> 'withdrawn'")

licence_pool: Final = strict_table(
    "licence_pool",
    tenant_key(),
    varied("key", primary_key=True),
    varied("product"),
    number("seats"),
    number("taken"),
    varied("roles"),
    CheckConstraint("taken BETWEEN 0 AND seats", name="taken"),
    clustered=True,
)

licence: Final = strict_table(
    "licence",
    tenant_key(),
    number("id", primary_key=True, autoincrement=False),
    varied("pool"),
    number("person"),
    varied("state"),
    number("since"),
    number("grace_until", nullable=True),
    one_of("state", LicenceState),
    of_person(),
    ForeignKeyConstraint(["tenant", "pool"], ["licence_pool.tenant", "licence_pool.key"]),
    Index(
        "ix_licence_seated",
        *("tenant", "pool", "person"),
        unique=True,
        sqlite_where=_SEATED,
        postgresql_where=_SEATED,
    ),
    Index(None, "tenant", "person"),
)
