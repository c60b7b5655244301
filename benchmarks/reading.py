"""
What it takes to read exports of two sizes: `nox -s bench -- reading`.

Each export is read, and every record of it walked once, by a process of its own; the peak is what it has above the same
process before it reads. An export ten times as large shows what a person costs.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final
from xml.sax.saxutils import escape

_ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(_ROOT)]

from benchmarks.parts.results import tell  # noqa: E402 - found only by now
from benchmarks.parts.rosters import HEADER, PERSONS_A_ROW, row  # noqa: E402 - found only by now
from eszkola_gradebook.gradebook import FileGradebook  # noqa: E402 - the same

_SIZES: Final = (20_000, 200_000)
_A_SCHOOL: Final = 500
Cells = Sequence[str]


def _table(folder: Path, persons: int) -> None:
    _csv(folder / "u.csv", [HEADER], (row(each) for each in range(persons // PERSONS_A_ROW)), delimiter=";")


def _cp1250(folder: Path, persons: int) -> None:
    rows = (row(each) for each in range(persons // PERSONS_A_ROW))
    _csv(folder / "u.csv", [HEADER], rows, delimiter=";", encoding="cp1250")


def _schools(folder: Path, persons: int) -> None:
    header = ("Szkoła", "Numer kartoteki", *HEADER[1:])
    rows = ((f"sp{each * PERSONS_A_ROW // _A_SCHOOL}", *row(each)) for each in range(persons // PERSONS_A_ROW))
    _csv(folder / "u.csv", [header], rows, delimiter=";")


def _oneroster(folder: Path, persons: int) -> None:
    said = [("file.users", "bulk"), ("file.orgs", "bulk")]
    _csv(folder / "manifest.csv", [("propertyName", "value"), ("oneroster.version", "1.1")], said)
    schools = range(persons // _A_SCHOOL)
    _csv(folder / "orgs.csv", [("sourcedId", "name", "type")], ((f"o{at}", f"School {at}", "school") for at in schools))
    header = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName"
    users = (
        (f"u{at}", "", "", "true", f"o{at // _A_SCHOOL}", ("student", "parent")[at % 2], f"u{at}", "", *_named(at))
        for at in range(persons)
    )
    more = ["middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password"]
    rest = (
        ("", "", f"u{at}@example.org", "", "", f"u{at + 1}" if at % 2 == 0 else "", "", "") for at in range(persons)
    )
    joined = ((*one, *other) for one, other in zip(users, rest, strict=True))
    _csv(folder / "users.csv", [(*header.split(","), *more)], joined)


def _sds(folder: Path, persons: int) -> None:
    schools, students = range(persons // _A_SCHOOL), range(0, persons, 2)
    _csv(folder / "orgs.csv", [("sourcedId", "name", "type")], ((f"o{at}", f"School {at}", "school") for at in schools))
    users = ((f"u{at}", f"u{at}", *_named(at), "", f"u{at}@example.org", "") for at in range(persons))
    header = ("sourcedId", "username", "givenName", "familyName", "password", "email", "phone")
    _csv(folder / "users.csv", [header], users)
    header = ("userSourcedId", "orgSourcedId", "role")
    _csv(folder / "roles.csv", [header], ((f"u{at}", f"o{at // _A_SCHOOL}", "student") for at in students))
    header = ("userSourcedId", "relationshipUserSourcedId", "relationshipRole")
    _csv(folder / "relationships.csv", [header], ((f"u{at}", f"u{at + 1}", "guardian") for at in students))


def _workbook(folder: Path, persons: int) -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="w" '
        f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="A" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    with zipfile.ZipFile(folder / "u.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{main}"><sheetData>'.encode())
            for cells in (HEADER, *(row(each) for each in range(persons // PERSONS_A_ROW))):
                texts = "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in cells)
                sheet.write(f"<row>{texts}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")


def _named(at: int) -> tuple[str, str]:
    _, last, first, *_ = row(at)
    return first, last


def _csv(path: Path, head: Iterable[Cells], rows: Iterable[Cells], *, delimiter: str = ",", encoding: str = "") -> None:
    with path.open("w", encoding=encoding or "utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(_all(head, rows))


def _all(head: Iterable[Cells], rows: Iterable[Cells]) -> Iterator[Cells]:
    yield from head
    yield from rows


_KINDS: Final[dict[str, Callable[[Path, int], None]]] = {
    "a table of one school, UTF-8": _table,
    "the same in cp1250": _cp1250,
    "a table with a column for the school": _schools,
    "OneRoster 1.1": _oneroster,
    "School Data Sync 2.1": _sds,
    "a workbook (XLSX)": _workbook,
}


def _read(folder: Path, school: str | None) -> None:
    """Read one export in this process, and tell what it took."""
    before = _peak()
    begun = process_time()
    reading = FileGradebook().read([folder], school=school)
    records = sum(1 for each in reading.rosters for _ in (each.records if each.unread is None else each.unread))
    told = {"records": records, "seconds": process_time() - begun, "mebibytes": _peak() - before}
    sys.stdout.write(json.dumps(told) + "\n")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Write the exports, let each be read, and tell."""
    tell("reading", "exports", _rows())


def _rows() -> Iterator[str]:
    yield "| export | persons | file, MiB | peak above idle, MiB | CPU, s |"
    yield "|---|---:|---:|---:|---:|"
    for name, write in _KINDS.items():
        for persons in _SIZES:
            with TemporaryDirectory() as around:
                folder = Path(around)
                write(folder, persons)
                size = sum(path.stat().st_size for path in folder.iterdir()) / 2**20
                school = "sp1" if write in {_table, _cp1250, _workbook} else ""
                done = subprocess.run(  # noqa: S603 - our own program
                    [sys.executable, __file__, str(folder), school], capture_output=True, text=True, check=True
                )
            told = json.loads(done.stdout)
            cells = f"{size:.1f} | {told['mebibytes']:.0f} | {told['seconds']:.1f}"
            yield f"| {name} | {persons:,} | {cells} |"


if __name__ == "__main__":
    if len(sys.argv) > 2:  # noqa: PLR2004 - the folder and the school
        _read(Path(sys.argv[1]), sys.argv[2] or None)
    else:
        main()
