"""
The tables.

Columns are whole numbers, texts and bytes only, so that every database can hold them: instants are microseconds, days
are ISO texts, lists are JSON. The tenant's number leads every key. What is sealed or indexed blind is a column of
bytes; the page ``docs/reference/storage-schema.md`` says which is which.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

from eszkola_core.domain.accounts import State
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.messages import MessageState
from eszkola_core.domain.tokens import TokenState

REVISION: Final = "0001"
"""The revision of the schema that this code works with."""

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

_WHOLE: Final = BigInteger().with_variant(Integer(), "sqlite")  # SQLite's strict tables know one kind of whole number


def _number(name: str, *args: Any, **options: Any) -> Column[int]:  # noqa: ANN401 - as SQLAlchemy has it
    return Column(name, _WHOLE, *args, **{"nullable": False} | options)


def _text(name: str, **options: Any) -> Column[str]:  # noqa: ANN401 - as SQLAlchemy has it
    return Column(name, Text, **{"nullable": False} | options)


def _bytes(name: str, **options: Any) -> Column[bytes]:  # noqa: ANN401 - as SQLAlchemy has it
    return Column(name, LargeBinary, **{"nullable": False} | options)


def _tenant() -> Column[int]:
    return _number("tenant", ForeignKey("tenant.id"), primary_key=True, autoincrement=False)


def _of_tenant() -> Column[int]:
    return _number("tenant", ForeignKey("tenant.id"))


def _of_person(*, ondelete: str | None = "CASCADE") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "person"], ["person.tenant", "person.id"], ondelete=ondelete)


def _one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{each.value}'" for each in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _table(name: str, *parts: Any, clustered: bool = False) -> Table:  # noqa: ANN401 - columns, constraints and indexes
    """Return a strict table; *clustered* ones are kept in the order of their key, which suits narrow rows."""
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=not clustered)


tenant: Final = _table("tenant", _number("id", primary_key=True), _text("key", unique=True), _bytes("proof"))

school: Final = _table("school", _tenant(), _text("key", primary_key=True), _text("name"), clustered=True)

roster: Final = _table(
    "roster",
    _number("id", primary_key=True),
    _of_tenant(),
    _text("school"),
    _text("origin"),
    _text("list"),
    Index(None, "tenant", "school", "origin", "list", unique=True),
)

record: Final = _table(
    "record",
    _number("roster", ForeignKey("roster.id"), primary_key=True, autoincrement=False),
    _text("key", primary_key=True),
    _bytes("digest"),
    _number("people"),
    _number("unsettled"),
    CheckConstraint("unsettled IN (0, 1)", name="unsettled"),
    Index("ix_record_unsettled", "roster", sqlite_where=text("unsettled = 1"), postgresql_where=text("unsettled = 1")),
    clustered=True,
)

person: Final = _table(
    "person",
    _tenant(),
    _number("id", primary_key=True, autoincrement=False),
    _number("revision"),
    _text("first"),
    _text("last"),
    _bytes("ids", nullable=True),
    _text("state"),
    _text("login"),
    _text("login_key"),
    _text("login_stem"),
    _number("login_number"),
    _text("platform_address"),
    _text("central_spelling", nullable=True),
    _text("central_mailbox", nullable=True),
    _number("opened_at"),
    _number("activated_at", nullable=True),
    _number("first_signed_in_at", nullable=True),
    _one_of("state", State),
    Index(None, "tenant", "login_key", unique=True),
    Index(None, "tenant", "central_mailbox", unique=True),
    Index(None, "tenant", "login_stem", "login_number"),
    clustered=True,
)

handle: Final = _table(
    "handle",
    _tenant(),
    _bytes("token", primary_key=True),
    _number("person"),
    _of_person(),
    clustered=True,
)

place: Final = _table(
    "place",
    _number("id", primary_key=True),
    _of_tenant(),
    _number("roster", ForeignKey("roster.id")),
    _text("record"),
    _text("role"),
    _text("who"),
    _text("first", nullable=True),
    _text("last", nullable=True),
    _text("email_spelling", nullable=True),
    _text("email_mailbox", nullable=True),
    _text("birth_date", nullable=True),
    _text("sex", nullable=True),
    _text("class_name", nullable=True),
    _text("first_day", nullable=True),
    _text("last_day", nullable=True),
    _bytes("ids", nullable=True),
    _bytes("pending", nullable=True),
    _text("hold", nullable=True),
    _text("own_key", nullable=True),
    _number("person", nullable=True),
    _text("since"),
    _text("gone", nullable=True),
    _text("email_since", nullable=True),
    _number("run"),
    _of_person(ondelete=None),
    Index(None, "roster", "record", "role", "who", unique=True),
    Index(
        None, "tenant", "person", sqlite_where=text("person IS NOT NULL"), postgresql_where=text("person IS NOT NULL")
    ),
)

evidence: Final = _table(
    "evidence",
    _tenant(),
    _bytes("token", primary_key=True),
    _number("place", ForeignKey("place.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    clustered=True,
)

decision: Final = _table(
    "decision",
    _tenant(),
    _number("id", primary_key=True, autoincrement=False),
    _text("kind"),
    _number("person"),
    _text("address_spelling", nullable=True),
    _text("address_mailbox", nullable=True),
    _text("author"),
    _text("reason"),
    _number("at"),
    _number("withdrawn_at", nullable=True),
    _of_person(ondelete=None),
    Index(None, "tenant", "person"),
)

reservation: Final = _table(
    "reservation",
    _tenant(),
    _text("mailbox", primary_key=True),
    _number("person", primary_key=True, autoincrement=False),
    _number("until", primary_key=True, autoincrement=False),
    _of_person(),
    Index(None, "tenant", "person"),
    clustered=True,
)

conflict: Final = _table(
    "conflict",
    _tenant(),
    _text("kind", primary_key=True),
    _text("place", primary_key=True),
    _text("other", primary_key=True),
    _text("facts", primary_key=True),
    _text("school"),
    _text("other_school"),
    Index(None, "tenant", "place"),
    Index(None, "tenant", "other"),
    clustered=True,
)

run: Final = _table(
    "run",
    _tenant(),
    _number("id", primary_key=True, autoincrement=False),
    _text("kind"),
    _text("author"),
    _number("at"),
    _bytes("plan"),
    _text("summary"),
    Index(None, "tenant", "plan"),
)

credential: Final = _table(
    "credential",
    _tenant(),
    _number("person", primary_key=True, autoincrement=False),
    _text("kind"),
    _text("encoded"),
    _number("set_at"),
    _number("expires_at", nullable=True),
    _text("history"),
    _text("spent"),
    _bytes("sealed", nullable=True),
    _number("warned_at", nullable=True),
    _one_of("kind", CredentialKind),
    _of_person(),
    Index(None, "tenant", "kind", "set_at"),
)

_LIVE: Final = text("state = 'live'")
_NEWEST: Final = text("state = 'live' AND purpose <> 'dispute-address'")  # see REPLACED_BY_NEWER

token: Final = _table(
    "token",
    _tenant(),
    _bytes("digest", primary_key=True),
    _text("purpose"),
    _number("person"),
    _number("issued_at"),
    _number("expires_at"),
    _text("state"),
    _text("address_spelling", nullable=True),
    _text("address_mailbox", nullable=True),
    _text("acts"),
    _one_of("state", TokenState),
    _of_person(),
    Index("ix_token_live", "tenant", "person", sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index(
        "ix_token_newest",
        *("tenant", "person", "purpose"),
        unique=True,
        sqlite_where=_NEWEST,
        postgresql_where=_NEWEST,
    ),
    clustered=True,
)

session: Final = _table(
    "session",
    _tenant(),
    _bytes("digest", primary_key=True),
    _number("person"),
    _number("opened_at"),
    _number("ended_at", nullable=True),
    _text("ended_by", nullable=True),
    _of_person(),
    Index(None, "tenant", "person"),
    clustered=True,
)

message: Final = _table(
    "message",
    _number("id", primary_key=True),
    _of_tenant(),
    _text("key"),
    _text("kind"),
    _text("to_spelling"),
    _text("to_mailbox"),
    _number("person", nullable=True),
    _text("locale"),
    _bytes("data", nullable=True),
    _bytes("token", nullable=True),
    _text("state"),
    _number("attempts"),
    _number("created_at"),
    _number("due_at"),
    _number("leased_until", nullable=True),
    _one_of("state", MessageState),
    _of_person(),
    Index(None, "tenant", "key", unique=True),
    Index(None, "tenant", "state", "due_at"),
    Index(None, "tenant", "token", sqlite_where=text("token IS NOT NULL"), postgresql_where=text("token IS NOT NULL")),
)

access_request: Final = Table(
    "access_request",
    metadata,
    _number("id", primary_key=True),
    _of_tenant(),
    _bytes("identifier"),
    _number("asked_at"),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # requests are deleted, and the number is part of what the identifier is sealed for
)
