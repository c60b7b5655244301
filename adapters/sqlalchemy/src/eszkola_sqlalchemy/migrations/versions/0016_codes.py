"""Security codes with their receipts, and who answers for their own contact data."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_LIVE: Final = sa.text("state = 'live'")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "code",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("guardian", _WHOLE, nullable=False),
        sa.Column("school", _TEXT, nullable=False),
        sa.Column("issued_at", _WHOLE, nullable=False),
        sa.Column("expires_at", _WHOLE, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("wrong_dates", _WHOLE, nullable=False),
        sa.Column("redeemed_at", _WHOLE, nullable=True),
        sa.CheckConstraint(
            "state IN ('live', 'redeemed', 'replaced', 'killed', 'cancelled', 'expired')",
            name=op.f("ck_code_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "guardian"],
            ["person.tenant", "person.id"],
            name=op.f("fk_code_tenant_guardian"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_code_tenant")),
        sa.PrimaryKeyConstraint("tenant", "digest", name=op.f("pk_code")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_code_tenant_guardian"), "code", ["tenant", "guardian"])
    op.create_index(
        "ix_code_live",
        "code",
        ["tenant", "guardian", "school"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_table(
        "code_receipt",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("position", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", _WHOLE, nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "digest"],
            ["code.tenant", "code.digest"],
            name=op.f("fk_code_receipt_tenant_digest"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_code_receipt_tenant")),
        sa.PrimaryKeyConstraint("tenant", "digest", "position", name=op.f("pk_code_receipt")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "own_contacts",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("person", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("since", _WHOLE, nullable=False),
        sa.Column("confirmed_at", _WHOLE, nullable=False),
        sa.Column("ask_at", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_own_contacts_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_own_contacts_tenant")),
        sa.PrimaryKeyConstraint("tenant", "person", name=op.f("pk_own_contacts")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_own_contacts_tenant_ask_at"), "own_contacts", ["tenant", "ask_at"])


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("own_contacts")
    op.drop_table("code_receipt")
    op.drop_table("code")
