"""The journal of what was done: it only grows, but for what a checkpoint stands in for."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ForeignKeyConstraint, Index

from eszkola_sqlalchemy.tables.columns import digested, number, strict_table, tenant_key, varied

audit: Final = strict_table(
    "audit",
    tenant_key(),
    number("number", primary_key=True, autoincrement=False),
    number("at"),
    number("by", nullable=True),
    varied("console"),
    varied("deed"),
    varied("place"),
    varied("why"),
    varied("detail"),
    digested("seal"),
    clustered=True,
)

audit_person: Final = strict_table(
    "audit_person",
    tenant_key(),
    number("person", primary_key=True, autoincrement=False),
    number("number", primary_key=True, autoincrement=False),
    number("position"),
    ForeignKeyConstraint(["tenant", "number"], ["audit.tenant", "audit.number"], ondelete="CASCADE"),
    Index(None, "tenant", "number"),
    clustered=True,
)

audit_checkpoint: Final = strict_table(
    "audit_checkpoint",
    tenant_key(),
    number("number"),
    digested("seal"),
    number("at"),
    digested("signature"),
    clustered=True,
)
