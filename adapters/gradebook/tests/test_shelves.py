"""Shelves: what is put aside comes back as it was, and leaves nothing behind."""

from __future__ import annotations

import gc
import sqlite3
import stat
from pathlib import Path
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook import gradebook
from eszkola_gradebook.shelves import Shelves

OPENED = Path("/proc/self/fd")
texts = st.text(st.sampled_from('ab"[,\x00\x1f\n ąž😀'), max_size=4)
rows = st.lists(st.tuples(texts, st.lists(texts, max_size=4).map(tuple)), max_size=12)


@given(rows, rows)
def test_rows_come_back_as_they_were_put_there(first, second):
    """Every row comes back under its key, cell by cell, in the order of putting; shelves do not mix."""
    shelves = Shelves()
    one, other = shelves.new(), shelves.new()
    one.put(first)
    other.put(second)
    for key, cells in second:
        one.add(key, *cells)
    together = [*first, *((key, cells or ("",)) for key, cells in second)]
    assert list(one) == sorted(together, key=lambda row: row[0])
    assert list(one.each_key()) == sorted({key for key, _ in together})
    for key in {*(key for key, _ in together), "elsewhere"}:
        assert list(one.of(key)) == [cells for own, cells in together if own == key]
        assert (key in one) == (key in {own for own, _ in together})
    assert list(other) == sorted(second, key=lambda row: row[0])


@pytest.mark.skipif(not OPENED.exists(), reason="only Linux shows what files a process has opened")
def test_what_overflows_is_nobody_elses_and_has_no_name():
    """Rows hold personal data: their file is in no folder, and for no other user, while it is there."""

    def opened():
        return {str(link.readlink()): link for link in OPENED.iterdir() if link.is_symlink()}

    before = opened()
    shelves = Shelves(cache_kib=64)
    shelf = shelves.new()
    shelf.put((str(at), ("Świątek" * 20,)) for at in range(5000))
    ((name, link),) = [(name, link) for name, link in opened().items() if name not in before and name.startswith("/")]
    assert stat.S_IMODE(link.stat().st_mode) == 0o600
    assert name.endswith(" (deleted)")
    assert list(shelf.of("4999")) == [("Świątek" * 20,)]


def test_shelves_that_nobody_holds_are_cleared_away():
    """The file goes with the last shelf, and waits for nobody to close it."""
    shelves = Shelves()
    database = shelves.database
    shelf = shelves.new()
    shelf.put([("a", ("b",))])
    del shelves
    gc.collect()
    assert "a" in shelf
    del shelf
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError):
        database.execute("SELECT 1")


@pytest.mark.parametrize(
    "files",
    [
        {"u.csv": "Szkoła,Numer kartoteki,Nazwisko,Imię\nsp1,7,Lis,Ala\n"},
        {
            "users.csv": "sourcedId,enabledUser,orgSourcedIds,role,agentSourcedIds\nu1,,o1,student,u2\nu2,,,parent,",
            "orgs.csv": "sourcedId,type\no1,school\n",
        },
    ],
    ids=["table", "package"],
)
def test_the_shelves_of_a_reading_go_with_it(tmp_path, monkeypatch, files):
    """Nothing of a reading refers to itself in a circle, which would keep personal data until somebody cleans up."""
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    kept = [Shelves()]
    monkeypatch.setattr(gradebook, "Shelves", lambda: kept[0])
    reading = gradebook.FileGradebook().read([tmp_path])
    assert [len(list(roster.records)) for roster in reading.rosters] == [1]
    gone = ref(kept.pop())
    gc.disable()
    try:
        assert gone() is not None
        del reading
        assert gone() is None
    finally:
        gc.enable()


def test_a_full_disk_is_a_refusal():
    """Where there is no room for the rows, the error says so and where room is wanted."""
    shelves = Shelves()
    shelves.database.execute("PRAGMA max_page_count = 20")
    with pytest.raises(UnreadableSource) as refused:
        shelves.new().put((str(at), ("x" * 100,)) for at in range(5000))
    assert refused.value.code == "no-room"
    assert "TMPDIR" in refused.value.hint


@pytest.mark.rule("ID-10a")
def test_what_nobody_reads_is_not_put_aside(read_files, monkeypatch):
    """The rows of a table of several schools wait without the cells of columns that mean nothing, such as passwords."""
    kept = []
    put = Shelves.new

    def watched(shelves):
        kept.append(shelves)
        return put(shelves)

    monkeypatch.setattr(Shelves, "new", watched)
    rows = "sp1,7,Lis,Ala,tajne,a@dom.example\nsp2,8,Kot,Ewa,tajne,e@dom.example\n"
    reading = read_files({"u.csv": "Szkoła,Numer kartoteki,Nazwisko,Imię,Hasło,E-mail\n" + rows})
    cells = [row for shelves in kept for row in shelves.database.execute("SELECT key, cells FROM kept")]
    assert sorted(key for key, _ in cells) == ["sp1", "sp2"]
    assert not [packed for _, packed in cells if "tajne" in packed]
    assert [roster.records[0].people[0].email for roster in reading.rosters] == ["a@dom.example", "e@dom.example"]
