"""
The command that imports, killed at random instants of its life, mostly of its work, and begun again (SYNC-5).

``ESZKOLA_KILLS`` says how often, and on PostgreSQL as well; ``nox -s faults`` does it often.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import count

import psycopg
import pytest
from attrs import evolve, frozen
from sqlalchemy import URL

from eszkola_core import from_config
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Seeds

COMMAND = (sys.executable, "-c", "from eszkola_cli.main import main; print('ready', flush=True); main()")
KILLS = int(os.environ.get("ESZKOLA_KILLS", "1"))
STORES = ("sqlite", "postgresql") if "ESZKOLA_KILLS" in os.environ else ("sqlite",)
MANY = KILLS >= 10
NEWCOMERS = 200 if MANY else 40
AT_WORK = "SELECT 1 FROM lease WHERE until > 1 AND holder <> ''"
DEAD = "UPDATE lease SET until = 1 WHERE until > 1 AND holder <> ''"
_SECRET = frozenset({"link", "until", "expires"})
_NUMBERS = count()
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@frozen
class Store:
    """Where installations keep their data, each a copy of the one that a test begins with."""

    server: URL | None = None

    def begin(self, install_in, folder):
        """Return an installation with nobody in it."""
        if self.server is None:
            return install_in(folder)
        house = install_in(folder)
        url = self._database("template1")
        shutil.rmtree(house.folder)
        assert house.run_command("init", house.folder, "--database", url).code == 0
        return house

    def copied(self, house, folder):
        """Return a copy of an installation."""
        shutil.copytree(house.folder, folder / house.folder.name)
        copy = evolve(house, folder=folder / house.folder.name)
        if self.server is not None:
            told = copy.folder / "eszkola.toml"
            (old,) = (word for word in told.read_text("utf-8").split('"') if word.startswith("postgresql://"))
            new = self._database(old.partition("?")[0].rpartition("/")[2])
            told.write_text(told.read_text("utf-8").replace(old, new), "utf-8")
        return copy

    @contextmanager
    def opened(self, house):
        """Open the database of an installation beside whoever uses it."""
        if self.server is None:
            with closing(sqlite3.connect(house.folder / "eszkola.sqlite", isolation_level=None)) as file:
                yield file
            return
        words = (house.folder / "eszkola.toml").read_text("utf-8").split('"')
        (url,) = (word for word in words if word.startswith("postgresql://"))
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection

    def wait_for_work(self, house, process):
        """Wait until a process has the turn to import, or has ended."""
        with self.opened(house) as database:
            while process.poll() is None and not database.execute(AT_WORK).fetchone():
                time.sleep(0.002)

    def bury(self, house):
        """Let the minutes pass after which whoever gives no sign of life is dead; return whether somebody was."""
        with self.opened(house) as database:
            return bool(database.execute(DEAD).rowcount)

    def _database(self, template):
        name = f"killed_{os.getpid()}_{next(_NUMBERS)}"
        with psycopg.connect(self.server.set(drivername="postgresql").render_as_string(), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.server.set(drivername="postgresql", database=name).render_as_string()


@pytest.fixture(params=STORES)
def store(request, own_server):
    """Return where the installations of a test keep their data."""
    if request.param == "sqlite":
        yield Store()
        return
    with own_server() as (url, _):
        yield Store(url)


def kept(house):
    """Return all that is kept of people, but for secrets and for the instants at which it was written."""
    home = from_config(house.folder)
    with closing(home), home.storage.snapshot() as unit:
        numbers = [PersonId(number) for number in range(1, unit.rosters.next_person())]
        world = unit.rosters.gather(Seeds(people=frozenset(numbers)))
        places = {key: each for one in unit.rosters.schools() for key, each in _by_key(unit.rosters.places(one.key))}
        traces = {number: unit.dossiers.traces(number) for number in numbers}
        return {
            "people": {each.id: evolve(each, opened_at=None) for each in world.people.values()},
            "places": places | dict(world.places),
            "decisions": world.decisions,
            "conflicts": tuple(unit.rosters.conflicts()),
            "cases": {evolve(each, opened_at=LONG_AGO) for each in unit.cases.about(places.keys())},
            "messages": Counter(_told(each) for of in traces.values() for each in of.messages),
            "tokens": Counter((each.purpose, each.person, each.state) for of in traces.values() for each in of.tokens),
            "journal": [(each.by, each.deed, dict(each.detail)) for each in unit.audit.entries()],
            "runs": [(each.id, each.kind, each.schools, dict(each.summary)) for each in unit.runs.newest(99)],
        }


def _by_key(places):
    return [(each.key, each) for each in places]


def _told(message):
    data = tuple(sorted((name, value) for name, value in message.data.items() if name not in _SECRET))
    return message.kind, message.person, message.to.spelling, message.state, data


@pytest.fixture
def files(rows, table, pesel, tmp_path):
    """Return the gradebook of a day, and of the next: some leave, move, are renamed, are in doubt; many come."""
    many = []
    for number in range(1000, 1000 + NEWCOMERS):
        born = {"PESEL": pesel(number), "Opiekun 1 PESEL": ""}
        mails = {"E-mail ucznia": f"n{number}@dom.example", "Opiekun 1 e-mail": f"m{number // 2}@dom.example"}
        many.append(rows(1)[0] | {"Nr kartoteki": str(number)} | born | mails)
    before, after = rows() + many[: NEWCOMERS // 2], rows()[2:] + many
    after[0] |= {"Oddział": "2c", "E-mail ucznia": "nowy@dom.example"}
    after[1] |= {"Nazwisko": "Nowakowska-Żuk"}
    after[2] |= {"E-mail ucznia": after[3]["E-mail ucznia"]}
    after[4] |= {"PESEL": pesel(4711)[:-1] + str((int(pesel(4711)[-1]) + 1) % 10)}
    for name, listed in (("day-1.csv", before), ("day-2.csv", after)):
        (tmp_path / name).write_text(table(listed), "utf-8")
    return tmp_path / "day-1.csv", tmp_path / "day-2.csv"


def apply(house, source):
    """Begin to import in a process of its own, and return it when all is loaded."""
    words = [*COMMAND, "--config", house.folder, "roster", "apply", source, "--school", "sp1", "--json"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ended(process):
    """Wait until a process has ended, and return how."""
    process.communicate()
    return process.returncode


@pytest.mark.rule("SYNC-5")
def test_an_import_killed_at_any_instant_is_finished_by_the_same_again(store, install_in, files, tmp_path, capsys):
    """After each death the database is as it was or as it should be; the same again makes it as if nobody had died."""
    dice = random.Random(None if MANY else 1)  # noqa: S311 - it need not be a secret
    first, second = files
    house = store.begin(install_in, tmp_path / "first")
    house.choose('guardians_open_by = "gradebook"')
    assert ended(apply(house, first)) == 0
    before = kept(house)
    undisturbed = store.copied(house, tmp_path / "undisturbed")
    assert ended(apply(undisturbed, second)) == 0
    after = kept(undisturbed)
    assert after != before
    fates: Counter[str] = Counter()
    # How long a life and its work take is learned from those that lived, for a machine may be busy now and idle then.
    lasts = {"life": 1.0, "work": 0.5}
    for number in count():
        mortal = store.copied(house, tmp_path / f"life-{number}")
        process = apply(mortal, second)
        what = "work" if number % 4 else "life"
        if what == "work":
            store.wait_for_work(mortal, process)
        began = time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            process.wait(dice.uniform(0, 1.1) * lasts[what])
        process.send_signal(signal.SIGKILL)
        alive = time.monotonic() - began
        lived = ended(process) == 0
        found = kept(mortal)
        assert found in (before, after)
        was_at_work = store.bury(mortal)
        if lived:
            lasts[what] = alive
            fates["lived"] += 1
            assert found == after
        else:
            fates["had written" if found == after else "at work" if was_at_work else "not yet at work"] += 1
            assert ended(apply(mortal, second)) == 0
            assert kept(mortal) == after
        again = mortal.run("roster", "apply", second, "--school", "sp1", "--json").json
        assert (again["run"], again["created"], again["changed"], again["ended"]) == (None, 0, 0, 0)
        shutil.rmtree(mortal.folder)
        if sum(fates.values()) - fates["lived"] == KILLS:
            break
    if MANY:
        name = "sqlite" if store.server is None else "postgresql"
        with capsys.disabled():
            sys.stdout.write(f"\n{name}: {KILLS} died, {dict(fates)}\n")
