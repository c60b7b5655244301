"""Flaws of places: why a value that a record states could not be taken, for whoever asks later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; a place has its flaws from the next import on, which reads every record again."""
    op.add_column("place", sa.Column("flaws", _TEXT, nullable=True))


def downgrade() -> None:
    """Drop the column: the findings of former imports are in their reports only."""
    op.drop_column("place", "flaws")
