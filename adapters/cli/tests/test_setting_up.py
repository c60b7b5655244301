"""Making an installation, and everything that may be wrong with its configuration, its keys and its database."""

from __future__ import annotations

import sqlite3
import tomllib
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eszkola_core.domain.settings import PROFILES


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_profile_can_be_installed(installed, profile):
    """`init` leaves a configuration that works, a database that is whole, and keys that only their owner reads."""
    house = installed(profile)
    assert house.run("db", "check", "--json").json["ok"]
    assert (house.folder / "eszkola.keyring").stat().st_mode & 0o077 == 0
    assert tomllib.loads((house.folder / "eszkola.toml").read_text("utf-8"))["tenant"]["profile"] == profile


def test_what_init_is_told_is_what_it_writes(run, tmp_path):
    """Each option stands in the configuration, whatever signs are in it."""
    name = 'Szkoła „U Łosia" <1> \\ \n💡'
    told = run(
        "init", tmp_path / "a" / "b", "--name", name, "--key", "opole", "--base-url", "https://konto.opole.example",
        "--platform-domain", "opole.example", "--time-zone", "Europe/Ljubljana", "--locale", "sl", "--profile", "uonet",
    )  # fmt: skip
    assert told.code == 0
    assert "eszkola roster plan" in told.out
    assert tomllib.loads((tmp_path / "a" / "b" / "eszkola.toml").read_text("utf-8"))["tenant"] == {
        "key": "opole",
        "name": name,
        "profile": "uonet",
        "base_url": "https://konto.opole.example",
        "platform_domain": "opole.example",
        "time_zone": "Europe/Ljubljana",
        "locale": "sl",
    }
    assert run("--config", tmp_path / "a" / "b", "outbox", "dispatch").code == 0


def test_init_overwrites_nothing(installed, run):
    """A second `init` in the same folder is refused, and every file stays as it was."""
    house = installed()
    before = {path.name: path.read_bytes() for path in house.folder.iterdir()}
    told = run("init", house.folder)
    assert (told.code, told.out) == (1, "")
    assert "is there already; nothing is overwritten" in told.err
    assert {path.name: path.read_bytes() for path in house.folder.iterdir()} == before


@pytest.mark.parametrize("file", ["eszkola.sqlite", "eszkola.keyring"])
def test_init_leaves_a_database_or_keyring_alone(run, tmp_path, file):
    """Where one of them lies without a configuration nothing is made, and it stays."""
    (tmp_path / file).write_bytes(b"precious")
    told = run("init", tmp_path)
    assert told.code == 1
    assert f"{file} is there already" in told.err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {file: b"precious"}


