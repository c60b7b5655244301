"""Rows: delimiters, quotations, and where a file breaks off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.roles import Role
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.gradebook import FileGradebook

HEADER = "Nr kartoteki;Nazwisko;Imię;Oddział;E-mail ucznia\n"
JAN = "1;Wąs;Jan;1a;jan@dom.example\n"
EWA = "2;Kos;Ewa;1b;ewa@dom.example\n"


def roster(read_files, text, **options):
    """Return the one roster of a student table."""
    (found,) = read_files({"uczniowie.csv": text}, school="sp1", **options).rosters
    return found


def codes(record):
    """Return the codes of what is wrong with a whole record."""
    return [problem.code for problem in record.problems]


@pytest.mark.rule("SYNC-0c")
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_header_alone_is_an_empty_list(read_files, end):
    """A header without rows is a statement: nobody is there."""
    found = roster(read_files, HEADER.strip() + end)
    assert (found.list, found.records, found.complete, found.cut) == ("students", (), True, False)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_header_line_alone_decides_the_delimiter(read_files, delimiter):
    """Semicolon, comma and tab are told by the header, and an unexpected one is reported."""
    reading = read_files({"u.csv": (HEADER + JAN).replace(";", delimiter)}, school="sp1")
    assert reading.rosters[0].records[0].people[0].last_name == "Wąs"
    assert [found.code for found in reading.findings] == ([] if delimiter == ";" else ["delimiter-unexpected"])


def test_commas_in_an_address_do_not_outvote_the_header(read_files):
    """However many commas a row holds, the header's semicolons count."""
    text = HEADER + "1;Was, Kos, Lis, Nowak, Zając, Gil;Jan;1a;jan@dom.example\n"
    assert roster(read_files, text).records[0].people[0].first_name == "Jan"


def test_a_spreadsheets_own_first_line_is_obeyed(read_files):
    """The line sep=, that spreadsheets write says the delimiter, and is no header."""
    found = roster(read_files, "sep=,\n" + (HEADER + JAN).replace(";", ","))
    assert found.records[0].line == 3


@pytest.mark.parametrize("first", ["sep=\r", "sep=", 'sep="', "sep=x"])
def test_a_first_line_that_says_no_delimiter_is_a_header(read_files, first):
    """Only a delimiter behind sep= is obeyed; anything else is a header that nobody knows."""
    with pytest.raises(UnreadableSource):
        read_files({"u.csv": first + "\n" + HEADER + JAN}, school="sp1")


def test_a_line_end_within_quotation_marks_ends_no_row(read_files):
    """A quoted line end stays within its cell, and lines are counted as an editor counts them."""
    found = roster(read_files, HEADER + '1;"Wąs\nKos";Jan;1a;\n' + EWA)
    assert [(record.line, record.people[0].last_name) for record in found.records] == [(2, "Wąs\nKos"), (4, "Kos")]


def test_rows_without_anything_are_passed_over(read_files):
    """Empty lines and rows of delimiters are nobody."""
    assert len(roster(read_files, "\n" + HEADER + "\n;;;;\n" + JAN + "\r\n   \n").records) == 1


def test_no_line_end_at_the_end_is_fine(read_files):
    """A last row that is whole needs no line end."""
    found = roster(read_files, HEADER + JAN.strip())
    assert (len(found.records), found.complete, found.cut) == (1, True, False)


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("last", ["2;Kos;Ew", "2;Kos;Ewa;1b", '2;Kos;Ewa;1b;"ewa@', '2;Kos;"Ewa'])
def test_a_file_that_breaks_off_ends_nobody(read_files, last):
    """A last row cut short is held, its list is not complete, and the report says so."""
    reading = read_files({"u.csv": HEADER + JAN + last}, school="sp1")
    (found,) = reading.rosters
    assert (found.complete, found.cut) == (False, True)
    assert [(record.key, codes(record)) for record in found.records] == [("1", []), ("2", ["row-cut"])]
    assert "file-cut" in {finding.code for finding in reading.findings}


@pytest.mark.rule("SYNC-7a")
def test_a_file_that_breaks_off_within_a_letter_is_cut(read_files):
    """Half of a last letter in the last cell is enough to know that the file is not whole."""
    (found,) = read_files({"u.csv": (HEADER + "1;Kos;Ewa;1b;Wąsę").encode()[:-1]}, school="sp1").rosters
    assert found.cut


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize(("row", "code"), [("2;Kos;Ewa\n", "row-short"), ("2;Kos;Ewa;1b;a@b.example;x\n", "row-long")])
def test_a_row_of_another_length_is_held(read_files, row, code):
    """Cells may have moved: the row is held under its key, and the others stand."""
    found = roster(read_files, HEADER + row + JAN)
    assert [(record.key, codes(record)) for record in found.records] == [("1", []), ("2", [code])]
    assert (found.complete, found.records[1].people, found.records[1].line) == (True, (), 2)


@pytest.mark.clause("GB3")
@pytest.mark.parametrize("row", [";Kos;Ewa;1b;\n", ";Kos;Ewa\n"])
def test_a_row_without_its_key_makes_the_list_incomplete(read_files, row):
    """Somebody may be missed who is there: nobody may be ended by absence."""
    found = roster(read_files, HEADER + row + JAN)
    assert not found.complete
    assert "record-key-missing" in {code for record in found.records for code in codes(record)}


