"""The schema comes and goes by its revisions, and says where it stands."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from eszkola_core.domain.tokens import REPLACED_BY_NEWER, Purpose
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.testing.contracts.storage.units import fill
from eszkola_sqlalchemy import migrations, tables
from eszkola_sqlalchemy.sqlite import Sqlite

SCRIPTS = ScriptDirectory(str(Path(migrations.__file__).parent))


@pytest.fixture
def empty(tmp_path):
    """Return the way to an empty file."""
    path = tmp_path / "empty.sqlite"
    path.touch()
    database = Sqlite(path)
    yield database
    database.engine.dispose()


@pytest.fixture
def admin(sqlite_admin):
    """Return what looks after a new file."""
    return sqlite_admin


@pytest.fixture
def database(admin):
    """Return the database of the file."""
    return admin.database


def names(database):
    """Return the names of all tables and indexes that the schema made."""
    with database.engine.begin() as connection:
        found = connection.execute(text("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"))
        return {row[0] for row in found} - {"alembic_version"}


def test_an_empty_database_is_brought_to_the_newest_revision(empty):
    """All steps are made and told, once; afterwards nothing is wrong."""
    steps = [each.revision for each in reversed(list(SCRIPTS.walk_revisions()))]

    assert migrations.check(empty)[0] == "not made yet: 0001 The first schema: everything."
    assert len(migrations.check(empty)) == len(steps)
    assert migrations.upgrade(empty) == [f"{each} made" for each in steps]
    assert migrations.upgrade(empty) == []
    assert migrations.check(empty) == []
    assert migrations.revision(empty) == tables.REVISION


def test_the_revisions_lead_to_the_tables_of_the_code(empty):
    """Tables, columns and indexes are those that the statements are written for, checks and strictness included."""
    migrations.upgrade(empty)
    with empty.engine.begin() as connection:
        made = dict(connection.execute(text("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")).all())
        for table in ("alembic_version", *reversed([each.name for each in tables.metadata.sorted_tables])):
            connection.execute(text(f'DROP TABLE "{table}"'))
        tables.metadata.create_all(connection)
        wanted = dict(connection.execute(text("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")).all())

    made.pop("alembic_version")
    assert {name: set(sql.replace(",", "").replace('"', "").split()) for name, sql in made.items()} == {
        name: set(sql.replace(",", "").replace('"', "").split()) for name, sql in wanted.items()
    }


def test_the_code_knows_the_newest_revision():
    """What `open` compares with is the head of the scripts, and there is one head."""
    assert SCRIPTS.get_heads() == [tables.REVISION]


def test_every_table_is_strict(empty):
    """SQLite keeps the types that the columns say, instead of taking whatever comes."""
    migrations.upgrade(empty)
    with empty.engine.begin() as connection:
        found = dict(connection.execute(text("SELECT name, strict FROM pragma_table_list WHERE type = 'table'")).all())

    ours = {name: strict for name, strict in found.items() if name in tables.metadata.tables}
    assert ours == dict.fromkeys(tables.metadata.tables, 1)


def test_a_schema_goes_back_with_data_in_it(admin, database):
    """The way back leaves nothing behind, and the way forth works again."""
    storage = admin.open()
    with storage.unit() as unit:
        fill(unit)
    before = names(database)

    assert migrations.downgrade(database, "base")[-1] == "0001 undone"
    assert names(database) == set()
    assert next(iter(admin.upgrade())) == "0001 made"
    assert names(database) == before
    assert admin.check() == []


def test_a_database_of_an_older_schema_is_not_opened(admin, database):
    """The error says what to do about it."""
    migrations.downgrade(database, "base")

    with pytest.raises(Unavailable) as refused:
        admin.open()
    assert refused.value.code == "database-outdated"
    assert "eszkola db upgrade" in str(refused.value)


def test_a_database_of_a_newer_schema_is_not_opened(admin, database):
    """An older program keeps its hands off what it does not understand."""
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(Unavailable) as refused:
        admin.open()
    assert refused.value.code == "database-newer"
    assert "eszkola db upgrade" in str(refused.value)
    with pytest.raises(InvalidValue):
        admin.upgrade()
    with pytest.raises(InvalidValue):
        admin.check()


def test_check_names_what_somebody_changed_by_hand(admin, database):
    """A lost index and a broken reference are told, with the table, and nothing is changed."""
    with database.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_person_tenant_login_key"))
    with sqlite3.connect(admin.path) as raw:
        raw.execute("INSERT INTO school VALUES (77, 'sp1', 'Jedynka')")
    raw.close()

    found = list(admin.check())
    assert found == admin.check()
    assert "broken reference: a row of school to tenant" in found
    assert any("ix_person_tenant_login_key" in each for each in found)


def test_check_notices_that_the_file_is_damaged(admin):
    """Pages that were overwritten do not pass."""
    with admin.open().unit() as unit:
        fill(unit)
    admin.close()
    content = bytearray(admin.path.read_bytes())
    content[4096 * 3 :] = bytes(len(content) - 4096 * 3)
    admin.path.write_bytes(content)

    try:
        found = admin.check()
    except Unavailable as error:
        found = [error.code]
    assert found


def test_the_index_of_the_newest_tokens_leaves_out_what_a_newer_one_does_not_replace(empty):
    """The purposes in the index are those of `REPLACED_BY_NEWER`: a new one needs a revision."""
    migrations.upgrade(empty)
    with empty.engine.begin() as connection:
        (sql,) = connection.execute(text("SELECT sql FROM sqlite_schema WHERE name = 'ix_token_newest'")).one()

    assert {each for each in Purpose if f"purpose <> '{each.value}'" in sql} == set(Purpose) - REPLACED_BY_NEWER


def test_the_planner_of_sqlite_knows_every_index(empty):
    """However it came to the newest revision, it counts on a region; each index is told as many columns as it has."""
    migrations.upgrade(empty, "0030")
    migrations.upgrade(empty)
    with empty.engine.begin() as connection:
        told = {row[1]: row[2].split() for row in connection.execute(text("SELECT * FROM sqlite_stat1"))}
        made = {
            (table if origin == "pk" and table in told else name): len(
                connection.execute(text(f'PRAGMA index_info("{name}")')).all()
            )
            for table in tables.metadata.tables.keys() - {"tenant"}  # which has a row or two
            for _, name, _, origin, _ in connection.execute(text(f'PRAGMA index_list("{table}")')).all()
        }

    assert {name: len(each) - 1 for name, each in told.items() if name} == made


def shape(database):
    """Return everything that makes the schema, and what the planner counts on."""
    with database.engine.begin() as connection:
        made = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_schema")).all()
        told = connection.execute(text("SELECT * FROM sqlite_stat1")).all()
    words = {
        (kind, name, table, frozenset((sql or "").replace(",", " ").replace('"', "").split()))
        for kind, name, table, sql in made
    }
    return words, sorted(told, key=repr), migrations.revision(database)


def test_a_schema_that_is_made_at_once_is_the_one_that_the_steps_lead_to(empty, database):
    """Whoever makes a new database spares the steps, and finds the same."""
    migrations.upgrade(empty)

    assert shape(database) == shape(empty)
