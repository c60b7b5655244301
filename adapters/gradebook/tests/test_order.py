"""What is stated depends on what the files say, not on how they are arranged (GB4, GB6)."""

from __future__ import annotations

import csv
import io
import string

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_gradebook.gradebook import FileGradebook

HEADER = ("Nr kartoteki", "Nazwisko", "Imię", "Data urodzenia", "Oddział", "Opiekun 1 nazwisko", "Opiekun 1 imię")
NAMES = st.text(st.sampled_from("aąbcćdeęłńoóśźżčšž -'"), min_size=1, max_size=8).map(lambda name: "K" + name.strip())
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", *map(str, range(30))]),
        NAMES,
        NAMES,
        st.sampled_from(["", "2012-03-01", "31.12.2011", "wczoraj"]),
        st.sampled_from(["1a", "1b", ""]),
        NAMES | st.just(""),
        NAMES | st.just(""),
    ),
    max_size=8,
)


def table(rows, delimiter=";"):
    """Return rows under the header as a text."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows([HEADER, *rows])
    return stream.getvalue()


def said(reading):
    """Return what is stated, without the lines where it stands."""
    rosters = [
        evolve(roster, records=tuple(evolve(record, line=0, source="") for record in roster.records), source="")
        for roster in reading.rosters
    ]
    return rosters, reading.schools


@pytest.mark.clause("GB4")
@given(rows=ROWS, data=st.data())
def test_any_order_of_rows_states_the_same(read_files, rows, data):
    """Shuffling the rows of a table changes nothing but the lines where they stand."""
    shuffled = data.draw(st.permutations(rows))
    states = [said(read_files({"u.csv": table(each)}, school="sp1")) for each in (rows, shuffled)]
    assert states[0] == states[1]


@pytest.mark.clause("GB4")
@given(rows=ROWS, data=st.data())
def test_any_order_of_paths_states_the_same(read_files, rows, data):
    """One list in several files is one roster, in whatever order they are named."""
    cut = data.draw(st.integers(0, len(rows)))
    staff = "Nr;Nazwisko;Imię;Stanowisko\n1;Lis;Ola;nauczyciel\n"
    files = {"a.csv": table(rows[:cut]), "b.csv": table(rows[cut:]), "kadra.csv": staff}
    names = data.draw(st.permutations(sorted(files)))
    together = said(read_files(files, only=names, school="sp1"))
    assert together == said(read_files(files, school="sp1"))
    whole = said(read_files({"u.csv": table(rows), "kadra.csv": staff}, school="sp1"))
    assert together == whole


@pytest.mark.clause("GB4")
@given(data=st.data())
def test_any_order_of_joined_rows_states_the_same(read_files, data):
    """Tables that are joined may list their rows, and a package its files, in any order."""
    tables = {
        "manifest.csv": (
            "propertyName,value",
            [
                "oneroster.version,1.2",
                *(f"file.{name},bulk" for name in ("orgs", "users", "roles", "classes", "enrollments")),
            ],
        ),
        "orgs.csv": ("sourcedId,name,type", ["o1,First,school", "o2,Second,school"]),
        "users.csv": (
            "sourcedId,enabledUser,givenName,familyName,agentSourcedIds",
            [
                'u1,true,Ewa,Kos,"u2,u3,u9"',
                "u2,true,Ola,Kos,",
                "u3,true,Jan,Kos,",
                "u4,true,Iza,Lis,",
                "u4,true,Ida,Lis,",
            ],
        ),
        "roles.csv": (
            "userSourcedId,role,orgSourcedId,beginDate,endDate",
            [
                "u1,student,o1,2026-09-01,2027-01-31",
                "u1,student,o1,2027-02-01,",
                "u2,parent,o1,,",
                "u3,guardian,o1,2026-09-01,",
                "u3,relative,o2,,2026-12-31",
                "u4,teacher,o2,,",
                "u7,teacher,o2,,",
            ],
        ),
        "classes.csv": (
            "sourcedId,title,classType,schoolSourcedId",
            ["c1,1a,homeroom,o1", "c2,1b,homeroom,o1", "c2,1c,homeroom,o1"],
        ),
        "enrollments.csv": (
            "classSourcedId,userSourcedId,role",
            ["c1,u1,student", "c1,u3,teacher", "c2,u3,teacher"],
        ),
    }
    plain = {name: "\n".join([header, *rows]) for name, (header, rows) in tables.items()}
    shuffled = {name: "\n".join([header, *data.draw(st.permutations(rows))]) for name, (header, rows) in tables.items()}
    assert said(read_files(shuffled)) == said(read_files(plain))


@pytest.mark.clause("GB6")
@given(rows=ROWS)
def test_the_same_bytes_state_the_same_again(read_files, rows):
    """Reading twice states the same, lines and findings included."""
    files = {"u.csv": table(rows)}
    assert read_files(files, school="sp1") == read_files(files, school="sp1")


@given(rows=ROWS)
def test_encoding_and_packing_do_not_matter(read_files, workbook, packed, rows):
    """One table states the same in UTF-8, with a mark, in UTF-16, in cp1250, packed, and as a workbook."""
    rows = [tuple(cell.strip() for cell in row) for row in rows]
    text = table([*rows, ("99", "Świątek", "Łucja", "2012-03-01", "1a", "Żak", "Michał")])
    plain = said(read_files({"u.csv": text}, school="sp1"))
    forms = {
        "mark.csv": text.encode("utf-8-sig"),
        "wide.csv": text.encode("utf-16"),
        "cut.zip": packed({"export/u.csv": text}),
        "book.xlsx": workbook({"U": list(csv.reader(io.StringIO(text), delimiter=";"))}),
    }
    if not set(text) & set("čšž"):
        forms["old.csv"] = text.encode("cp1250")
    for name, data in forms.items():
        assert said(read_files({name: data}, only=[name], school="sp1")) == plain, name


@given(
    st.dictionaries(
        st.sampled_from(["Nazwisko", "Imię", "Oddział"]), st.text(string.ascii_letters, max_size=5), min_size=3
    )
)
def test_the_order_of_columns_does_not_matter(read_files, cells):
    """Columns are known by their headers."""
    forward = ";".join(cells) + "\n" + ";".join(cells.values()) + "\n"
    backward = ";".join(reversed(cells)) + "\n" + ";".join(reversed(cells.values())) + "\n"
    assert said(read_files({"u.csv": forward}, school="sp1")) == said(read_files({"u.csv": backward}, school="sp1"))


@pytest.mark.clause("GB6")
def test_records_are_made_anew_and_equal_each_time(tmp_path):
    """A roster may be walked any number of times, is equal to what it states, and shows nobody in its repr."""
    path = tmp_path / "u.csv"
    path.write_text(table([("1", "Kos", "Ewa", "", "1a", "", "")]), encoding="utf-8")
    first, second = (FileGradebook().read([path], school="sp1") for _ in range(2))
    records = first.rosters[0].records
    assert list(records) == list(records) != []
    assert first == second
    assert hash(records) == hash(second.rosters[0].records)
    assert records != object()
    assert "Kos" not in repr(first)


def test_files_of_one_name_are_told_apart(read_files):
    """Two files of one name keep their folder's name in the report."""
    text = table([("1", "Kos", "Ewa", "", "1a", "", "")])
    names = ["a/u.csv", "b/u.csv"]
    (roster,) = read_files(dict.fromkeys(names, text), only=names, school="sp1").rosters
    assert [record.source for record in roster.records] == names
