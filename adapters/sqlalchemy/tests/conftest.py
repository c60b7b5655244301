"""Databases for tests: each test has its own folder, and leaves no connection open."""

from __future__ import annotations

from itertools import count

import pytest

from eszkola_sqlalchemy.engine import sqlite_engine
from eszkola_sqlalchemy.plugin import StorageAdmin


@pytest.fixture
def new_admin(tmp_path):
    """Return a function that makes a database with its keyring, in a folder of its own."""
    made = []
    numbers = count()

    def make(*, tenant="opolskie", busy_timeout=60.0):
        folder = tmp_path / f"store{next(numbers)}"
        admin = StorageAdmin(
            folder / "eszkola.sqlite", folder / "eszkola.keyring", tenant=tenant, busy_timeout=busy_timeout
        )
        made.append(admin)
        admin.create()
        return admin

    yield make
    for admin in made:
        admin.close()


@pytest.fixture
def admin(new_admin):
    """Return what looks after a new database."""
    return new_admin()


@pytest.fixture
def storage(admin):
    """Return an empty storage."""
    return admin.open()


@pytest.fixture
def engine(admin):
    """Return another way to the same database."""
    engine = sqlite_engine(admin.path)
    yield engine
    engine.dispose()


@pytest.fixture
def sql():
    """Return a function that does a statement in the transaction of a unit, past its parts."""

    def do(unit, text):
        return unit.people._desk._connection.exec_driver_sql(text)  # noqa: SLF001 - what no part of a unit offers

    return do
