"""The journal, and decisions about two people."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the journal, and give decisions a second side and a sealed value."""
    op.create_table(
        "audit",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("number", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", _WHOLE, nullable=False),
        sa.Column("by", _WHOLE, nullable=True),
        sa.Column("console", _TEXT, nullable=False),
        sa.Column("deed", _TEXT, nullable=False),
        sa.Column("place", _TEXT, nullable=False),
        sa.Column("why", _TEXT, nullable=False),
        sa.Column("detail", _TEXT, nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_audit_tenant")),
        sa.PrimaryKeyConstraint("tenant", "number", name=op.f("pk_audit")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_person",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("person", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("number", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("position", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "number"],
            ["audit.tenant", "audit.number"],
            name=op.f("fk_audit_person_tenant_number"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_audit_person_tenant")),
        sa.PrimaryKeyConstraint("tenant", "person", "number", name=op.f("pk_audit_person")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_audit_person_tenant_number"), "audit_person", ["tenant", "number"], unique=False)
    with op.batch_alter_table("decision", table_kwargs={"sqlite_strict": True}) as decision:
        decision.add_column(sa.Column("object", _WHOLE, nullable=True))
        decision.add_column(sa.Column("value", sa.LargeBinary(), nullable=True))
        decision.create_foreign_key(op.f("fk_decision_tenant_object"), "person", ["tenant", "object"], ["tenant", "id"])
    op.create_index(
        op.f("ix_decision_tenant_object"),
        "decision",
        ["tenant", "object"],
        unique=False,
        sqlite_where=sa.text("object IS NOT NULL"),
        postgresql_where=sa.text("object IS NOT NULL"),
    )


def downgrade() -> None:
    """Take the journal away, and the second side of decisions."""
    op.drop_index(op.f("ix_decision_tenant_object"), table_name="decision")
    with op.batch_alter_table("decision", table_kwargs={"sqlite_strict": True}) as decision:
        decision.drop_constraint(op.f("fk_decision_tenant_object"), type_="foreignkey")
        decision.drop_column("value")
        decision.drop_column("object")
    op.drop_index(op.f("ix_audit_person_tenant_number"), table_name="audit_person")
    op.drop_table("audit_person")
    op.drop_table("audit")
