"""Who does a kind of work alone."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "lease",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("work", _TEXT, nullable=False),
        sa.Column("holder", _TEXT, nullable=False),
        sa.Column("fence", _WHOLE, nullable=False),
        sa.Column("since", _WHOLE, nullable=False),
        sa.Column("until", _WHOLE, nullable=True),
        sa.CheckConstraint("work IN ('import')", name=op.f("ck_lease_work")),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_lease_tenant")),
        sa.PrimaryKeyConstraint("tenant", "work", name=op.f("pk_lease")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("lease")
