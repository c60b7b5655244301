"""Who answers for their own contact data."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index

from eszkola_sqlalchemy.tables.columns import number, of_person, strict_table, tenant_key

own_contacts: Final = strict_table(
    "own_contacts",
    tenant_key(),
    number("person", primary_key=True, autoincrement=False),
    number("since"),
    number("confirmed_at"),
    number("ask_at"),
    of_person(),
    Index(None, "tenant", "ask_at"),
    clustered=True,
)
