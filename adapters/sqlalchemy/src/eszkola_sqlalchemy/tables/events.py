"""Events that wait to be heard."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index

from eszkola_core.domain.events import EventState
from eszkola_sqlalchemy.tables.columns import number, of_person, of_tenant, one_of, sealed, strict_table, varied

event: Final = strict_table(
    "event",
    number("id", primary_key=True),
    of_tenant(),
    varied("subscriber"),
    varied("key"),
    varied("kind"),
    number("person"),
    sealed("data", nullable=True),
    varied("state"),
    number("attempts"),
    number("happened_at"),
    number("due_at"),
    number("leased_until", nullable=True),
    one_of("state", EventState),
    of_person(),
    Index(None, "tenant", "subscriber", "key", unique=True),
    Index(None, "tenant", "subscriber", "state", "due_at"),
)
