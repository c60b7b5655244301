"""The tables of a package against the standard: headers, then rows, then what they point at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.cells import safe_key, shown
from eszkola_gradebook.oneroster.breaches import breach
from eszkola_gradebook.oneroster.standard import KEY, MODIFIED, STATUS, Kind, Standard
from eszkola_gradebook.oneroster.values import CODES, WAYS, keeps
from eszkola_gradebook.rows import End, Row
from eszkola_gradebook.tables import Table

Files = Mapping[str, Table]
Modes = Mapping[str, str]
_OWN: Final = "metadata."
_BLANK: Final = "1.2"
"""The version from which on a full file leaves status and dateLastModified empty."""
_URN: Final = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def misheaded(files: Files, modes: Modes, known: Standard) -> Iterator[UnreadableSource]:
    """Yield what is wrong with files before their first row: encoding, delimiter, and columns."""
    del modes
    for file, table in sorted(files.items()):
        name = table.name
        if table.findings:
            yield breach(name, None, "invalid-encoding", "is not in UTF-8", "export it in UTF-8")
        if table.delimiter != "," and len(table.header) > 1:
            yield breach(name, 1, "invalid-delimiter", "has another delimiter than the comma", "use the comma")
        yield from _header(name, table.header, tuple(known.files[file]))


def _header(name: str, header: tuple[str, ...], due: tuple[str, ...]) -> Iterator[UnreadableSource]:
    """Yield the first column that stands wrong, what is missing, and what is too much."""
    hint = f"the standard's columns come first, in this order: {', '.join(due)}"
    wrong = next(((is_, ought) for is_, ought in zip(header, due, strict=False) if is_ != ought), None)
    if wrong is not None and wrong[0].startswith(_OWN):
        hint = f"put columns that begin with {_OWN} behind all others"
        yield breach(name, 1, "metadata-column-position", f"has a column of its own before {wrong[1]}", hint)
    elif wrong is not None:
        told = safe_key(shown(wrong[0]))
        yield breach(name, 1, "header-order-mismatch", f"has {told} where {wrong[1]} belongs", hint)
    missing = [column for column in due if column not in header]
    if missing:
        yield breach(name, 1, "missing-header", f"lacks {', '.join(missing)}", hint)
    extra = [each for each in header[len(due) :] if each not in due and (each == _OWN or not each.startswith(_OWN))]
    if extra:
        told = safe_key(shown(extra[0]))
        yield breach(name, 1, "invalid-metadata-header", f"has a column {told}", f"begin its name with {_OWN}")
    if len(set(header)) < len(header):
        yield breach(name, 1, "duplicate-header", "has a column twice", "leave one of the two")


def miswritten(files: Files, modes: Modes, known: Standard) -> Iterator[UnreadableSource]:
    """Yield what is wrong with rows by themselves, and two rows of one sourcedId."""
    for file, table in sorted(files.items()):
        columns = list(known.files[file].items())
        seen: set[str] = set()
        for row in table.rows():
            if row.end is End.TORN or len(row.cells) != len(table.header):
                hint = "export it again; a text with a comma stands in quotation marks"
                yield breach(table.name, row.line, "row-width-mismatch", "has more or fewer cells in a row", hint)
                continue
            cells = dict(zip((name for name, _ in columns), row.cells, strict=False))
            yield from _lifecycle(table, row, cells, modes[file], known)
            for name, kind in columns:
                yield from _cell(table, row, name, kind, cells[name], known)
            yield from _sense(table, row, cells)
            if cells[KEY] and cells[KEY] in seen:
                yield breach(table.name, row.line, "duplicate-sourced-id", "has a sourcedId again", "give each its own")
            seen.add(cells[KEY])


def _lifecycle(
    table: Table, row: Row, cells: Mapping[str, str], mode: str, known: Standard
) -> Iterator[UnreadableSource]:
    """Yield what a row says of its own life that its kind of file may not say, or must."""
    for name in (STATUS, MODIFIED):
        if mode == "delta" and not cells[name]:
            hint = "a row of a delta says what became of it, and when"
            yield breach(table.name, row.line, "field-required-in-delta", f"has a row without {name}", hint)
        elif mode == "bulk" and cells[name] and known.version >= _BLANK:
            hint = "a full file says who is there: leave it empty"
            yield breach(table.name, row.line, "field-forbidden-in-bulk", f"has a row with {name}", hint)


def _cell(  # noqa: PLR0913, PLR0917 - a cell, its column, and where it stands
    table: Table, row: Row, name: str, kind: Kind, text: str, known: Standard
) -> Iterator[UnreadableSource]:
    if not text and kind.needed:
        yield breach(table.name, row.line, "field-required", f"has a row without {name}", f"fill in {name}")
    elif text and not keeps(text, kind, known):
        hint = WAYS[kind.name]
        if kind.name in {"word", "words"}:
            hint = f"use one of: {', '.join(known.words[kind.of])}"
        what = f"has {name} in another form than the standard's"
        yield breach(table.name, row.line, CODES[kind.name], what, f"{name}: {hint}")


def _sense(table: Table, row: Row, cells: Mapping[str, str]) -> Iterator[UnreadableSource]:
    """Yield where cells do not fit each other: no result is below nothing and above everything."""
    if _number(cells.get("resultValueMin")) > _number(cells.get("resultValueMax")):
        hint = "exchange the two"
        yield breach(table.name, row.line, "invalid-score-range", "has resultValueMin above resultValueMax", hint)
    if cells.get("source") == "case" and not _URN.fullmatch(cells.get("learningObjectiveId", "")):
        hint = "an objective of the source case is written urn:uuid:…"
        code = "invalid-case-learning-objective-id"
        yield breach(table.name, row.line, code, "has a learningObjectiveId that is no UUID URN", hint)


def _number(text: str | None) -> float:
    """Return the number; without one, none that is larger or smaller than any."""
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def dangling(files: Files, modes: Modes, known: Standard) -> Iterator[UnreadableSource]:
    """Yield the rows of full files that point at what is not there; what a delta points at may be there already."""
    pointing = {
        file: [(at, name, kind) for at, (name, kind) in enumerate(known.files[file].items()) if kind.points]
        for file in sorted(files)
        if modes[file] == "bulk"
    }
    wanted = {kind.of for columns in pointing.values() for _, _, kind in columns}
    keys = {file: {row.cells[0] for row in files[file].rows()} for file in wanted if modes[file] == "bulk"}
    for file, columns in pointing.items():
        table = files[file]
        for row in table.rows():
            for at, name, kind in columns:
                targets = row.cells[at].split(",") if row.cells[at] else []
                if targets and modes[kind.of] == "absent":
                    hint = f"pack {kind.of}.csv, or leave {name} empty"
                    what = f"points with {name} into {kind.of}.csv, which is absent"
                    yield breach(table.name, row.line, "missing-target-file", what, hint)
                elif kind.of in keys and not keys[kind.of].issuperset(targets):
                    hint = f"{kind.of}.csv has no row of this sourcedId"
                    yield breach(table.name, row.line, "missing-target-record", f"points with {name} at nothing", hint)
