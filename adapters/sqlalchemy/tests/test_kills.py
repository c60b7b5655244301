"""
Processes that are killed at random instants lose nothing and do nothing twice (SYNC-5).

``ESZKOLA_KILLS`` says how often each kind of work is killed on each database; ``nox -s faults`` does it often.
"""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.messages import MessageState
from eszkola_core.domain.tokens import Purpose, Token, TokenState
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.units import fill
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.region import START
from eszkola_sqlalchemy import migrations, tables
from eszkola_sqlalchemy.administration import PostgresqlAdministration

CHILD = Path(__file__).with_name("mortal_child.py")
KILLS = int(os.environ.get("ESZKOLA_KILLS", "3"))
PATIENCE = 60
LONGEST_LIFE = {"take": 0.2, "redeem": 0.3, "dispatch": 0.3, "migrate": 1.0}
"""Within how many seconds after it began a process dies: about as long as the work takes."""


def _loaded():
    """Return the child's module: what it works on is made here as well."""
    spec = importlib.util.spec_from_file_location("mortal_child", CHILD)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


child = _loaded()


@pytest.fixture
def dice(request):
    """Return what decides when somebody dies; the same each time, unless many die."""
    return random.Random(request.node.name if KILLS < 10 else None)  # noqa: S311 - it need not be a secret


@pytest.fixture
def killed_on(dice):
    """
    Return what makes, for a database, a function that begins a piece of work in a process of its own.

    The process is killed, if it is to die, and what it said and how it ended is returned.
    """

    def on(admin):
        where = admin.url.render_as_string() if isinstance(admin, PostgresqlAdministration) else str(admin.path)

        def begin(work, step, *, at_once=True, within=None):
            command = [sys.executable, str(CHILD), work, where, str(admin.keyring), str(step)]
            # Unbuffered: of what is said at once behind the first line nothing may stay in a buffer unread.
            process = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)  # noqa: S603 - our own program
            assert process.stdout.readline() == b"ready\n"
            if at_once:
                time.sleep(dice.uniform(0, within or LONGEST_LIFE[work]))
                process.send_signal(signal.SIGKILL)
            said, _ = process.communicate(timeout=PATIENCE)
            return said.decode().splitlines(), process.returncode

        return begin

    return on


@pytest.fixture
def killed(admin, killed_on):
    """Return the function for the database of the test."""
    return killed_on(admin)


@pytest.fixture
def sqlite_admin_of_t(new_sqlite):
    """Return what looks after a file of the tenant whom the child works for."""
    return new_sqlite(tenant="t")


@pytest.fixture
def admin(new_admin):
    """Return what looks after a database of the tenant whom the child works for."""
    return new_admin(tenant="t")


@pytest.mark.rule("SYNC-5")
def test_an_import_that_is_killed_is_finished_by_the_next(admin, killed):
    """After each death the next import finds the world as it was or as it should be, and makes it so."""
    memory, died = MemoryStorage(), 0
    for step in range(KILLS):
        undisturbed = child.region(memory, step)
        before = undisturbed.seen()
        undisturbed.take(*child.roster(step))
        after = undisturbed.seen()
        # The first has hardly begun, however quick a machine is: one dies at least.
        _, code = killed("take", step, within=None if step else 0.01)
        died += code == -signal.SIGKILL

        found = child.region(admin.open(), step)
        assert found.seen() in (before, after)
        found.clock.advance(found.tenant.settings.import_lease)
        found.take(*child.roster(step))
        assert found.seen() == after
        assert letters(found) == letters(undisturbed)
        assert found.take(*child.roster(step)).run is None
    assert admin.check() == []
    assert died


def letters(region):
    """Return how many messages of each kind there are to each address, whatever became of them."""
    with region.storage.snapshot() as unit:
        numbers = range(1, unit.rosters.next_person())
        return Counter(
            (each.kind, each.to.mailbox, each.person)
            for number in numbers
            for each in unit.dossiers.traces(PersonId(number)).messages
        )


def test_a_token_is_spent_for_a_session_or_not_at_all(admin, killed):
    """Whatever somebody was told is done is done; whatever nobody was told is done wholly or not, and then once."""
    storage = admin.open()
    a.open_accounts(storage, a.opening(1))
    with storage.unit() as unit:
        for number in range(child.TOKENS):
            live = Token(
                digest=child.digest("token", number),
                purpose=Purpose.DISPUTE_ADDRESS,
                person=PersonId(1),
                issued_at=START - a.HOUR,
                expires_at=START + a.HOUR,
                state=TokenState.LIVE,
            )
            unit.tokens.add(live)
    told: set[str] = set()
    for _ in range(KILLS):
        said, _ = killed("redeem", 0)
        assert told.isdisjoint(said)
        told.update(said)
        with storage.snapshot() as unit:
            spent = {
                str(number)
                for number in range(child.TOKENS)
                if unit.tokens.peek(child.digest("token", number)).state is TokenState.SPENT
            }
            opened = {
                str(number)
                for number in range(child.TOKENS)
                if unit.sessions.get(child.digest("session", number)) is not None
            }
        assert spent == opened
        assert told <= spent
        assert len(spent - told) <= 1
        told = spent
    said, code = killed("redeem", 0, at_once=False)
    assert code == 0
    assert told.isdisjoint(said)
    assert len(told) + len(said) == child.TOKENS


def test_every_message_leaves_and_only_a_death_repeats_one(admin, killed):
    """Nothing waits in the end; what left twice was in the hands of somebody who died, and is the same."""
    here = child.region(admin.open(), 0)
    here.take(*child.roster(0))
    with here.storage.snapshot() as unit:
        waiting = unit.outbox.counts()[MessageState.QUEUED]
    said = []
    for step in range(1, KILLS + 1):
        said += killed("dispatch", step)[0]
    rest, code = killed("dispatch", KILLS + 2, at_once=False)
    said += rest

    assert code == 0
    left = Counter(line.split()[0] for line in said)
    assert len(left) == waiting
    assert sum(left.values()) - waiting <= KILLS
    assert len({*said}) == waiting
    with here.storage.snapshot() as unit:
        assert unit.outbox.counts() == {MessageState.SENT: waiting}


def test_a_migration_is_made_whole_or_not_at_all(admin, killed):
    """Whoever looks after a death finds the old schema or the new one, with the data; the next upgrade goes on."""
    with admin.open().unit() as unit:
        fill(unit)
    oldest = "0001"
    for step in range(KILLS):
        migrations.downgrade(admin.database, oldest)
        admin.close()
        _, code = killed("migrate", step)
        found = migrations.revision(admin.database)

        assert found in (oldest, tables.REVISION)
        assert found == tables.REVISION or code != 0
        admin.upgrade()
        assert admin.check() == []
        with admin.open().snapshot() as unit:
            assert unit.people.by_login(a.person(1).login) is not None


@pytest.mark.rule("SYNC-5")
def test_an_import_that_finds_the_disk_full_has_not_happened(sqlite_admin_of_t, killed_on):
    """However much room there was; once there is enough it goes on as if nobody had tried."""
    admin, begin = sqlite_admin_of_t, killed_on(sqlite_admin_of_t)
    codes = set()
    for room in (0, 8, 64, 256):
        said, code = begin("fill_up", room, at_once=False)
        assert code == 0
        codes.update(said)
        here = child.region(admin.open(), 0)
        if said != ["done"]:
            assert here.world().places == {}
        assert admin.check() == []
        admin.close()

    assert codes >= {"disk-full"} or codes >= {"disk-fails"}
    here = child.region(admin.open(), 1)
    here.take(*child.roster(1))
    assert here.world().places
