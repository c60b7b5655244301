"""What looks after a database keeps every promise of its port."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import create_engine

from eszkola_core.errors import Unavailable
from eszkola_core.testing.contracts.administration import StorageAdministrationContract, Trouble
from eszkola_sqlalchemy import migrations, tables
from eszkola_sqlalchemy.administration import PostgresqlAdministration, SqlAdministration, SqliteAdministration
from eszkola_stores.keyring import Keyring

OPEN_FILES = Path("/proc/self/fd")

STEP = '''
"""A step that a newer version brings."""
from alembic import op

revision, down_revision = {revision!r}, {before!r}


def upgrade():
    op.execute({statement!r})
'''
HARMLESS, IMPOSSIBLE = "UPDATE school SET name = name || ''", "INSERT INTO nowhere VALUES (1)"

# What is done by hand, and what undoes it.
STAMPED = (
    "UPDATE alembic_version SET version_num = '9' || version_num",
    "UPDATE alembic_version SET version_num = substr(version_num, 2)",
)
UNINDEXED = (
    "DROP INDEX ix_person_tenant_login_key",
    "CREATE UNIQUE INDEX ix_person_tenant_login_key ON person (tenant, login_key)",
)
ORPHANED = ("INSERT INTO school VALUES (77, 'sp77', 'Nobody''s')", "DELETE FROM school WHERE tenant = 77")


@pytest.fixture
def made():
    """Return a list of what is to be closed in the end."""
    made: list[SqlAdministration] = []
    yield made
    for each in made:
        each.close()


class TestSqliteAdministration(StorageAdministrationContract):
    """What looks after a database and its keyring, each place in a folder of its own."""

    @pytest.fixture
    def fresh_administration(self, tmp_path, made):
        """Return what makes one for a folder that is not there yet."""
        numbers = count()

        def make():
            folder = tmp_path / f"place{next(numbers)}"
            made.append(SqliteAdministration(folder / "eszkola.sqlite", folder / "eszkola.keyring", tenant="opolskie"))
            return made[-1]

        return make

    @pytest.fixture
    def another(self, made):
        """Return what makes a second one for the same files."""

        def make(administration):
            made.append(SqliteAdministration(administration.path, administration.keyring, tenant="opolskie"))
            return made[-1]

        return make

    @pytest.fixture
    def in_trouble(self, tmp_path):
        """Return what moves files, puts others in their place, and lets a newer program look at them."""
        programs = (tmp_path / f"program{number}" for number in count())

        def bring(administration, trouble):
            path = administration.path
            ways = {
                Trouble.HALFWAY: disk_full,
                Trouble.OUT_OF_REACH: lambda: moved_away(path.parent),
                Trouble.OLDER: lambda: newer_program(next(programs), HARMLESS),
                Trouble.NEWER: lambda: changed(path, *STAMPED),
                Trouble.STEP_FAILS: lambda: newer_program(next(programs), HARMLESS, IMPOSSIBLE),
                Trouble.OTHER_KEYS: lambda: other_keys(administration.keyring),
                Trouble.DAMAGED: lambda: changed(path, *ORPHANED),
            }
            return ways[trouble]()

        return bring

    @pytest.fixture
    def open_to_others(self):
        """Return what looks at the rights of the folder and the files in it."""
        if os.name != "posix":
            pytest.skip("only POSIX systems have these permissions")

        def look(administration):
            folder = administration.path.parent
            return [each.name for each in (folder, *folder.iterdir()) if stat.S_IMODE(each.stat().st_mode) & 0o077]

        return look

    @pytest.fixture
    def held_open(self):
        """Return what looks for the files among those that this process has open."""
        if not OPEN_FILES.is_dir():
            pytest.skip("this system does not show which files a process has open")

        def look(administration):
            targets = [str(each.readlink()) for each in OPEN_FILES.iterdir() if each.is_symlink()]
            return sorted(each for each in targets if each.startswith(f"{administration.path.parent}{os.sep}"))

        return look

    @pytest.fixture
    def lying_there(self):
        """Return what reads every file in the folder but the keyring."""

        def read(administration):
            folder = administration.path.parent
            return b"".join(each.read_bytes() for each in folder.iterdir() if each != administration.keyring)

        return read

    def test_files_that_are_open_are_seen(self, fresh_administration, held_open):
        """What the contract asks about closing is answered by somebody who can see the difference."""
        administration = fresh_administration()
        administration.create()
        with administration.open().unit():
            assert str(administration.path) in held_open(administration)


class TestPostgresqlAdministration(StorageAdministrationContract):
    """What looks after a database on a server, each in one of its own."""

    copies = False  # the server's tools do that

    @pytest.fixture
    def fresh_administration(self, tmp_path, new_database, made):
        """Return what makes one for an empty database."""
        numbers = count()

        def make():
            keyring = tmp_path / f"place{next(numbers)}" / "eszkola.keyring"
            made.append(PostgresqlAdministration(new_database(), keyring, tenant="opolskie"))
            return made[-1]

        return make

    @pytest.fixture
    def another(self, made):
        """Return what makes a second one for the same database."""

        def make(administration):
            made.append(PostgresqlAdministration(administration.url, administration.keyring, tenant="opolskie"))
            return made[-1]

        return make

    @pytest.fixture
    def on_server(self):
        """Return what does a statement in a database by hand."""

        def do(administration, statement):
            engine = create_engine(
                administration.url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
            )
            with engine.connect() as connection:
                found = connection.exec_driver_sql(statement)
                rows = found.all() if found.returns_rows else []
            engine.dispose()
            return rows

        return do

    @pytest.fixture
    def in_trouble(self, tmp_path, on_server):
        """Return what takes the server's rights away, damages an index, and lets a newer program look at it."""
        programs = (tmp_path / f"program{number}" for number in count())

        @contextmanager
        def undone(administration, statement, back):
            administration.close()
            on_server(administration, statement)
            yield
            on_server(administration, back)

        @contextmanager
        def out_of_reach(administration):
            administration.close()
            there = administration.url
            administration.url = there.update_query_dict({"host": "/nowhere"})
            yield
            administration.close()
            administration.url = there

        def bring(administration, trouble):
            ways = {
                Trouble.HALFWAY: disk_full,
                Trouble.OUT_OF_REACH: lambda: out_of_reach(administration),
                Trouble.OLDER: lambda: newer_program(next(programs), HARMLESS),
                Trouble.NEWER: lambda: undone(administration, *STAMPED),
                Trouble.STEP_FAILS: lambda: newer_program(next(programs), HARMLESS, IMPOSSIBLE),
                Trouble.OTHER_KEYS: lambda: other_keys(administration.keyring),
                Trouble.DAMAGED: lambda: undone(administration, *UNINDEXED),
            }
            return ways[trouble]()

        return bring

    @pytest.fixture
    def open_to_others(self):
        """Return what looks at the rights of the keyring and its folder; the database's are its server's business."""
        if os.name != "posix":
            pytest.skip("only POSIX systems have these permissions")

        def look(administration):
            keyring = administration.keyring
            return [each.name for each in (keyring.parent, keyring) if stat.S_IMODE(each.stat().st_mode) & 0o077]

        return look

    @pytest.fixture
    def held_open(self, on_server):
        """Return what asks the server for the database's connections, once they have had time to go."""

        def look(administration):
            ours = (
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'eszkola' AND datname = current_database()"
            )
            for _ in range(100):
                if not (found := [str(row.pid) for row in on_server(administration, ours)]):
                    break
                time.sleep(0.01)
            return found

        return look

    @pytest.fixture
    def lying_there(self, on_server):
        """Return what reads the files of the tables, of a server of the tests' own."""

        def read(administration):
            on_server(administration, "CHECKPOINT")
            (folder,) = on_server(administration, "SHOW data_directory")[0]
            ((number,),) = on_server(administration, "SELECT oid FROM pg_database WHERE datname = current_database()")
            lying = Path(folder) / "base" / str(number)
            if not os.access(lying, os.R_OK):
                pytest.skip("the files of the server cannot be read: set no ESZKOLA_TEST_POSTGRES, or run as root")
            return b"".join(each.read_bytes() for each in sorted(lying.iterdir()) if each.is_file())

        return read


