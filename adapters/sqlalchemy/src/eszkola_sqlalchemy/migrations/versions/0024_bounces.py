"""Messages that bounced, and the addresses to which nothing is sent since."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_BEFORE: Final = "'queued', 'leased', 'sent', 'failed-for-now', 'abandoned', 'cancelled'"
_AFTER: Final = "'queued', 'leased', 'sent', 'bounced', 'failed-for-now', 'abandoned', 'cancelled'"


def upgrade() -> None:
    """Let a message have bounced; make the tables of marks and counts."""
    _make_anew(_AFTER)
    op.create_table(
        "unusable_address",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("mailbox", _TEXT, nullable=False),
        sa.Column("spelling", _TEXT, nullable=False),
        sa.Column("why", _TEXT, nullable=False),
        sa.Column("since", _WHOLE, nullable=False),
        sa.CheckConstraint("why IN ('hard', 'complaint')", name=op.f("ck_unusable_address_why")),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_unusable_address_tenant")),
        sa.PrimaryKeyConstraint("tenant", "mailbox", name=op.f("pk_unusable_address")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bounce_count",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("fate", _TEXT, nullable=False),
        sa.Column("many", _WHOLE, nullable=False),
        sa.CheckConstraint("fate IN ('marked', 'for-now', 'known', 'unproved')", name=op.f("ck_bounce_count_fate")),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_bounce_count_tenant")),
        sa.PrimaryKeyConstraint("tenant", "fate", name=op.f("pk_bounce_count")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Forget what bounced: those messages are sent ones again, and their addresses are used."""
    op.drop_table("bounce_count")
    op.drop_table("unusable_address")
    op.execute("UPDATE message SET state = 'sent' WHERE state = 'bounced'")
    _make_anew(_BEFORE)


def _make_anew(states: str) -> None:
    """Make the table of messages anew; on SQLite a check cannot be changed in place."""
    with op.batch_alter_table("message", table_kwargs={"sqlite_strict": True}) as message:
        message.drop_constraint(op.f("ck_message_state"), type_="check")
        message.create_check_constraint(op.f("ck_message_state"), f"state IN ({states})")
