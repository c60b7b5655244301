"""The records of one list on their way to the rows of a package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from eszkola_core.domain.findings import Finding
from eszkola_gradebook.cells import safe_key, shown
from eszkola_gradebook.oneroster.files import Entry
from eszkola_gradebook.rest.cells import ESSENTIAL, EVERYWHERE, FIELDS, OTHERS, Unfit, text
from eszkola_gradebook.rows import Fault
from eszkola_gradebook.words import folded

_MOST_UNKNOWN: Final = 20
_LONGEST: Final = 80
_ROLES: Final = "roles"


class Rows:
    """
    Rows of one file: equal ones collapse, and a field that any record has is a column of all.

    A field that no record has says nothing, as a column that is not there.
    """

    def __init__(self, file: str, source: str) -> None:
        self.file = file
        self.source = source
        self.findings: list[Finding] = []
        self._rows: dict[str, list[tuple[dict[str, str], Fault | None]]] = {}
        self._columns: set[str] = set()
        self._names = {folded(name): name for name in FIELDS[file]}
        self._told: set[str] = set()

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    @property
    def columns(self) -> dict[str, int]:
        """Where each column is in every row."""
        return {column: at for at, column in enumerate(sorted(self._columns))}

    def entries(self) -> list[Entry]:
        """Return the rows, each with all columns."""
        columns = self.columns
        return [
            Entry(self.source, 0, columns, tuple([values.get(column, "") for column in columns]), fault)
            for rows in self._rows.values()
            for values, fault in rows
        ]

    def add(self, record: object, **more: str) -> dict[str, str]:
        """Take a record in, with *more* columns, and return its row."""
        values: dict[str, str] = dict(more)
        faults: set[str] = set()
        fields = self._fields(record)
        known = FIELDS[self.file]
        owner = more.get("sourcedId") or _owner(fields)
        for name, value in fields.items():
            if name not in known:
                continue
            column, read = known[name]
            try:
                values[column] = read(value)
            except Unfit as unfit:
                faults.add(name)
                values[column] = ""
                self.say(owner, name, str(unfit))
        if not isinstance(record, Mapping):
            faults |= ESSENTIAL[self.file]
            self.say(owner, "", "an object")
        self.keep(values, _fault(faults, self.file))
        return values

    def keep(self, values: dict[str, str], fault: Fault | None) -> None:
        """Keep a row, unless the same one is there."""
        self._columns |= set(values)
        same = self._rows.setdefault(values.get("sourcedId", ""), [])
        if (values, fault) not in same:
            same.append((values, fault))

    def say(self, owner: str, name: str, expected: str) -> None:
        """Take down that a field is of another kind; its value is not shown."""
        hint = f"the standard has {expected} there: whoever runs the service must mend it"
        self.findings.append(Finding(self.source, 0, safe_key(owner), name, "field-wrong-type", hint=hint))

    def _fields(self, record: object) -> dict[str, object]:
        """Return the fields of a record under the names of the standard, and say which are none."""
        if not isinstance(record, dict):
            return {}
        found: dict[str, object] = {}
        known = FIELDS[self.file]
        for name, value in record.items():
            meant = self._meant(name)
            if meant != name and meant not in record:
                self._tell(name, "header-mistake", f"read as {meant}; the standard spells it so")
            elif meant != name:
                continue
            elif name not in known and not self._is_passed_over(name):
                self._tell(name, "field-unknown", "the standard has no field of this name: it was not read")
            found[meant] = value
        return found

    def _meant(self, name: str) -> str:
        """Return the field of the standard that *name* is, or is a slip of; else the name itself."""
        return name if name in FIELDS[self.file] else self._names.get(folded(name), name)

    def _is_passed_over(self, name: str) -> bool:
        return name in EVERYWHERE or name in OTHERS.get(self.file, ()) or name.startswith("ext")

    def _tell(self, name: str, code: str, hint: str) -> None:
        if self.file == _ROLES or name in self._told or len(self._told) >= _MOST_UNKNOWN:
            return
        self._told.add(name)
        self.findings.append(Finding(self.source, 0, "", shown(name), code, hint=hint))


class Users(Rows):
    """The users, and their roles, which are rows of their own."""

    def __init__(self, source: str) -> None:
        super().__init__("users", source)
        self.roles = Rows(_ROLES, source)
        self.with_roles = False

    def add(self, record: object, **more: str) -> dict[str, str]:
        """Take a user in, and return its row."""
        values = super().add(record, **more)
        user = values.get("sourcedId", "")
        stated = record.get(_ROLES) if isinstance(record, Mapping) else None
        self.with_roles |= isinstance(record, Mapping) and _ROLES in record
        if stated is not None and not isinstance(stated, list):
            self.say(user, _ROLES, "a list")
            self._lose(user)
        for role in stated if isinstance(stated, list) else ():
            self.roles.add(role, sourcedId=user, userSourcedId=user)
        return values

    def kinds(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Yield the key of each user, each role, and the user's row."""
        users = {key: rows[-1][0] for key, rows in self._rows.items()}
        for entry in self.roles.entries():
            if entry["userSourcedId"] in users:
                yield entry["userSourcedId"], folded(entry["role"]), users[entry["userSourcedId"]]

    def _lose(self, user: str) -> None:
        """Say that a user's roles cannot be read, so that no list is whole."""
        self.roles.keep({"sourcedId": user, "userSourcedId": user}, Fault.UNREADABLE)


def _fault(faults: set[str], file: str) -> Fault | None:
    if not faults:
        return None
    return Fault.UNREADABLE if faults & ESSENTIAL[file] else Fault.FIELD


def _owner(fields: Mapping[str, object]) -> str:
    try:
        return text(fields.get("sourcedId"))[:_LONGEST]
    except Unfit:
        return ""
