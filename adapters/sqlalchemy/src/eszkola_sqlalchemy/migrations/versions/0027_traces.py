"""Traces of records: what stands for the row that a record was made of, so that an unchanged one is not read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; a record has its trace from the next change on."""
    op.add_column("record", sa.Column("trace", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Drop the column: every record is read again."""
    op.drop_column("record", "trace")
