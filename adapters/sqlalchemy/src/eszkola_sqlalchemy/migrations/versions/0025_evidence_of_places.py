"""The evidence of a place is found by the place."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index it: whoever took a place away had to look through all evidence."""
    op.create_index(op.f("ix_evidence_place"), "evidence", ["place"], unique=False)


def downgrade() -> None:
    """Drop the index."""
    op.drop_index(op.f("ix_evidence_place"), table_name="evidence")
