"""Who does a kind of work alone; the row stays when nobody does, for the number of the last fence."""

from __future__ import annotations

from typing import Final

from eszkola_core.domain.leases import Work
from eszkola_sqlalchemy.tables.columns import number, one_of, strict_table, tenant_key, varied

lease: Final = strict_table(
    "lease",
    tenant_key(),
    varied("work", primary_key=True),
    varied("holder"),
    number("fence"),
    number("since"),
    number("until", nullable=True),
    one_of("work", Work),
    clustered=True,
)
