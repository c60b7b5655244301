"""Which run a message follows from."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Let a message name its run."""
    op.add_column("message", sa.Column("run", _WHOLE, nullable=True))


def downgrade() -> None:
    """Let it name none."""
    op.drop_column("message", "run")
