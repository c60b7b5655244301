"""
A file that breaks off ends nobody's role, wherever it breaks off (SYNC-7a).

What breaks off exactly between two rows of a text is a whole file of fewer rows, and nothing in it shows that: there
the removal guard stands, below whose bounds a few may leave.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eszkola_core import wire
from eszkola_core.domain.stated import RosterKind
from eszkola_core.errors import UnreadableSource
from eszkola_core.testing.region import Region
from eszkola_gradebook.gradebook import FileGradebook

NAMES = ("Łoś", "Wąs", "Gęś", "Ćma", "Śledź", "Kość", "Źrebak", "Dąb", "Sójka", "Żuk", "Pąk", "Bąk")
UONET = ["Nr kartoteki", "Nazwisko", "Imię", "Oddział", "Opiekun 1 nazwisko", "Opiekun 1 imię", "E-mail ucznia"]
ROWS = [[str(100 + at), name, "Jan", "1a", name, "Ewa", f"jan.{at}@dom.example"] for at, name in enumerate(NAMES)]
SDS = "rosters/sds-v2.1"


def text(delimiter=";", end="\r\n", last=None, quote=""):
    """Return the table as a delimited text."""
    lines = [delimiter.join(f"{quote}{cell}{quote}" for cell in row) for row in (UONET, *ROWS)]
    return (end.join(lines) + (end if last is None else last)).encode()


def ceuviz():
    """Return students of the Slovene register."""
    told = "".join(
        f"<udelezenec><opravilna_st>{row[0]}</opravilna_st><emso>{row[0]}</emso><ime>{row[2]}</ime>"
        f"<priimek>{row[1]}</priimek></udelezenec>\n"
        for row in ROWS
    )
    return f"<ceuviz_uvoz><verzija>1.4</verzija><udelezenci>{told}</udelezenci></ceuviz_uvoz>\n".encode()


@pytest.fixture(scope="module")
def living():
    """Return a function that imports a source once, and plans another after it with the guard standing."""

    def imported(path, school="sp1"):
        region = Region("open")
        region.take(read(path, school))

        def again(path):
            try:
                stated = read(path, school)
            except UnreadableSource:
                return None
            return region.plan(stated)

        return again

    return imported


def read(path, school):
    """Return what a source states."""
    return wire.kept(FileGradebook().read([path], school=school))


def spared(plan):
    """Return whether a plan ends nobody's role: it was refused, or stopped, or says so."""
    return plan is None or bool(plan.stopped_schools) or plan.counts.ended == 0


FILES = {
    "semicolons.csv": text(),
    "commas.csv": text(",", "\n"),
    "no-last-line-end.csv": text(last=""),
    "quoted.csv": text(quote='"'),
    "utf-16.csv": text().decode().encode("utf-16"),
    "cp1250.csv": text().decode().encode("cp1250"),
    "izvoz.xml": ceuviz(),
}


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("name", FILES)
def test_a_text_cut_anywhere_ends_nobody(living, tmp_path, name):
    """In the middle of a line, a cell, a sign or a line end; behind a whole row the guard stops all but a few."""
    content = FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    again = living(path)

    @settings(max_examples=150)
    @given(st.integers(0, len(content) - 1))
    def cut(length):
        path.write_bytes(content[:length])
        plan = again(path)
        if not spared(plan):
            assert is_whole(content, length), f"{plan.counts} at {content[max(0, length - 40) : length]!r}"
            assert plan.counts.ended <= 2 * 4

    cut()


def is_whole(content, length):
    """Return whether a text that was cut there is a whole one of fewer rows."""
    codec = "utf-16" if content.startswith(b"\xff\xfe") else "cp1250" if b"\xb3" in content[:200] else "utf-8"
    rows = content[:length].decode(codec, "replace").replace("\r", "").rstrip("\n").split("\n")
    return rows[-1] in {row.rstrip() for row in content.decode(codec).splitlines()}


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("kind", ["xlsx", "zip"])
def test_a_packed_file_cut_anywhere_is_refused(living, tmp_path, workbook, packed, kind):
    """A workbook or an archive has its list of contents at its end."""
    cells = [UONET, *ROWS]
    content = workbook({"Uczniowie": cells}) if kind == "xlsx" else packed({"u.csv": text()})
    path = tmp_path / f"u.{kind}"
    path.write_bytes(content)
    again = living(path)

    @settings(max_examples=100)
    @given(st.integers(0, len(content) - 1))
    def cut(length):
        path.write_bytes(content[:length])
        assert again(path) is None

    cut()


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("name", ["u.csv", "no-line-end.csv"])
def test_a_list_of_ids_cut_within_the_last_shows_it(living, tmp_path, pesel, name):
    """Where the last cell of each row is as long as all others, a shorter one was cut; one by itself shows nothing."""
    rows = [f"{name};Jan;{pesel(at)}" for at, name in enumerate(NAMES)]
    content = "\n".join(["Nazwisko;Imię;PESEL", *rows]) + ("\n" if name == "u.csv" else "")
    path = tmp_path / name
    path.write_text(content, "utf-8")
    again = living(path)
    for missing in range(1, 11):
        path.write_text(content[: content.index("\n", content.index("Dąb")) - missing], "utf-8")
        assert spared(again(path))
        path.write_text(content[: content.index(";", content.index("Dąb;Jan;") + 4) + 1 + missing], "utf-8")
        assert spared(again(path))


@pytest.fixture
def package(vectors, tmp_path):
    """Return a copy of a folder of School Data Sync, in which every file ends its last line."""
    return Path(shutil.copytree(vectors / SDS, tmp_path / "sds"))


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("file", ["orgs", "users", "roles", "relationships", "demographics", "classes", "enrollments"])
def test_a_folder_of_which_a_file_is_cut_or_missing_ends_nobody(living, package, file):
    """Its other files show how it ends lines; what breaks off exactly between two rows is a whole file of fewer."""
    again = living(package, school=None)
    path = package / f"{file}.csv"
    content = path.read_bytes()
    header = content.index(b"\r\n")

    @settings(max_examples=40)
    @given(st.integers(0, len(content) - 1))
    @example(header - 1)
    @example(header)
    def cut(length):
        path.write_bytes(content[:length])
        is_row_end = content[:length].endswith((b"\r\n", b"\r")) or content[length : length + 2] == b"\r\n"
        assert spared(again(package)) or (is_row_end and length > header), content[max(0, length - 40) : length]

    cut()
    path.unlink()
    assert spared(again(package))


def test_files_of_a_program_that_never_ends_the_last_line_are_whole(tmp_path):
    """Where most files of a folder lack the last line end, that is how it writes them."""
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "uczniowie.csv").write_bytes(text(last=""))
    staff = "Nr;Nazwisko;Imię;Stanowisko;Wychowawca oddziału\r\n1;Kos;Ola;nauczyciel;1a"
    (folder / "kadra.csv").write_text(staff, "utf-8")
    rosters = read(folder, "sp1").rosters
    assert {each.kind for each in rosters} == {RosterKind.BULK}
    assert all(each.complete for each in rosters)
