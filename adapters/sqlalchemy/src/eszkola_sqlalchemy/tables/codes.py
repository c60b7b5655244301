"""Security codes, and the receipts of handing them over."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ForeignKeyConstraint, Index, text

from eszkola_core.domain.security_codes import CodeState
from eszkola_sqlalchemy.tables.columns import digested, number, one_of, sealed, strict_table, tenant_key, varied

_LIVE: Final = text("state = 'live'")

code: Final = strict_table(
    "code",
    tenant_key(),
    digested("digest", primary_key=True),
    number("guardian"),
    varied("school"),
    number("issued_at"),
    number("expires_at"),
    varied("state"),
    number("wrong_dates"),
    number("redeemed_at", nullable=True),
    one_of("state", CodeState),
    ForeignKeyConstraint(["tenant", "guardian"], ["person.tenant", "person.id"], ondelete="CASCADE"),
    Index(None, "tenant", "guardian"),
    Index(
        "ix_code_live",
        *("tenant", "guardian", "school"),
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
    clustered=True,
)

code_receipt: Final = strict_table(
    "code_receipt",
    tenant_key(),
    digested("digest", primary_key=True),
    number("position", primary_key=True, autoincrement=False),
    number("at"),
    sealed("receipt"),
    ForeignKeyConstraint(["tenant", "digest"], ["code.tenant", "code.digest"], ondelete="CASCADE"),
    clustered=True,
)
