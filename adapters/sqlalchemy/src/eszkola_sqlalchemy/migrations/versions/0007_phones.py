"""Telephone numbers of places and of accounts."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Give places and accounts a number."""
    for table in ("place", "person"):
        op.add_column(table, sa.Column("phone", _TEXT, nullable=True))


def downgrade() -> None:
    """Take the numbers away."""
    for table in ("place", "person"):
        op.drop_column(table, "phone")
