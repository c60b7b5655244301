"""Passwords, tokens, sessions, and requests for access."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Index,
    Table,
    text,
)

from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.tokens import TokenState
from eszkola_sqlalchemy.tables.columns import (
    digested,
    metadata,
    number,
    of_person,
    of_tenant,
    one_of,
    sealed,
    strict_table,
    tenant_key,
    varied,
)

credential: Final = strict_table(
    "credential",
    tenant_key(),
    number("person", primary_key=True, autoincrement=False),
    varied("kind"),
    varied("encoded"),
    number("set_at"),
    number("expires_at", nullable=True),
    varied("history"),
    varied("spent"),
    sealed("sealed", nullable=True),
    number("warned_at", nullable=True),
    one_of("kind", CredentialKind),
    of_person(),
    Index(None, "tenant", "kind", "set_at"),
)


_LIVE: Final = text("state = 'live'")


_NEWEST: Final = text("state = 'live' AND purpose <> 'dispute-address'")  # see REPLACED_BY_NEWER


token: Final = strict_table(
    "token",
    tenant_key(),
    digested("digest", primary_key=True),
    varied("purpose"),
    number("person"),
    number("issued_at"),
    number("expires_at"),
    varied("state"),
    varied("address_spelling", nullable=True),
    varied("address_mailbox", nullable=True),
    varied("acts"),
    one_of("state", TokenState),
    of_person(),
    Index("ix_token_live", "tenant", "person", sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index(
        "ix_token_newest",
        *("tenant", "person", "purpose"),
        unique=True,
        sqlite_where=_NEWEST,
        postgresql_where=_NEWEST,
    ),
    clustered=True,
)


session: Final = strict_table(
    "session",
    tenant_key(),
    digested("digest", primary_key=True),
    number("person"),
    number("opened_at"),
    number("seen_at"),
    number("ended_at", nullable=True),
    varied("ended_by", nullable=True),
    of_person(),
    Index(None, "tenant", "person"),
    Index(None, "tenant", "opened_at"),
    clustered=True,
)


access_request: Final = Table(
    "access_request",
    metadata,
    number("id", primary_key=True),
    of_tenant(),
    sealed("identifier"),
    number("asked_at"),
    digested("place", nullable=True),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # requests are deleted, and the number is part of what the identifier is sealed for
)
