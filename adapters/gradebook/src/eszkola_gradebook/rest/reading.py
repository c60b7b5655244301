"""One reading of a service: all that it has, or what was changed and what that bears on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from eszkola_core.domain.findings import Finding
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.mapped import Stated
from eszkola_gradebook.oneroster.package import USED, Package
from eszkola_gradebook.oneroster.people import listed
from eszkola_gradebook.oneroster.rosters import stated_in
from eszkola_gradebook.rest.cells import FIELDS
from eszkola_gradebook.rest.client import DEMOGRAPHICS, NOT_FOUND, Client
from eszkola_gradebook.rest.collected import Rows, Users
from eszkola_gradebook.rest.paging import Listing, one
from eszkola_gradebook.rest.patience import Patience
from eszkola_gradebook.rest.service import Service
from eszkola_gradebook.rest.transport import Transport
from eszkola_gradebook.shelves import Shelves
from eszkola_gradebook.words import folded

_MOST_SINGLE: Final = 500
"""Where more users than these are to be asked for one by one, the whole list is read instead."""
_GUARDIANS: Final = frozenset({"guardian", "parent", "relative"})
_MOVED: Final = "the list changed while it was read: nobody is ended by absence; read it again at a quieter hour"


def stated_by_service(
    service: Service, since: datetime | None, patience: Patience, shelves: Shelves
) -> tuple[str, Stated]:
    """
    Return the name of the format and what *service* states: all, or what was changed *since*.

    Raises:
        UnreadableSource: it refuses, or answers with what is no OneRoster 1.2.
        Unavailable: it cannot be reached, or is too busy.
        InvalidValue: its configuration is wrong.
    """
    with Transport(service, patience) as transport:
        return stated_in(_Asked(service, Client(service, transport), since, shelves).package())


class _Asked:
    """The lists of a service, one after the other."""

    def __init__(self, service: Service, client: Client, since: datetime | None, shelves: Shelves) -> None:
        self._service = service
        self._client = client
        self._since = since
        self._users = Users(client.source("/users"))
        self._rows: dict[str, Rows] = {"users": self._users, "roles": self._users.roles}
        self._package = Package("1.2", dict.fromkeys(USED, "absent"), shelves)
        self._touched: set[str] = set()

    def package(self) -> Package:
        """Return what the service has as the rows of a package."""
        self._take("orgs")
        self._take("classes")
        self._take("users", changed=True)
        self._check_roles()
        self._take_enrollments()
        if self._service.demographics:
            self._take_demographics()
        if self._since is not None:
            self._complete()
        package = self._package
        for file, rows in self._rows.items():
            package.keep(file, rows.source, rows.columns, rows.entries())
            package.findings += rows.findings
            package.modes[file] = "bulk" if self._since is None or file in {"orgs", "classes"} else "delta"
        return package

    def _question(self, file: str, *, changed: bool = False) -> dict[str, str]:
        """Return how to ask for a list: in an order that stays, without what nobody needs, such as passwords."""
        question: dict[str, str] = {}
        if not self._service.bare:
            fields = [*FIELDS[file], *(["roles"] if file == "users" else [])]
            question = {"sort": "sourcedId", "orderBy": "asc", "fields": ",".join(fields)}
        if changed and self._since is not None:
            question["filter"] = f"dateLastModified>='{self._since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}'"
        return question

    def _take(self, file: str, *, changed: bool = False) -> None:
        """Read a list into its rows."""
        rows = self._rows.setdefault(file, Rows(file, self._client.source(f"/{file}")))
        for record in self._walk(file, self._question(file, changed=changed)):
            rows.add(record)

    def _walk(self, file: str, question: Mapping[str, str]) -> Iterator[object]:
        """Yield the records of a list; one that moved ends nobody by absence, as a file that was cut (SYNC-7)."""
        listing = Listing(self._client, f"/{file}", file, question, self._service.page_size)
        yield from listing
        if listing.moved:
            self._package.cut |= {file, "roles"} if file == "users" else {file}
            moved = Finding(self._client.source(f"/{file}"), 0, "", "", "list-moved", hint=_MOVED)
            self._package.findings += [moved] if moved not in self._package.findings else []

    def _check_roles(self) -> None:
        """Refuse users of whom nobody says what they are: as in OneRoster 1.1, or where roles are kept back."""
        if len(self._users) and not self._users.with_roles:
            raise UnreadableSource(
                f"{self._users.source} has users without roles",
                code="field-missing",
                source=self._users.source,
                hint="ask for OneRoster 1.2: its users have a field roles",
            )

    def _take_enrollments(self) -> None:
        """
        Read who is in which homeroom.

        What was changed tells of one class only; whose classes those are is known from all that somebody is in.
        """
        rooms = {
            entry["sourcedId"] for entry in self._rows["classes"].entries() if folded(entry["classType"]) == "homeroom"
        }
        rows = self._rows["enrollments"] = Rows("enrollments", self._client.source("/enrollments"))
        for record in self._walk("enrollments", self._question("enrollments", changed=True)):
            if _pointed_at(record, "class") in {*rooms, None}:
                rows.add(record)
        if self._since is None:
            return
        self._touched = {entry["userSourcedId"] for entry in rows.entries()} - {""}
        for user in sorted(self._touched):
            question = {**self._question("enrollments"), "filter": f"user.sourcedId='{user}'"}
            for record in self._walk("enrollments", question):
                if _pointed_at(record, "user") != user:
                    raise UnreadableSource(
                        f"{rows.source} answers with more than it was asked for",
                        code="filter-ignored",
                        source=rows.source,
                        hint="this service cannot say what was changed: leave changed_hours out",
                    )
                if _pointed_at(record, "class") in rooms:
                    rows.add(record)

    def _take_demographics(self) -> None:
        """Read birth dates and sexes, where the service lets this client."""
        try:
            self._take("demographics", changed=True)
        except UnreadableSource as refused:
            if refused.code != "scope-missing":
                raise
            del self._rows["demographics"]
            hint = f"let the service grant this client the scope {DEMOGRAPHICS}, or set demographics = false"
            self._package.findings.append(Finding(refused.source, 0, "", "", "demographics-refused", hint=hint))

    def _complete(self) -> None:
        """
        Ask for the users that what was changed bears on.

        A student's record holds the guardians too: it takes all of them, whichever was changed. Where they are many,
        the whole list is read: a delta may say too much.
        """
        changed = {key for key, _, _ in self._users.kinds()}
        asked: set[str] = set()
        while wanted := self._wanted(changed) - asked:
            asked |= wanted
            if len(asked) > _MOST_SINGLE:
                self._take("users")
                break
            for key in sorted(wanted):
                record = one(self._client, f"/users/{quote(key, safe='')}", "user", may_be=frozenset({NOT_FOUND}))
                if record is not None:
                    self._users.add(record)

    def _wanted(self, changed: Iterable[str]) -> set[str]:
        """Return who is missing: whose class or birth date was changed, students' guardians, guardians' children."""
        wanted = set(self._touched)
        if "demographics" in self._rows:
            wanted |= {entry["sourcedId"] for entry in self._rows["demographics"].entries()}
        for key, kind, row in self._users.kinds():
            if kind == "student" or (kind in _GUARDIANS and key in changed):
                wanted.update(_agents(row))
        return {key for key in wanted if key and key not in self._users}


def _agents(row: Mapping[str, str]) -> tuple[str, ...]:
    return listed(row.get("agentSourcedIds", ""))


def _pointed_at(record: object, name: str) -> str | None:
    """Return what a record points at; None where that cannot be read."""
    found = record.get(name) if isinstance(record, Mapping) else None
    key = found.get("sourcedId") if isinstance(found, Mapping) else None
    return key.strip() if isinstance(key, str) else None
