"""SQLite keeps every promise of the storage port."""

from __future__ import annotations

import pytest

from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_sqlalchemy.engine import sqlite_engine
from eszkola_sqlalchemy.keyring import Keyring
from eszkola_sqlalchemy.storage import SqlStorage


class TestSqlStorage(StorageContract):
    """The SQLite storage, in a file of its own for each that is made."""

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
        made = []

        def make():
            admin = new_admin()
            keyring, engine = Keyring.load(admin.keyring), sqlite_engine(admin.path)
            made.append(engine)
            return admin.open(), SqlStorage(engine, keyring, tenant="wielkopolskie")

        yield make
        for engine in made:
            engine.dispose()

    @pytest.fixture
    def reopened(self, places):
        """Return a function that lets go of the file and opens it again."""

        def open_again(storage):
            admin, _ = places[id(storage)]
            admin.close()
            return admin.open()

        return open_again

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
