"""By what the people of a decision are known again."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table of marks."""
    op.create_table(
        "decision_mark",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("decision", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("side", _TEXT, nullable=False),
        sa.CheckConstraint("side IN ('subject', 'object')", name=op.f("ck_decision_mark_side")),
        sa.ForeignKeyConstraint(
            ["tenant", "decision"],
            ["decision.tenant", "decision.id"],
            name=op.f("fk_decision_mark_tenant_decision"),
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_decision_mark_tenant")),
        sa.PrimaryKeyConstraint("tenant", "token", "decision", "side", name=op.f("pk_decision_mark")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop the table of marks."""
    op.drop_table("decision_mark")