@contextmanager
def disk_full():
    """Let a creation fail with its last step, when folder, keyring and schema are there."""
    create = migrations.create

    def fails(database):
        create(database)
        raise Unavailable("the disk is full; make room", code="disk-full")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(migrations, "create", fails)
        yield


@contextmanager
def moved_away(folder):
    """Give the folder another name for a time."""
    away = folder.with_name(f"{folder.name}-away")
    folder.rename(away)
    yield
    away.rename(folder)


@contextmanager
def changed(path, statement, back):
    """Change the database by hand, past everything that looks after it, and back."""
    by_hand(path, statement)
    yield
    by_hand(path, back)


def by_hand(path, statement):
    """Do one statement."""
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(statement)


@contextmanager
def other_keys(keyring):
    """Put another keyring into the place of the right one."""
    away = keyring.with_suffix(".away")
    keyring.rename(away)
    Keyring.create(keyring)
    yield
    away.replace(keyring)


@contextmanager
def newer_program(folder, *statements):
    """Let the program have more steps than it ships with: one for each statement."""
    before = tables.REVISION
    copytree(Path(migrations.__file__).parent, folder)
    for number, statement in enumerate(statements, 8000):
        step = STEP.format(revision=str(number), before=before, statement=statement)
        (folder / "versions" / f"{number}_next.py").write_text(step, encoding="utf-8")
        before = str(number)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(migrations, "_FOLDER", folder)
        patched.setattr(tables, "REVISION", before)
        yield
