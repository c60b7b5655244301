"""Storage by its name: made once, opened as it was made, and told what is wrong with its options."""

from __future__ import annotations

import stat
from importlib.metadata import entry_points

import pytest

from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_sqlalchemy.plugin import storage
from eszkola_stores.keyring import Keyring


@pytest.fixture
def described(tmp_path):
    """Return a function that reads options, and closes what it made of them."""
    made = []

    def read(tenant="opolskie", **options):
        made.append(storage(options, base=tmp_path, tenant=tenant))
        return made[-1]

    yield read
    for each in made:
        each.close()


def test_the_entry_point_is_the_plugin():
    """Configurations name it `sqlalchemy`."""
    (found,) = entry_points(group="eszkola.storage", name="sqlalchemy")

    assert found.load() is storage


def test_what_was_created_opens_and_lasts(described):
    """Another look at the same place finds what was kept, and nothing is wrong with it."""
    admin = described()
    admin.create()
    a.open_accounts(admin.open(), a.opening(1))
    admin.close()

    assert a.people_of(described().open(), 1) == [a.person(1)]
    assert described().check() == []
    assert list(described().upgrade()) == []


def test_what_is_created_is_its_owners_alone(described, tmp_path):
    """Folders, database and keyring cannot be read by anybody else, the log beside the database included."""
    admin = described(path="data/eszkola.sqlite", keyring="keys/eszkola.keyring")
    admin.create()
    opened = admin.open()
    with opened.unit() as unit:
        a.save(unit)
        modes = {str(each.relative_to(tmp_path)): stat.S_IMODE(each.stat().st_mode) for each in tmp_path.rglob("*")}

    assert modes == {
        "data": 0o700,
        "keys": 0o700,
        "data/eszkola.sqlite": 0o600,
        "data/eszkola.sqlite-wal": 0o600,
        "data/eszkola.sqlite-shm": 0o600,
        "keys/eszkola.keyring": 0o600,
    }


@pytest.mark.parametrize("there", ["eszkola.sqlite", "eszkola.keyring"])
def test_nothing_is_overwritten(described, tmp_path, there):
    """A file in the way is refused by name and stays; nothing is made beside it."""
    (tmp_path / there).write_text("precious", encoding="utf-8")

    with pytest.raises(InvalidValue) as refused:
        described().create()
    assert refused.value.code == "already-there"
    assert there in str(refused.value)
    assert [(each.name, each.read_text("utf-8")) for each in tmp_path.iterdir()] == [(there, "precious")]


def test_a_creation_that_fails_can_be_tried_again(described, tmp_path, monkeypatch):
    """Neither a keyring nor half a database stays behind."""

    def full(_engine):
        raise Unavailable("the disk is full; make room", code="disk-full")

    with monkeypatch.context() as patched:
        patched.setattr("eszkola_sqlalchemy.migrations.create", full)
        with pytest.raises(Unavailable):
            described().create()

    assert list(tmp_path.iterdir()) == []
    described().create()
    assert described().check() == []


def test_a_folder_that_cannot_be_made_is_told(described, tmp_path):
    """A file stands where the folder should."""
    (tmp_path / "data").write_text("", encoding="utf-8")

    with pytest.raises(Unavailable) as refused:
        described(path="data/eszkola.sqlite").create()
    assert "data" in str(refused.value)


def test_a_missing_keyring_is_told_by_check_and_open(described, tmp_path):
    """Without its keys a database opens nothing; the error names the file."""
    admin = described()
    admin.create()
    (tmp_path / "eszkola.keyring").unlink()

    with pytest.raises(Unavailable) as refused:
        admin.open()
    assert "eszkola.keyring" in str(refused.value)
    assert [each for each in admin.check() if "eszkola.keyring" in each]


def test_tenants_of_one_database_share_its_keyring_and_nothing_else(described, sql):
    """A second tenant is known from its first opening on; checking does not make it known."""
    admin, second = described(), described("wielkopolskie")
    admin.create()
    first = admin.open()
    a.open_accounts(first, a.opening(1))

    assert second.check() == []
    with first.snapshot() as unit:
        assert sql(unit, "SELECT key FROM tenant").all() == [("opolskie",)]
    assert a.people_of(second.open(), 1) == []


def test_a_url_is_another_way_to_say_the_path(described, tmp_path):
    """Relative to the configuration, or absolute."""
    described(url="sqlite:///ąę/eszkola.sqlite").create()
    described(url=f"sqlite:///{tmp_path}/two.sqlite", keyring="two.keyring").create()

    assert (tmp_path / "ąę" / "eszkola.sqlite").exists()
    assert (tmp_path / "two.sqlite").exists()


def test_a_path_may_hold_any_letters(described, tmp_path):
    """What means something in a URL means nothing in a path."""
    described(path="a?b#c%20 ż/eszkola.sqlite").create()

    assert (tmp_path / "a?b#c%20 ż" / "eszkola.sqlite").stat().st_size > 0


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"pth": "x"}, "pth"),
        ({"path": ""}, "path"),
        ({"path": 7}, "path"),
        ({"keyring": None}, "keyring"),
        ({"url": "sqlite:///x", "path": "x"}, "url"),
        ({"url": "sqlite://"}, "url"),
        ({"url": "mysql://db/eszkola"}, "url"),
        ({"url": "sqlite:///x?mode=ro"}, "url"),
        ({"url": "nonsense"}, "url"),
        ({"busy_timeout_seconds": 0}, "busy_timeout_seconds"),
        ({"busy_timeout_seconds": -1}, "busy_timeout_seconds"),
        ({"busy_timeout_seconds": 86401}, "busy_timeout_seconds"),
        ({"busy_timeout_seconds": True}, "busy_timeout_seconds"),
        ({"busy_timeout_seconds": "5"}, "busy_timeout_seconds"),
        ({"busy_timeout_seconds": float("nan")}, "busy_timeout_seconds"),
    ],
)
def test_an_option_that_cannot_be_right_is_named(described, options, named):
    """Before anything is opened."""
    with pytest.raises(InvalidValue) as refused:
        described(**options)
    assert named in str(refused.value)


def test_the_keyring_that_was_made_is_the_one_that_is_used(described, tmp_path):
    """What one process sealed another opens."""
    described().create()
    sealed = described().open().seal(b"plan", context="c")

    assert described().open().opened(sealed, context="c") == b"plan"
    assert Keyring.load(tmp_path / "eszkola.keyring").data.keys() == {1}
