"""Keys change while everything goes on, and wherever that is stopped nothing is lost (LAW-5)."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from attrs import evolve
from sqlalchemy import select

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import DecisionKind, Evidence, Mark, Seeds, Side
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.keys import KeyKind
from eszkola_core.domain.national_ids import document
from eszkola_core.errors import Conflict, InvalidValue, Unavailable
from eszkola_core.testing.contracts.keys import KeyKeeperContract
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.units import fill, seen
from eszkola_sqlalchemy import desk, reindexing, resealing, tables
from eszkola_sqlalchemy.digests import DIGESTS
from eszkola_sqlalchemy.resealing import SEALED
from eszkola_sqlalchemy.storage import SqlStorage
from eszkola_sqlalchemy.tables.columns import HIDDEN, Hidden
from eszkola_stores.keyring import Keyring
from eszkola_stores.keyring_changes import held

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "storage-schema.md"
DATA, INDEX, DIGEST = KeyKind
PEOPLE = range(1, 6)
OLD_ID = document("UA", "passport", "XX778899")
GONE = a.national_id(20)
"""The id of somebody who was erased, and whom a restriction still names."""

pytestmark = pytest.mark.rule("LAW-5a")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    """Let a page be two rows, so that there are many of them."""
    for module in (resealing, reindexing):
        monkeypatch.setattr(module, "AT_ONCE", 2)


def live(storage):
    """Keep something in every part, and several people with ids, former ids, places, images and marks."""
    with storage.unit() as unit:
        fill(unit)
        a.save(
            unit,
            openings=[a.opening(each, ids=(a.national_id(each),)) for each in PEOPLE[1:]],
            places=[place(each) for each in PEOPLE[1:]],
        )
        unit.people.save(a.person(2, ids=(a.national_id(2),), former_ids=(OLD_ID,), lock=a.lock(), revision=1))
        for each in PEOPLE:
            unit.credentials.put(a.credential(each, sealed=Secret(f"Hasło {each}")))
        kept_apart = a.decision(1, kind=DecisionKind.RESTRICTED, object=PersonId(3), value=Secret("powód"))
        restriction = unit.people.decide(kept_apart)
        unit.people.mark(
            {
                Mark(restriction.id, Side.SUBJECT, Evidence.of_id(a.national_id(1))),
                Mark(restriction.id, Side.OBJECT, Evidence.of_name(a.person(3).name)),
            }
        )
    with storage.unit() as unit:  # what was there before stays as an image, its cells sealed
        a.save(unit, places=[evolve(place(each), pending=a.claims(ids=(a.national_id(each),))) for each in PEOPLE[1:]])


def place(number):
    """Return the place of a person, found by id and address."""
    accepted = a.claims(ids=(a.national_id(number),), email=a.address(f"o{number}@example.com"))
    return a.place(key=a.record(f"R-{number}"), person=PersonId(number), accepted=accepted)


def everything(storage):
    """Return what of all that is there, and found."""
    with storage.snapshot() as unit:
        evidence = [Evidence.of_id(a.national_id(each)) for each in PEOPLE]
        evidence += [Evidence.of_mailbox(a.address(f"o{each}@example.com")) for each in PEOPLE]
        evidence += [Evidence.of_id(OLD_ID), Evidence.of_name(a.person(3).name)]
        return a.exactly(
            [
                seen(unit),
                unit.people.get_many(list(map(PersonId, PEOPLE))),
                [unit.people.by_national_id(a.national_id(each)) for each in PEOPLE],
                [unit.credentials.get(PersonId(each)) for each in PEOPLE],
                [unit.rosters.gather(Seeds(evidence=frozenset({each}))) for each in evidence],
                [unit.runs.written(each.id) for each in unit.runs.newest(9)],
            ]
        )


def note(unit, number):
    """Write a key down."""
    unit.outbox.ask(a.request(f"key {number}"))


def renew(admin, kind):
    """Change keys of a kind, all of it."""
    return list(admin.renew(kind, at=a.NOW, note=lambda *_: None))


def begun(admin, kind):
    """Take a newer key into use and do the first page, no more."""
    steps = admin.renew(kind, at=a.NOW, note=lambda *_: None)
    step = next(steps)
    steps.close()
    return step


def uses(admin):
    """Return the numbers of the keys that are in use, and of those that something needs."""
    found = admin.all_keys(at=a.NOW)
    used = {each.kind: each.number for each in found if each.in_use}
    return used, {(each.kind, each.number) for each in found if each.needed_by}


def raw(admin):
    """Return every cell of every table as text or bytes."""
    with admin.database.engine.connect() as connection:
        return [
            cell for table in tables.metadata.sorted_tables for row in connection.execute(select(table)) for cell in row
        ]


def columns(how):
    """Return the columns that hide in a way."""
    every = tables.metadata.sorted_tables
    return {f"{table.name}.{each.name}" for table in every for each in table.c if each.info.get(HIDDEN) is how}


class TestKeyKeeper(KeyKeeperContract):
    """What looks after a database keeps its keys as the port promises."""

    @pytest.fixture
    def fresh_keeper(self, new_admin_at_length):
        """Return what makes a database with its keyring."""
        return partial(new_admin_at_length, apart=True)

    @pytest.fixture
    def opened(self):
        """Return what opens the database once more."""
        return lambda admin: admin.open()


def test_no_sealed_column_is_left_out():
    """The work knows every sealed column; the tenant's proof is made anew when a key comes into use."""
    known = {f"{table.name}.{column}" for table, cells in SEALED.items() for column in cells.columns}

    assert known | {"tenant.proof"} == columns(Hidden.SEALED)
    assert {f"{table.name}.token" for table in reindexing.INDEXED} == columns(Hidden.INDEXED)
    assert {f"{each.table.name}.{each.name}" for each in DIGESTS.values()} <= columns(Hidden.DIGESTED)


