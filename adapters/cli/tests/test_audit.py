"""The journal by the command: it is told, shown, and found to be touched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture
def house(lived_in):
    """Return an installation in which something was done."""
    until = (datetime.now(UTC) + timedelta(days=100)).date().isoformat()
    for key in ("lo1", "lo2"):
        assert lived_in.run("school", "add", key).code == 0
    appointed = lived_in.run(
        *("role", "appoint", "--role", "regional-administrator", "--first-name", "Rena", "--last-name", "Kot"),
        *("--national-id", "80010200120", "--email", "rena@dom.example", "--until", until, "--reason", "umowa 12/2026"),
    )
    assert appointed.code == 0, appointed
    return lived_in


def meddle(house, statement, number):
    """Change an entry in the database behind everybody's back."""
    with closing(sqlite3.connect(house.folder / "eszkola.sqlite")) as connection, connection:
        connection.execute(f"{statement} WHERE number = ?", [number])


@pytest.mark.rule("LAW-3b")
def test_the_head_of_today_finds_what_is_done_tomorrow(house):
    """A changed entry shows by itself; a tail that was cut off shows to whoever wrote the head down."""
    head = house.run("audit", "head").out.strip()
    whole = house.run("audit", "verify", "--head", head, "--json")
    assert (whole.code, whole.json) == (0, {"ok": True, "head": head, "checkpoint": None, "broken": []})
    assert "whole" in house.run("audit", "verify").out

    count = int(head.partition(":")[0])
    meddle(house, "DELETE FROM audit", count)
    assert house.run("audit", "verify").code == 0
    cut = house.run("audit", "verify", "--head", head)
    assert (cut.code, cut.out) == (1, f"✗ the journal once came to entry {count}, and is shorter now\n")

    meddle(house, "UPDATE audit SET why = 'nothing'", count - 1)
    changed = house.run("audit", "verify", "--json")
    assert changed.code == 1
    assert changed.json["broken"] == [{"number": count - 1, "reason": "changed"}]
    refused = house.run("audit", "checkpoint")
    assert refused.code == 1
    assert "not whole" in refused.err


@pytest.mark.rule("LAW-3a")
def test_what_was_done_is_shown(house):
    """By whom and to whom, with the reason; about one person, or since a day."""
    told = house.run("audit", "show", "--about", "rena.kot", "--json").json["entries"]
    assert [(each["deed"], each["why"], each["detail"]["role"]) for each in told] == [
        ("person-appointed", "umowa 12/2026", "regional-administrator")
    ]
    assert told[0]["by"] is None
    assert told[0]["who"].startswith("console:")
    assert "80010200120" not in str(told)
    everything = house.run("audit", "show", "--json").json["entries"]
    assert [each["number"] for each in everything] == list(range(1, len(everything) + 1))
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    assert house.run("audit", "show", "--since", tomorrow, "--json").json == {"entries": []}
    shown = house.run("audit", "show").out
    assert "school-added" in shown
    assert house.run("--as", "rena.kot", "audit", "show", "--json").json["entries"] == everything


def test_who_may_not_read_it_is_refused(house):
    """A mother learns nothing of it; and a head that is none is told so."""
    for command in ("verify", "head", "show", "checkpoint"):
        told = house.run("--as", "anna.los", "audit", command)
        assert (told.code, told.out) == (1, "")
    assert "such as 2:00ff" in house.run("audit", "verify", "--head", "x").err


def test_nothing_is_old_enough_at_first(house):
    """The retention is two years at least."""
    told = house.run("audit", "checkpoint")
    assert (told.code, told.out) == (0, "No entry is old enough.\n")
