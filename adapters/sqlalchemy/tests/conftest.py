"""Databases for tests: each test has its own, and leaves no connection open."""

from __future__ import annotations

import os
from itertools import count

import psycopg
import pytest
from postgres_server import dsn, running  # type: ignore[import-not-found]  # found by pytest, from beside this file
from sqlalchemy import make_url

from eszkola_sqlalchemy import migrations
from eszkola_sqlalchemy.administration import PostgresqlAdministration, SqliteAdministration
from eszkola_sqlalchemy.postgresql import Patience, Postgresql
from eszkola_stores.keyring import Keyring

GIVEN = "ESZKOLA_TEST_POSTGRES"
"""Names the URL of a server whose role may make databases; without it the tests start one of their own."""

AT_LENGTH = ("sqlite", "postgresql") if "ESZKOLA_KILLS" in os.environ else ("sqlite",)
"""On what the tests run that take long."""


@pytest.fixture(scope="session")
def postgres():
    """Return the URL of a PostgreSQL server that is there for the tests alone."""
    if given := os.environ.get(GIVEN):
        yield make_url(given)
        return
    with running() as (url, _):
        yield url


@pytest.fixture
def frail_postgres():
    """Return the URL of a server that stops and starts as it is told, and how to tell it."""
    with running() as (url, tell):
        yield url, tell


@pytest.fixture(scope="session")
def postgres_template(postgres):
    """Return the name of a database with the schema in it, which others are copied from."""
    name = f"eszkola_template_{os.getpid()}"
    _on_server(postgres, f"CREATE DATABASE {name}")
    database = Postgresql(postgres.set(database=name))
    migrations.upgrade(database)
    database.engine.dispose()
    yield name
    _on_server(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def new_database(postgres):
    """Return a function that makes an empty database on the server, or a copy of one, and returns its URL."""
    made = []

    def make(template="template1"):
        name = f"eszkola_{os.getpid()}_{next(_NUMBERS)}"
        _on_server(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return postgres.set(database=name)

    yield make
    for name in made:
        _on_server(postgres, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def drop_database(postgres):
    """Return a function that takes a database away from whoever uses it."""
    return lambda url: _on_server(postgres, f"DROP DATABASE {url.database} WITH (FORCE)")


@pytest.fixture
def new_sqlite(tmp_path):
    """Return a function that makes a SQLite file with its keyring, in a folder of its own."""
    made = []
    numbers = count()

    def make(*, tenant="opolskie", busy_timeout=60.0, apart=True):
        assert apart, "no two tenants share a file here"
        folder = tmp_path / f"store{next(numbers)}"
        admin = SqliteAdministration(
            folder / "eszkola.sqlite", folder / "eszkola.keyring", tenant=tenant, busy_timeout=busy_timeout
        )
        made.append(admin)
        admin.create()
        return admin

    yield make
    for admin in made:
        admin.close()


@pytest.fixture
def new_postgresql(tmp_path, new_database, postgres_template):
    """
    Return a function that makes a PostgreSQL database with its keyring.

    From the second call on it is the same database, with a tenant and a keyring of its own, unless it is asked for
    *apart*: to make one takes long, and tenants know nothing of each other.
    """
    made: list[PostgresqlAdministration] = []

    def make(*, tenant="opolskie", busy_timeout=60.0, apart=False):
        url = new_database(postgres_template) if apart or not made else made[0].url
        keyring = tmp_path / f"keys{len(made)}"
        Keyring.create(keyring)
        patience = Patience(lock_timeout=busy_timeout, pool_overflow=40, pool_timeout=60)
        name = tenant if apart or not made else f"{tenant}-{len(made)}"
        made.append(PostgresqlAdministration(url, keyring, tenant=name, patience=patience))
        return made[-1]

    yield make
    for admin in made:
        admin.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_admin(request):
    """Return a function that makes a database with its keyring: one of each kind, one after the other."""
    return request.getfixturevalue(f"new_{request.param}")


@pytest.fixture(params=AT_LENGTH)
def new_admin_at_length(request):
    """Return the same for what takes long: on SQLite, and in the session of faults on PostgreSQL too."""
    return request.getfixturevalue(f"new_{request.param}")


@pytest.fixture
def admin(new_admin):
    """Return what looks after a new database."""
    return new_admin()


@pytest.fixture
def sqlite_admin(new_sqlite):
    """Return what looks after a new SQLite file."""
    return new_sqlite()


@pytest.fixture
def postgresql_admin(new_postgresql):
    """Return what looks after a new PostgreSQL database."""
    return new_postgresql()


@pytest.fixture
def storage(admin):
    """Return an empty storage."""
    return admin.open()


@pytest.fixture
def sql():
    """Return a function that does a statement in the transaction of a unit, past its parts."""

    def do(unit, text):
        return unit.people._desk._connection.exec_driver_sql(text)  # noqa: SLF001 - what no part of a unit offers

    return do


_NUMBERS = count()


def _on_server(url, statement):
    with psycopg.connect(dsn(url), autocommit=True) as connection:
        connection.execute(statement)
