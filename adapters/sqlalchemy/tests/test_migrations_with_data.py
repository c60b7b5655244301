"""The schema goes its whole way with data in it, and comes to the same tables on every database."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.units import fill, seen
from eszkola_sqlalchemy import migrations, tables
from eszkola_sqlalchemy.database import LOOKS_ONLY
from eszkola_sqlalchemy.postgresql import Postgresql

STEPS = [each.revision for each in ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions()][::-1]


def rows(database):
    """Return all rows of all tables that the database has now, each under the names of its columns."""
    with database.engine.execution_options(**{LOOKS_ONLY: True}).begin() as connection:
        there = inspect(connection)
        found = {}
        for name in sorted({*there.get_table_names()} & tables.metadata.tables.keys()):
            columns = [each["name"] for each in there.get_columns(name)]
            table = tables.metadata.tables[name]
            known = [table.c[each] for each in columns if each in table.c]
            found[name] = sorted(tuple(map(str, row)) for row in connection.execute(select(*known)))
        return found


@pytest.fixture
def filled(admin):
    """Return what looks after a database with a row in every table."""
    with admin.open().unit() as unit:
        fill(unit)
    return admin


def test_every_step_is_made_with_data_in_the_tables(filled):
    """From the first revision to the newest, one after the other: what both sides of a step can hold stays."""
    database = filled.database
    migrations.downgrade(database, STEPS[0])
    for step in STEPS[1:]:
        before = rows(database)
        assert migrations.upgrade(database, step) == [f"{step} made"]
        after = rows(database)
        assert {name: len(each) for name, each in before.items() if name in after} == {
            name: len(after[name]) for name in before if name in after
        }

    assert filled.check() == []
    with filled.open().snapshot() as unit:
        assert unit.people.by_login(a.person(1).login) is not None


def test_the_newest_schema_survives_a_step_back_and_forth(filled):
    """What is kept can be read as before after each step back that loses nothing."""
    database = filled.database
    with filled.open().snapshot() as unit:
        before = seen(unit)

    migrations.downgrade(database, tables.REVISION)
    assert migrations.upgrade(database) == []
    with filled.open().snapshot() as unit:
        assert seen(unit) == before


def shape(engine):
    """Return what the database says of its tables: columns with their types and rules, keys, checks, indexes."""
    with engine.connect() as connection:
        there = inspect(connection)
        return {
            name: {
                "columns": {
                    each["name"]: (str(each["type"]), getattr(each["type"], "collation", None), each["nullable"])
                    for each in there.get_columns(name)
                },
                "key": there.get_pk_constraint(name)["constrained_columns"],
                "references": sorted(
                    (
                        each["constrained_columns"],
                        each["referred_table"],
                        each["referred_columns"],
                        each["options"].get("ondelete"),
                    )
                    for each in there.get_foreign_keys(name)
                ),
                "checks": sorted(each["sqltext"] for each in there.get_check_constraints(name)),
                "indexes": sorted(
                    (each["name"], each["column_names"], each["unique"], str(each.get("dialect_options", {})))
                    for each in there.get_indexes(name)
                ),
            }
            for name in there.get_table_names()
            if name != "alembic_version"
        }


def test_on_a_server_the_steps_lead_to_the_tables_of_the_code(new_database):
    """Columns, their collations, keys, references, checks and indexes are those that the statements are written for."""
    stepped, made = Postgresql(new_database()), Postgresql(new_database())
    migrations.upgrade(stepped)
    tables.metadata.create_all(made.engine)

    assert shape(stepped.engine) == shape(made.engine)
    with stepped.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
    for each in (stepped, made):
        each.engine.dispose()
