"""
A process of its own that sets one document: typst keeps all that it has ever set, and gives it back only as it ends.

It is started by its path, so that nothing of the package is loaded. What it sets comes on standard input, and nowhere
else; the document, or what typst complains of, goes to standard output behind one letter that says which it is.
"""

from __future__ import annotations

import json
import sys
import tempfile
from typing import Any

import typst

# An archive can still read the letter in thirty years; and a sign without a shape is an error, not an empty box.
STANDARD = "a-2b"
NO_TIME = 0


def main() -> None:
    """Set the document that standard input describes."""
    job = json.load(sys.stdin.buffer)
    try:
        kind, answer = b"D", document(job)
    except typst.TypstError as fault:
        kind, answer = b"E", complaint(fault.message).encode()
    sys.stdout.buffer.write(kind + answer)


def complaint(message: str) -> str:
    """Return what is wrong with a layout; the diagnostic beside it may quote data, and so may this of a shape."""
    return "there is a sign in it that no font has" if "could not be displayed" in message else message


def document(job: dict[str, Any]) -> bytes:
    """Return the document; it is set in an empty folder, so that a layout reads no file, and knows no time."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=job["fonts"])
    with tempfile.TemporaryDirectory(prefix="eszkola-letters-") as nowhere:
        compile_any: Any = typst.compile  # its stub wants a root of the layout's type: bytes
        made: bytes = compile_any(
            job["layout"].encode(),
            root=nowhere,
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs={"data": job["data"]},
            package_path=nowhere,
            package_cache_path=nowhere,
            format="pdf",
            pdf_standards=STANDARD,
            timestamp=NO_TIME,
        )
    return made


if __name__ == "__main__":
    main()
