"""Workbooks: every cell reads as it would in a text."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.stated import Field, StatedId
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.repacking import area
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


FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
MANY_TEXTS = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" x=">" uniqueCount="4294967295">'
    "<si><t>a</t></si></sst>"
)
OTHER_KIND = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="a"><table:table-row table:number-rows-repeated="90000">'
    '<table:table-cell office:value-type="string" table:number-columns-repeated="9000"><text:p>a</text:p>'
    "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
)


@pytest.fixture
def changed(workbook):
    """Return a maker of workbooks of which some parts are others, or more."""

    def make(more=MappingProxyType({}), row=""):
        stream = io.BytesIO(workbook({"A": [HEADER, [7, "Wąs", "Jan", "", "", "1a"]]}))
        with zipfile.ZipFile(stream) as archive:
            parts = {each: archive.read(each).decode() for each in archive.namelist()}
        parts |= more
        parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(
            "</sheetData>", f"{row}</sheetData>"
        )
        with zipfile.ZipFile(stream := io.BytesIO(), "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        return stream.getvalue()

    return make


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize(
    "row",
    [
        FAR,
        FAR.replace("row", "x:row").replace("<c r", "<c y='>' r"),
        "<row/>" * 6000 + "<row>" + "<c/>" * 900 + "</row>",
    ],
)
def test_a_sheet_with_one_cell_far_away_is_refused(read_files, changed, row):
    """The library would lay out all cells before it, and end the process for want of memory."""
    with pytest.raises(UnreadableSource, match="far too large") as refused:
        read_files({"u.xlsx": changed(row=row)}, school="sp1")
    assert refused.value.code == "archive-bomb"


@pytest.mark.rule("SYNC-7a")
def test_a_number_of_texts_that_a_workbook_states_is_not_believed(read_files, changed):
    """The library would make room for as many before it looks at one."""
    (record,) = records(read_files({"u.xlsx": changed({"xl/sharedStrings.xml": MANY_TEXTS})}, school="sp1"))
    assert record.key == "7"


@pytest.mark.rule("SYNC-7a")
def test_nothing_of_another_kind_is_read_in_the_stead_of_a_workbook(read_files, changed):
    """A workbook that is none is damaged, whatever lies beside it."""
    book = changed({"xl/workbook.xml": "nonsense", "mimetype": "application/vnd.oasis", "content.xml": OTHER_KIND})
    with pytest.raises(UnreadableSource) as refused:
        read_files({"u.xlsx": book}, school="sp1")
    assert refused.value.code == "binary-file"


@given(cells=st.lists(st.tuples(st.integers(1, 60), st.integers(1, 800)), min_size=1, max_size=6), said=st.booleans())
def test_a_sheet_is_as_large_as_its_farthest_cells(cells, said):
    """Whether they say where they stand, or stand one behind another."""
    if said:
        part = "".join(f'<row r="{row}"><c r="{letters(column)}{row}"/></row>' for row, column in cells)
        assert area(part.encode()) == max(row for row, _ in cells) * max(column for _, column in cells)
    else:
        part = "".join("<row>" + "<c></c>" * column + "</row>" for _, column in cells)
        assert area(part.encode()) == len(cells) * max(column for _, column in cells)


def letters(column):
    """Return what a spreadsheet calls a column."""
    found = ""
    while column:
        column, last = divmod(column - 1, 26)
        found = chr(ord("A") + last) + found
    return found
