"""Addresses that a household shares, and messages that carry several tokens."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ALONE: Final = sa.text("sharing = 0")


def upgrade() -> None:
    """Let several have one address, if all of them share it."""
    op.drop_index(op.f("ix_person_tenant_central_mailbox"), table_name="person")
    with op.batch_alter_table("person", table_kwargs={"sqlite_strict": True, "sqlite_with_rowid": False}) as person:
        person.add_column(sa.Column("sharing", _WHOLE, server_default=sa.text("0"), nullable=False))
        person.create_check_constraint(op.f("ck_person_sharing"), "sharing IN (0, 1)")
    op.create_index(op.f("ix_person_tenant_central_mailbox"), "person", ["tenant", "central_mailbox"], unique=False)
    op.create_index(
        "ix_person_alone",
        "person",
        ["tenant", "central_mailbox"],
        unique=True,
        sqlite_where=_ALONE,
        postgresql_where=_ALONE,
    )
    op.create_table(
        "message_token",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("message", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("position", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_message_token_message"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_message_token_tenant")),
        sa.PrimaryKeyConstraint("tenant", "token", "message", name=op.f("pk_message_token")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_message_token_message"), "message_token", ["message"], unique=False)
    op.execute(
        "INSERT INTO message_token (tenant, token, message, position)"
        " SELECT tenant, token, id, 0 FROM message WHERE token IS NOT NULL"
    )
    op.drop_index(op.f("ix_message_tenant_token"), table_name="message")
    op.drop_column("message", "token")


def downgrade() -> None:
    """Let an address be one account's, a message carry one token: the oldest keeps the one, the first is the other."""
    op.add_column("message", sa.Column("token", sa.LargeBinary(), nullable=True))
    op.execute(
        "UPDATE message SET token ="
        " (SELECT token FROM message_token WHERE message_token.message = message.id AND position = 0)"
    )
    op.create_index(
        op.f("ix_message_tenant_token"),
        "message",
        ["tenant", "token"],
        unique=False,
        sqlite_where=sa.text("token IS NOT NULL"),
        postgresql_where=sa.text("token IS NOT NULL"),
    )
    op.drop_table("message_token")
    op.execute(
        "UPDATE person SET central_spelling = NULL, central_mailbox = NULL WHERE sharing = 1 AND id <> (SELECT min(id)"
        " FROM person AS other WHERE other.tenant = person.tenant AND other.central_mailbox = person.central_mailbox)"
    )
    op.drop_index("ix_person_alone", table_name="person")
    op.drop_index(op.f("ix_person_tenant_central_mailbox"), table_name="person")
    with op.batch_alter_table("person", table_kwargs={"sqlite_strict": True, "sqlite_with_rowid": False}) as person:
        person.drop_constraint(op.f("ck_person_sharing"), type_="check")
        person.drop_column("sharing")
    op.create_index(op.f("ix_person_tenant_central_mailbox"), "person", ["tenant", "central_mailbox"], unique=True)
