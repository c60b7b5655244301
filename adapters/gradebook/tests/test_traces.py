"""Rows are not translated before anybody asks: what they are made of stands for what they state (SYNC-4d)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.record_keys import canonical
from eszkola_core.domain.stated import StatedRecord, Unread
from eszkola_gradebook.gradebook import FileGradebook

HEADER = ("Nr kartoteki", "Nazwisko", "Imię", "Data urodzenia", "Oddział", "Opiekun 1 nazwisko", "Opiekun 1 imię")
ALA = ("7", "Lis", "Ala", "2012-03-01", "1a", "Kot", "Ewa")
CELLS = st.sampled_from(["", "1", "Lis", "Ala", "2012-03-01", "wczoraj", "\N{REPLACEMENT CHARACTER}", '"', "a;b"])
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=9).map(tuple) | st.tuples(*[CELLS] * len(HEADER)), max_size=6)


@pytest.fixture
def listed(tmp_path: Path):
    """Return what one table of students lists: its roster."""

    def read(*rows, header=HEADER, school="sp1"):
        stream = io.StringIO()
        csv.writer(stream, delimiter=";").writerows([header, *rows])
        path = tmp_path / "u.csv"
        path.write_text(stream.getvalue(), encoding="utf-8")
        (roster,) = FileGradebook().read([path], school=school).rosters
        return roster

    return read


def traces(roster) -> list[str]:
    """Return the traces of a roster, in the order of its rows."""
    return [each.trace for each in roster.unread if isinstance(each, Unread)]


def opened(roster) -> list[StatedRecord]:
    """Return the records that come out of what was not read, in the order of their lines."""
    found = [*roster.unread]
    records = [each for one in found for each in (one.read() if isinstance(one, Unread) else (one,))]
    return sorted(records, key=lambda each: each.line)


@given(rows=ROWS)
def test_what_is_not_read_yet_is_what_would_be_read(rows, tmp_path_factory):
    """Good rows and bad ones: the records that come out are those of the roster."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows([HEADER, *rows])
    path = tmp_path_factory.mktemp("u") / "u.csv"
    path.write_text(stream.getvalue(), encoding="utf-8")
    (roster,) = FileGradebook().read([path], school="sp1").rosters

    assert opened(roster) == sorted(roster.records, key=lambda each: each.line)


@given(one=st.tuples(*[CELLS] * len(HEADER)), other=st.tuples(*[CELLS] * len(HEADER)))
def test_what_has_one_trace_states_one_thing(one, other, tmp_path_factory):
    """And whatever differs in what it states differs in its trace."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows([HEADER, one, other])
    path = tmp_path_factory.mktemp("u") / "u.csv"
    path.write_text(stream.getvalue(), encoding="utf-8")
    (roster,) = FileGradebook().read([path], school="sp1").rosters
    found = [each for each in roster.unread if isinstance(each, Unread)]

    for first in found:
        for second in found:
            if first.trace == second.trace:
                assert [canonical(each) for each in first.read()] == [canonical(each) for each in second.read()]


def test_a_sound_row_is_not_read_and_a_broken_one_is(listed):
    """Whatever is wrong with a row as a row is said at once."""
    roster = listed(ALA, ALA[:3])

    sound, broken = roster.unread

    assert isinstance(sound, Unread)
    assert [each.code for each in broken.problems] == ["row-short"]


def test_a_column_that_nobody_reads_or_that_moves_makes_no_other_trace(listed):
    """The columns before it and behind it do not matter, nor what stands in it."""
    plain = traces(listed(ALA))
    for noise in ("", "2026-11-28"):
        assert traces(listed((noise, *ALA), header=("Ostatnie logowanie", *HEADER))) == plain


@pytest.mark.parametrize("at", range(len(HEADER)))
def test_every_column_that_is_read_makes_another_trace(listed, at):
    """The key, a name, the birth date, the class, a guardian."""
    changed = tuple("2011-01-01" if index == at else cell for index, cell in enumerate(ALA))
    assert traces(listed(ALA)) != traces(listed(changed))


@pytest.mark.parametrize("at", range(3, len(HEADER)))
def test_a_column_that_is_there_no_more_makes_another_trace(listed, at):
    """The same cells say something else where one of them is not there: it is silent now, and not empty."""
    empty = tuple("" if index == at else cell for index, cell in enumerate(ALA))
    without = tuple(cell for index, cell in enumerate(ALA) if index != at)
    header = tuple(name for index, name in enumerate(HEADER) if index != at)
    assert traces(listed(empty)) != traces(listed(without, header=header))


def test_columns_that_change_places_make_another_trace(listed):
    """First and last name are one another's: the cells are the same, what is read from them is not."""
    swapped = ("Nr kartoteki", "Imię", "Nazwisko", *HEADER[3:])
    assert traces(listed(ALA)) != traces(listed(ALA, header=swapped))
    assert opened(listed(ALA)) != opened(listed(ALA, header=swapped))


def test_one_list_in_two_files_is_not_read_either(tmp_path):
    """Files of one school and list are one roster."""
    for name, key in (("a.csv", "1"), ("b.csv", "2")):
        rows = [";".join(each) for each in (HEADER, (key, *ALA[1:]))]
        (tmp_path / name).write_text("\r\n".join(rows), encoding="utf-8")

    (roster,) = FileGradebook().read([tmp_path], school="sp1").rosters

    assert [type(each) for each in roster.unread] == [Unread, Unread]
    assert [record.key for record in opened(roster)] == ["1", "2"]
    assert len(traces(roster)) == 2


def test_a_record_of_several_tables_is_read_at_once(read_files):
    """What another table says does not stand in the row."""
    stated = read_files(
        {
            "orgs.csv": "sourcedId,name,type\no1,First,school\n",
            "users.csv": "sourcedId,username,givenName,familyName,password,email\nu1,a,Ewa,Kos,x,\n",
            "roles.csv": (
                "userSourcedId,orgSourcedId,role,sessionSourcedId,roleStartDate,roleEndDate\nu1,o1,student,,,\n"
            ),
        }
    )
    assert [roster.unread for roster in stated.rosters] == [None]
