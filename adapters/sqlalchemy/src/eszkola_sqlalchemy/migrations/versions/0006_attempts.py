"""Counted attempts, and where a request for access came from."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table of tallies, and give requests a place."""
    op.create_table(
        "attempt",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("first_at", _WHOLE, nullable=False),
        sa.Column("touched_at", _WHOLE, nullable=False),
        sa.Column("failed_at", _WHOLE, nullable=True),
        sa.Column("clear_at", _WHOLE, nullable=True),
        sa.Column("good_at", _WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_attempt_tenant")),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_attempt")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_attempt_tenant_touched_at"), "attempt", ["tenant", "touched_at"], unique=False)
    op.add_column("access_request", sa.Column("place", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take both away."""
    op.drop_column("access_request", "place")
    op.drop_index(op.f("ix_attempt_tenant_touched_at"), table_name="attempt")
    op.drop_table("attempt")
