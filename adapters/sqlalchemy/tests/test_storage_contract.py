"""SQLite and PostgreSQL keep every promise of the storage port."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, inspect

from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_sqlalchemy.keyring import Keyring
from eszkola_sqlalchemy.storage import SqlStorage


class InDatabase(StorageContract):
    """A storage in a database of its own for each that is made."""

    durable = True

    @pytest.fixture
    def places(self):
        """Return what looks after each storage that a test made."""
        return {}

    @pytest.fixture
    def fresh_storage(self, new_admin, places):
        """Return a function that makes a database and opens it."""

        def make():
            admin = new_admin()
            storage = admin.open()
            places[id(storage)] = admin, storage  # held, so that no other gets its id
            return storage

        return make

    @pytest.fixture
    def fresh_tenants(self, new_admin):
        """Return a function that opens one database for two tenants."""

        def make():
            admin = new_admin()
            return admin.open(), SqlStorage(admin.database, Keyring.load(admin.keyring), tenant="wielkopolskie")

        return make

    @pytest.fixture
    def reopened(self, places):
        """Return a function that lets go of the database and opens it again."""

        def open_again(storage):
            admin, _ = places[id(storage)]
            admin.close()
            return admin.open()

        return open_again


class TestSqlite(InDatabase):
    """A file."""

    @pytest.fixture
    def new_admin(self, new_sqlite):
        """Return a function that makes a SQLite file."""
        return new_sqlite

    @pytest.fixture
    def everything_kept(self, places):
        """Return a function that reads the database with its log and index."""

        def read(storage):
            folder = places[id(storage)][0].path.parent
            return b"".join(each.read_bytes() for each in sorted(folder.glob("eszkola.sqlite*")))

        return read

    @pytest.fixture
    def unreachable_storage(self, fresh_storage, places):
        """Return a function that makes a storage and takes its file away."""

        def make():
            storage = fresh_storage()
            admin, _ = places[id(storage)]
            admin.close()
            admin.path.unlink()
            return storage

        return make


class TestPostgresql(InDatabase):
    """A database on a server."""

    @pytest.fixture
    def new_admin(self, new_postgresql):
        """Return a function that makes a PostgreSQL database."""
        return new_postgresql

    @pytest.fixture
    def everything_kept(self, places):
        """Return a function that reads every cell of every table."""

        def read(storage):
            engine = create_engine(places[id(storage)][0].url.set(drivername="postgresql+psycopg"))
            found = []
            with engine.connect() as connection:
                for name in inspect(connection).get_table_names():
                    for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'):  # noqa: S608 - our own table
                        found += [each if isinstance(each, bytes) else str(each).encode() for each in row]
            engine.dispose()
            return b"\n".join(found)

        return read

    @pytest.fixture
    def unreachable_storage(self, fresh_storage, places, drop_database):
        """Return a function that makes a storage and takes its database away."""

        def make():
            storage = fresh_storage()
            drop_database(places[id(storage)][0].url)
            return storage

        return make
