"""Pairings and devices, by digest."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index

from eszkola_core.domain.devices import DeviceState
from eszkola_sqlalchemy.tables.columns import digested, number, of_person, one_of, strict_table, tenant_key, varied

device: Final = strict_table(
    "device",
    tenant_key(),
    number("id", primary_key=True, autoincrement=False),
    number("person"),
    digested("digest"),
    digested("pin", nullable=True),
    number("wrong_pins"),
    varied("name"),
    varied("state"),
    number("begun_at"),
    number("expires_at"),
    number("paired_at", nullable=True),
    number("ended_at", nullable=True),
    varied("ended_by", nullable=True),
    one_of("state", DeviceState),
    of_person(),
    Index(None, "tenant", "digest", unique=True),
    Index(None, "tenant", "person"),
)
