"""
What the tests of the command share: installations made once and copied, made-up schools, and a way to run it.

Commands run in this process, with a hash that costs nothing; a few tests start a real one.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import field, frozen
from click.testing import CliRunner

from eszkola_cli.main import main
from eszkola_core._defaults import CHEAPEST_FOR_TESTS, Argon2Hasher
from eszkola_core._platform import adapters

SERVERS = Path(__file__).parents[2] / "sqlalchemy/tests/postgres_server.py"

PASSWORD = "Wiosna?Deszcz-71"
HEADER = (
    "Nr kartoteki;Nazwisko;Imię;PESEL;Dokument;Nr dokumentu;Kraj dokumentu;Data urodzenia;Płeć;Oddział;E-mail ucznia;"
    "Opiekun 1 nazwisko;Opiekun 1 imię;Opiekun 1 PESEL;Opiekun 1 e-mail"
)
SURNAMES = ("Żbik", "Łoś", "Wąs", "Gęś", "Ćma", "Śledź", "Kość", "Źrebak", "Dąb", "Sójka", "Żuk", "Pąk")
CHILDREN = ("Jan", "Ola", "Igor", "Zoja")
MOTHERS = ("Anna", "Ewa", "Maja", "Lena")
COUNT = len(SURNAMES)


@frozen
class Told:
    """What a command said: its exit code, standard output, and standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        """The one line of JSON that stands on standard output, and nothing beside it."""
        assert self.err == ""
        (line,) = self.out.splitlines()
        found = json.loads(line)
        assert isinstance(found, dict)
        return found


Row = dict[str, str]


def text_of(mail: EmailMessage) -> str:
    """Return what stands in a message for those who see no HTML."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@frozen
class Installation:
    """A folder that `eszkola init` made, and the commands that use it."""

    folder: Path
    run_command: Callable[..., Told] = field(repr=False)

    def run(self, *arguments: str | Path, stdin: str | bytes = "", env: Mapping[str, str] | None = None) -> Told:
        """Run a command on this installation."""
        return self.run_command("--config", self.folder, *arguments, stdin=stdin, env=env)

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file that is to be read, beside the installation."""
        path = self.folder.parent / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def choose(self, setting: str) -> None:
        """Put a line into the table of settings."""
        path = self.folder / "eszkola.toml"
        path.write_text(path.read_text("utf-8").replace("[settings]\n", f"[settings]\n{setting}\n"), "utf-8")

    def dump(self) -> dict[str, list[tuple]]:
        """Return every row of every table of the database but of that of leases, where every attempt shows."""
        with closing(sqlite3.connect(self.folder / "eszkola.sqlite")) as connection:
            names = [
                row[0]
                for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'lease'")
            ]
            return {name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}  # noqa: S608 - the database's own names

    def mails(self) -> list[EmailMessage]:
        """Return the e-mails in the folder, in no order."""
        found = [path.read_bytes() for path in (self.folder / "outbox").glob("*.eml")]
        return [message_from_bytes(content, policy=policy.default) for content in found]

    def link_for(self, address: str) -> str:
        """Return the one link with a token that was sent to *address*."""
        words = {word for mail in self.mails() if mail["To"] == address for word in text_of(mail).split()}
        (link,) = {word for word in words if "token" in parse_qs(urlsplit(word).query)}
        return link


@pytest.fixture(scope="session")
def run() -> Iterator[Callable[..., Told]]:
    """Run `eszkola` in this process, with the cheapest hash there is."""

    def command(*arguments: str | Path, stdin: str | bytes = "", env: Mapping[str, str] | None = None) -> Told:
        runner = CliRunner(env={"ESZKOLA_CONFIG": None, **(env or {})})
        with runner.isolation(input=stdin) as (out, err, _):
            try:
                main([str(each) for each in arguments])
            except SystemExit as left:
                code = left.code
            sys.stdout.flush()
            sys.stderr.flush()
            told = Told(code if isinstance(code, int) else 0, out.getvalue().decode(), err.getvalue().decode())
        assert "Traceback" not in told.out + told.err
        return told

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapters, "Argon2Hasher", partial(Argon2Hasher, CHEAPEST_FOR_TESTS))
        yield command


@pytest.fixture(scope="session")
def pesel() -> Callable[..., str]:
    """Make valid PESELs, different for each number, of people born on a day (1 March 2012 where none is said)."""

    def make(number: int, born: date = date(2012, 3, 1)) -> str:
        month = born.month + (20 if born.year >= 2000 else 0)
        digits = f"{born.year % 100:02d}{month:02d}{born.day:02d}{number % 10000:04d}"
        weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
        check = -sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 10
        return f"{digits}{check}"

    return make


