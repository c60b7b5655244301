"""What the tenant chose when it was last planned."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table of choices."""
    op.create_table(
        "choice",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("login_scheme", _TEXT, nullable=False),
        sa.Column("sharing", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_choice_tenant")),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_choice")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the choices away."""
    op.drop_table("choice")
