"""Notices that were published, and who acknowledged which."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index

from eszkola_core.domain.notices import Channel, NoticeKind
from eszkola_sqlalchemy.tables.columns import digested, number, of_person, one_of, strict_table, tenant_key, varied

notice: Final = strict_table(
    "notice",
    tenant_key(),
    number("number", primary_key=True, autoincrement=False),
    varied("kind"),
    varied("school"),
    varied("version"),
    varied("texts"),
    digested("digest"),
    one_of("kind", NoticeKind),
    Index(None, "tenant", "kind", "school", "version", unique=True),
    Index(None, "tenant", "digest"),
)

acknowledgement: Final = strict_table(
    "acknowledgement",
    tenant_key(),
    number("person", primary_key=True, autoincrement=False),
    digested("digest", primary_key=True),
    varied("kind"),
    varied("school"),
    varied("version"),
    varied("locale"),
    number("at"),
    varied("channel"),
    one_of("kind", NoticeKind),
    one_of("channel", Channel),
    of_person(),
    clustered=True,
)
