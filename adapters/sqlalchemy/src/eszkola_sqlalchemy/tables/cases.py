"""Conflicts as a queue."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text

from eszkola_core.domain.conflicts import CaseState
from eszkola_sqlalchemy.tables.columns import number, one_of, strict_table, tenant_key, varied

_OVER: Final = text("closed_at IS NOT NULL")

conflict_case: Final = strict_table(
    "conflict_case",
    tenant_key(),
    number("number", primary_key=True, autoincrement=False),
    varied("kind"),
    varied("about"),
    varied("other"),
    varied("state"),
    number("opened_at"),
    number("assignee", nullable=True),
    number("closed_at", nullable=True),
    number("reopened"),
    number("revision"),
    one_of("state", CaseState),
    CheckConstraint("(closed_at IS NULL) = (state IN ('open', 'assigned'))", name="closed_at"),
    CheckConstraint("state <> 'assigned' OR assignee IS NOT NULL", name="assignee"),
    ForeignKeyConstraint(["tenant", "assignee"], ["person.tenant", "person.id"]),
    Index(None, "tenant", "about", "kind", "other", unique=True),
    Index(None, "tenant", "other"),
    Index("ix_conflict_case_closed", "tenant", "closed_at", sqlite_where=_OVER, postgresql_where=_OVER),
    Index(None, "tenant", "assignee"),
    clustered=True,
)


case_school: Final = strict_table(
    "case_school",
    tenant_key(),
    varied("school", primary_key=True),
    number("number", primary_key=True, autoincrement=False),
    ForeignKeyConstraint(["tenant", "number"], ["conflict_case.tenant", "conflict_case.number"], ondelete="CASCADE"),
    Index(None, "tenant", "number"),
    clustered=True,
)
