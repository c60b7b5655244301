"""Databases for tests: each test has its own folder, and leaves no connection open."""

from __future__ import annotations

from itertools import count

import pytest

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
