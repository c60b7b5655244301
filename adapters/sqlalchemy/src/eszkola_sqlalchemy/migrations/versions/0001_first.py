"""The first schema: everything."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# Those that refer to others first.
_TABLES: Final = (
    "evidence token session reservation record place message handle decision credential school run roster person "
    "conflict access_request tenant"
)


def upgrade() -> None:
    """Make all tables and indexes."""
    op.create_table(
        "tenant",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("key", name=op.f("uq_tenant_key")),
        sqlite_strict=True,
    )
    op.create_table(
        "access_request",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("tenant", _WHOLE, nullable=False),
        sa.Column("identifier", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_access_request_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_request")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "conflict",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("place", _TEXT, nullable=False),
        sa.Column("other", _TEXT, nullable=False),
        sa.Column("facts", _TEXT, nullable=False),
        sa.Column("school", _TEXT, nullable=False),
        sa.Column("other_school", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_conflict_tenant")),
        sa.PrimaryKeyConstraint("tenant", "kind", "place", "other", "facts", name=op.f("pk_conflict")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_conflict_tenant_other"), "conflict", ["tenant", "other"], unique=False)
    op.create_index(op.f("ix_conflict_tenant_place"), "conflict", ["tenant", "place"], unique=False)
    op.create_table(
        "person",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("revision", _WHOLE, nullable=False),
        sa.Column("first", _TEXT, nullable=False),
        sa.Column("last", _TEXT, nullable=False),
        sa.Column("ids", sa.LargeBinary(), nullable=True),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("login", _TEXT, nullable=False),
        sa.Column("login_key", _TEXT, nullable=False),
        sa.Column("login_stem", _TEXT, nullable=False),
        sa.Column("login_number", _WHOLE, nullable=False),
        sa.Column("platform_address", _TEXT, nullable=False),
        sa.Column("central_spelling", _TEXT, nullable=True),
        sa.Column("central_mailbox", _TEXT, nullable=True),
        sa.Column("opened_at", _WHOLE, nullable=False),
        sa.Column("activated_at", _WHOLE, nullable=True),
        sa.Column("first_signed_in_at", _WHOLE, nullable=True),
        sa.CheckConstraint(
            "state IN ('awaiting', 'active', 'change-due', 'recovery-required', 'locked', 'closed', 'erased', "
            "'merged')",
            name=op.f("ck_person_state"),
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_person_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_person")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_person_tenant_central_mailbox"), "person", ["tenant", "central_mailbox"], unique=True)
    op.create_index(op.f("ix_person_tenant_login_key"), "person", ["tenant", "login_key"], unique=True)
    op.create_index(
        op.f("ix_person_tenant_login_stem_login_number"),
        "person",
        ["tenant", "login_stem", "login_number"],
        unique=False,
    )
    op.create_table(
        "roster",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("tenant", _WHOLE, nullable=False),
        sa.Column("school", _TEXT, nullable=False),
        sa.Column("origin", _TEXT, nullable=False),
        sa.Column("list", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_roster_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_roster_tenant_school_origin_list"), "roster", ["tenant", "school", "origin", "list"], unique=True
    )
    op.create_table(
        "run",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("author", _TEXT, nullable=False),
        sa.Column("at", _WHOLE, nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.Column("summary", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_run_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_run")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_run_tenant_plan"), "run", ["tenant", "plan"], unique=False)
    op.create_table(
        "school",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_school_tenant")),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_school")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "credential",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("person", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("encoded", _TEXT, nullable=False),
        sa.Column("set_at", _WHOLE, nullable=False),
        sa.Column("expires_at", _WHOLE, nullable=True),
        sa.Column("history", _TEXT, nullable=False),
        sa.Column("spent", _TEXT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("warned_at", _WHOLE, nullable=True),
        sa.CheckConstraint("kind IN ('own', 'given')", name=op.f("ck_credential_kind")),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_credential_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_credential_tenant")),
        sa.PrimaryKeyConstraint("tenant", "person", name=op.f("pk_credential")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_credential_tenant_kind_set_at"), "credential", ["tenant", "kind", "set_at"], unique=False)
    op.create_table(
        "decision",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("person", _WHOLE, nullable=False),
        sa.Column("address_spelling", _TEXT, nullable=True),
        sa.Column("address_mailbox", _TEXT, nullable=True),
        sa.Column("author", _TEXT, nullable=False),
        sa.Column("reason", _TEXT, nullable=False),
        sa.Column("at", _WHOLE, nullable=False),
        sa.Column("withdrawn_at", _WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "person"], ["person.tenant", "person.id"], name=op.f("fk_decision_tenant_person")
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_decision_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_decision")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_decision_tenant_person"), "decision", ["tenant", "person"], unique=False)
    op.create_table(
        "handle",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("person", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_handle_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_handle_tenant")),
        sa.PrimaryKeyConstraint("tenant", "token", name=op.f("pk_handle")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "message",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("tenant", _WHOLE, nullable=False),
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("to_spelling", _TEXT, nullable=False),
        sa.Column("to_mailbox", _TEXT, nullable=False),
        sa.Column("person", _WHOLE, nullable=True),
        sa.Column("locale", _TEXT, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("attempts", _WHOLE, nullable=False),
        sa.Column("created_at", _WHOLE, nullable=False),
        sa.Column("due_at", _WHOLE, nullable=False),
        sa.Column("leased_until", _WHOLE, nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'leased', 'sent', 'failed-for-now', 'abandoned', 'cancelled')",
            name=op.f("ck_message_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_message_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_message_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_message_tenant_key"), "message", ["tenant", "key"], unique=True)
    op.create_index(op.f("ix_message_tenant_state_due_at"), "message", ["tenant", "state", "due_at"], unique=False)
    op.create_index(
        op.f("ix_message_tenant_token"),
        "message",
        ["tenant", "token"],
        unique=False,
        sqlite_where=sa.text("token IS NOT NULL"),
        postgresql_where=sa.text("token IS NOT NULL"),
    )
    op.create_table(
        "place",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("tenant", _WHOLE, nullable=False),
        sa.Column("roster", _WHOLE, nullable=False),
        sa.Column("record", _TEXT, nullable=False),
        sa.Column("role", _TEXT, nullable=False),
        sa.Column("who", _TEXT, nullable=False),
        sa.Column("first", _TEXT, nullable=True),
        sa.Column("last", _TEXT, nullable=True),
        sa.Column("email_spelling", _TEXT, nullable=True),
        sa.Column("email_mailbox", _TEXT, nullable=True),
        sa.Column("birth_date", _TEXT, nullable=True),
        sa.Column("sex", _TEXT, nullable=True),
        sa.Column("class_name", _TEXT, nullable=True),
        sa.Column("first_day", _TEXT, nullable=True),
        sa.Column("last_day", _TEXT, nullable=True),
        sa.Column("ids", sa.LargeBinary(), nullable=True),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.Column("hold", _TEXT, nullable=True),
        sa.Column("own_key", _TEXT, nullable=True),
        sa.Column("person", _WHOLE, nullable=True),
        sa.Column("since", _TEXT, nullable=False),
        sa.Column("gone", _TEXT, nullable=True),
        sa.Column("email_since", _TEXT, nullable=True),
        sa.Column("run", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["roster"], ["roster.id"], name=op.f("fk_place_roster")),
        sa.ForeignKeyConstraint(
            ["tenant", "person"], ["person.tenant", "person.id"], name=op.f("fk_place_tenant_person")
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_place_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_place_roster_record_role_who"), "place", ["roster", "record", "role", "who"], unique=True)
    op.create_index(
        op.f("ix_place_tenant_person"),
        "place",
        ["tenant", "person"],
        unique=False,
        sqlite_where=sa.text("person IS NOT NULL"),
        postgresql_where=sa.text("person IS NOT NULL"),
    )
    op.create_table(
        "record",
        sa.Column("roster", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("people", _WHOLE, nullable=False),
        sa.Column("unsettled", _WHOLE, nullable=False),
        sa.CheckConstraint("unsettled IN (0, 1)", name=op.f("ck_record_unsettled")),
        sa.ForeignKeyConstraint(["roster"], ["roster.id"], name=op.f("fk_record_roster")),
        sa.PrimaryKeyConstraint("roster", "key", name=op.f("pk_record")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_record_unsettled",
        "record",
        ["roster"],
        unique=False,
        sqlite_where=sa.text("unsettled = 1"),
        postgresql_where=sa.text("unsettled = 1"),
    )
    op.create_table(
        "reservation",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("mailbox", _TEXT, nullable=False),
        sa.Column("person", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("until", _WHOLE, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_reservation_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_reservation_tenant")),
        sa.PrimaryKeyConstraint("tenant", "mailbox", "person", "until", name=op.f("pk_reservation")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_reservation_tenant_person"), "reservation", ["tenant", "person"], unique=False)
    op.create_table(
        "session",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("person", _WHOLE, nullable=False),
        sa.Column("opened_at", _WHOLE, nullable=False),
        sa.Column("ended_at", _WHOLE, nullable=True),
        sa.Column("ended_by", _TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_session_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_session_tenant")),
        sa.PrimaryKeyConstraint("tenant", "digest", name=op.f("pk_session")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_session_tenant_person"), "session", ["tenant", "person"], unique=False)
    op.create_table(
        "token",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", _TEXT, nullable=False),
        sa.Column("person", _WHOLE, nullable=False),
        sa.Column("issued_at", _WHOLE, nullable=False),
        sa.Column("expires_at", _WHOLE, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("address_spelling", _TEXT, nullable=True),
        sa.Column("address_mailbox", _TEXT, nullable=True),
        sa.Column("acts", _TEXT, nullable=False),
        sa.CheckConstraint(
            "state IN ('live', 'spent', 'replaced', 'cancelled', 'expired')", name=op.f("ck_token_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "person"],
            ["person.tenant", "person.id"],
            name=op.f("fk_token_tenant_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_token_tenant")),
        sa.PrimaryKeyConstraint("tenant", "digest", name=op.f("pk_token")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_token_live",
        "token",
        ["tenant", "person"],
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_index(
        "ix_token_newest",
        "token",
        ["tenant", "person", "purpose"],
        unique=True,
        sqlite_where=sa.text("state = 'live' AND purpose <> 'dispute-address'"),
        postgresql_where=sa.text("state = 'live' AND purpose <> 'dispute-address'"),
    )
    op.create_table(
        "evidence",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("place", _WHOLE, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_evidence_place"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_evidence_tenant")),
        sa.PrimaryKeyConstraint("tenant", "token", "place", name=op.f("pk_evidence")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop all tables, with what is in them."""
    for table in _TABLES.split():
        op.drop_table(table)
