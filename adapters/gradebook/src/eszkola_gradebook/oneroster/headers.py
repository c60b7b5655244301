"""The headers of OneRoster's files: those that are read, and the slips of the pen that real exports make."""

from __future__ import annotations

from typing import Final

from eszkola_core.domain.findings import Finding
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.tables import Table
from eszkola_gradebook.words import folded

_COLUMNS: Final = {
    "users": (
        "sourcedId",
        "status",
        "enabledUser",
        "orgSourcedIds",
        "role",
        "userIds",
        "givenName",
        "familyName",
        "email",
        "sms",
        "phone",
        "agentSourcedIds",
    ),
    "roles": ("sourcedId", "status", "userSourcedId", "role", "beginDate", "endDate", "orgSourcedId"),
    "orgs": ("sourcedId", "status", "name", "type"),
    "classes": ("sourcedId", "status", "title", "classCode", "classType", "schoolSourcedId"),
    "enrollments": (
        "sourcedId",
        "status",
        "classSourcedId",
        "schoolSourcedId",
        "userSourcedId",
        "role",
        "beginDate",
        "endDate",
    ),
    "demographics": ("sourcedId", "status", "birthDate", "sex"),
}
"""What is read of each file: passwords and all the rest never become values here."""
_SLIPS: Final = {
    ("users", "agents"): "agentSourcedIds",
    ("users", "userid"): "userIds",
    ("demographics", "usersourcedid"): "sourcedId",
}
"""Headers that real exports write instead."""
_NEEDED: Final = {
    "users": ("sourcedId",),
    "roles": ("userSourcedId", "role", "orgSourcedId"),
    "orgs": ("sourcedId",),
    "classes": ("sourcedId",),
    "enrollments": ("classSourcedId", "userSourcedId", "role"),
    "demographics": ("sourcedId",),
}


def columns(file: str, table: Table) -> tuple[dict[str, int], list[Finding]]:
    """
    Return where the columns are, under the names of the standard, and what was read in spite of a slip.

    Raises:
        UnreadableSource: a column that tells rows apart is missing, or one stands there twice.
    """
    known = {folded(name): name for name in _COLUMNS[file]}
    found: dict[str, int] = {}
    slips: list[Finding] = []
    for at, header in enumerate(table.header):
        slip = _SLIPS.get((file, folded(header)))
        name = known.get(folded(header)) or slip
        if name is None:
            continue
        if name in found:
            raise UnreadableSource(
                f"{table.name} has the column {name} twice",
                code="column-twice",
                source=table.name,
                line=1,
                hint="rename or remove one of the two",
            )
        found[name] = at
        if header != name:
            hint = f"read as {name}; the standard spells it so"
            slips.append(Finding(table.name, 1, "", header, "header-mistake", hint=hint))
    for name in _NEEDED[file]:
        if name not in found:
            raise UnreadableSource(
                f"{table.name} has no column {name}",
                code="column-missing",
                source=table.name,
                line=1,
                hint="export the package again; without this column its rows cannot be told apart",
            )
    return found, slips
