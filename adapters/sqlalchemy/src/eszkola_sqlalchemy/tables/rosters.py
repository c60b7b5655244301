"""What gradebooks state, and what followed."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    text,
)

from eszkola_sqlalchemy.tables.columns import (
    digested,
    indexed,
    number,
    of_person,
    of_tenant,
    one_of,
    sealed,
    strict_table,
    tenant_key,
    varied,
)


class ImageKind(StrEnum):
    """What a run writes."""

    RECORD = "record"
    PLACE = "place"
    PERSON = "person"


school: Final = strict_table("school", tenant_key(), varied("key", primary_key=True), varied("name"), clustered=True)


roster: Final = strict_table(
    "roster",
    number("id", primary_key=True),
    of_tenant(),
    varied("school"),
    varied("origin"),
    varied("list"),
    Index(None, "tenant", "school", "origin", "list", unique=True),
)


record: Final = strict_table(
    "record",
    number("roster", ForeignKey("roster.id"), primary_key=True, autoincrement=False),
    varied("key", primary_key=True),
    digested("digest"),
    number("people"),
    number("unsettled"),
    number("run", server_default="0"),
    digested("trace", nullable=True),
    CheckConstraint("unsettled IN (0, 1)", name="unsettled"),
    Index("ix_record_unsettled", "roster", sqlite_where=text("unsettled = 1"), postgresql_where=text("unsettled = 1")),
    clustered=True,
)


stamp: Final = strict_table(
    "stamp",
    number("roster", ForeignKey("roster.id"), primary_key=True, autoincrement=False),
    of_tenant(),
    digested("stamp"),
    number("records"),
    number("people"),
    Index(None, "tenant", "stamp"),
    clustered=True,
)


OF_STAFF: Final = "role NOT IN ('student', 'guardian')"
"""What holds of the few places that are not students' and guardians'."""


place: Final = strict_table(
    "place",
    number("id", primary_key=True),
    of_tenant(),
    number("roster", ForeignKey("roster.id")),
    varied("record"),
    varied("role"),
    varied("who"),
    varied("first", nullable=True),
    varied("last", nullable=True),
    varied("email_spelling", nullable=True),
    varied("email_mailbox", nullable=True),
    varied("birth_date", nullable=True),
    varied("sex", nullable=True),
    varied("class_name", nullable=True),
    varied("first_day", nullable=True),
    varied("last_day", nullable=True),
    varied("phone", nullable=True),
    sealed("ids", nullable=True),
    sealed("pending", nullable=True),
    varied("hold", nullable=True),
    varied("own_key", nullable=True),
    number("person", nullable=True),
    varied("since"),
    varied("gone", nullable=True),
    varied("email_since", nullable=True),
    number("run"),
    varied("flaws", nullable=True),
    of_person(ondelete=None),
    Index(None, "roster", "record", "role", "who", unique=True),
    Index(
        None, "tenant", "person", sqlite_where=text("person IS NOT NULL"), postgresql_where=text("person IS NOT NULL")
    ),
    Index("ix_place_of_staff", "tenant", "role", sqlite_where=text(OF_STAFF), postgresql_where=text(OF_STAFF)),
)


evidence: Final = strict_table(
    "evidence",
    tenant_key(),
    indexed("token", primary_key=True),
    number("place", ForeignKey("place.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Index(None, "place"),  # who takes a place away has to find its evidence
    clustered=True,
)


conflict: Final = strict_table(
    "conflict",
    tenant_key(),
    varied("kind", primary_key=True),
    varied("place", primary_key=True),
    varied("other", primary_key=True),
    varied("facts", primary_key=True),
    varied("school"),
    varied("other_school"),
    Index(None, "tenant", "place"),
    Index(None, "tenant", "other"),
    clustered=True,
)


run: Final = strict_table(
    "run",
    tenant_key(),
    number("id", primary_key=True, autoincrement=False),
    varied("kind"),
    varied("author"),
    number("at"),
    digested("plan"),
    varied("summary"),
    varied("schools", server_default="[]"),
    number("undoes", nullable=True),
    Index(None, "tenant", "plan"),
    Index(None, "tenant", "undoes", unique=True),
)


before_image: Final = strict_table(
    "before_image",
    tenant_key(),
    number("run", primary_key=True, autoincrement=False),
    varied("kind", primary_key=True),
    varied("key", primary_key=True),
    number("was"),
    varied("cells"),
    one_of("kind", ImageKind),
    ForeignKeyConstraint(["tenant", "run"], ["run.tenant", "run.id"]),
    Index(None, "tenant", "kind", "key"),
    Index(None, "tenant", "was"),
    clustered=True,
)


undone: Final = strict_table(
    "undone",
    number("roster", ForeignKey("roster.id"), primary_key=True, autoincrement=False),
    varied("record", primary_key=True),
    digested("content", primary_key=True),
    clustered=True,
)
