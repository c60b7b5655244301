"""Files, folders and archives: what is opened, and what is refused before it does harm."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.archives import Limits
from eszkola_gradebook.gradebook import FileGradebook

TABLE = "Nazwisko;Imię;Oddział\nWąs;Jan;1a\n"


def refusal(call, *arguments, **options):
    """Return what *call* was refused with."""
    with pytest.raises(UnreadableSource) as refused:
        call(*arguments, **options)
    assert refused.value.hint
    return refused.value


@pytest.mark.parametrize("inner", ["uczniowie.csv", "eksport/uczniowie.csv"])
def test_an_archive_states_what_its_files_state(read_files, packed, inner):
    """A file packed at the root or in one folder states what it states unpacked."""
    plain = read_files({"uczniowie.csv": TABLE}, school="sp1")
    zipped = read_files({"eksport.zip": packed({inner: TABLE})}, school="sp1")
    assert [len(roster.records) for roster in zipped.rosters] == [1]
    assert zipped.rosters[0].records[0].people == plain.rosters[0].records[0].people


def test_a_file_may_be_called_anything(read_files):
    """A file that is named itself is looked at whatever its name ends with."""
    assert read_files({"eksport.dat": TABLE}, only=["eksport.dat"], school="sp1").rosters


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"../evil.csv": TABLE}, "archive-path"),
        ({"/evil.csv": TABLE}, "archive-path"),
        ({"a\\..\\..\\evil.csv": TABLE}, "archive-path"),
        ({"inner.zip": b"PK\x03\x04"}, "archive-nested"),
        ({"inner.tar.gz": b""}, "archive-nested"),
        ({"bomb.csv": b"a" * (20 << 20)}, "archive-bomb"),
        ({"README.md": "nothing"}, "archive-without-tables"),
        (
            {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"},
            "archive-without-tables",
        ),
    ],
)
def test_an_archive_with_an_evil_entry_is_refused(read_files, packed, files, code):
    """Names that leave the folder, archives in archives and entries that unfold without measure are refused."""
    assert refusal(read_files, {"a.zip": packed(files)}).code == code


@pytest.mark.rule("SYNC-7a")
def test_an_archive_with_an_entry_without_a_name_is_refused(read_files, packed):
    """The library itself trips over it."""
    data = packed({"uczniowie.csv": TABLE, "#": "nothing"}).replace(b"#", b"\0")
    with pytest.raises(UnreadableSource) as refused:
        read_files({"a.zip": data})
    assert refused.value.code == "archive-damaged"


@pytest.mark.rule("SYNC-7a")
def test_an_encrypted_archive_is_refused(read_files, packed):
    """An archive that says that it is encrypted is refused before anybody is asked for a password."""
    data = bytearray(packed({"a.csv": TABLE}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + flags] |= 1
    assert refusal(read_files, {"a.zip": bytes(data)}).code == "archive-encrypted"


@pytest.mark.rule("SYNC-7a")
def test_too_much_in_total_is_refused(tmp_path, packed):
    """Many entries, and entries that are large together, stop at the limit."""
    path = tmp_path / "a.zip"
    path.write_bytes(packed({f"{at}.csv": TABLE for at in range(4)}))
    assert refusal(FileGradebook(limits=Limits(total=100)).read, [path]).code == "archive-bomb"
    assert refusal(FileGradebook(limits=Limits(entries=3)).read, [path]).code == "archive-bomb"


@pytest.mark.rule("SYNC-7a")
def test_a_size_that_lies_is_not_believed(tmp_path):
    """An entry that unfolds beyond the size that it states is refused, and never kept."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", TABLE * 1000)
    data = bytearray(stream.getvalue())
    for header, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(header) + at
        data[place : place + 4] = (10).to_bytes(4, "little")
    path = tmp_path / "a.zip"
    path.write_bytes(bytes(data))
    assert refusal(FileGradebook().read, [path], school="sp1").code == "archive-damaged"


@pytest.mark.rule("SYNC-7a")
def test_a_workbook_that_unfolds_too_far_is_refused(tmp_path, workbook):
    """A workbook is an archive too, and is measured before its reader opens it."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook({"A": [["Nazwisko", "Imię"]]}))
    assert refusal(FileGradebook(limits=Limits(total=100)).read, [path]).code == "archive-bomb"


@pytest.mark.clause("GB2")
def test_a_path_that_is_not_there_is_said(tmp_path):
    """A missing path, a folder without tables and no path at all have codes of their own."""
    read = FileGradebook().read
    assert refusal(read, [tmp_path / "none.csv"]).code == "path-missing"
    assert refusal(read, [tmp_path]).code == "folder-without-tables"
    assert refusal(read, []).code == "path-missing"


def test_a_path_is_refused_by_the_name_that_was_given(tmp_path, monkeypatch):
    """The error names the whole path, says whether something is there, and knows what a dot stands for."""
    read = FileGradebook().read
    (tmp_path / "pusty").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    monkeypatch.chdir(tmp_path / "pusty")
    assert "../none.csv does not exist" in str(refusal(read, [Path("../none.csv")]))
    assert "../pipe.csv is neither a file nor a folder" in str(refusal(read, [Path("../pipe.csv")]))
    assert refusal(read, [Path()]).source == "pusty"
    Path("a.csv").write_text(TABLE, "utf-8")
    assert [roster.source for roster in read([Path()], school="sp1").rosters] == ["pusty/a.csv"]


def test_the_same_file_twice_is_refused(tmp_path):
    """A file named twice, or by itself and by its folder, would count its people twice."""
    path = tmp_path / "a.csv"
    path.write_text(TABLE, encoding="utf-8")
    for paths in ([path, path], [tmp_path, path], [path, tmp_path / ".." / tmp_path.name / "a.csv"]):
        assert refusal(FileGradebook().read, paths, school="sp1").code == "same-file-twice"


@pytest.mark.clause("GB6")
def test_a_file_that_changes_under_our_eyes_is_noticed(tmp_path):
    """Records are read from the file as it was looked at, or not at all."""
    path = tmp_path / "a.csv"
    path.write_text(TABLE, encoding="utf-8")
    reading = FileGradebook().read([path], school="sp1")
    path.write_text(TABLE + "Kos;Ewa;1b\n", encoding="utf-8")
    assert refusal(list, reading.rosters[0].records).code == "file-changed"
    path.unlink()
    assert refusal(list, reading.rosters[0].records).code == "file-unreadable"