@pytest.fixture(scope="session")
def rows(pesel: Callable[..., str]) -> Callable[..., list[Row]]:
    """Make the rows of a school's students, each with a mother; *first* is the number of the first."""

    def make(count: int = COUNT, first: int = 1) -> list[Row]:
        return [
            dict(
                zip(
                    HEADER.split(";"),
                    (
                        f"{100 + number}", SURNAMES[number % COUNT], CHILDREN[number // COUNT],
                        pesel(number), "", "", "", "2012-03-01", "", "1a" if number % 2 else "1b",
                        f"uczen{number}@dom.example",
                        SURNAMES[number % COUNT], MOTHERS[number // COUNT],
                        pesel(number, date(1980, 5, 5)), f"mama{number}@dom.example",
                    ),
                    strict=True,
                )
            )
            for number in range(first, first + count)
        ]  # fmt: skip

    return make


@pytest.fixture(scope="session")
def table() -> Callable[[Sequence[Row]], str]:
    """Write rows as the gradebook exports them."""

    def write(rows: Sequence[Row]) -> str:
        return "".join(line + "\r\n" for line in (HEADER, *(";".join(row.values()) for row in rows)))

    return write


@pytest.fixture(scope="session")
def fresh_folders(run, tmp_path_factory) -> Callable[[str], Path]:
    """Return the folder of a new installation of a profile; each is made once."""
    made: dict[str, Path] = {}

    def folder(profile: str) -> Path:
        if profile not in made:
            made[profile] = tmp_path_factory.mktemp("made") / profile
            assert run("init", made[profile], "--profile", profile).code == 0
        return made[profile]

    return folder


@pytest.fixture(scope="session")
def install_in(fresh_folders, run) -> Callable[..., Installation]:
    """Return a new installation of a profile below a folder, with nobody in it."""

    def copy(folder: Path, profile: str = "opolska") -> Installation:
        shutil.copytree(fresh_folders(profile), folder / profile)
        return Installation(folder / profile, run)

    return copy


@pytest.fixture
def installed(install_in, tmp_path) -> Callable[..., Installation]:
    """Return a new installation of a profile, with nobody in it."""
    return partial(install_in, tmp_path)


@pytest.fixture(scope="session")
def lived_in_folder(fresh_folders, run, rows, table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an installation with a school of twelve students, their mothers, and one mother who can sign in."""
    folder = tmp_path_factory.mktemp("lived") / "in"
    shutil.copytree(fresh_folders("opolska"), folder)
    house = Installation(folder, run)
    house.choose('guardians_open_by = "gradebook"')
    source = house.write("uczniowie.csv", table(rows()))
    applied = house.run("roster", "apply", source, "--school", "sp1", "--json").json
    assert (applied["created"], applied["opened"]) == (24, 24)
    house.run("outbox", "dispatch")
    house.run("access", "request", "mama1@dom.example")
    house.run("access", "request", rows(1)[0]["Opiekun 1 PESEL"])
    house.run("outbox", "dispatch")
    done = house.run("access", "complete", house.link_for("mama1@dom.example"), "--password-stdin", stdin=PASSWORD)
    assert done.code == 0
    shutil.rmtree(folder / "outbox")
    return folder


@pytest.fixture
def lived_in(lived_in_folder, run, tmp_path) -> Installation:
    """Return an installation with people in it, one of whom can sign in."""
    folder = tmp_path / "in"
    shutil.copytree(lived_in_folder, folder)
    return Installation(folder, run)


@pytest.fixture(scope="session")
def password() -> str:
    """Return the password of the mother who can sign in."""
    return PASSWORD


@pytest.fixture
def signs_in() -> Callable[[Installation], bool]:
    """Say whether the mother who could sign in still can, and still sees her child."""

    def still(house: Installation) -> bool:
        told = house.run("signin", "anna.los", "--password-stdin", stdin=PASSWORD)
        return told.code == 0 and "Jan Łoś" in told.out

    return still


@pytest.fixture(scope="session")
def own_server():
    """Return what starts a PostgreSQL server for a block and gives its URL; it is loaded only where one is wanted."""

    def start():
        spec = importlib.util.spec_from_file_location("postgres_server", SERVERS)
        assert spec is not None
        assert spec.loader is not None
        servers = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(servers)
        return servers.running()

    return start
