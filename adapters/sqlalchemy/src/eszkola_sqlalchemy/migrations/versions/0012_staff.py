"""Who works for a school is found by role."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OF_STAFF = "role NOT IN ('student', 'guardian')"


def upgrade() -> None:
    """Index the few places that are not students' and guardians'."""
    op.create_index(
        "ix_place_of_staff",
        "place",
        ["tenant", "role"],
        unique=False,
        sqlite_where=sa.text(_OF_STAFF),
        postgresql_where=sa.text(_OF_STAFF),
    )


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_place_of_staff", table_name="place")
