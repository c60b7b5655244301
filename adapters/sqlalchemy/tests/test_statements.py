"""
The page of statements lists what the code sends to a database: recorded, not remembered.

``ESZKOLA_WRITE=1 python -m pytest adapters/sqlalchemy/tests/test_statements.py`` writes it anew.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from sqlalchemy import event

from eszkola_core.errors import EszkolaError
from eszkola_core.testing.contracts.storage import programs
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_sqlalchemy import tables

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "statements.md"
OURS = re.compile(r"^(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
FOUND_BY = re.compile(r"(?:\b(\w+)\.)?\b([a-z]\w*)(?: ?[=<>]| (?:IN|IS)\b)")
TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")
OF_ROSTER = frozenset({"record", "undone"})
"""Tables that a roster's number leads, which is one tenant's."""

MANY = 10
"""From how many parts on a statement is everybody's."""

HEAD = """\
# The statements

Every kind of statement that the SQL storage sends, with what sends it: recorded while random programs call every method
of every part. *Reach* says how much of a database must be asked when its tables are spread over several servers by
tenant: `tenant` is one tenant's rows only; `roster` and `row` are found by a number that is one tenant's; `all` asks
everywhere. [Past one server](../explanation/scale.md) says what follows from it.

This page is written by `ESZKOLA_WRITE=1 python -m pytest adapters/sqlalchemy/tests/test_statements.py`.

| part | statement | tables | found by | reach |
|---|---|---|---|---|
"""


@pytest.fixture
def recorded(sqlite_admin):
    """Return the lines of the page for what was sent while everything was called."""
    storage, calling = sqlite_admin.open(), ["opening"]
    sent = defaultdict(set)

    def listen(_connection, _cursor, statement, *_):
        if OURS.match(statement):
            sent[line(statement)].add(calling[0])

    event.listen(sqlite_admin.database.engine, "before_cursor_execute", listen)

    def call(each, unit):
        calling[0] = each.says.split(".")[0]
        with suppress(EszkolaError):  # a refusal is an answer too
            each.does(unit)

    a.open_accounts(storage, *map(a.opening, programs.PEOPLE))
    sent.clear()

    @settings(max_examples=1500, derandomize=True, database=None, deadline=None)
    @given(programs.calls())
    def everything(each):
        with storage.unit() as unit:
            call(each, unit)

    everything()
    with storage.snapshot() as unit:
        for each in programs.CHECKS:
            call(each, unit)
    event.remove(sqlite_admin.database.engine, "before_cursor_execute", listen)
    return {f"| {'all' if len(parts) > MANY else ', '.join(sorted(parts))} {rest}" for rest, parts in sent.items()}


def line(statement):
    """Return what a statement is, in the cells of the page."""
    kind, plain = statement.split()[0].replace("WITH", "SELECT"), statement.replace('"', "")
    named = sorted({each for each in TABLE.findall(plain) if each in tables.metadata.tables})
    where = "" if kind == "INSERT" else plain.partition("WHERE")[2]
    compared = {(table or named[0], column) for table, column in FOUND_BY.findall(where)}
    found = sorted(f"{table}.{column}" for table, column in compared if table in named)
    return f"| {kind} | {', '.join(named)} | {', '.join(found)} | {reach(kind, named, found)} |"


def reach(kind, named, found):
    """Return how much of a database the statement asks."""
    if kind == "INSERT":
        return "roster" if OF_ROSTER.intersection(named) else "tenant"
    columns = {each.split(".")[1] for each in found}
    if "tenant" in columns:
        return "tenant"
    if OF_ROSTER.issuperset(named) and "roster" in columns:
        return "roster"
    return "row" if columns & {"id", "message", "place"} else "all"


def test_the_page_of_statements_is_what_is_sent(recorded):
    """No kind of statement is missing from the page; those that ask everywhere are few and known."""
    lines = sorted(recorded)
    if "ESZKOLA_WRITE" in os.environ:
        PAGE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")

    told = {each.split(" | ", 1)[1] for each in PAGE.read_text("utf-8").splitlines() if each.startswith("| ")}
    assert {each.split(" | ", 1)[1] for each in lines} <= told