@pytest.mark.clause("GB3")
def test_a_list_known_by_its_people_is_incomplete_where_one_cannot_be_told(read_files):
    """Without a record key, an id that a spreadsheet spoilt leaves unclear whose record it is."""
    text = "Nazwisko;Imię;PESEL;Oddział\nWąs;Jan;{};1a\n"
    assert roster(read_files, text.format("")).complete
    assert not roster(read_files, text.format("1.22E+10")).complete


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("before", ["", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_without_end_is_refused(read_files, before, encoding):
    """Millions of columns, or of cells in a row, would all be in memory at once."""
    text = f"{HEADER.strip()}{before}{';a' * (2 << 20)}\n"
    with pytest.raises(UnreadableSource, match="a line of it does not end") as refused:
        read_files({"u.csv": text.encode(encoding)}, school="sp1")
    assert refused.value.code == "binary-file"


def test_empty_cells_behind_the_last_column_are_forgiven(read_files):
    """Delimiters at the end of a row move nothing."""
    found = roster(read_files, HEADER + JAN.strip() + ";;\n")
    assert codes(found.records[0]) == []


def test_a_quotation_that_is_never_closed_hides_nobody_silently(read_files):
    """However much text a stray quotation mark swallows, the list is known to be incomplete."""
    found = roster(read_files, HEADER + JAN + '2;"Kos;Ewa;1b;\n' + "3;Lis;Ola;1c;\n" * 20000)
    assert (found.complete, found.cut) == (False, True)
    assert [person.last_name for record in found.records for person in record.people] == ["Wąs"]
    assert ["row-cut" in codes(record) for record in found.records] == [True, False]


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\n\n", "no-header"),
        ("Jan;Kos;44051401359\n", "no-header"),
        ('"Nr', "no-header"),
        ("Kolor;Smak\nczerwony;słodki\n", "header-not-recognised"),
        ("Nr kartoteki;Nazwisko;Nazwisko;Imię;Oddział\n", "column-twice"),
    ],
)
def test_a_file_without_a_known_header_is_refused(read_files, text, code):
    """A file is refused as a whole when its first line does not say what its columns are."""
    with pytest.raises(UnreadableSource) as refused:
        read_files({"u.csv": text}, school="sp1")
    assert refused.value.code == code
    assert "44051401359" not in str(refused.value)


def test_an_unknown_header_is_shown_with_the_formats_that_exist(read_files):
    """The refusal names the columns that were seen and the formats that could have been."""
    with pytest.raises(UnreadableSource, match="Kolor, Smak") as refused:
        read_files({"u.csv": "Kolor;Smak\nczerwony;słodki\n"}, school="sp1")
    assert {"uonet", "table", "oneroster"} <= set(refused.value.hint.replace(",", " ").split())
    assert "czerwony" not in str(refused.value)


@pytest.mark.clause("GB2")
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx", "a.zip", "users.csv", "Student.csv"]))
def test_no_bytes_raise_anything_but_a_refusal(read_files, data, name):
    """Whatever a file holds, it is read or refused."""
    try:
        read_files({name: data}, only=[name], school="sp1")
    except UnreadableSource as refused:
        assert refused.code  # noqa: PT017 - being read is right too


@pytest.mark.clause("GB2")
@given(st.data())
def test_no_damage_raises_anything_but_a_refusal(read_files, workbook, packed, data):
    """A workbook or archive with any of its bytes changed is read or refused."""
    name = data.draw(st.sampled_from(["a.xlsx", "a.zip"]))
    whole = (
        workbook({"A": [["Nazwisko", "Imię"], ["Kos", 1.5]]}) if name == "a.xlsx" else packed({"a.csv": HEADER + JAN})
    )
    damaged = bytearray(whole)
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=6)):
        damaged[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(whole)))
    try:
        read_files({name: bytes(damaged[:cut])}, only=[name], school="sp1")
    except UnreadableSource as refused:
        assert refused.code  # noqa: PT017 - being read is right too


@pytest.mark.clause("GB2")
@given(st.text(st.sampled_from('ab1;,"\n\r\t @.-ąž'), max_size=120))
def test_no_text_below_a_header_raises_anything(read_files, text):
    """Below a known header, every text becomes rows, sound or held."""
    (found,) = read_files({"u.csv": HEADER + text}, school="sp1").rosters
    assert found.list == "students"


@pytest.mark.rule("SYNC-0a")
def test_a_table_without_guardian_columns_is_silent_about_guardians(read_files):
    """That a table has no columns for guardians says nothing about them; columns that are empty do."""
    bare = read_files({"a.csv": b"Nr;Nazwisko;Imi\xc4\x99;PESEL;Oddzia\xc5\x82\n1;Lis;Ala;;1a\n"}, school="SP1")
    with_columns = read_files(
        {"b.csv": "Nr;Nazwisko;Imię;PESEL;Oddział;Opiekun 1 nazwisko;Opiekun 1 imię\n1;Lis;Ala;;1a;;\n".encode()},
        school="SP1",
    )

    assert [roster.silent_roles for roster in bare.rosters] == [frozenset({Role.GUARDIAN})]
    assert [roster.silent_roles for roster in with_columns.rosters] == [frozenset()]


@pytest.mark.parametrize("named", [lambda path: path, str, lambda path: [str(path)]], ids=["path", "text", "texts"])
def test_a_file_is_named_as_programs_name_files(tmp_path, named):
    """By one path or several, each as a path or as its text."""
    path = tmp_path / "u.csv"
    path.write_text(HEADER + JAN, encoding="utf-8")

    assert len(FileGradebook().read(named(path), school="sp1").rosters) == 1
