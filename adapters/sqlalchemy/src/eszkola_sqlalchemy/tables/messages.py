"""The outbox."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ForeignKey, Index

from eszkola_core.domain.messages import MessageState
from eszkola_sqlalchemy.tables.columns import (
    digested,
    number,
    of_person,
    of_tenant,
    one_of,
    sealed,
    strict_table,
    tenant_key,
    varied,
)

message: Final = strict_table(
    "message",
    number("id", primary_key=True),
    of_tenant(),
    varied("key"),
    varied("kind"),
    varied("to_spelling"),
    varied("to_mailbox"),
    number("person", nullable=True),
    varied("locale"),
    sealed("data", nullable=True),
    varied("state"),
    number("attempts"),
    number("created_at"),
    number("due_at"),
    number("leased_until", nullable=True),
    number("run", nullable=True),
    one_of("state", MessageState),
    of_person(),
    Index(None, "tenant", "key", unique=True),
    Index(None, "tenant", "state", "due_at"),
)


message_token: Final = strict_table(
    "message_token",
    tenant_key(),
    digested("token", primary_key=True),
    number("message", ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    number("position"),
    Index(None, "message"),
    clustered=True,
)
