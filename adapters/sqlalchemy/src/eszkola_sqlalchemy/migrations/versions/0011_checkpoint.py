"""The checkpoint of the journal."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the place of the one checkpoint that a tenant's journal has."""
    op.create_table(
        "audit_checkpoint",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("number", _WHOLE, nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("at", _WHOLE, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_audit_checkpoint_tenant")),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_audit_checkpoint")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take it away; a journal that has one can then not be verified from its beginning."""
    op.drop_table("audit_checkpoint")
