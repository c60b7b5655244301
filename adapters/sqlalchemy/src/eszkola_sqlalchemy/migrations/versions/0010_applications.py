"""Access applications."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_PEOPLE: Final = ("applied_by", "guardian", "child")


def upgrade() -> None:
    """Make the table of applications."""
    op.create_table(
        "application",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("revision", _WHOLE, nullable=False),
        sa.Column("school", _TEXT, nullable=False),
        sa.Column("student", _TEXT, nullable=False),
        sa.Column("applicant", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", _WHOLE, nullable=False),
        sa.Column("moved_at", _WHOLE, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("history", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, _WHOLE, nullable=True) for name in _PEOPLE),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'confirmed', 'returned', 'approved', 'rejected', 'withdrawn', 'lapsed')",
            name=op.f("ck_application_state"),
        ),
        *(
            sa.ForeignKeyConstraint(
                ["tenant", name], ["person.tenant", "person.id"], name=op.f(f"fk_application_tenant_{name}")
            )
            for name in _PEOPLE
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_application_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_application")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_application_tenant_school"), "application", ["tenant", "school"])
    op.create_index(op.f("ix_application_tenant_state_moved_at"), "application", ["tenant", "state", "moved_at"])
    for name in _PEOPLE:
        op.create_index(op.f(f"ix_application_tenant_{name}"), "application", ["tenant", name])


def downgrade() -> None:
    """Take the table away, with all applications in it."""
    op.drop_table("application")
