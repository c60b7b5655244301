"""What runs found where they wrote, what was undone, and which run wrote records and people last."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_CLUSTERED: Final = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    """Make the tables, and give runs their schools; what was written before is no run's that can be undone."""
    for table in ("record", "person"):
        op.add_column(table, sa.Column("run", _WHOLE, server_default="0", nullable=False))
    op.add_column("run", sa.Column("schools", _TEXT, server_default="[]", nullable=False))
    op.add_column("run", sa.Column("undoes", _WHOLE, nullable=True))
    op.create_index(op.f("ix_run_tenant_undoes"), "run", ["tenant", "undoes"], unique=True)
    op.create_table(
        "before_image",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("run", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("was", _WHOLE, nullable=False),
        sa.Column("cells", _TEXT, nullable=False),
        sa.CheckConstraint("kind IN ('record', 'place', 'person')", name=op.f("ck_before_image_kind")),
        sa.ForeignKeyConstraint(["tenant", "run"], ["run.tenant", "run.id"], name=op.f("fk_before_image_tenant_run")),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_before_image_tenant")),
        sa.PrimaryKeyConstraint("tenant", "run", "kind", "key", name=op.f("pk_before_image")),
        **_CLUSTERED,
    )
    op.create_index(op.f("ix_before_image_tenant_kind_key"), "before_image", ["tenant", "kind", "key"], unique=False)
    op.create_index(op.f("ix_before_image_tenant_was"), "before_image", ["tenant", "was"], unique=False)
    op.create_table(
        "undone",
        sa.Column("roster", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("record", _TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["roster"], ["roster.id"], name=op.f("fk_undone_roster")),
        sa.PrimaryKeyConstraint("roster", "record", "content", name=op.f("pk_undone")),
        **_CLUSTERED,
    )


def downgrade() -> None:
    """Take them away; runs can be undone no more."""
    op.drop_table("undone")
    op.drop_index(op.f("ix_before_image_tenant_was"), table_name="before_image")
    op.drop_index(op.f("ix_before_image_tenant_kind_key"), table_name="before_image")
    op.drop_table("before_image")
    op.drop_index(op.f("ix_run_tenant_undoes"), table_name="run")
    op.drop_column("run", "undoes")
    op.drop_column("run", "schools")
    op.drop_column("person", "run")
    op.drop_column("record", "run")