def test_the_page_names_what_is_hidden_and_how():
    """Every column of bytes stands in the table of what is hidden, once and rightly."""
    rows = re.findall(
        r"^\| (sealed|indexed blind|digest only) \|[^|]*\|([^|]*)\|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    told = {Hidden(how): re.findall(r"`(\w+\.\w+)`", text) for how, text in rows}

    assert len(rows) == len(Hidden)
    assert {how: sorted(names) for how, names in told.items()} == {how: sorted(columns(how)) for how in Hidden}


@pytest.mark.parametrize("kind", [DATA, INDEX])
def test_all_is_as_it_was_under_the_new_key(admin, kind):
    """What was kept is read and found, nothing needs the old key, and without it all is there for whoever opens."""
    storage = admin.open()
    live(storage)
    before = everything(storage)
    steps = renew(admin, kind)
    used, needed = uses(admin)

    assert sum(each.done for each in steps) > 9
    assert {each.number for each in steps} == {2}
    assert used == {DATA: 1, INDEX: 1, DIGEST: 1} | {kind: 2}
    assert (kind, 1) not in needed
    admin.forget(kind, 1, at=a.NOW, note=lambda *_: None)
    admin.close()
    assert Keyring.load(admin.keyring).of(kind).keys() == {2}
    assert everything(admin.open()) == before
    assert admin.check() == []


def test_nothing_is_sealed_with_an_old_key_when_it_is_over(admin):
    """Not in a column of bytes, and not in the rows that runs keep."""
    live(admin.open())
    assert any(isinstance(cell, bytes) and cell.startswith(b"\1\0\1") for cell in raw(admin))
    assert any(isinstance(cell, str) and '"bytes":"010001' in cell for cell in raw(admin))
    renew(admin, DATA)

    assert not any(isinstance(cell, bytes) and cell.startswith(b"\1\0\1") for cell in raw(admin))
    assert not any(isinstance(cell, str) and '"bytes":"010001' in cell for cell in raw(admin))


@pytest.mark.parametrize("kind", [DATA, INDEX])
def test_whoever_is_stopped_at_any_page_goes_on_with_the_same_key(new_admin, kind):
    """All is read and found after each page, by whoever opened the storage before and by whoever opens it now."""
    admin = new_admin()
    storage = admin.open()
    live(storage)
    before = everything(storage)
    pages = 0
    while True:
        steps = admin.renew(kind, at=a.NOW, note=lambda *_: None)
        step = next(steps, None)
        steps.close()
        if step is None or step.number > 2:
            break
        pages += 1
        assert everything(storage if pages % 2 else admin.open()) == before
    # The one after the last page found nothing to do, and took another key: that is a change of its own.
    assert pages > 5
    assert uses(admin)[0][kind] == 3
    assert (kind, 1) not in uses(admin)[1]


@pytest.mark.parametrize("kind", [DATA, INDEX])
def test_whatever_breaks_in_the_middle_of_a_page_leaves_it_undone(admin, monkeypatch, kind):
    """At the first statement that writes, then at the second, and so on: the page is as it was, all others stay."""
    storage = admin.open()
    live(storage)
    before = everything(storage)
    each = desk.Desk.each
    for breaks in range(1, 100):
        left = iter(range(breaks - 1, -1000, -1))

        def breaking(self, statement, rows, left=left):
            found = each(self, statement, rows)
            if next(left) == 0:
                raise Unavailable("the server went away", code="gone")
            return found

        monkeypatch.setattr(desk.Desk, "each", breaking)
        try:
            renew(admin, kind)
        except Unavailable:
            monkeypatch.setattr(desk.Desk, "each", each)
            assert everything(storage) == before
        if (kind, 1) not in uses(admin)[1]:
            break
    monkeypatch.setattr(desk.Desk, "each", each)
    assert breaks > 3
    assert uses(admin)[0][kind] == 2
    assert everything(storage) == before


@pytest.mark.parametrize("kind", [DATA, INDEX])
@pytest.mark.parametrize("seed", range(2))
def test_others_write_between_the_pages(new_admin, kind, seed):
    """Whatever they write is written with the new key, runs that copy old cells included; nothing of it is lost."""
    admin, chance = new_admin(), random.Random(seed)  # noqa: S311 - a draw
    storage = admin.open()
    live(storage)
    revisions = dict.fromkeys(PEOPLE, 0) | {2: 1}

    def write():
        number = chance.choice(PEOPLE)
        match chance.randrange(4):
            case 0:
                revisions[number] += 1
                kept = a.person(number, ids=(a.national_id(number),), lock=a.lock(), revision=revisions[number])
                with storage.unit() as unit:
                    unit.people.save(kept)
            case 1:
                with storage.unit() as unit:
                    moved = evolve(place(number), own_key=f"k{chance.randrange(9)}")
                    a.save(unit, places=[moved])
            case 2:
                with storage.unit() as unit:
                    unit.outbox.add([a.message(f"m{chance.random()}")])
            case 3:
                with pytest.raises(Conflict), storage.unit() as unit:
                    a.save(unit, openings=[a.opening(90, ids=(a.national_id(number),))])

    for _ in admin.renew(kind, at=a.NOW, note=lambda *_: None):
        write()
        with storage.snapshot() as unit:
            assert [unit.people.by_national_id(a.national_id(each)).id for each in PEOPLE] == list(PEOPLE)
    assert (kind, 1) not in uses(admin)[1]
    before = everything(storage)
    admin.forget(kind, 1, at=a.NOW, note=lambda *_: None)
    assert everything(admin.open()) == before


@pytest.mark.parametrize("kind", list(KeyKind))
def test_two_who_change_keys_at_once_finish_the_same_work(admin, kind):
    """Neither is in the other's way, and no key is lost, whoever is quicker."""
    storage = admin.open()
    live(storage)
    before = everything(storage)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: renew(admin, kind), range(2)))
    used, needed = uses(admin)

    assert used[kind] in {2, 3}
    assert Keyring.load(admin.keyring).of(kind).keys() == set(range(1, used[kind] + 1))
    assert {number for of, number in needed if of is kind} == {used[kind]}
    assert everything(storage) == before


