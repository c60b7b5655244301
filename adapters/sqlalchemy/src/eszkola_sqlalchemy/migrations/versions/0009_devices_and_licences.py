"""Devices, and licences."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables of devices and licences."""
    op.create_table(
        "device",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("person", _WHOLE, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("pin", sa.LargeBinary(), nullable=True),
        sa.Column("wrong_pins", _WHOLE, nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("begun_at", _WHOLE, nullable=False),
        sa.Column("expires_at", _WHOLE, nullable=False),
        sa.Column("paired_at", _WHOLE, nullable=True),
        sa.Column("ended_at", _WHOLE, nullable=True),
        sa.Column("ended_by", _TEXT, nullable=True),
        sa.CheckConstraint("state IN ('pairing', 'paired', 'asleep', 'revoked', 'dead')", name=op.f("ck_device_state")),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_device_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_device_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_device")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_device_tenant_digest"), "device", ["tenant", "digest"], unique=True)
    op.create_index(op.f("ix_device_tenant_person"), "device", ["tenant", "person"], unique=False)
    op.create_table(
        "licence_pool",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("product", _TEXT, nullable=False),
        sa.Column("seats", _WHOLE, nullable=False),
        sa.Column("taken", _WHOLE, nullable=False),
        sa.Column("roles", _TEXT, nullable=False),
        sa.CheckConstraint("taken BETWEEN 0 AND seats", name=op.f("ck_licence_pool_taken")),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_licence_pool_tenant")),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_licence_pool")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "licence",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("pool", _TEXT, nullable=False),
        sa.Column("person", _WHOLE, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("since", _WHOLE, nullable=False),
        sa.Column("grace_until", _WHOLE, nullable=True),
        sa.CheckConstraint("state IN ('assigned', 'grace', 'withdrawn')", name=op.f("ck_licence_state")),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_licence_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "pool"], ["licence_pool.tenant", "licence_pool.key"], name=op.f("fk_licence_tenant_pool")
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_licence_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_licence")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_licence_seated"),
        "licence",
        ["tenant", "pool", "person"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_index(op.f("ix_licence_tenant_person"), "licence", ["tenant", "person"], unique=False)


def downgrade() -> None:
    """Take devices and licences away."""
    for table in ("licence", "licence_pool", "device"):
        op.drop_table(table)
