"""Conflicts as a queue: a case for whatever is open already."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_OVER: Final = sa.text("closed_at IS NOT NULL")
_WAITS: Final = frozenset({"address-taken", "corrected-here"})
_AT_ONCE: Final = 500

_NEWEST: Final = "SELECT tenant, MAX(at) FROM run GROUP BY tenant"
_CONFLICTS: Final = "SELECT DISTINCT tenant, kind, place, other, school, other_school FROM conflict"
_HELD: Final = """
    SELECT place.tenant, place.hold, roster.school, roster.origin, roster.list, place.record, place.role, place.who
    FROM place JOIN roster ON roster.id = place.roster
    WHERE place.hold IS NOT NULL AND place.gone IS NULL
"""
_UNSETTLED: Final = """
    SELECT roster.tenant, roster.school, roster.origin, roster.list, record.key
    FROM record JOIN roster ON roster.id = record.roster
    WHERE record.unsettled = 1
"""

_BESIDE: Final = """
    SELECT roster.tenant, place.person, roster.school, roster.origin, roster.list, place.record, place.role, place.who
    FROM record
    JOIN roster ON roster.id = record.roster
    JOIN place ON place.roster = record.roster AND place.record = record.key
    WHERE record.unsettled = 1 AND place.person IS NOT NULL
"""


def upgrade() -> None:
    """Make the tables, and open a case for every conflict, held place and held record."""
    op.add_column("tenant", sa.Column("last_case", _WHOLE, server_default="0", nullable=False))
    op.create_table(
        "conflict_case",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("number", _WHOLE, autoincrement=False, nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("kind", "about", "other", "state")),
        sa.Column("opened_at", _WHOLE, nullable=False),
        sa.Column("assignee", _WHOLE, nullable=True),
        sa.Column("closed_at", _WHOLE, nullable=True),
        sa.Column("reopened", _WHOLE, nullable=False),
        sa.Column("revision", _WHOLE, nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'assigned', 'closed-by-ground', 'closed-by-decision')",
            name=op.f("ck_conflict_case_state"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (state IN ('open', 'assigned'))", name=op.f("ck_conflict_case_closed_at")
        ),
        sa.CheckConstraint("state <> 'assigned' OR assignee IS NOT NULL", name=op.f("ck_conflict_case_assignee")),
        sa.ForeignKeyConstraint(
            ["tenant", "assignee"], ["person.tenant", "person.id"], name=op.f("fk_conflict_case_tenant_assignee")
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_conflict_case_tenant")),
        sa.PrimaryKeyConstraint("tenant", "number", name=op.f("pk_conflict_case")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_conflict_case_tenant_about_kind_other"),
        "conflict_case",
        ["tenant", "about", "kind", "other"],
        unique=True,
    )
    op.create_index(op.f("ix_conflict_case_tenant_other"), "conflict_case", ["tenant", "other"], unique=False)
    op.create_index(op.f("ix_conflict_case_tenant_assignee"), "conflict_case", ["tenant", "assignee"], unique=False)
    op.create_index(
        "ix_conflict_case_closed",
        "conflict_case",
        ["tenant", "closed_at"],
        unique=False,
        sqlite_where=_OVER,
        postgresql_where=_OVER,
    )
    op.create_table(
        "case_school",
        sa.Column("tenant", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("school", _TEXT, nullable=False),
        sa.Column("number", _WHOLE, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "number"],
            ["conflict_case.tenant", "conflict_case.number"],
            name=op.f("fk_case_school_tenant_number"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_case_school_tenant")),
        sa.PrimaryKeyConstraint("tenant", "school", "number", name=op.f("pk_case_school")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_school_tenant_number"), "case_school", ["tenant", "number"], unique=False)
    _open()


def downgrade() -> None:
    """Drop the queue; the conflicts themselves stay."""
    op.drop_table("case_school")
    op.drop_table("conflict_case")
    op.drop_column("tenant", "last_case")


def _open() -> None:
    """
    Open the cases, as of the newest run.

    The schools are those of the places that they name, until an import says more.
    """
    connection = op.get_bind()
    newest: dict[int, int] = dict(connection.execute(sa.text(_NEWEST)).all())
    number: dict[int, int] = defaultdict(int)
    cases: list[dict[str, object]] = []
    schools: list[dict[str, object]] = []
    for tenant, kind, about, other, named in _subjects(connection):
        number[tenant] += 1
        case = {"tenant": tenant, "number": number[tenant], "kind": kind, "about": about, "other": other}
        cases.append({**case, "opened_at": newest.get(tenant, 0)})
        schools += [{"tenant": tenant, "school": each, "number": number[tenant]} for each in named]
    into = (
        "INSERT INTO conflict_case (tenant, number, kind, about, other, state, opened_at, reopened, revision) "
        "VALUES (:tenant, :number, :kind, :about, :other, 'open', :opened_at, 0, 0)"
    )
    _insert(connection, into, cases)
    _insert(connection, "INSERT INTO case_school (tenant, school, number) VALUES (:tenant, :school, :number)", schools)
    for tenant, last in number.items():
        counted = sa.text("UPDATE tenant SET last_case = :last WHERE id = :tenant")
        connection.execute(counted, {"last": last, "tenant": tenant})


def _subjects(connection: Any) -> list[tuple[int, str, str, str, list[str]]]:  # noqa: ANN401 - as Alembic has it
    """Return what is open, in the order of records, with the schools."""
    found: dict[tuple[int, str, str, str], list[str]] = {}
    explained: set[tuple[int, str]] = set()
    waiting: set[tuple[int, str]] = set()
    for tenant, kind, place, other, school, other_school in connection.execute(sa.text(_CONFLICTS)):
        found[tenant, kind, place, other] = sorted({school, other_school} - {""})
        if kind in _WAITS:
            explained.add((tenant, _dumped(json.loads(place)[:4])))
            waiting.add((tenant, place))
    records: dict[tuple[int, int], list[str]] = defaultdict(list)
    people = set()
    for tenant, person, *key in connection.execute(sa.text(_BESIDE)):
        records[tenant, person].append(_dumped(key[:4]))
        if (tenant, _dumped(key)) in waiting:
            people.add((tenant, person))
    # Whoever waits for an address has every record of theirs looked at again: none of these is held.
    explained |= {(tenant, each) for tenant, person in people for each in records[tenant, person]}
    for tenant, hold, *key in connection.execute(sa.text(_HELD)):
        found[tenant, hold, _dumped(key), ""] = [key[0]]
        explained.add((tenant, _dumped(key[:4])))
    for tenant, *key in connection.execute(sa.text(_UNSETTLED)):
        if (tenant, _dumped(key)) not in explained:
            found[tenant, "record-held", _dumped(key), ""] = [key[0]]
    return [
        (tenant, kind, about, other, found[tenant, kind, about, other]) for tenant, kind, about, other in sorted(found)
    ]


def _dumped(key: list[str]) -> str:
    """Return a key as the tables have it."""
    return json.dumps(key, separators=(",", ":"), sort_keys=True)


def _insert(connection: Any, statement: str, rows: list[dict[str, object]]) -> None:  # noqa: ANN401 - as above
    rest = iter(rows)
    while some := list(islice(rest, _AT_ONCE)):
        connection.execute(sa.text(statement), some)
