"""People who last before their account opens, as a decision names them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BEFORE: Final = "'awaiting', 'active', 'change-due', 'recovery-required', 'locked', 'closed', 'erased', 'merged'"


def upgrade() -> None:
    """Let an account be unopened."""
    _make_anew(f"'unopened', {_BEFORE}", nullable=True)


def downgrade() -> None:
    """Let every account have been opened; those that were not became closed when they began to last."""
    op.execute("UPDATE person SET state = 'closed', opened_at = 0 WHERE opened_at IS NULL")
    _make_anew(_BEFORE, nullable=False)


def _make_anew(states: str, *, nullable: bool) -> None:
    """Make the table of people anew; on SQLite neither a check nor a NOT NULL can be changed in place."""
    with op.batch_alter_table("person", table_kwargs={"sqlite_strict": True, "sqlite_with_rowid": False}) as person:
        person.drop_constraint(op.f("ck_person_state"), type_="check")
        person.create_check_constraint(op.f("ck_person_state"), f"state IN ({states})")
        person.alter_column("opened_at", existing_type=_WHOLE, nullable=nullable)
