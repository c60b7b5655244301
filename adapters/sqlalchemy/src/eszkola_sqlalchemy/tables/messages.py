"""The outbox."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Index,
    text,
)

from eszkola_core.domain.messages import MessageState
from eszkola_sqlalchemy.tables.columns import (
    number,
    of_person,
    of_tenant,
    one_of,
    sealed,
    strict_table,
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
    sealed("token", nullable=True),
    varied("state"),
    number("attempts"),
    number("created_at"),
    number("due_at"),
    number("leased_until", nullable=True),
    one_of("state", MessageState),
    of_person(),
    Index(None, "tenant", "key", unique=True),
    Index(None, "tenant", "state", "due_at"),
    Index(None, "tenant", "token", sqlite_where=text("token IS NOT NULL"), postgresql_where=text("token IS NOT NULL")),
)
