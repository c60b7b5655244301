"""Telephone numbers of places and of accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give places and accounts a number."""
    for table in ("place", "person"):
        op.add_column(table, sa.Column("phone", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take the numbers away."""
    for table in ("place", "person"):
        op.drop_column(table, "phone")
