"""How often something was tried, by fingerprints."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index

from eszkola_sqlalchemy.tables.columns import digested, number, strict_table, tenant_key

attempt: Final = strict_table(
    "attempt",
    tenant_key(),
    digested("key", primary_key=True),
    number("first_at"),
    number("touched_at"),
    number("failed_at", nullable=True),
    number("clear_at", nullable=True),
    number("good_at", nullable=True),
    Index(None, "tenant", "touched_at"),
    clustered=True,
)