def test_init_in_a_place_that_cannot_be_written_says_so(run, tmp_path):
    """A folder below a file is no folder: exit code 1, and a sentence."""
    (tmp_path / "file").touch()
    told = run("init", tmp_path / "file" / "dir")
    assert (told.code, told.out) == (1, "")
    assert "cannot be written" in told.err
    assert "name a folder of your own" in told.err


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--time-zone", "Europe/Wroclaw", "tenant.time_zone: there is no time zone of that name"),
        ("--time-zone", "../../etc/passwd", "tenant.time_zone"),
        ("--base-url", "http://konto.example.org", "tenant.base_url: it begins with https://"),
        ("--base-url", "http://localhost.example.org", "tenant.base_url: it begins with https://"),
        ("--base-url", "konto", "tenant.base_url: write an address"),
        ("--base-url", "https://", "tenant.base_url: write an address"),
        ("--base-url", "https://[", "tenant.base_url: write an address"),
        ("--base-url", "https://a.example/?x=1", "tenant.base_url: write an address"),
        ("--platform-domain", "not a domain", "tenant.platform_domain: write a domain name"),
        ("--platform-domain", "szkoła..pl", "tenant.platform_domain"),
        ("--platform-domain", "localhost", "tenant.platform_domain: write a domain name"),
        ("--name", "  ", "tenant.name: it is missing"),
        ("--name", "Szko\udcb3a", "half a character"),
    ],
)
def test_init_with_a_wrong_value_makes_nothing(run, tmp_path, option, value, words):
    """The value is named with its remedy, and not even the folder is left."""
    told = run("init", tmp_path / "new", option, value)
    assert (told.code, told.out) == (1, "")
    assert words in told.err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nothing = 1", "settings.nothing: there is no such setting; take the line out"),
        ('guardians_opened_by = "gradebook"', "perhaps guardians_open_by is meant"),
        ('removal_grace = "1 day"', "settings.removal_grace: at least 7 days (SYNC-9)"),
        ('password_reset_lifetime = "9 days"', "settings.password_reset_lifetime: at most 3 days (ACCESS-4)"),
        ("guard_share = 0", "settings.guard_share: at least 1 (SYNC-6)"),
        ("guard_share = 101", "settings.guard_share: at most 100 (SYNC-6)"),
        ('removal_grace = "soon"', 'settings.removal_grace: write a span, such as "7 days"'),
        ("removal_grace = 7", 'settings.removal_grace: write a span, such as "7 days"'),
        ('removal_grace = "999999999 days"', "settings.removal_grace: at most 365 days"),
        ('removal_grace = "99999999999999999999 days"', "settings.removal_grace: write a span"),
        ('guard_share = "20"', "settings.guard_share: write a number without quotation marks"),
        ("guard_share = true", "settings.guard_share: write a number"),
        ("guard_share = 20.5", "settings.guard_share: write a number"),
        ('login_scheme = "phone"', "settings.login_scheme: one of e-mail, issued"),
        ('students_need = "e-mail"', "settings.students_need: write a list of texts"),
        ('students_need = ["phone"]', "settings.students_need: one of e-mail, national-id"),
        ("documents_for = [1]", "settings.documents_for: write a list of texts"),
        ('password_policy = "MINE"', "settings.password_policy: one of NIST_800_63B_4, OPOLSKA_2018"),
        ("password_policy = 1", "settings.password_policy: write a text in quotation marks"),
        ('national_id_schemes = ["pl.pesle"]', "settings.national_id_schemes:"),
        ("guard_share = ", "this is not TOML"),
        ("guard_share = 20\nguard_share = 30", "this is not TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(installed, line, words):
    """Every command stops at a setting that cannot be right: exit code 1, the file, the key, what may stand there."""
    house = installed()
    house.choose(line)
    told = house.run("outbox", "status", "--json")
    assert (told.code, told.out) == (1, "")
    assert "eszkola.toml" in told.err
    assert words in told.err


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("[email]", "[emial]", "[emial]: there is no such table; perhaps email is meant"),
        ("[settings]", "[colours]", "[colours]: there is no such table; take the line out"),
        ("[tenant]", "[tenant]\nnmae = 1", "tenant.nmae: there is no such key; perhaps name is meant"),
        ("[tenant]", "email = 3\n[tenant]", "this is not TOML"),
        ('key = "main"', "", "tenant.key: it is missing"),
        ('key = "main"', "key = 1", "tenant.key: write a text in quotation marks"),
        ('profile = "opolska"', 'profile = "closed"', "tenant.profile: one of easistent, open, opolska, uonet"),
        ('locale = "pl"', 'locale = "de"', "tenant.locale: one of en, pl, sl"),
        ('"Europe/Warsaw"', '"Warsaw"', "tenant.time_zone: there is no time zone of that name"),
        ("https://konto", "http://konto", "tenant.base_url: it begins with https://"),
        ('adapter = "sqlalchemy"', 'adapter = "paper"', "no adapter 'paper' is installed"),
        ('adapter = "sqlalchemy"', "adapter = 1", "storage.adapter: write a text in quotation marks"),
        ('path = "eszkola.sqlite"', "path = 1", "table [storage]: storage: path is a text"),
        ('path = "eszkola.sqlite"', 'pfad = "x"', "table [storage]: storage has no option 'pfad'"),
        ('adapter = "folder"', 'adapter = "pigeon"', "table [email]: no adapter 'pigeon' is installed"),
        ('folder = "outbox"', "port = 25", "table [email]: port: no such option"),
        ('folder = "outbox"', "", "table [email]: folder: this option is needed"),
        ('folder = "outbox"', 'folder = "outbox"\nsender = 1', "email.sender: write a text in quotation marks"),
        ('folder = "outbox"', 'folder = "outbox"\nsender = "nobody"', "table [email]: sender: write an address"),
        ('folder = "outbox"', r'folder = "\u0000"', "table [email]: folder: a text in quotation marks, not empty"),
        ("[email]", "[events.a]\nkinds = [[1]]\n[email]", "events.a.kinds: a list of accounts-merged, address-"),
        ("[email]", "[[password_policies]]\npolicy = [1]\nfirst_day = 2027-01-01\n[email]", "[1].policy: one of NIST"),
        (
            "[email]",
            '[[password_policies]]\npolicy = "NIST_800_63B_4"\nfirst_day = 2027-01-01\nroles = [[1]]\n[email]',
            "password_policies[1].roles: a list of",
        ),
        ("[tenant]", f"a = {'[' * 2000}\n[tenant]", "this is not TOML"),
        ("\n[settings]", "\n[texts]\noverides = 1\n[settings]", "table [texts]: overides: no such option"),
    ],
)
def test_a_wrong_key_is_named_with_its_remedy(installed, before, after, words):
    """Mistyped tables and keys, wrong kinds and unknown adapters: exit code 1, and the key by name."""
    house = installed()
    path = house.folder / "eszkola.toml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    told = house.run("outbox", "dispatch")
    assert (told.code, told.out) == (1, "")
    assert "eszkola.toml" in told.err
    assert words in told.err


