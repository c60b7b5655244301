"""
The files of one OneRoster package: its manifest, and its tables under the headers that the standard means.

Lenient: what real exports get wrong, and what can only mean one thing, is read and said as a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import Factory, define, field, frozen

from eszkola_core.domain.findings import Finding
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.cells import safe_key
from eszkola_gradebook.oneroster.headers import columns
from eszkola_gradebook.rows import Fault
from eszkola_gradebook.tables import Table
from eszkola_gradebook.words import folded

USED: Final = ("users", "roles", "orgs", "classes", "enrollments", "demographics")
"""The files that speak of people; the others are passed over."""
_OTHERS: Final = frozenset(
    folded(file)
    for file in (
        "manifest",
        "academicSessions",
        "categories",
        "classResources",
        "courseResources",
        "courses",
        "lineItems",
        "lineItemLearningObjectiveIds",
        "lineItemScoreScales",
        "resources",
        "results",
        "resultLearningObjectiveIds",
        "resultScoreScales",
        "scoreScales",
        "userProfiles",
        "userResources",
    )
)
"""The rest of the standard's catalogue."""
_MODES: Final = frozenset({"bulk", "delta", "absent"})


@frozen
class Entry:
    """One row; ``fault`` says that its cells cannot be trusted to stand where they should."""

    source: str
    line: int
    values: dict[str, str] = field(repr=False)
    fault: Fault | None = None

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    def has(self, column: str) -> bool:
        """Return whether the file has the column."""
        return column in self.values

    @property
    def is_lost(self) -> bool:
        """Whether nobody can say whose row it is: somebody may be missed who is there (SYNC-0)."""
        return self.fault is not None and self.fault is not Fault.FIELD

    @property
    def gone(self) -> bool:
        """Whether the row says that what it describes is no more."""
        return self["status"].casefold() in {"tobedeleted", "inactive"}

    def finding(self, code: str, about: str = "", value: str = "", hint: str = "") -> Finding:
        """Return a finding about this row."""
        return Finding(self.source, self.line, safe_key(self["sourcedId"]), about, code, value, hint)


@define
class Package:
    """What the manifest promises, and the rows that are there."""

    version: str
    modes: dict[str, str]
    entries: dict[str, list[Entry]] = Factory(dict)
    sources: dict[str, str] = Factory(dict)
    cut: set[str] = Factory(set)
    findings: list[Finding] = Factory(list)
    stated: bool = True
    """Whether a manifest says all this."""

    def delta(self, *files: str) -> bool:
        """Return whether any of *files* says only what changed."""
        return any(self.modes.get(file) == "delta" for file in files)

    def rows(self, file: str) -> list[Entry]:
        """Return the rows of a file; none where it is not there."""
        return self.entries.get(file, [])

    def by_key(self, file: str) -> dict[str, Entry]:
        """Return the sound rows of a file by their sourcedId; two that differ under one say nothing."""
        found: dict[str, Entry] = {}
        twice: set[str] = set()
        for entry in self.rows(file):
            key = entry["sourcedId"]
            if key and entry.fault is None and found.setdefault(key, entry).values != entry.values:
                twice.add(key)
        self.findings += (
            Finding(self.sources[file], 0, safe_key(key), "", "row-twice", hint="two rows differ: neither was read")
            for key in sorted(twice)
        )
        return {key: entry for key, entry in found.items() if key not in twice}

    def damaged(self, file: str) -> bool:
        """Return whether rows of the file were lost or cannot be trusted."""
        return file in self.cut or any(entry.is_lost for entry in self.rows(file))


def is_package(tables: Sequence[Table]) -> bool:
    """Return whether the tables of one place are a OneRoster package: by its manifest, or by the users' headers."""
    return any(_is_manifest(table) or _is_users(table) for table in tables)


def _is_manifest(table: Table) -> bool:
    return table.stem.casefold() == "manifest" and [folded(name) for name in table.header] == ["propertyname", "value"]


