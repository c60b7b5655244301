"""A world that cannot be reached is said to be so, in words that hold no value and name the remedy."""

from __future__ import annotations

import sqlite3

import pytest

from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_sqlalchemy.sqlite import Sqlite
from eszkola_sqlalchemy.storage import SqlStorage
from eszkola_stores.keyring import Keyring


def test_a_missing_database_is_not_made_in_passing(sqlite_admin):
    """A mistyped path is told, and leaves no empty file behind."""
    sqlite_admin.close()
    sqlite_admin.path.unlink()

    with pytest.raises(Unavailable) as refused:
        sqlite_admin.open()
    assert refused.value.code == "database-missing"
    assert not sqlite_admin.path.exists()


def test_a_missing_folder_is_told(tmp_path, sqlite_admin):
    """So is a path to nowhere."""
    engine = Sqlite(tmp_path / "no" / "where" / "eszkola.sqlite")

    with pytest.raises(Unavailable) as refused:
        SqlStorage(engine, Keyring.load(sqlite_admin.keyring), tenant="t")
    assert refused.value.code == "database-missing"


def test_a_file_that_is_no_database_is_told(sqlite_admin):
    """Another kind of file is not written into."""
    sqlite_admin.close()
    sqlite_admin.path.write_bytes(b"This is a letter to the headmaster. " * 200)
    for suffix in ("-wal", "-shm"):
        sqlite_admin.path.with_name(sqlite_admin.path.name + suffix).unlink(missing_ok=True)

    with pytest.raises(Unavailable) as refused:
        sqlite_admin.open()
    assert refused.value.code == "not-a-database"


def test_a_locked_database_is_told_after_a_bounded_time(new_sqlite):
    """Somebody else's long transaction ends in an error that says to try again, not in waiting for ever."""
    admin = new_sqlite(busy_timeout=0.05)
    storage = admin.open()
    other = sqlite3.connect(admin.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(Unavailable) as refused, storage.unit():
            pytest.fail("two writers at once")
        with storage.snapshot() as unit:
            assert unit.rosters.newest_run() == 0
    finally:
        other.close()

    assert refused.value.code == "database-locked"
    assert refused.value.retry_after is not None
    with storage.unit() as unit:
        assert a.save(unit).id == 1


def test_a_restoring_waits_for_a_writer_for_a_bounded_time(new_sqlite, tmp_path):
    """Nothing is put back while somebody else writes, and what is there stays."""
    admin = new_sqlite(busy_timeout=0.3)
    admin.back_up(tmp_path / "backup")
    storage = admin.open()
    a.open_accounts(storage, a.opening(1))
    with storage.unit() as unit:
        unit.tokens.add(a.token("kept"))
        with pytest.raises(Unavailable) as refused:
            admin.restore(tmp_path / "backup")

    assert refused.value.code == "database-locked"
    assert list(admin.path.parent.glob("*before-restore*")) == []
    with storage.snapshot() as unit:
        assert unit.tokens.peek(a.digest("kept")) is not None


def test_a_database_that_cannot_be_written_is_told(sqlite_admin):
    """Looking still works; writing says whose rights to look at."""
    a.open_accounts(sqlite_admin.open(), a.opening(1))
    database = Sqlite(sqlite_admin.path, mode="ro")
    storage = SqlStorage(database, Keyring.load(sqlite_admin.keyring), tenant="opolskie")
    assert [each.id for each in a.people_of(storage, 1)] == [1]

    with pytest.raises(Unavailable) as refused, storage.unit() as unit:
        a.save(unit)
    database.engine.dispose()
    assert refused.value.code == "database-read-only"


def test_nothing_is_kept_of_a_unit_in_which_the_database_gave_up(sqlite_admin, sql):
    """After a full disk the unit is lost, also for a caller who caught the error and went on."""
    storage = sqlite_admin.open()
    a.open_accounts(storage, a.opening(1))

    def fill_up():
        with storage.unit() as unit:
            sql(unit, "PRAGMA max_page_count = 1")
            unit.tokens.add(a.token("before"))
            with pytest.raises(Unavailable) as full:
                unit.outbox.add([a.message(f"m{number}", secret="x" * 5000) for number in range(100)])
            assert full.value.code == "disk-full"
            with pytest.raises(Unavailable):
                unit.tokens.add(a.token("after"))

    with pytest.raises(Unavailable) as lost:
        fill_up()
    assert lost.value.code == "disk-full"
    with storage.snapshot() as unit:
        assert unit.tokens.peek(a.digest("before")) is None
        assert unit.outbox.counts() == {}


def test_a_snapshot_refuses_to_write(storage):
    """What only looks says so, instead of losing what was written."""
    with storage.snapshot() as unit, pytest.raises(InvalidValue) as refused:
        a.save(unit)
    assert refused.value.code == "snapshot-looks-only"
    with storage.unit() as unit:
        assert unit.rosters.newest_run() == 0


def test_a_unit_that_is_over_does_nothing_any_more(storage):
    """Its parts say so, also to a caller who kept one of them."""
    with storage.unit() as unit:
        people = unit.people
    records = unit.rosters.records(a.STUDENTS)

    with pytest.raises(InvalidValue) as refused:
        people.by_login("zofia.lis1")
    assert refused.value.code == "unit-over"
    with pytest.raises(InvalidValue):
        list(records)


def test_another_keyring_is_noticed_before_it_seals_anything(admin):
    """The right data with the wrong keys would be lost data."""
    a.open_accounts(admin.open(), a.opening(1))
    admin.keyring.unlink()
    Keyring.create(admin.keyring)

    with pytest.raises(InvalidValue) as refused:
        admin.open()
    assert refused.value.code == "wrong-keyring"
    assert [each for each in admin.check() if each.startswith("keyring: ")]


def test_a_value_that_somebody_moved_does_not_open(admin, sql):
    """Ids that were copied to another person's row are noticed, not believed (ID-10)."""
    storage = admin.open()
    a.open_accounts(storage, a.opening(1, ids=(a.national_id(1),)), a.opening(2, ids=(a.national_id(2),)))
    with storage.unit() as unit:
        sql(unit, "UPDATE person SET ids = (SELECT ids FROM person WHERE id = 1) WHERE id = 2")

    with pytest.raises(Unavailable) as refused:
        a.people_of(storage, 2)
    assert refused.value.code == "database-damaged"
    assert "person.ids" in str(refused.value)
