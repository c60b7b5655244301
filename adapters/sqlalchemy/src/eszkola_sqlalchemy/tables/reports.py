"""Reports of disclosed passwords."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index

from eszkola_core.domain.reports import ReportedBy
from eszkola_sqlalchemy.tables.columns import number, of_person, one_of, sealed, strict_table, tenant_key, varied

report: Final = strict_table(
    "report",
    tenant_key(),
    number("id", primary_key=True, autoincrement=False),
    number("person"),
    number("at"),
    varied("way"),
    number("by", nullable=True),
    varied("console"),
    sealed("words"),
    varied("told"),
    varied("untold"),
    one_of("way", ReportedBy),
    of_person(),
    Index(None, "tenant", "person"),
)
