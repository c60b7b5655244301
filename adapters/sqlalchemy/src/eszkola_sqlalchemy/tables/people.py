"""The tenant, its accounts, and what people decided."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text

from eszkola_core.domain.accounts import State
from eszkola_core.domain.claims import Side
from eszkola_sqlalchemy.tables.columns import (
    indexed,
    number,
    of_person,
    one_of,
    sealed,
    strict_table,
    tenant_key,
    varied,
)

tenant: Final = strict_table(
    "tenant",
    number("id", primary_key=True),
    varied("key", unique=True),
    sealed("proof"),
    number("last_case", server_default="0"),
)


_ALONE: Final = text("sharing = 0")


person: Final = strict_table(
    "person",
    tenant_key(),
    number("id", primary_key=True, autoincrement=False),
    number("revision"),
    varied("first"),
    varied("last"),
    sealed("ids", nullable=True),
    varied("state"),
    varied("login"),
    varied("login_key"),
    varied("login_stem"),
    number("login_number"),
    varied("platform_address"),
    varied("central_spelling", nullable=True),
    varied("central_mailbox", nullable=True),
    number("opened_at", nullable=True),
    number("activated_at", nullable=True),
    number("first_signed_in_at", nullable=True),
    varied("phone", nullable=True),
    number("sharing", server_default=text("0")),
    number("run", server_default="0"),
    sealed("lock", nullable=True),
    sealed("former_ids", nullable=True),
    one_of("state", State),
    Index(None, "tenant", "login_key", unique=True),
    CheckConstraint("sharing IN (0, 1)", name="sharing"),
    Index(None, "tenant", "central_mailbox"),
    Index("ix_person_alone", "tenant", "central_mailbox", unique=True, sqlite_where=_ALONE, postgresql_where=_ALONE),
    Index(None, "tenant", "login_stem", "login_number"),
    clustered=True,
)


person_version: Final = strict_table(
    "person_version",
    tenant_key(),
    number("person", primary_key=True, autoincrement=False),
    number("version"),
    of_person(),
    clustered=True,
)


handle: Final = strict_table(
    "handle",
    tenant_key(),
    indexed("token", primary_key=True),
    number("person"),
    of_person(),
    clustered=True,
)


former_handle: Final = strict_table(
    "former_handle",
    tenant_key(),
    indexed("token", primary_key=True),
    number("person", primary_key=True, autoincrement=False),
    of_person(),
    clustered=True,
)


merged: Final = strict_table(
    "merged",
    tenant_key(),
    number("person", primary_key=True, autoincrement=False),
    number("survivor"),
    of_person(),
    ForeignKeyConstraint(["tenant", "survivor"], ["person.tenant", "person.id"]),
    Index(None, "tenant", "survivor"),
    clustered=True,
)


_STANDING_MERGE: Final = text("kind = 'merged' AND withdrawn_at IS NULL")


decision: Final = strict_table(
    "decision",
    tenant_key(),
    number("id", primary_key=True, autoincrement=False),
    varied("kind"),
    number("person"),
    varied("address_spelling", nullable=True),
    varied("address_mailbox", nullable=True),
    varied("author"),
    varied("reason"),
    number("at"),
    number("withdrawn_at", nullable=True),
    number("object", nullable=True),
    sealed("value", nullable=True),
    varied("withdrawn_by", server_default=""),
    varied("withdrawn_why", server_default=""),
    of_person(ondelete=None),
    ForeignKeyConstraint(["tenant", "object"], ["person.tenant", "person.id"]),
    Index(None, "tenant", "person"),
    Index(
        None, "tenant", "object", sqlite_where=text("object IS NOT NULL"), postgresql_where=text("object IS NOT NULL")
    ),
    Index(
        "ix_decision_merged",
        "tenant",
        "object",
        unique=True,
        sqlite_where=_STANDING_MERGE,
        postgresql_where=_STANDING_MERGE,
    ),
)


decision_mark: Final = strict_table(
    "decision_mark",
    tenant_key(),
    indexed("token", primary_key=True),
    number("decision", primary_key=True, autoincrement=False),
    varied("side", primary_key=True),
    ForeignKeyConstraint(["tenant", "decision"], ["decision.tenant", "decision.id"]),
    one_of("side", Side),
    clustered=True,
)


reservation: Final = strict_table(
    "reservation",
    tenant_key(),
    varied("mailbox", primary_key=True),
    number("person", primary_key=True, autoincrement=False),
    number("until", primary_key=True, autoincrement=False),
    of_person(),
    Index(None, "tenant", "person"),
    clustered=True,
)
