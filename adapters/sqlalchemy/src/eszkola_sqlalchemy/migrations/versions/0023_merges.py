"""Accounts that are read as another, and ids that were corrected."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STANDING: Final = sa.text("kind = 'merged' AND withdrawn_at IS NULL")


def upgrade() -> None:
    """Make the index of merges, let an account be merged into one other only, and keep former ids."""
    op.create_table(
        "merged",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("person", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("survivor", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_merged_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "survivor"], ["person.tenant", "person.id"], name=op.f("fk_merged_tenant_survivor")
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_merged_tenant")),
        sa.PrimaryKeyConstraint("tenant", "person", name=op.f("pk_merged")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_merged_tenant_survivor"), "merged", ["tenant", "survivor"], unique=False)
    op.create_index(
        "ix_decision_merged",
        "decision",
        ["tenant", "object"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    op.create_table(
        "former_handle",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("person", _WHOLE, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_former_handle_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_former_handle_tenant")),
        sa.PrimaryKeyConstraint("tenant", "token", "person", name=op.f("pk_former_handle")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.add_column("person", sa.Column("former_ids", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take them away: what was merged is two accounts again, and a corrected id is forgotten."""
    op.drop_column("person", "former_ids")
    op.drop_table("former_handle")
    op.drop_index("ix_decision_merged", table_name="decision")
    op.drop_index(op.f("ix_merged_tenant_survivor"), table_name="merged")
    op.drop_table("merged")
