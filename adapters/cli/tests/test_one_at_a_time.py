"""What the command says while somebody else is importing (SYNC-2)."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest


def hold(house, until):
    """Let somebody else have begun an import that is alive until an instant, in microseconds."""
    with closing(sqlite3.connect(house.folder / "eszkola.sqlite")) as connection, connection:
        connection.execute("UPDATE lease SET holder = 'console:noc', since = 0, until = ?", (until,))


@pytest.mark.rule("SYNC-2")
def test_the_second_import_is_told_who_runs(lived_in, rows, table):
    """By whom and since when, for people and programs; nothing is changed, and a dead one is in nobody's way."""
    source = lived_in.write("a.csv", table(rows(13)))
    before = lived_in.dump()
    hold(lived_in, 2**52)

    told = lived_in.run("roster", "apply", source, "--school", "sp1")
    assert (told.code, told.out) == (1, "")
    assert "console:noc has been importing since 1970-01-01 01:00; nothing was done" in told.err.replace("\n", " ")
    told = lived_in.run("roster", "apply", source, "--school", "sp1", "--json")
    assert (told.code, told.json) == (
        1,
        {"run": None, "refused": "running", "by": "console:noc", "since": "1970-01-01T00:00:00+00:00"},
    )
    assert lived_in.dump() == before
    hold(lived_in, 1)
    assert lived_in.run("roster", "apply", source, "--school", "sp1", "--json").json["run"] == 2
