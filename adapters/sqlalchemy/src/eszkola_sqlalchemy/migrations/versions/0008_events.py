"""Events for services that subscribed."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_STATES: Final = "'queued', 'leased', 'delivered', 'failed-for-now', 'abandoned'"


def upgrade() -> None:
    """Make the table of events."""
    op.create_table(
        "event",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("tenant", _WHOLE, nullable=False),
        sa.Column("subscriber", _TEXT, nullable=False),
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("person", _WHOLE, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("attempts", _WHOLE, nullable=False),
        sa.Column("happened_at", _WHOLE, nullable=False),
        sa.Column("due_at", _WHOLE, nullable=False),
        sa.Column("leased_until", _WHOLE, nullable=True),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_event_state")),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_event_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_event_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_event_tenant_subscriber_key"), "event", ["tenant", "subscriber", "key"], unique=True)
    op.create_index(
        op.f("ix_event_tenant_subscriber_state_due_at"),
        "event",
        ["tenant", "subscriber", "state", "due_at"],
        unique=False,
    )


def downgrade() -> None:
    """Take the events away."""
    op.drop_table("event")
