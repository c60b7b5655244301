"""Times of maintenance."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index, text

from eszkola_sqlalchemy.tables.columns import number, strict_table, tenant_key, varied

_UNDER_WAY: Final = text("ended_at IS NULL")

maintenance: Final = strict_table(
    "maintenance",
    tenant_key(),
    number("number", primary_key=True, autoincrement=False),
    varied("author"),
    number("begun_at"),
    number("expected_end_at", nullable=True),
    varied("texts"),
    number("ended_at", nullable=True),
    Index("ix_maintenance_under_way", "tenant", unique=True, sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
    clustered=True,
)
