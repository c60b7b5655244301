"""The page of the schema tells every table, key, column and index that there is, and what is hidden in which column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

from eszkola_sqlalchemy import tables

PAGE = Path(__file__).parents[3] / "docs/reference/storage-schema.md"
TABLES = tables.metadata.tables


def part(title):
    """Return what stands under a title of the page."""
    return PAGE.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title):
    """Return the cells of each row of the table under a title."""
    lines = [line for line in part(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names(cell):
    """Return what a cell or text names as code."""
    return re.findall(r"`([\w.]+)`", cell)


def columns(parts):
    """Return the names of columns."""
    return [each.name for each in parts]


def is_partial(index):
    """Return whether an index holds some of the rows only."""
    return index.dialect_options["sqlite"]["where"] is not None


def test_every_table_is_told_once():
    """No table is forgotten, and none is told twice."""
    told = [name for row in rows("The tables") for name in names(row[0])]

    assert sorted(told) == sorted(TABLES)


@pytest.mark.parametrize("row", rows("The tables"), ids=lambda row: row[0].strip("`"))
def test_a_table_is_told_with_all_of_its_columns(row):
    """First those of the keys, the primary one and what is unique beside it; then the others, in their order."""
    name, key, others, _ = row
    [table] = [TABLES[each] for each in names(name)]
    unique = [columns(each.columns) for each in table.indexes if each.unique and not is_partial(each)]
    unique += [[column.name] for column in table.columns if column.unique]
    keys = [columns(table.primary_key.columns), *sorted(unique)]

    assert [names(each) for each in key.split("unique:")] == keys
    in_keys = {each for one in keys for each in one}
    assert names(others) == [each for each in columns(table.columns) if each not in in_keys]


def test_every_column_of_bytes_is_told_as_hidden():
    """Each stands in one row: what is sealed in it, by what it indexes, or of what it is the digest."""
    told = [name for row in rows("What is hidden") for name in names(row[2]) if "." in name]
    kept = [
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    ]

    assert sorted(told) == sorted(kept)


def test_every_index_is_told_once():
    """Those beside the keys, each with its columns, and where it is unique or holds some of the rows only."""
    told = [
        (names(table), names(of), which != "all", which.endswith("unique"))
        for table, of, which, _ in rows("Other indexes")
    ]
    made = [
        ([table.name], columns(index.columns), is_partial(index), bool(index.unique))
        for table in TABLES.values()
        for index in table.indexes
        if is_partial(index) or not index.unique
    ]

    assert sorted(told) == sorted(made)


def test_what_goes_with_a_person_is_told():
    """The page names the tables whose rows the database deletes with the person."""
    [sentence] = re.findall(r"goes with the person: (.*?)\.", part("The tables"), re.DOTALL)
    owned = {
        table.name
        for table in TABLES.values()
        for key in table.foreign_key_constraints
        if key.referred_table.name == "person" and key.ondelete == "CASCADE"
    }

    assert sorted(names(sentence)) == sorted(owned)