def test_an_id_is_one_persons_under_whichever_key_it_stands(admin):
    """Nobody else can take it by opening, saving or merging, and its owner may leave it: then it is free."""
    storage = admin.open()
    live(storage)
    begun(admin, INDEX)
    for number in PEOPLE:
        with pytest.raises(Conflict), storage.unit() as unit:
            a.save(unit, openings=[a.opening(90, ids=(a.national_id(number),))])
        with storage.unit() as unit:
            revision = unit.people.get_many([PersonId(number)])[PersonId(number)].revision + 1
            unit.people.save(a.person(number, ids=(a.national_id(number + 30),), revision=revision))
        with storage.unit() as unit:
            assert unit.people.by_national_id(a.national_id(number)) is None
            a.save(unit, openings=[a.opening(number + 100, ids=(a.national_id(number),))])
            assert unit.people.by_national_id(a.national_id(number)).id == number + 100


def test_the_key_that_made_the_mark_of_somebody_erased_stays(admin):
    """Nothing can make it anew: it still keeps them apart, and the key that it needs is not forgotten."""
    storage = admin.open()
    live(storage)
    with storage.unit() as unit:
        restriction = unit.people.decide(a.decision(1, kind=DecisionKind.RESTRICTED, object=PersonId(3)))
        unit.people.mark({Mark(restriction.id, Side.OBJECT, Evidence.of_id(GONE))})
    renew(admin, INDEX)
    needed = {(each.kind, each.number): each.needed_by for each in admin.all_keys(at=a.NOW)}

    assert needed[INDEX, 1] == {"decision_mark": 1}
    with pytest.raises(InvalidValue) as refused:
        admin.forget(INDEX, 1, at=a.NOW, note=lambda *_: None)
    assert refused.value.code == "needed-key"
    with storage.snapshot() as unit:
        found = unit.rosters.gather(Seeds(evidence=frozenset({Evidence.of_id(GONE)})))
    assert {each.decision for each in found.marks} == {restriction.id}


