"""Locks, and reports of disclosed passwords."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Let an account say by whom, why and until when it is locked; make the table of reports."""
    op.add_column("person", sa.Column("lock", sa.LargeBinary(), nullable=True))
    op.create_table(
        "report",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("person", _WHOLE, nullable=False),
        sa.Column("at", _WHOLE, nullable=False),
        sa.Column("way", _TEXT, nullable=False),
        sa.Column("by", _WHOLE, nullable=True),
        sa.Column("console", _TEXT, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("told", _TEXT, nullable=False),
        sa.Column("untold", _TEXT, nullable=False),
        sa.CheckConstraint("way IN ('session', 'link', 'staff')", name=op.f("ck_report_way")),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_report_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_report_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_report")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_report_tenant_person"), "report", ["tenant", "person"], unique=False)


def downgrade() -> None:
    """Take them away: a locked account stays locked, and nobody knows by whom."""
    op.drop_index(op.f("ix_report_tenant_person"), table_name="report")
    op.drop_table("report")
    with op.batch_alter_table("person", table_kwargs={"sqlite_strict": True, "sqlite_with_rowid": False}) as person:
        person.drop_column("lock")
