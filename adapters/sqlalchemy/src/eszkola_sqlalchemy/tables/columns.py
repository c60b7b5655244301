"""How columns and tables are declared: whole numbers, texts and bytes only, so that every database can hold them."""

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
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

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


_TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")  # texts sort by their letters' numbers everywhere


def number(name: str, *args: Any, **options: Any) -> Column[int]:  # noqa: ANN401 - as SQLAlchemy has it
    """Return a column of whole numbers."""
    return Column(name, _WHOLE, *args, **{"nullable": False} | options)


def varied(name: str, **options: Any) -> Column[str]:  # noqa: ANN401 - as SQLAlchemy has it
    """Return a column of texts."""
    return Column(name, _TEXT, **{"nullable": False} | options)


class Hidden(StrEnum):
    """How a column of bytes hides what it holds."""

    SEALED = "sealed"
    INDEXED = "indexed blind"
    DIGESTED = "digest only"


HIDDEN: Final = "hidden"
"""Where a column keeps how it hides."""


def sealed(name: str, **options: Any) -> Column[bytes]:  # noqa: ANN401 - as SQLAlchemy has it
    """Return a column of values that somebody needs back."""
    return _hidden(name, Hidden.SEALED, options)


def indexed(name: str, **options: Any) -> Column[bytes]:  # noqa: ANN401 - as SQLAlchemy has it
    """Return a column of values that rows are found by: blind indexes."""
    return _hidden(name, Hidden.INDEXED, options)


def digested(name: str, **options: Any) -> Column[bytes]:  # noqa: ANN401 - as SQLAlchemy has it
    """Return a column of digests, of what nobody needs back."""
    return _hidden(name, Hidden.DIGESTED, options)


def _hidden(name: str, how: Hidden, options: Any) -> Column[bytes]:  # noqa: ANN401 - as SQLAlchemy has it
    return Column(name, LargeBinary, info={HIDDEN: how}, **{"nullable": False} | options)


def tenant_key() -> Column[int]:
    """Return the tenant's column where it leads the primary key."""
    return number("tenant", ForeignKey("tenant.id"), primary_key=True, autoincrement=False)


def of_tenant() -> Column[int]:
    """Return the tenant's column where the primary key is another."""
    return number("tenant", ForeignKey("tenant.id"))


def of_person(*, ondelete: str | None = "CASCADE") -> ForeignKeyConstraint:
    """Return the reference of a row to its person."""
    return ForeignKeyConstraint(["tenant", "person"], ["person.tenant", "person.id"], ondelete=ondelete)


def one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    """Return the check that a column holds a value of a state table."""
    listed = ", ".join(f"'{each.value}'" for each in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def strict_table(name: str, *parts: Any, clustered: bool = False) -> Table:  # noqa: ANN401 - columns, constraints and indexes
    """Return a strict table; *clustered* ones are kept in the order of their key, which suits narrow rows."""
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=not clustered)
