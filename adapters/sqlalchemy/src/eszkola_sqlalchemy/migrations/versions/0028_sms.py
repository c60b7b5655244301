"""Text messages with their line in the ledger, and what is booked in each payer's month."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_STATES: Final = "state IN ('quoted', 'reserved', 'in-doubt', 'charged', 'released')"
_DELIVERIES: Final = "delivery IN ('not-known', 'delivered', 'not-delivered')"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sms",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("tenant", _WHOLE, nullable=False),
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("school", _TEXT, nullable=False),
        sa.Column("payer", _TEXT, nullable=False),
        sa.Column("person", _WHOLE, nullable=True),
        sa.Column("number", sa.LargeBinary, nullable=True),
        sa.Column("text", sa.LargeBinary, nullable=True),
        sa.Column("tariff", _TEXT, nullable=False),
        sa.Column("segments", _WHOLE, nullable=False),
        sa.Column("messages", _WHOLE, nullable=False),
        sa.Column("cost", _WHOLE, nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("month", _TEXT, nullable=False),
        sa.Column("charged", _WHOLE, nullable=True),
        sa.Column("gateway_id", _TEXT, nullable=False),
        sa.Column("code", _TEXT, nullable=False),
        sa.Column("delivery", _TEXT, nullable=False),
        sa.Column("attempts", _WHOLE, nullable=False),
        sa.Column("created_at", _WHOLE, nullable=False),
        sa.Column("due_at", _WHOLE, nullable=False),
        sa.Column("useful_until", _WHOLE, nullable=True),
        sa.Column("leased_until", _WHOLE, nullable=True),
        sa.Column("handed_at", _WHOLE, nullable=True),
        sa.Column("revision", _WHOLE, nullable=False),
        sa.CheckConstraint(_STATES, name=op.f("ck_sms_state")),
        sa.CheckConstraint(_DELIVERIES, name=op.f("ck_sms_delivery")),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_sms_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms")),
        sqlite_strict=True,
    )
    op.create_index("ix_sms_tenant_key", "sms", ["tenant", "key"], unique=True)
    op.create_index("ix_sms_tenant_state_due_at", "sms", ["tenant", "state", "due_at"])
    op.create_index("ix_sms_tenant_payer_month", "sms", ["tenant", "payer", "month"])
    op.create_index("ix_sms_tenant_person", "sms", ["tenant", "person"])
    op.create_index("ix_sms_tenant_handed_at", "sms", ["tenant", "handed_at"])
    called = sa.text("gateway_id <> ''")
    op.create_index("ix_sms_gateway_id", "sms", ["tenant", "gateway_id"], sqlite_where=called, postgresql_where=called)
    op.create_table(
        "sms_spending",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("payer", _TEXT, nullable=False),
        sa.Column("month", _TEXT, nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("booked", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_sms_spending_tenant")),
        sa.PrimaryKeyConstraint("tenant", "payer", "month", "currency", name=op.f("pk_sms_spending")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("sms_spending")
    op.drop_table("sms")
