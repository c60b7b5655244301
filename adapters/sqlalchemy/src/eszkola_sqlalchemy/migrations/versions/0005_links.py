"""Who withdrew a decision and why, and how often what bears on a person has changed."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Give decisions an author and a reason of their end, and people a version."""
    with op.batch_alter_table("decision", table_kwargs={"sqlite_strict": True}) as decision:
        decision.add_column(sa.Column("withdrawn_by", _TEXT, server_default="", nullable=False))
        decision.add_column(sa.Column("withdrawn_why", _TEXT, server_default="", nullable=False))
    op.create_table(
        "person_version",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("person", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("version", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_person_version_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_person_version_tenant")),
        sa.PrimaryKeyConstraint("tenant", "person", name=op.f("pk_person_version")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the versions away, and who withdrew decisions."""
    op.drop_table("person_version")
    with op.batch_alter_table("decision", table_kwargs={"sqlite_strict": True}) as decision:
        decision.drop_column("withdrawn_why")
        decision.drop_column("withdrawn_by")
