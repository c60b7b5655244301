"""Notices, and who acknowledged which."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_KINDS: Final = "kind IN ('safety-rules', 'data-protection', 'commitment')"


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "notice",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("number", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("school", _TEXT, nullable=False),
        sa.Column("version", _TEXT, nullable=False),
        sa.Column("texts", _TEXT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_notice_kind")),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_notice_tenant")),
        sa.PrimaryKeyConstraint("tenant", "number", name=op.f("pk_notice")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_notice_tenant_kind_school_version"), "notice", ["tenant", "kind", "school", "version"], unique=True
    )
    op.create_index(op.f("ix_notice_tenant_digest"), "notice", ["tenant", "digest"], unique=False)
    op.create_table(
        "acknowledgement",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("person", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("school", _TEXT, nullable=False),
        sa.Column("version", _TEXT, nullable=False),
        sa.Column("locale", _TEXT, nullable=False),
        sa.Column("at", _WHOLE, nullable=False),
        sa.Column("channel", _TEXT, nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_acknowledgement_kind")),
        sa.CheckConstraint("channel IN ('sign-in', 'session', 'paper')", name=op.f("ck_acknowledgement_channel")),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_acknowledgement_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_acknowledgement_tenant")),
        sa.PrimaryKeyConstraint("tenant", "person", "digest", name=op.f("pk_acknowledgement")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("acknowledgement")
    op.drop_index(op.f("ix_notice_tenant_digest"), table_name="notice")
    op.drop_index(op.f("ix_notice_tenant_kind_school_version"), table_name="notice")
    op.drop_table("notice")