def test_a_keyring_is_shared_by_the_tenants_of_a_database(admin):
    """What one of them changes leaves the others as they were; a key goes when none of them needs it."""
    ours, theirs = admin.open(), SqlStorage(admin.database, Keyring.load(admin.keyring), tenant="wielkopolskie")
    for each in (ours, theirs):
        live(each)
    before = everything(ours), everything(theirs)
    other = type(admin)(getattr(admin, "path", None) or admin.url, admin.keyring, tenant="wielkopolskie")
    renew(admin, DATA)

    with pytest.raises(InvalidValue) as refused:
        admin.forget(DATA, 1, at=a.NOW, note=lambda *_: None)
    assert refused.value.code == "needed-key"
    assert {each.number for each in renew(other, DATA)} == {2}
    admin.forget(DATA, 1, at=a.NOW, note=lambda *_: None)
    assert (everything(ours), everything(theirs)) == before
    assert everything(other.open()) == before[1]
    other.close()


def test_a_key_that_was_added_is_used_by_the_next_change(admin):
    """Whoever was stopped between the file and the database leaves no key that nobody uses."""
    live(admin.open())
    with held(admin.keyring) as changes:
        changes.add(DATA, a.NOW)
    assert uses(admin)[0][DATA] == 1
    renew(admin, DATA)

    assert Keyring.load(admin.keyring).data.keys() == {1, 2}
    assert [each.made_at for each in admin.all_keys(at=a.NOW) if each.kind is DATA] == [None, a.NOW]


def test_a_note_is_written_where_a_key_comes_into_use_or_goes(admin):
    """In that very unit: once for each time, and not for who only goes on, or is refused."""
    storage = admin.open()
    live(storage)
    next(admin.renew(DATA, at=a.NOW, note=note))
    list(admin.renew(DATA, at=a.NOW, note=note))
    for number in (2, 7):
        with pytest.raises(InvalidValue):
            admin.forget(DATA, number, at=a.NOW, note=note)
    admin.forget(DATA, 1, at=a.NOW, note=note)

    with storage.unit() as unit:
        asked = [each.identifier.reveal() for each in unit.outbox.take_requests(9)]
    assert asked == ["zofia.lis1", "key 2", "key 1"]


def test_a_note_that_fails_leaves_the_keys_in_use(admin):
    """A key does not come into use without being written down; the next who tries takes the same one."""
    live(admin.open())

    def fail(*_):
        raise Unavailable("the disk is full", code="disk-full")

    refused = admin.renew(DATA, at=a.NOW, note=fail)
    with pytest.raises(Unavailable):
        next(refused)
    assert uses(admin)[0][DATA] == 1
    renew(admin, DATA)
    with pytest.raises(Unavailable):
        admin.forget(DATA, 1, at=a.NOW, note=fail)
    assert Keyring.load(admin.keyring).data.keys() == {1, 2}


