"""Who is who where: the role of every user, from the users' own rows (1.1) or from rows of their own (1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from eszkola_core.domain.findings import Finding
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import RosterKind
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.cells import shown
from eszkola_gradebook.mapping import STUDENTS
from eszkola_gradebook.oneroster.files import Entry, File
from eszkola_gradebook.oneroster.package import Package
from eszkola_gradebook.oneroster.people import listed
from eszkola_gradebook.words import folded

_ROLES: Final = {
    "student": Role.STUDENT,
    "teacher": Role.TEACHER,
    "secretary": Role.SECRETARY,
    "homeroomteacher": Role.HOMEROOM_TEACHER,
    "guardian": Role.GUARDIAN,
    "parent": Role.GUARDIAN,
    "relative": Role.GUARDIAN,
}
"""The standard has no secretary and no homeroom teacher; packages that name them write ``ext:secretary``."""
_ABOVE: Final = frozenset(
    {"administrator", "principal", "siteadministrator", "districtadministrator", "systemadministrator"},
)


@frozen
class Claim:
    """One role of one user in one organisation; ``days`` is None where the file cannot say any."""

    user: str
    role: Role
    org: str
    entry: Entry
    days: tuple[str, str] | None = None

    @property
    def list(self) -> str:
        """The list that the role is in."""
        return STUDENTS if self.role is Role.STUDENT else self.role.value


class Claims:
    """The roles that a package states, in its role rows or, where it has none, in its users' own."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._file, self._user = ("roles", "userSourcedId") if "roles" in package.files else ("users", "sourcedId")
        self._rows = package.files.get(self._file)

    def all(self) -> Iterator[Claim]:
        """
        Yield all roles that the package states and an import may give; the others become findings (ROLE-2).

        Raises:
            UnreadableSource: a full package has users and says nothing of their roles.
        """
        package = self._package
        users = package.files.get("users")
        roleless = self._file == "users" and users is not None and not any(entry.has("role") for entry in users)
        if users is not None and roleless and next(iter(users), None) is not None:
            if not package.delta("users"):
                raise UnreadableSource(
                    f"{users.source} does not say who has which role, and there is no roles.csv",
                    code="package-file-missing",
                    source=users.source,
                    hint="export the package with roles.csv",
                )
            self._say_roleless(users)
            return
        for _, entries in self._rows.groups() if self._rows else ():
            for entry in entries:
                if not entry.fault:
                    yield from _of(entry, self._user, package.findings)
        if self._file == "roles" and users is not None:
            self._say_roleless(users)

    def of(self, user: str) -> Iterator[Claim]:
        """Yield the roles of one user."""
        for entry in self._rows.of(user) if self._rows else ():
            if not entry.fault:
                yield from _of(entry, self._user, [])

    def has_any(self, user: str) -> bool:
        """Return whether anything is said of a user's role."""
        return any(not entry.fault and entry["role"] for entry in (self._rows.of(user) if self._rows else ()))

    def _say_roleless(self, users: File) -> None:
        hint = "nothing says in which school the user is: nothing was read of them"
        self._package.findings += (
            entry.finding("user-without-role", hint=hint)
            for entry in users
            if self._file == "users" or self._rows is None or entry["sourcedId"] not in self._rows
        )


def _of(entry: Entry, user: str, findings: list[Finding]) -> Iterator[Claim]:
    """Yield the roles that one row gives, and add to *findings* what it gives that is none."""
    word = folded(entry["role"].removeprefix("ext:"))
    role = _ROLES.get(word)
    if role is None:
        code = "role-not-importable" if word in _ABOVE else "role-not-used"
        hint = "such a role is given on the platform (ROLE-2)" if word in _ABOVE else "nobody has an account for it"
        findings.append(entry.finding(code, "role", shown(entry["role"]), hint))
        return
    days = (entry["beginDate"], entry["endDate"]) if entry.has("beginDate") or entry.has("endDate") else None
    several = listed(entry["orgSourcedIds"]) if user == "sourcedId" else listed(entry["orgSourcedId"])
    if not several and role is not Role.GUARDIAN:
        findings.append(entry.finding("org-missing", "orgSourcedIds", hint="name the school of this role"))
    for org in several or ("",):
        yield Claim(entry[user], role, org, entry, days)


def kind_of(package: Package, *files: str) -> RosterKind:
    """Return whether a list made of *files* replaces itself or says what changed."""
    return RosterKind.DELTA if package.delta(*files) else RosterKind.BULK


def is_whole(package: Package, *files: str) -> bool:
    """Return whether nobody in a list made of *files* can be missing from it by accident (SYNC-0)."""
    doubtful = any(package.files[file].lost or package.files[file].ownerless for file in files if file in package.files)
    marked = not package.stated and any(entry["status"].casefold() == "tobedeleted" for entry in package.rows("users"))
    return not doubtful and not marked and not any(file in package.cut for file in files)
