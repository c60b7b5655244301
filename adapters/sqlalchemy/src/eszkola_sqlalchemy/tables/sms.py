"""Text messages with their line in the ledger, and what is booked in each payer's month."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index, text

from eszkola_core.domain.sms_ledger import ChargeState
from eszkola_core.domain.text_messages import Delivery
from eszkola_sqlalchemy.tables.columns import number, of_tenant, one_of, sealed, strict_table, tenant_key, varied

_CALLED: Final = text("gateway_id <> ''")

sms: Final = strict_table(
    "sms",
    number("id", primary_key=True),
    of_tenant(),
    varied("key"),
    varied("school"),
    varied("payer"),
    number("person", nullable=True),
    sealed("number", nullable=True),
    sealed("text", nullable=True),
    varied("tariff"),
    number("segments"),
    number("messages"),
    number("cost"),
    varied("currency"),
    varied("state"),
    varied("month"),
    number("charged", nullable=True),
    varied("gateway_id"),
    varied("code"),
    varied("delivery"),
    number("attempts"),
    number("created_at"),
    number("due_at"),
    number("useful_until", nullable=True),
    number("leased_until", nullable=True),
    number("handed_at", nullable=True),
    number("revision"),
    one_of("state", ChargeState),
    one_of("delivery", Delivery),
    Index(None, "tenant", "key", unique=True),
    Index(None, "tenant", "state", "due_at"),
    Index(None, "tenant", "payer", "month"),
    Index(None, "tenant", "person"),
    Index(None, "tenant", "handed_at"),
    Index("ix_sms_gateway_id", "tenant", "gateway_id", sqlite_where=_CALLED, postgresql_where=_CALLED),
)

sms_spending: Final = strict_table(
    "sms_spending",
    tenant_key(),
    varied("payer", primary_key=True),
    varied("month", primary_key=True),
    varied("currency", primary_key=True),
    number("booked"),
    clustered=True,
)
