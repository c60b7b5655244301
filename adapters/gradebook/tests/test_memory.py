"""Memory does not grow with what is read."""

from __future__ import annotations

import csv
import gc
import io
import tracemalloc
import zipfile

import pytest

from eszkola_gradebook.gradebook import FileGradebook

SMALL, LARGE = 2000, 5000
"""How many rows; fewer than the first may hide in what the interpreter keeps for tuples to come."""
LITTLE = {"blobs.CHUNK": 1 << 12, "archives.CHUNK": 1 << 12, "encodings._BUFFER": 1 << 12, "shelves._TOGETHER": 50}
LITTLE |= {f"oneroster.{module}._REMEMBERED": 50 for module in ("files", "people", "rosters")}
"""What is in memory at once, made less than even the small files have."""
A_SCHOOL = 500
NAMES = ("Świątek", "Łucja")


def written(header, rows):
    """Return a table as a text."""
    stream = io.StringIO()
    csv.writer(stream).writerows([header.split(","), *rows])
    return stream.getvalue()


def table(many):
    """Return a table of one school's students."""
    rows = ((at, *NAMES, "1a", f"u{at}@dom.example", "Kos", "Ewa") for at in range(many))
    header = "Nr kartoteki,Nazwisko,Imię,Oddział,E-mail ucznia,Opiekun 1 nazwisko,Opiekun 1 imię"
    return {"u.csv": written(header, rows)}


def table_of_schools(many):
    """Return a table of many schools' students."""
    rows = ((f"sp{at // A_SCHOOL}", at, *NAMES, "1a", f"u{at}@dom.example") for at in range(many))
    return {"u.csv": written("Szkoła,Numer kartoteki,Nazwisko,Imię,Oddział,E-mail ucznia", rows)}


def people(many):
    """Return the users of a package, who are students and guardians by turns."""
    return ((f"u{at}", *NAMES, f"u{at}@dom.example", f"u{at + 1}" if at % 2 == 0 else "") for at in range(many))


def package(many):
    """Return a OneRoster package with roles, homerooms and birth dates."""
    schools, students = range(many // A_SCHOOL), range(0, many, 2)
    roles = ((f"u{at}", "student" if at % 2 == 0 else "parent", f"o{at // A_SCHOOL}") for at in range(many))
    rooms = ((f"c{at}", f"{at}a", "homeroom", f"o{at}") for at in schools)
    enrolled = ((f"c{at // A_SCHOOL}", f"o{at // A_SCHOOL}", f"u{at}", "student") for at in students)
    return {
        "users.csv": written("sourcedId,familyName,givenName,email,agentSourcedIds,enabledUser",
                             ((*each, "true") for each in people(many))),
        "roles.csv": written("userSourcedId,role,orgSourcedId", roles),
        "orgs.csv": written("sourcedId,name,type", ((f"o{at}", "", "school") for at in schools)),
        "classes.csv": written("sourcedId,title,classType,schoolSourcedId", rooms),
        "enrollments.csv": written("classSourcedId,schoolSourcedId,userSourcedId,role", enrolled),
        "demographics.csv": written("sourcedId,birthDate,sex", ((f"u{at}", "2012-03-01", "female") for at in students)),
    }  # fmt: skip


def looked_into(many):
    """Return a package of School Data Sync, whose tables look into each other."""
    schools, students = range(many // A_SCHOOL), range(0, many, 2)
    roles = ((f"u{at}", f"o{at // A_SCHOOL}", "student") for at in students)
    relations = ((f"u{at}", f"u{at + 1}", "guardian") for at in students)
    return {
        "orgs.csv": written("sourcedId,name,type", ((f"o{at}", "", "school") for at in schools)),
        "users.csv": written("sourcedId,familyName,givenName,email,username", people(many)),
        "roles.csv": written("userSourcedId,orgSourcedId,role", roles),
        "relationships.csv": written("userSourcedId,relationshipUserSourcedId,relationshipRole", relations),
    }


def saved(folder, files, encoding, *, packed):
    """Save files as they are, or in an archive, and return how many bytes they have."""
    folder.mkdir()
    data = {name: text.encode(encoding) for name, text in files.items()}
    if packed:
        with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in data.items():
                archive.writestr(name, content)
    else:
        for name, content in data.items():
            (folder / name).write_bytes(content)
    return sum(map(len, data.values()))


def peak_of_reading(folder, school):
    """Return the most memory that Python objects take while everything is read and every record walked."""
    gc.collect()
    tracemalloc.start()
    try:
        reading = FileGradebook().read([folder], school=school)
        walked = sum(1 for each in reading.rosters for _ in (each.records if each.unread is None else each.unread))
        return walked, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize(
    ("kind", "encoding", "packed"),
    [
        (table, "utf-8", False),
        (table, "cp1250", False),
        (table, "utf-16", True),
        (table_of_schools, "utf-8", False),
        (package, "utf-8", True),
        (looked_into, "utf-8", False),
    ],
)
def test_memory_does_not_grow_with_the_file(tmp_path, monkeypatch, kind, encoding, packed):
    """More rows take no more memory, but for a small part of what the file is longer by: its schools are known."""
    for name, value in LITTLE.items():
        monkeypatch.setattr(f"eszkola_gradebook.{name}", value)
    school = "sp1" if kind is table else None
    peaks: list[int] = []
    sizes: list[int] = []
    records: list[int] = []
    for many in (10, SMALL, LARGE):  # What is made once for all, such as formats, is made with the first.
        folder = tmp_path / str(len(peaks))
        sizes.append(saved(folder, kind(many), encoding, packed=packed))
        walked, peak = peak_of_reading(folder, school)
        records.append(walked)
        peaks.append(peak)
    assert records[2] == 2.5 * records[1] > 0
    assert peaks[2] - peaks[1] < (sizes[2] - sizes[1]) / 2
