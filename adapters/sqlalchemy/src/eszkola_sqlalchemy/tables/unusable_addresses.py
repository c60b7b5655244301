"""Addresses to which nothing is sent, and how many bounces led to what."""

from __future__ import annotations

from typing import Final

from eszkola_core.domain.bounces import BounceFate, BounceKind
from eszkola_sqlalchemy.tables.columns import number, one_of, strict_table, tenant_key, varied

unusable_address: Final = strict_table(
    "unusable_address",
    tenant_key(),
    varied("mailbox", primary_key=True),
    varied("spelling"),
    varied("why"),
    number("since"),
    one_of("why", (BounceKind.HARD, BounceKind.COMPLAINT)),
    clustered=True,
)

bounce_count: Final = strict_table(
    "bounce_count",
    tenant_key(),
    varied("fate", primary_key=True),
    number("many"),
    one_of("fate", BounceFate),
    clustered=True,
)
