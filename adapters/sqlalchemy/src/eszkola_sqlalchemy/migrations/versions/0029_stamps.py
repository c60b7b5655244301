"""By what the source of a list is known that was taken in whole."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "stamp",
        sa.Column("roster", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("tenant", _WHOLE, nullable=False),
        sa.Column("stamp", sa.LargeBinary, nullable=False),
        sa.Column("records", _WHOLE, nullable=False),
        sa.Column("people", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["roster"], ["roster.id"], name=op.f("fk_stamp_roster")),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_stamp_tenant")),
        sa.PrimaryKeyConstraint("roster", name=op.f("pk_stamp")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_stamp_tenant_stamp", "stamp", ["tenant", "stamp"])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("stamp")
