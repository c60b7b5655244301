"""When a session was last seen."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Give every session a last sight: as far as anybody knows it was its first."""
    op.add_column("session", sa.Column("seen_at", _WHOLE, nullable=True))
    op.execute("UPDATE session SET seen_at = opened_at")
    with op.batch_alter_table("session", table_kwargs={"sqlite_strict": True, "sqlite_with_rowid": False}) as session:
        session.alter_column("seen_at", existing_type=_WHOLE, nullable=False)
    op.create_index(op.f("ix_session_tenant_opened_at"), "session", ["tenant", "opened_at"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_index(op.f("ix_session_tenant_opened_at"), table_name="session")
    with op.batch_alter_table("session", table_kwargs={"sqlite_strict": True, "sqlite_with_rowid": False}) as session:
        session.drop_column("seen_at")
