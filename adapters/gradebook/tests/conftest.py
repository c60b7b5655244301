"""What the tests of the gradebook adapter share: files made on the spot, and read while they are there."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol
from xml.sax.saxutils import escape

import pytest
from attrs import evolve

from eszkola_core.domain.stated import Reading
from eszkola_gradebook.gradebook import FileGradebook

Files = Mapping[str, bytes | str]


class ReadFiles(Protocol):
    """Writes files into a folder of their own, reads them, and keeps what they state."""

    def __call__(
        self,
        files: Files,
        *,
        only: Sequence[str] | None = None,
        school: str | None = None,
        format: str | None = None,  # noqa: A002
    ) -> Reading:
        """Read the files as one folder, or *only* some of them."""


def realised(reading: Reading) -> Reading:
    """Return *reading* with its records taken out of the files."""
    return evolve(reading, rosters=tuple(evolve(roster, records=tuple(roster.records)) for roster in reading.rosters))


@pytest.fixture(scope="session")
def read_files() -> ReadFiles:
    """Read files that exist only for the call: all of them as one folder, or *only* some by name and order."""

    def read(
        files: Files,
        *,
        only: Sequence[str] | None = None,
        school: str | None = None,
        format: str | None = None,  # noqa: A002
    ) -> Reading:
        with tempfile.TemporaryDirectory() as around:
            folder = Path(around) / "eksport"
            folder.mkdir()
            for name, content in files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths = [folder] if only is None else [folder / name for name in only]
            return realised(FileGradebook().read(paths, format=format, school=school))

    return read


@pytest.fixture(scope="session")
def packed() -> Callable[[Files], bytes]:
    """Pack files into a ZIP archive."""

    def pack(files: Files) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return stream.getvalue()

    return pack


@pytest.fixture(scope="session")
def workbook(packed: Callable[[Files], bytes]) -> Callable[[Mapping[str, Sequence[Sequence[object]]]], bytes]:
    """Make a workbook, with one sheet for each table; dates and numbers become real ones."""
    start = date(1899, 12, 30)

    def cell(value: object) -> str:
        match value:
            case date():
                return f'<c s="1"><v>{(value - start).days}</v></c>'
            case int() | float():
                return f"<c><v>{value}</v></c>"
            case _:
                return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'

    def make(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        kinds = "http://schemas.openxmlformats.org/package/2006"
        listed = "".join(
            f'<sheet name="{escape(name)}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(sheets, 1)
        )
        links = "".join(
            f'<Relationship Id="r{at}" Type="{rel}/worksheet" Target="worksheets/sheet{at}.xml"/>'
            for at in range(1, len(sheets) + 1)
        )
        files = {
            "[Content_Types].xml": f'<Types xmlns="{kinds}/content-types"/>',
            "_rels/.rels": (
                f'<Relationships xmlns="{kinds}/relationships">'
                f'<Relationship Id="w" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ),
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{kinds}/relationships">{links}'
                f'<Relationship Id="s" Type="{rel}/styles" Target="styles.xml"/></Relationships>'
            ),
            "xl/styles.xml": (
                f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
            ),
        }
        for at, rows in enumerate(sheets.values(), 1):
            body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            files[f"xl/worksheets/sheet{at}.xml"] = (
                f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
            )
        return packed(files)

    return make


@pytest.fixture(scope="session")
def pesel() -> Callable[[int], str]:
    """Make the valid PESEL of a child born on 1 March 2012, different for each number."""

    def make(number: int) -> str:
        digits = f"122301{number % 10000:04d}"
        weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
        check = -sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 10
        return f"{digits}{check}"

    return make
