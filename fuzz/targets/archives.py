"""ZIP archives and workbooks, sound ones and ones that somebody bent: bombs, false sizes, names that lead elsewhere."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from typing import Final

from fuzz.parts import flagged, parted
from fuzz.reading import check_reading, folder

WORDS: Final = (
    "\n=== u.csv\n", "\n=== ../u.csv\n", "\n=== /etc/u.csv\n", "\n=== a\\..\\u.csv\n", "\n=== inner.zip\n",
    "\n=== xl/workbook.xml\n", "\n=== xl/_rels/workbook.xml.rels\n", "\n=== [Content_Types].xml\n", "\n=== mimetype\n",
    "\n=== xl/worksheets/sheet1.xml\n", "\n=== xl/sharedStrings.xml\n", "\n=== !bent\n", "Nr kartoteki;Nazwisko;Imię",
    "<sheetData>", '<row r="1">', '<c r="A1" t="inlineStr"><is><t>', "</t></is></c>", '<c r="XFD1048576">', "<v>1</v>",
    't="s"', 't="d"', 't="b"', 't="e"', "PK\x03\x04", "PK\x05\x06", "PK\x01\x02",
)  # fmt: skip
_BENT: Final = re.compile(rb"(\d{1,6}) (\d{1,3})")
_NUMBER: Final = re.compile(r"\d[\d -]{5}")
"""Names of files may be quoted, so that no long number stands in one."""
_MOST_ZEROS: Final = 1 << 21


def check(data: bytes) -> None:
    """
    Read one archive or workbook.

    The first byte says whether the rest are its bytes, or the parts to pack. A part ``!bent`` holds places and bytes to
    put there; one that is named with ``*`` is followed by zeros, as many as make a bomb.
    """
    flag, content = flagged(data)
    name = "u.xlsx" if flag % 2 else "u.zip"
    octets = (
        _packed(content, zipfile.ZIP_DEFLATED if flag // 4 % 2 else zipfile.ZIP_STORED) if flag // 2 % 2 else content
    )
    with folder() as place:
        path = place / name
        path.write_bytes(octets)
        check_reading([path], school="sp1")


def _packed(content: bytes, compression: int) -> bytes:
    stream = io.BytesIO()
    bent = []
    with zipfile.ZipFile(stream, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that comes twice is meant
        for name, part in parted(content):
            entry = name.partition("\0")[0].replace("*", "")
            if name == "!bent":
                bent += [(int(at), int(octet) % 256) for at, octet in _BENT.findall(part)]
            elif entry and not _NUMBER.search(entry):
                archive.writestr(entry, part + bytes(_MOST_ZEROS if "*" in name else 0))
    octets = bytearray(stream.getvalue())
    for at, octet in bent:
        octets[-1 - at % len(octets)] = octet
    return bytes(octets)
