"""SQLite and PostgreSQL keep every promise of the storage port."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from attrs import evolve
from sqlalchemy import create_engine, inspect, text, update

from eszkola_core.domain.keys import KeyKind
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.contracts.storage.base import StorageFixtures
from eszkola_core.testing.contracts.storage.events import EventClauses
from eszkola_core.testing.contracts.storage.gathering import GatheringClauses
from eszkola_core.testing.contracts.storage.merges import MergeClauses
from eszkola_core.testing.contracts.storage.outbox import OutboxClauses
from eszkola_core.testing.contracts.storage.people import CredentialClauses, PeopleClauses
from eszkola_core.testing.contracts.storage.rosters import RosterClauses
from eszkola_core.testing.contracts.storage.runs import RunClauses
from eszkola_core.testing.contracts.storage.saving import SavingClauses
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.storage import SqlStorage
from eszkola_stores.keyring import Keyring
from eszkola_stores.vault import Vault


class Databases(StorageFixtures):
    """A storage in a database of its own for each that is made."""

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


class InDatabase(Databases, StorageContract):
    """A storage that outlives the process."""

    durable = True

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


class TestSqliteMisled(Databases, EventClauses, OutboxClauses):
    """A file whose planner counts on few rows for whatever is asked: what is due is due, and nothing else."""

    @pytest.fixture
    def new_admin(self, new_sqlite):
        """Return a function that makes such a file."""

        def make():
            admin = new_sqlite()
            with admin.database.changing() as connection:
                told = connection.execute(text("SELECT tbl, idx, stat FROM sqlite_stat1")).all()
                few = [(table, index, re.sub(r" \d+", " 1", numbers)) for table, index, numbers in told]
                connection.exec_driver_sql("DELETE FROM sqlite_stat1")
                connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", few)
            admin.close()
            return admin

        return make


class Turning(SqlStorage):
    """Takes another data key and another index key into use before every unit that writes, and hides nothing anew."""

    def desk(self, *, looks_only):
        """Leave everything under the keys that it stands under."""
        if not looks_only:
            for kind in (KeyKind.DATA, KeyKind.INDEX):
                self._turn(kind)
        return super().desk(looks_only=looks_only)

    def _turn(self, kind):
        self._keyring = self._keyring.with_new(kind, datetime(2026, 9, 1, tzinfo=UTC))
        with super().desk(looks_only=False) as desk:
            uses = evolve(desk.vault.uses, **{kind.value: max(self._keyring.of(kind))})
            desk.vault = Vault(self._keyring, self._name, uses)
            desk.write(update(tables.tenant).where(tables.tenant.c.id == desk.tenant).values(proof=desk.vault.proof()))


@pytest.mark.rule("LAW-5a")
class TestWhileKeysChange(
    RosterClauses, GatheringClauses, SavingClauses, PeopleClauses, CredentialClauses, RunClauses, MergeClauses
):
    """Whatever is read, found or unique stays so where each unit writes with keys of its own."""

    concurrent = False

    @pytest.fixture
    def fresh_storage(self, new_admin_at_length):
        """Return a function that makes a database and opens it."""

        def make():
            admin = new_admin_at_length()
            return Turning(admin.database, evolve(Keyring.load(admin.keyring), path=None), tenant="opolskie")

        return make

    @pytest.fixture
    def fresh_tenants(self, new_sqlite):
        """Return a function that opens one database for two tenants."""

        def make():
            admin = new_sqlite()
            keyring = evolve(Keyring.load(admin.keyring), path=None)
            return tuple(Turning(admin.database, keyring, tenant=each) for each in ("opolskie", "wielkopolskie"))

        return make
