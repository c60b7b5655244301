"""
A package held to the standard to the letter: whoever asks for this gets all that is wrong, or the roster.

It is looked at in steps, and the next is taken only where the last found nothing: which files there are, their headers,
their rows, and whether what the rows point at is there. Codes are those of the open conformance tests for OneRoster
1.2, which the reference of formats lists case by case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath
from typing import Final

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.cells import safe_key, shown
from eszkola_gradebook.oneroster.breaches import breach
from eszkola_gradebook.oneroster.exact import dangling, misheaded, miswritten
from eszkola_gradebook.oneroster.standard import VERSIONS, Standard, standard
from eszkola_gradebook.tables import Table

_MOST: Final = 1000
"""How many breaches are told: nobody mends more at a time."""
_MANIFEST: Final = "manifest"
_HEADER: Final = ("propertyName", "value")
_VERSION: Final = "oneroster.version"
_FIXED: Final = {"manifest.version": "1.0"}
_FREE: Final = frozenset({"source.systemName", "source.systemCode"})
_MODES: Final = frozenset({"absent", "bulk", "delta"})


def check(tables: Sequence[Table], others: Sequence[str], version: str | None) -> None:
    """
    Refuse the tables of one place if they break the standard anywhere, with all that breaks it.

    Args:
        tables: the tables of one folder or archive.
        others: the names of the files beside them that are no tables.
        version: the version that it must be; None for the one that the manifest names.

    Raises:
        UnreadableSource: the first breach, with the others of the same step.
    """
    manifest, files = _sorted(tables, others)
    said = _properties(manifest)
    known = standard(version or (said[_VERSION] if said.get(_VERSION) in VERSIONS else VERSIONS[-1]))
    _refuse(_manifested(manifest, known))
    modes = {file: said[f"file.{file}"] for file in known.files}
    _refuse(_misplaced(files, modes, known))
    there = {file: table for file, table in files.items() if modes[file] != "absent"}
    for step in (misheaded, miswritten, dangling):
        _refuse(step(there, modes, known))


def _refuse(found: Iterator[UnreadableSource]) -> None:
    told = list(islice(found, _MOST))
    if told:
        first = told[0]
        first.others = tuple(told[1:])
        raise first


def _sorted(tables: Sequence[Table], others: Sequence[str]) -> tuple[Table, dict[str, Table]]:
    """Return the manifest and the files of the standard, of whatever version."""
    known = {file for version in VERSIONS for file in standard(version).files}
    named = {PurePosixPath(table.file).name: table for table in tables}
    unknown = [
        name for name in named if name.removesuffix(".csv") not in known | {_MANIFEST} or not name.endswith(".csv")
    ]
    _refuse(
        breach(name, None, "unknown-file", "is no file of the standard", "pack its files only, in its spelling")
        for name in sorted({*(named[each].file for each in unknown), *others})
    )
    manifest = named.pop(f"{_MANIFEST}.csv", None)
    if manifest is None:
        some = min(table.file for table in tables)
        raise breach(
            some, None, "missing-manifest", "has no manifest.csv beside it", "pack the manifest with the files"
        )
    return manifest, {name.removesuffix(".csv"): table for name, table in named.items()}


def _properties(manifest: Table) -> dict[str, str]:
    """Return what the manifest says; of a property that it has twice, the first."""
    said: dict[str, str] = {}
    for row in manifest.rows():
        if len(row.cells) == len(_HEADER):
            said.setdefault(*row.cells)
    return said


def _manifested(manifest: Table, known: Standard) -> Iterator[UnreadableSource]:
    """Yield what is wrong with the manifest by itself."""
    name = manifest.name
    if manifest.header != _HEADER:
        yield breach(name, 1, "invalid-header", "has another header", "write propertyName,value")
    if manifest.findings:
        yield breach(name, None, "invalid-encoding", "is not in UTF-8", "export it in UTF-8")
    files = {f"file.{file}" for file in known.files}
    seen: set[str] = set()
    for row in manifest.rows():
        if len(row.cells) != len(_HEADER):
            yield breach(name, row.line, "row-width-mismatch", "has a row of other than two cells", "write two cells")
            continue
        about, value = row.cells
        if about in seen:
            told = safe_key(shown(about))
            yield breach(name, row.line, "duplicate-property", f"has {told} twice", "leave one of the two")
        else:
            yield from _property(name, row.line, about, value, files, known)
        seen.add(about)
    for about in (*_FIXED, _VERSION, *sorted(files)):
        if about not in seen:
            yield breach(name, None, "missing-property", f"does not say {about}", f"add a row for {about}")


def _property(  # noqa: PLR0913, PLR0917 - a property, its value, and where they stand
    name: str, line: int, about: str, value: str, files: set[str], known: Standard
) -> Iterator[UnreadableSource]:
    if about in files and value not in _MODES:
        yield breach(name, line, "invalid-file-mode", f"has no known value for {about}", "write bulk, delta or absent")
    elif about == _VERSION and value != known.version:
        hint = f"write {known.version}, or name the format of the version that it is"
        yield breach(name, line, "invalid-oneroster-version", f"is not of version {known.version}", hint)
    elif about in _FIXED and value != _FIXED[about]:
        yield breach(name, line, "invalid-manifest-version", "is a manifest of another version", "write 1.0")
    elif about not in files | _FREE | {_VERSION, *_FIXED}:
        yield breach(name, line, "unknown-property", f"has a property {safe_key(shown(about))}", "leave it out")


def _misplaced(files: dict[str, Table], modes: dict[str, str], known: Standard) -> Iterator[UnreadableSource]:
    """Yield where the manifest and the files do not agree."""
    for file, table in sorted(files.items()):
        if file not in known.files:
            hint = f"version {known.version} has no such file: leave it out"
            yield breach(table.name, None, "unknown-file", "is no file of this version", hint)
        elif modes[file] == "absent":
            hint = "write what kind of file it is into the manifest, or leave it out"
            yield breach(table.name, None, "file-unexpected", "is there, but absent by the manifest", hint)
    for file, mode in sorted(modes.items()):
        if mode != "absent" and file not in files:
            hint = "pack the file, or write absent into the manifest"
            yield breach(f"{file}.csv", None, "file-missing", f"is not there, but {mode} by the manifest", hint)
