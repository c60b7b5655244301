"""JSON values to the texts that the cells of a package would hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

_UNFIT: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that no table holds either: controls, and halves of others."""


class Unfit(Exception):
    """A value of another kind than the standard has there; the text says which it has, never the value."""


def text(value: object) -> str:
    """Return a text without spaces at its ends; nothing is an empty one."""
    if value is None:
        return ""
    if not isinstance(value, str) or _UNFIT.search(value):
        raise Unfit("a text")
    return value.strip()


def flag(value: object) -> str:
    """Return a truth value as a word; some services write it as one already."""
    if isinstance(value, bool):
        return "true" if value else "false"
    found = text(value)
    if found.casefold() not in {"", "true", "false", "1", "0"}:
        raise Unfit("true or false")
    return found


def key(value: object) -> str:
    """Return an identifier; one with a comma could not be told from two in a list."""
    found = text(value)
    if "," in found:
        raise Unfit("an identifier without commas")
    return found


def reference(value: object) -> str:
    """Return the identifier of what is pointed at."""
    if value is None:
        return ""
    if not isinstance(value, Mapping):
        raise Unfit("a reference with sourcedId")
    return key(value.get("sourcedId"))


def references(value: object) -> str:
    """Return the identifiers of all that is pointed at."""
    return ",".join(sorted({reference(each) for each in _list(value)} - {""}))


def user_ids(value: object) -> str:
    """Return ids with their types, as one cell holds them."""
    return ",".join(_user_id(each) for each in _list(value))


def _user_id(value: object) -> str:
    if not isinstance(value, Mapping):
        raise Unfit("ids with type and identifier")
    kind, number = text(value.get("type")), text(value.get("identifier"))
    # What would break the cell is no part of a type or a number that we know: it becomes what nobody takes for one.
    return f"{{{re.sub('[:{}]', '?', kind)}:{re.sub('[{}]', '?', number)}}}"


def _list(value: object) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unfit("a list")
    return value


Read = Callable[[object], str]
FIELDS: Final[Mapping[str, Mapping[str, tuple[str, Read]]]] = {
    "orgs": {
        "sourcedId": ("sourcedId", key),
        "status": ("status", text),
        "name": ("name", text),
        "type": ("type", text),
    },
    "users": {
        "sourcedId": ("sourcedId", key),
        "status": ("status", text),
        "enabledUser": ("enabledUser", flag),
        "userIds": ("userIds", user_ids),
        "givenName": ("givenName", text),
        "familyName": ("familyName", text),
        "email": ("email", text),
        "sms": ("sms", text),
        "phone": ("phone", text),
        "agents": ("agentSourcedIds", references),
    },
    "roles": {
        "role": ("role", text),
        "org": ("orgSourcedId", reference),
        "beginDate": ("beginDate", text),
        "endDate": ("endDate", text),
    },
    "classes": {
        "sourcedId": ("sourcedId", key),
        "status": ("status", text),
        "title": ("title", text),
        "classCode": ("classCode", text),
        "classType": ("classType", text),
        "school": ("schoolSourcedId", reference),
    },
    "enrollments": {
        "sourcedId": ("sourcedId", key),
        "status": ("status", text),
        "user": ("userSourcedId", reference),
        "class": ("classSourcedId", reference),
        "school": ("schoolSourcedId", reference),
        "role": ("role", text),
        "beginDate": ("beginDate", text),
        "endDate": ("endDate", text),
    },
    "demographics": {
        "sourcedId": ("sourcedId", key),
        "status": ("status", text),
        "birthDate": ("birthDate", text),
        "sex": ("sex", text),
    },
}
"""What is read of each record, and the column that it becomes: passwords and all the rest never become values here."""
ESSENTIAL: Final[Mapping[str, frozenset[str]]] = {
    "orgs": frozenset({"sourcedId"}),
    "users": frozenset({"sourcedId", "roles", "agents"}),
    "roles": frozenset({"role", "org"}),
    "classes": frozenset({"sourcedId", "classType", "school"}),
    "enrollments": frozenset({"sourcedId", "user", "class", "role"}),
    "demographics": frozenset({"sourcedId"}),
}
"""What tells whose record it is, and in which list: without it somebody may be missed who is there (SYNC-0)."""
OTHERS: Final[Mapping[str, frozenset[str]]] = {
    "orgs": frozenset({"identifier", "parent", "children"}),
    "users": frozenset({
        "roles", "userMasterIdentifier", "username", "middleName", "preferredFirstName", "preferredMiddleName",
        "preferredLastName", "pronouns", "userProfiles", "primaryOrg", "identifier", "resources", "grades", "password",
    }),
    "classes": frozenset({
        "grades", "location", "course", "terms", "subjects", "subjectCodes", "periods", "resources",
    }),
    "enrollments": frozenset({"primary"}),
    "demographics": frozenset({
        "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander",
        "white", "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity", "countryOfBirthCode",
        "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus",
    }),
}  # fmt: skip
"""The rest of the standard's fields, which are passed over; so are ``metadata`` and vendors' extensions."""
EVERYWHERE: Final = frozenset({"dateLastModified", "metadata"})