def test_a_wrong_option_of_the_gradebook_is_named(installed, rows, table):
    """The table of the gradebook is looked at where a roster is read."""
    house = installed()
    path = house.folder / "eszkola.toml"
    path.write_text(path.read_text("utf-8") + "\n[gradebook]\nunpacked_mib = 0\n", "utf-8")
    told = house.run("roster", "plan", house.write("a.csv", table(rows(1))), "--school", "sp1")
    assert (told.code, told.out) == (1, "")
    assert "table [gradebook]: the option unpacked_mib" in told.err


@given(content=st.binary(max_size=300))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_configuration_brings_the_command_down(installed_once, content):
    """Whatever stands in the file, the command ends in a sentence."""
    (installed_once.folder / "eszkola.toml").write_bytes(content)
    told = installed_once.run("db", "check")
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith("eszkola: ")


@pytest.fixture
def installed_once(installed):
    """Return one installation."""
    return installed()


def test_without_a_configuration_the_way_is_shown(run, tmp_path):
    """Where there is no installation the command says how to make or name one."""
    told = run("--config", tmp_path, "outbox", "status")
    assert (told.code, told.out) == (1, "")
    assert "eszkola init" in told.err
    assert "--config" in told.err


COMMANDS = [
    ("outbox", "status", "--json"),
    ("readiness",),
    ("roster", "plan", "no-matter.csv", "--json"),
    ("access", "request", "somebody"),
    ("signin", "somebody", "--password-stdin"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("file", "code", "words"),
    [("eszkola.sqlite", 3, "the database"), ("eszkola.keyring", 3, "the keyring")],
)
def test_a_missing_file_is_unavailable(lived_in, command, file, code, words):
    """Without database or keys nothing can be done just now: exit code 3, and which file it is."""
    (lived_in.folder / file).unlink()
    told = lived_in.run(*command, stdin="x")
    assert (told.code, told.out) == (code, "")
    assert words in told.err
    assert not (lived_in.folder / file).exists()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path, _: path.chmod(0o640), "can be read by others than its owner: chmod 600 it"),
        (lambda path, _: path.write_text("nothing"), "is no keyring; restore it from a backup"),
        (lambda path, other: path.write_bytes(other.read_bytes()), "key"),
    ],
    ids=["readable by a group", "damaged", "of another installation"],
)
def test_wrong_keys_are_refused(lived_in, run, tmp_path, spoil, words):
    """Keys that others may have read, or that are not this database's, open nothing: exit code 1, and the remedy."""
    run("init", tmp_path / "other")
    spoil(lived_in.folder / "eszkola.keyring", tmp_path / "other" / "eszkola.keyring")
    before = lived_in.dump()
    for command in COMMANDS:
        told = lived_in.run(*command, stdin="x")
        assert (told.code, told.out) == (1, "")
        assert words in told.err
    checked = lived_in.run("db", "check", "--json")
    assert (checked.code, checked.json["ok"]) == (1, False)
    assert lived_in.dump() == before


