"""A server that is gone, refuses or is slow is said to be so, in words that hold no value and name the remedy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from eszkola_core.domain.stated import StatedSchool
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_sqlalchemy.administration import PostgresqlAdministration
from eszkola_sqlalchemy.postgresql import Patience, Postgresql
from eszkola_sqlalchemy.storage import SqlStorage
from eszkola_stores.keyring import Keyring

PASSWORD = "kanarek-4711"


@pytest.fixture
def by_hand(postgresql_admin):
    """Return what does a statement as somebody else, past the storage."""
    url = postgresql_admin.url.set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def do(statement):
        with engine.connect() as connection:
            return connection.exec_driver_sql(statement)

    yield do
    engine.dispose()


@pytest.fixture
def opened():
    """Return a function that opens the storage at a URL with the keys of an administration."""
    made = []

    def make(admin, url, **patience):
        made.append(Postgresql(url, Patience(**patience)))
        return SqlStorage(made[-1], Keyring.load(admin.keyring), tenant="opolskie")

    yield make
    for each in made:
        each.engine.dispose()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda url: url.set(database="nowhere"), "database-missing"),
        (lambda url: url.update_query_dict({"host": "/nowhere"}), "database-unreachable"),
        (lambda url: url.set(username="nobody-of-ours"), "database-refuses"),
        (lambda _: make_url(f"postgresql://me:{PASSWORD}@127.0.0.1:1/db"), "database-unreachable"),
    ],
)
def test_a_server_that_does_not_let_us_in_is_told(postgresql_admin, opened, change, code):
    """The error says what to look at, and shows no password."""
    with pytest.raises(Unavailable) as refused:
        opened(postgresql_admin, change(postgresql_admin.url))

    assert refused.value.code == code
    assert PASSWORD not in f"{refused.value!r}{refused.value.__cause__!r}{refused.value.__context__!r}"


def test_a_password_in_the_url_does_not_show(tmp_path):
    """Neither where it is printed, nor where something is refused."""
    url = make_url(f"postgresql://me:{PASSWORD}@127.0.0.1:1/db")
    admin = PostgresqlAdministration(url, tmp_path / "keys", tenant="t", patience=Patience(connect_timeout=2))

    with pytest.raises(Unavailable) as refused:
        admin.create()
    admin.close()
    assert PASSWORD not in f"{admin!r}{refused.value!r}{refused.value.__context__!r}"
    assert not (tmp_path / "keys").exists()


def test_connections_that_were_cut_are_made_anew(postgresql_admin, by_hand):
    """Whoever is in the middle is told to try again, and nothing of theirs is kept; the next one notices nothing."""
    storage = postgresql_admin.open()
    a.open_accounts(storage, a.opening(1))

    def in_the_middle():
        with storage.unit() as unit:
            unit.tokens.add(a.token("lost"))
            by_hand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'eszkola'")
            unit.tokens.peek(a.digest("lost"))

    with pytest.raises(Unavailable) as cut:
        in_the_middle()
    assert cut.value.code == "database-unreachable"
    assert cut.value.retry_after is not None
    with storage.unit() as unit:
        assert unit.tokens.peek(a.digest("lost")) is None
        unit.tokens.add(a.token("kept"))
    by_hand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'eszkola'")
    with storage.snapshot() as unit:
        assert unit.tokens.peek(a.digest("kept")) is not None


def test_a_server_that_goes_away_comes_back(frail_postgres, tmp_path):
    """Who is in the middle and whoever comes meanwhile is told to try again; then all is as it was before."""
    url, tell = frail_postgres
    admin = PostgresqlAdministration(url, tmp_path / "keys", tenant="t", patience=Patience(connect_timeout=2))
    admin.create()
    storage = admin.open()
    a.open_accounts(storage, a.opening(1))
    before = a.people_of(storage, 1)

    def in_the_middle():
        with storage.unit() as unit:
            unit.tokens.add(a.token("lost"))
            tell("stop")

    with pytest.raises(Unavailable) as cut:
        in_the_middle()
    with pytest.raises(Unavailable) as refused:
        a.people_of(storage, 1)
    with pytest.raises(Unavailable):
        admin.check()
    tell("start")

    assert {cut.value.code, refused.value.code} == {"database-unreachable"}
    assert refused.value.retry_after is not None
    assert a.people_of(storage, 1) == before
    with storage.unit() as unit:
        assert unit.tokens.peek(a.digest("lost")) is None
        unit.tokens.add(a.token("kept"))
    assert admin.check() == []
    admin.close()


def test_a_writer_waits_for_its_turn_for_a_bounded_time(new_postgresql):
    """Somebody else's long unit ends in an error that says to try again; who only looks does not wait at all."""
    admin = new_postgresql(busy_timeout=0.1)
    storage = admin.open()
    with storage.unit(), ThreadPoolExecutor(1) as pool:

        def second():
            with storage.unit():
                pytest.fail("two writers at once")

        with pytest.raises(Unavailable) as refused:
            pool.submit(second).result()
        with storage.snapshot() as unit:
            assert unit.rosters.newest_run() == 0

    assert refused.value.code == "database-locked"
    assert refused.value.retry_after is not None


