"""Who is who where: the role of every user, from the users' own rows (1.1) or from rows of their own (1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import RosterKind
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.cells import shown
from eszkola_gradebook.mapping import STUDENTS
from eszkola_gradebook.oneroster.package import Entry, Package
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


def claims_of(package: Package) -> list[Claim]:
    """
    Return all roles that the package states and an import may give; the others become findings (ROLE-2).

    Raises:
        UnreadableSource: a full package has users and says nothing of their roles.
    """
    rows = package.rows("roles")
    if "roles" in package.entries:
        found = [claim for entry in rows if not entry.fault for claim in _of(package, entry, "userSourcedId")]
        _say_roleless(package, {claim["userSourcedId"] for claim in rows})
        return found
    users = package.rows("users")
    if users and not any(entry.has("role") for entry in users):
        if not package.delta("users"):
            raise UnreadableSource(
                f"{users[0].source} does not say who has which role, and there is no roles.csv",
                code="package-file-missing",
                source=users[0].source,
                hint="export the package with roles.csv",
            )
        _say_roleless(package, set())
        return []
    return [claim for entry in users if not entry.fault for claim in _of(package, entry, "sourcedId")]


def _say_roleless(package: Package, known: set[str]) -> None:
    hint = "nothing says in which school the user is: nothing was read of them"
    package.findings += (
        entry.finding("user-without-role", hint=hint)
        for entry in package.rows("users")
        if entry["sourcedId"] not in known
    )


def _of(package: Package, entry: Entry, user: str) -> Iterator[Claim]:
    """Yield the roles that one row gives."""
    word = folded(entry["role"].removeprefix("ext:"))
    role = _ROLES.get(word)
    if role is None:
        code = "role-not-importable" if word in _ABOVE else "role-not-used"
        hint = "such a role is given on the platform (ROLE-2)" if word in _ABOVE else "nobody has an account for it"
        package.findings.append(entry.finding(code, "role", shown(entry["role"]), hint))
        return
    days = (entry["beginDate"], entry["endDate"]) if entry.has("beginDate") or entry.has("endDate") else None
    several = listed(entry["orgSourcedIds"]) if user == "sourcedId" else listed(entry["orgSourcedId"])
    if not several and role is not Role.GUARDIAN:
        package.findings.append(entry.finding("org-missing", "orgSourcedIds", hint="name the school of this role"))
    for org in several or ("",):
        yield Claim(entry[user], role, org, entry, days)


def kind_of(package: Package, *files: str) -> RosterKind:
    """Return whether a list made of *files* replaces itself or says what changed."""
    return RosterKind.DELTA if package.delta(*files) else RosterKind.BULK


def is_whole(package: Package, *files: str) -> bool:
    """Return whether nobody in a list made of *files* can be missing from it by accident (SYNC-0)."""
    doubtful = [entry for file in files for entry in package.rows(file) if entry.is_lost or not _key(file, entry)]
    marked = not package.stated and any(entry["status"].casefold() == "tobedeleted" for entry in package.rows("users"))
    return not doubtful and not marked and not any(file in package.cut for file in files)


def _key(file: str, entry: Entry) -> str:
    return entry["sourcedId" if file in {"users", "classes"} else "userSourcedId"]