def test_a_locked_database_is_unavailable(lived_in, rows, table):
    """While another program writes, an import ends with 3 and says to try again; afterwards it works."""
    path = lived_in.folder / "eszkola.toml"
    path.write_text(path.read_text("utf-8").replace("[storage]\n", "[storage]\nbusy_timeout_seconds = 0.1\n"), "utf-8")
    source = lived_in.write("a.csv", table(rows(13)))
    with closing(sqlite3.connect(lived_in.folder / "eszkola.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        told = lived_in.run("roster", "apply", source, "--school", "sp1", "--json")
        other.execute("ROLLBACK")
    assert (told.code, told.out) == (3, "")
    assert "locked" in told.err
    assert lived_in.run("roster", "apply", source, "--school", "sp1", "--json").json["created"] == 2


def test_an_empty_file_is_no_database(lived_in):
    """An empty file in the database's place says how to make it one, and no table is made in it by looking."""
    (lived_in.folder / "eszkola.sqlite").write_bytes(b"")
    told = lived_in.run("outbox", "status", "--json")
    assert (told.code, told.out) == (3, "")
    assert lived_in.dump() == {}


def test_another_file_is_no_database(lived_in):
    """A file of another kind in the database's place is told from one, and stays as it is."""
    path = lived_in.folder / "eszkola.sqlite"
    path.write_bytes(b"this is a letter" * 200)
    told = lived_in.run("outbox", "status", "--json")
    assert (told.code, told.out) == (3, "")
    assert told.err.startswith("eszkola: ")
    assert path.read_bytes() == b"this is a letter" * 200


def test_a_database_of_a_newer_program_is_left_alone(lived_in):
    """Its schema is not known here: opening and upgrading are refused, and nothing is changed."""
    with closing(sqlite3.connect(lived_in.folder / "eszkola.sqlite")) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    before = lived_in.dump()
    for command in (("outbox", "status"), ("db", "upgrade"), ("db", "check")):
        told = lived_in.run(*command)
        assert told.code in {1, 3}
        assert "newer" in told.out + told.err
    assert lived_in.dump() == before


def test_a_backup_is_put_back(installed, rows, table, tmp_path):
    """What came since is gone from the database, and lies beside it; nothing is overwritten by a second backup."""
    house, backup = installed("open"), tmp_path / "kopia zapasowa.sqlite"
    source = house.write("uczniowie.csv", table(rows(2)))
    before = house.dump()
    made = house.run("db", "backup", backup)
    assert made.code == 0
    assert "keyring" in made.out
    assert house.run("roster", "apply", source, "--school", "sp1").code == 0
    after = house.dump()
    assert after != before

    assert house.run("db", "backup", backup).code == 1
    done = house.run("db", "restore", backup)
    assert done.code == 0
    assert "eszkola.sqlite.before-restore" in done.out
    assert house.dump() == before
    assert house.run("db", "check").code == 0
    assert house.run("db", "restore", house.folder / "eszkola.sqlite.before-restore").code == 0
    assert house.dump() == after
    refused = house.run("db", "restore", house.folder / "eszkola.toml")
    assert refused.code == 1
    assert "no database" in refused.err
    assert house.dump() == after


def test_a_database_that_was_lost_is_put_back(installed, tmp_path):
    """On a new machine the configuration and the keyring are enough to begin with."""
    house, backup = installed(), tmp_path / "kopia.sqlite"
    before = house.dump()
    assert house.run("db", "backup", backup).code == 0
    (house.folder / "eszkola.sqlite").unlink()

    assert house.run("db", "restore", backup).code == 0
    assert house.dump() == before
    assert (house.folder / "eszkola.sqlite").stat().st_mode & 0o077 == 0


def test_a_password_in_the_url_is_refused(run, tmp_path):
    """It would stand in the configuration; nothing is made, and it is not shown."""
    told = run("init", tmp_path / "house", "--database", "postgresql://me:kanarek@db/eszkola")

    assert told.code == 1
    assert ".pgpass" in told.err
    assert "kanarek" not in told.err + told.out
    assert not (tmp_path / "house").exists()


def test_a_database_of_an_older_program_asks_for_an_upgrade(installed):
    """A database without its tables cannot be used, says how to mend it, and works after `db upgrade`."""
    house = installed()
    path = house.folder / "eszkola.sqlite"
    path.unlink()
    with closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA user_version = 0")
        old.execute("VACUUM")
    told = house.run("outbox", "status")
    assert (told.code, told.out) == (3, "")
    assert "db upgrade" in told.err
    checked = house.run("db", "check", "--json")
    assert checked.code == 1
    assert not checked.json["ok"]
    assert house.run("db", "upgrade").out.endswith("The database is up to date.\n")
    assert house.run("db", "check").code == 0


def test_why_messages_cannot_leave_is_told(lived_in, rows, table):
    """Whoever watches the dispatcher reads what is in the way."""
    lived_in.run("roster", "apply", lived_in.write("a.csv", table(rows(13))), "--school", "sp1")
    (lived_in.folder / "outbox").write_text("a file in the way")

    told = lived_in.run("outbox", "dispatch")

    assert told.code == 3
    assert "no file can be written there" in told.err


def test_a_folder_that_cannot_take_messages_loses_none(lived_in, rows, table):
    """Messages that cannot leave just now are counted so, wait to be tried again, and the exit code is 3."""
    lived_in.run("roster", "apply", lived_in.write("a.csv", table(rows(13))), "--school", "sp1")
    (lived_in.folder / "outbox").write_text("a file in the way")
    told = lived_in.run("outbox", "dispatch", "--json")
    assert told.code == 3
    assert "no file can be written there" in told.json["trouble"]
    assert told.json.items() > {"sent": 0, "failed_for_now": 3, "abandoned": 0}.items()
    assert lived_in.run("outbox", "status", "--json").json["counts"]["failed-for-now"] == 3
