"""
The files of one OneRoster package: its manifest, and its tables under the headers that the standard means.

Lenient: what real exports get wrong, and what can only mean one thing, is read and said as a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import Factory, define, field

from eszkola_core.domain.findings import Finding
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.cells import safe_key
from eszkola_gradebook.oneroster.files import Entry, File, sound
from eszkola_gradebook.oneroster.headers import columns
from eszkola_gradebook.shelves import Shelves
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


_KEYS: Final = {"roles": "userSourcedId", "enrollments": "classSourcedId"}
"""By what else than its own key a row is looked for."""
_OWNED: Final = {"roles": "userSourcedId", "enrollments": "userSourcedId"}


@define
class Package:
    """What the manifest promises, and the rows that are there."""

    version: str
    modes: dict[str, str]
    shelves: Shelves = field(repr=False)
    files: dict[str, File] = Factory(dict)
    cut: set[str] = Factory(set)
    findings: list[Finding] = Factory(list)
    stated: bool = True
    """Whether a manifest says all this."""

    def delta(self, *files: str) -> bool:
        """Return whether any of *files* says only what changed."""
        return any(self.modes.get(file) == "delta" for file in files)

    def keep(self, file: str, source: str, columns: Mapping[str, int], entries: Iterable[Entry]) -> File:
        """Take in the rows of a file; of enrolments those in homerooms, as nobody asks for others."""
        kept = self.files[file] = File(
            source, columns, _KEYS.get(file, "sourcedId"), _OWNED.get(file, "sourcedId"), self.shelves.new()
        )
        kept.put(entries, frozenset(self.homerooms()) if file == "enrollments" else None)
        return kept

    def rows(self, file: str) -> Iterable[Entry]:
        """Return the rows of a file; none where it is not there."""
        return self.files.get(file, ())

    def by_key(self, file: str) -> Iterator[tuple[str, Entry]]:
        """Yield the sound rows of a file by their sourcedId; two that differ under one say nothing."""
        if file not in self.files:
            return
        for key, entries in self.files[file].groups():
            entry = sound(entries)
            if not key:
                continue
            if entry is not None:
                yield key, entry
            elif any(each.fault is None for each in entries):
                hint = "two rows differ: neither was read"
                self.findings.append(Finding(self.files[file].source, 0, safe_key(key), "", "row-twice", hint=hint))

    def homerooms(self) -> dict[str, Entry]:
        """Return the classes that are homerooms, by their sourcedId."""
        return {key: entry for key, entry in self.by_key("classes") if folded(entry["classType"]) == "homeroom"}

    def damaged(self, file: str) -> bool:
        """Return whether rows of the file were lost or cannot be trusted."""
        return file in self.cut or (file in self.files and self.files[file].lost)


def is_package(tables: Sequence[Table]) -> bool:
    """Return whether the tables of one place are a OneRoster package: by its manifest, or by the users' headers."""
    return any(_is_manifest(table) or _is_users(table) for table in tables)


def _is_manifest(table: Table) -> bool:
    return table.stem.casefold() == "manifest" and [folded(name) for name in table.header] == ["propertyname", "value"]


def _is_users(table: Table) -> bool:
    headers = {folded(name) for name in table.header}
    return table.stem.casefold() == "users" and {"sourcedid", "enableduser"} <= headers


def opened(tables: Sequence[Table], shelves: Shelves) -> Package:
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
    package = _manifest(files.get("manifest"), files, shelves)
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


def _manifest(table: Table | None, files: dict[str, Table], shelves: Shelves) -> Package:
    if table is None:
        some = files.get("users") or next(iter(files.values()))
        version = "1.2" if "roles" in files else "1.1"
        package = Package(version, {file: "bulk" for file in USED if file in files}, shelves, stated=False)
        hint = "read as a full export; if it holds changes only, add the manifest"
        package.findings.append(Finding(some.name, 0, "", "", "manifest-missing", hint=hint))
        return package
    said = {folded(row.cells[0]): row.cells[1] for row in table.rows() if len(row.cells) > 1}
    version = said.get("onerosterversion", "")
    package = Package("1.1" if version.startswith("1.1") else "1.2", {}, shelves)
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
    found, slips = columns(file, table)
    package.findings += slips
    # In the order of the file, so that a row that is too short lacks its last columns and no others.
    places = sorted(found.values())
    index = {name: places.index(at) for name, at in found.items()}
    if package.keep(file, table.name, index, _entries(table, index, places)).cut:
        package.cut.add(file)
        hint = "the file ends in the middle of a row: export it again"
        package.findings.append(Finding(table.name, 0, "", "", "file-cut", hint=hint))


def _entries(table: Table, index: Mapping[str, int], places: Sequence[int]) -> Iterator[Entry]:
    due = len(table.header)
    for row in table.rows():
        many = len(row.cells)
        yield Entry(
            table.name,
            row.line,
            index,
            tuple([row.cells[at] for at in places if at < many]),
            row.fault(due, due),
        )


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
