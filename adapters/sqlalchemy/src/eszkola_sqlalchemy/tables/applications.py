"""Access applications."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ForeignKeyConstraint, Index

from eszkola_core.domain.applications import ApplicationState
from eszkola_sqlalchemy.tables.columns import number, one_of, sealed, strict_table, tenant_key, varied

_PEOPLE: Final = ("applied_by", "guardian", "child")

application: Final = strict_table(
    "application",
    tenant_key(),
    number("id", primary_key=True, autoincrement=False),
    number("revision"),
    varied("school"),
    varied("student"),
    sealed("applicant"),
    number("begun_at"),
    number("moved_at"),
    varied("state"),
    sealed("history"),
    *(number(name, nullable=True) for name in _PEOPLE),
    one_of("state", ApplicationState),
    *(ForeignKeyConstraint(["tenant", name], ["person.tenant", "person.id"]) for name in _PEOPLE),
    Index(None, "tenant", "school"),
    Index(None, "tenant", "state", "moved_at"),
    *(Index(None, "tenant", name) for name in _PEOPLE),
)
