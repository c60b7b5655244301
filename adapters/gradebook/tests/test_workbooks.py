"""Workbooks: every cell reads as it would in a text."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from eszkola_core.domain.stated import Field, StatedId
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.workbooks import text_of

HEADER = ["Nr kartoteki", "Nazwisko", "Imię", "PESEL", "Data urodzenia", "Oddział"]


def records(reading):
    """Return the records of the only roster."""
    (roster,) = reading.rosters
    return roster.records


def test_numbers_and_days_of_a_workbook_are_read_as_such(read_files, workbook, pesel):
    """A number that a spreadsheet keeps as a fraction loses it, and a day is a day."""
    rows = [HEADER, [7.0, "Wąs", "Jan", float(pesel(1)), date(2012, 3, 1), "1a"]]
    (record,) = records(read_files({"u.xlsx": workbook({"Uczniowie": rows})}, school="sp1"))
    student = record.people[0]
    assert (record.key, student.birth_date) == ("7", date(2012, 3, 1))
    assert student.ids == (StatedId(pesel(1), "pl.pesel"),)
    assert record.source.endswith("u.xlsx [Uczniowie]")


@pytest.mark.rule("SYNC-7c")
def test_zeros_that_a_spreadsheet_ate_are_not_put_back_here(read_files, workbook):
    """An id that begins with a zero and became a number is stated with the digits that are left."""
    rows = [HEADER, [7, "Wąs", "Jan", 9242574629, "", "1a"]]
    (record,) = records(read_files({"u.xlsx": workbook({"A": rows})}, school="sp1"))
    assert record.people[0].ids == (StatedId("9242574629", "pl.pesel"),)


@pytest.mark.rule("SYNC-7a")
def test_a_rounded_number_is_a_problem_and_no_id(read_files):
    """Scientific notation in a text has lost digits for good."""
    text = "Nazwisko;Imię;EMŠO\nČeh;Žan;1.01006E+11\n"
    (record,) = records(read_files({"u.csv": text}, school="os1"))
    assert record.people[0].ids == ()
    assert [(found.field, found.code) for found in record.people[0].problems] == [(Field.NATIONAL_ID, "eaten-digits")]


def test_a_text_export_of_a_number_loses_its_fraction(read_files):
    """Programs that read ids as numbers write 12230100013.0; the point and the nought are theirs."""
    (record,) = records(read_files({"u.csv": "Nazwisko;Imię;PESEL\nWąs;Jan;12230100013.0\n"}, school="sp1"))
    assert record.people[0].ids == (StatedId("12230100013", "pl.pesel"),)


def test_the_sheets_with_known_headers_are_used(read_files, workbook):
    """Of a workbook's sheets those with people are read, and the others are named in the report."""
    book = workbook({"Info": [["Szkoła nr 1"]], "Lista": [HEADER, [1, "Wąs", "Jan", "", "", "1a"]], "Pusty": []})
    reading = read_files({"u.xlsx": book}, only=["u.xlsx"], school="sp1")
    assert len(records(reading)) == 1
    assert [(found.code, found.source) for found in reading.findings] == [("file-not-used", "u.xlsx [Info]")]


@pytest.mark.clause("GB2")
def test_a_workbook_without_a_list_of_people_is_refused(read_files, workbook):
    """A class workbook with names in one cell and no ids cannot feed accounts, and the refusal shows what was seen."""
    grades = [["Nr w dzienniku", "Uczeń", "Zachowanie", "Nazwa przedmiotu"], [1, "Kos Ewa", "wzorowe", 5]]
    with pytest.raises(UnreadableSource, match="Nr w dzienniku, Uczeń") as refused:
        read_files({"klasa.xlsx": workbook({"Okres": grades})}, school="sp1")
    assert refused.value.code == "header-not-recognised"
    assert "Kos" not in str(refused.value)


@pytest.mark.parametrize("sheets", [{"A": []}, {"A": [["", ""]]}])
def test_an_empty_workbook_has_no_header(read_files, workbook, sheets):
    """A workbook without a filled cell is refused as a file without a header."""
    with pytest.raises(UnreadableSource) as refused:
        read_files({"u.xlsx": workbook(sheets)}, school="sp1")
    assert refused.value.code == "no-header"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (True, "true"),
        (False, "false"),
        (2.5, "2.5"),
        (3.0, "3"),
        (" x ", "x"),
        (time(8, 30), "08:30:00"),
        (date(2012, 3, 1), "2012-03-01"),
        (datetime(2012, 3, 1), "2012-03-01"),  # noqa: DTZ001 - a workbook knows no time zones
        (datetime(2012, 3, 1, 8), "2012-03-01T08:00:00"),  # noqa: DTZ001 - the same
    ],
)
def test_every_kind_of_cell_has_its_text(cell, text):
    """Whatever a cell holds reads as one expects of a text export."""
    assert text_of(cell) == text


@pytest.mark.clause("GB2")
def test_something_packed_that_is_no_workbook_is_refused(read_files, packed):
    """A table in an archive that is an archive itself under another name is not opened."""
    inner = packed({"a.txt": "x"})
    with pytest.raises(UnreadableSource) as refused:
        read_files({"a.zip": packed({"a.csv": inner})}, school="sp1")
    assert refused.value.code == "binary-file"
