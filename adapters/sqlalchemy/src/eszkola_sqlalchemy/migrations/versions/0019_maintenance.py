"""Times of maintenance."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "maintenance",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("number", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("author", _TEXT, nullable=False),
        sa.Column("begun_at", _WHOLE, nullable=False),
        sa.Column("expected_end_at", _WHOLE, nullable=True),
        sa.Column("texts", _TEXT, nullable=False),
        sa.Column("ended_at", _WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_maintenance_tenant")),
        sa.PrimaryKeyConstraint("tenant", "number", name=op.f("pk_maintenance")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_maintenance_under_way",
        "maintenance",
        ["tenant"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Take the table away."""
    op.drop_index("ix_maintenance_under_way", table_name="maintenance")
    op.drop_table("maintenance")