def test_tenants_do_not_wait_for_each_other(new_postgresql):
    """Each writes while the other does, and both are kept."""
    admin = new_postgresql(busy_timeout=0.1)
    first = admin.open()
    second = SqlStorage(admin.database, Keyring.load(admin.keyring), tenant="wielkopolskie")
    with first.unit() as one, second.unit() as other:
        for unit in (one, other):
            a.save(unit, openings=[a.opening(1)], places=[a.place()])
            unit.outbox.add([a.message("m")])

    for storage in (first, second):
        with storage.snapshot() as unit:
            assert unit.rosters.newest_run() == 1
            assert sum(unit.outbox.counts().values()) == 1


def test_a_statement_takes_a_bounded_time(postgresql_admin, opened):
    """A database that does not answer is left."""
    storage = opened(postgresql_admin, postgresql_admin.url, statement_timeout=0.1)

    with pytest.raises(Unavailable) as refused, storage.unit() as unit:
        unit.people._desk.rows(text("SELECT pg_sleep(5)"))  # noqa: SLF001 - no statement of ours is that slow
    assert refused.value.code == "database-slow"


def test_whoever_finds_no_connection_free_is_told(postgresql_admin, opened):
    """The pool is as large as its options say, and waiting for it is bounded too."""
    storage = opened(postgresql_admin, postgresql_admin.url, pool_size=1, pool_overflow=0, pool_timeout=0.1)
    with storage.snapshot(), pytest.raises(Unavailable) as refused, storage.snapshot():
        pytest.fail("two connections of one")

    assert refused.value.code == "database-busy"


def test_a_standby_takes_no_changes(postgresql_admin, by_hand):
    """Looking works where the database is read-only; writing says why not."""
    a.open_accounts(postgresql_admin.open(), a.opening(1))
    by_hand(f"ALTER DATABASE {postgresql_admin.url.database} SET default_transaction_read_only = on")
    postgresql_admin.close()
    storage = postgresql_admin.open()

    assert [each.id for each in a.people_of(storage, 1)] == [1]
    with pytest.raises(Unavailable) as refused, storage.unit() as unit:
        a.save(unit)
    assert refused.value.code == "database-read-only"


def test_what_holds_no_storage_of_ours_is_left_alone(new_database, tmp_path):
    """Opening an empty database says that it has no schema; making a second storage in one is refused."""
    url = new_database()
    admins = [PostgresqlAdministration(url, tmp_path / f"keys{number}", tenant="t") for number in range(2)]
    Keyring.create(tmp_path / "other")
    with pytest.raises(Unavailable) as empty:
        SqlStorage(admins[0].database, Keyring.load(tmp_path / "other"), tenant="t")
    assert empty.value.code == "database-outdated"

    admins[0].create()
    with pytest.raises(InvalidValue) as refused:
        admins[1].create()
    assert refused.value.code == "already-there"
    assert not (tmp_path / "keys1").exists()
    assert admins[0].check() == []
    for each in admins:
        each.close()


@pytest.mark.parametrize("written", ["with a zero \x00 byte", "half a \ud800 letter"])
def test_a_text_that_no_column_takes_is_refused(postgresql_admin, written):
    """It is the caller's mistake, and the unit goes on."""
    with postgresql_admin.open().unit() as unit:
        with pytest.raises(InvalidValue) as refused:
            unit.rosters.add_schools([StatedSchool("sp1", written)])
        assert refused.value.code == "unstorable"
        assert unit.people.by_login(written) is None
        assert a.save(unit).id == 1


def test_units_that_write_at_once_from_many_threads_are_all_kept(postgresql_admin):
    """Nobody is told to try again as long as everybody is quick."""
    storage, ready = postgresql_admin.open(), Event()

    def write(number):
        ready.wait(10)
        with storage.unit() as unit:
            newest = unit.rosters.newest_run()
            a.save(unit, records=[a.record_state(a.record(str(number)))])
            return newest

    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(write, number) for number in range(40)]
        ready.set()
        assert sorted(each.result() for each in runs) == list(range(40))


def test_a_database_that_holds_something_else_is_left_alone(new_database, tmp_path):
    """A table of the same name is nobody's to take: no keyring stays behind, and an empty database is asked for."""
    url = new_database()
    engine = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE person (of_others int)")
    admin = PostgresqlAdministration(url, tmp_path / "keys", tenant="t")
    with pytest.raises(Unavailable, match="name an empty one") as refused:
        admin.create()
    admin.close()

    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(of_others) FROM person").scalar() == 0
    assert refused.value.code == "database-not-empty"
    assert not (tmp_path / "keys").exists()