@pytest.mark.parametrize("kind", list(KeyKind))
def test_whoever_read_the_keyring_right_before_the_change_reads_it_again(admin, kind):
    """A start that a change overtakes is no refusal."""
    live(admin.open())
    read = Keyring.load(admin.keyring)
    renew(admin, kind)

    assert everything(SqlStorage(admin.database, read, tenant="opolskie")) == everything(admin.open())


@pytest.mark.parametrize("kind", list(KeyKind))
def test_an_old_copy_of_the_keyring_is_noticed(admin, tmp_path, kind):
    """At the start, and by who is at work already; with the newest copy all goes on."""
    storage = admin.open()
    live(storage)
    before = everything(storage)
    waiting = admin.open()
    old, new = tmp_path / "old", tmp_path / "new"
    shutil.copy2(admin.keyring, old)
    renew(admin, kind)
    shutil.copy2(admin.keyring, new)
    shutil.copy2(old, admin.keyring)

    with pytest.raises(InvalidValue) as refused:
        admin.open()
    assert refused.value.code == "keyring-outdated"
    with pytest.raises(Unavailable) as missed, waiting.unit():
        pass
    assert missed.value.code == "keyring-outdated"
    assert admin.check() == [f"keyring: {refused.value}"]
    shutil.copy2(new, admin.keyring)
    assert everything(waiting) == before


def test_no_key_shows_itself(admin):
    """What is told of keys is numbers, days and counts."""
    live(admin.open())
    keyring = Keyring.load(admin.keyring)
    shown = repr(admin.all_keys(at=a.NOW)) + repr(keyring)

    for kind in KeyKind:
        for key in keyring.of(kind).values():
            assert key.hex() not in shown
            assert repr(key)[2:20] not in shown


def test_what_was_sealed_for_a_plan_opens_in_a_process_that_missed_the_change(admin):
    """A storage that was opened before reads the keyring anew."""
    waiting = admin.open()
    live(waiting)
    renew(admin, DATA)
    sealed = admin.open().seal(b"x", context="plan")

    assert waiting.opened(sealed, context="plan") == b"x"
    with pytest.raises(InvalidValue):
        waiting.opened(sealed, context="another")


KILLED = """
import sys
from pathlib import Path
from sqlalchemy import make_url
from eszkola_core.domain.keys import KeyKind
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_sqlalchemy import reindexing, resealing
from eszkola_sqlalchemy.administration import PostgresqlAdministration, SqliteAdministration

resealing.AT_ONCE = reindexing.AT_ONCE = 1
where, keyring, kind = sys.argv[1:]
if where.startswith("postgresql"):
    admin = PostgresqlAdministration(make_url(where), Path(keyring), tenant="opolskie")
else:
    admin = SqliteAdministration(Path(where), Path(keyring), tenant="opolskie")
print("ready", flush=True)
while True:
    for step in admin.renew(KeyKind(kind), at=a.NOW, note=lambda *_: None):
        print(step.number, flush=True)
"""


KILLS = int(os.environ.get("ESZKOLA_KILLS", "2"))
"""How often; ``nox -s faults`` does it often."""


@pytest.mark.parametrize("kind", list(KeyKind))
def test_a_process_that_is_killed_leaves_all_readable(admin, kind):
    """SIGKILL at any instant, keyring and database in whatever state: all is there, and the change can be finished."""
    storage, chance = admin.open(), random.Random(4)  # noqa: S311 - a draw
    live(storage)
    before = everything(storage)
    where = str(admin.path) if hasattr(admin, "path") else admin.url.render_as_string(hide_password=False)
    for _ in range(KILLS):
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", KILLED, where, str(admin.keyring), kind.value], stdout=subprocess.PIPE
        )
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.02, 0.6))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert everything(storage) == before
        assert admin.check() == []
    renew(admin, kind)
    used = uses(admin)[0][kind]
    assert used > 1
    assert {number for of, number in uses(admin)[1] if of is kind} == {used}
    assert everything(admin.open()) == before