def _is_users(table: Table) -> bool:
    headers = {folded(name) for name in table.header}
    return table.stem.casefold() == "users" and {"sourcedid", "enableduser"} <= headers


def opened(tables: Sequence[Table]) -> Package:
    """
    Return the package that *tables* are.

    Raises:
        UnreadableSource: the manifest promises a file that is not there and without which nobody can be read, or a
            file lacks a column that tells its rows apart.
    """
    files: dict[str, Table] = {}
    for table in tables:
        if files.setdefault(table.stem.casefold(), table) is not table:
            raise UnreadableSource(
                f"{table.name} is the second file of its name in one package",
                code="table-twice",
                source=table.name,
                hint="keep each package in a folder or archive of its own",
            )
    package = _manifest(files.get("manifest"), files)
    for table in tables:
        package.findings += table.findings
    for file in USED:
        _take(package, file, files.get(file))
    unused = sorted(set(files) - set(USED) - _OTHERS)
    package.findings += (
        Finding(files[stem].name, 0, "", "", "file-not-used", hint="the standard has no file of this name")
        for stem in unused
    )
    return package


def _manifest(table: Table | None, files: dict[str, Table]) -> Package:
    if table is None:
        some = files.get("users") or next(iter(files.values()))
        version = "1.2" if "roles" in files else "1.1"
        package = Package(version, {file: "bulk" for file in USED if file in files}, stated=False)
        hint = "read as a full export; if it holds changes only, add the manifest"
        package.findings.append(Finding(some.name, 0, "", "", "manifest-missing", hint=hint))
        return package
    said = {folded(row.cells[0]): row.cells[1] for row in table.rows() if len(row.cells) > 1}
    version = said.get("onerosterversion", "")
    package = Package("1.1" if version.startswith("1.1") else "1.2", {})
    if version not in {"1.1", "1.2"}:
        package.findings.append(Finding(table.name, 0, "", "oneroster.version", "version-unknown", hint="1.1 and 1.2"))
    for file in USED:
        mode = said.get(folded(f"file.{file}"), "").casefold()
        if mode not in _MODES:
            mode = "bulk" if file in files else "absent"
            if file in files:
                hint = "the manifest does not say what kind of file it is: read as bulk"
                package.findings.append(Finding(table.name, 0, "", f"file.{file}", "manifest-differs", hint=hint))
        package.modes[file] = mode
    return package


def _take(package: Package, file: str, table: Table | None) -> None:
    """Put the rows of one file into the package, if it should have and has it."""
    mode = package.modes.get(file, "absent")
    if table is None:
        if mode != "absent":
            _missing(package, file)
        return
    if mode == "absent":
        hint = "the manifest says that this file is absent: it was not read"
        package.findings.append(Finding(table.name, 0, "", f"file.{file}", "manifest-differs", hint=hint))
        return
    package.sources[file] = table.name
    package.entries[file] = list(_entries(package, file, table))
    if any(entry.fault is Fault.CUT for entry in package.entries[file]):
        package.cut.add(file)
        hint = "the file ends in the middle of a row: export it again"
        package.findings.append(Finding(table.name, 0, "", "", "file-cut", hint=hint))


def _missing(package: Package, file: str) -> None:
    if file in {"users", "roles"}:
        raise UnreadableSource(
            f"the manifest promises {file}.csv, which is not there",
            code="package-file-missing",
            source="manifest.csv",
            hint="export the package again, and keep its files together",
        )
    hint = "the manifest promises this file, which is not there: it says nothing"
    package.findings.append(Finding(f"{file}.csv", 0, "", f"file.{file}", "manifest-differs", hint=hint))


def _entries(package: Package, file: str, table: Table) -> Iterator[Entry]:
    found, slips = columns(file, table)
    package.findings += slips
    for row in table.rows():
        fault = row.fault(len(table.header), len(table.header))
        values = {name: row.cells[at] for name, at in found.items() if at < len(row.cells)}
        yield Entry(table.name, row.line, values, fault)
