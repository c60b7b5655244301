"""Licences as tables in the form of School Data Sync v2.1 (LIC-1): text that other programs read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import frozen

from eszkola_core.domain.accounts import Person
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.licences import Entitling, kind_of
from eszkola_core.domain.stated import StatedSchool

_WORDS: Final[Mapping[Entitling, str]] = {
    Entitling.STUDENT: "student",
    Entitling.TEACHER: "teacher",
    Entitling.OTHER_STAFF: "staff",
}
_ORGS: Final = ("sourcedId", "name", "type")
_USERS: Final = ("sourcedId", "username", "givenName", "familyName")
_ROLES: Final = ("userSourcedId", "orgSourcedId", "role")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@frozen
class Licensed:
    """Somebody with a licence, and the roles that they hold today."""

    person: Person
    roles: tuple[HeldRole, ...]


def tables(
    licensed: Iterable[Licensed], schools: Iterable[StatedSchool], kinds: frozenset[Entitling]
) -> Mapping[str, str]:
    """
    Return the files ``orgs.csv``, ``users.csv`` and ``roles.csv``, each as text in UTF-8 with CRLF (RFC 4180).

    Users are known by their number here and sign in by their login; no national id and no private address leaves the
    platform. Only roles of *kinds* are told, and only schools in which somebody has one. A cell that a spreadsheet
    would take for a formula begins with an apostrophe.
    """
    people = sorted(licensed, key=lambda each: each.person.id)
    roles = sorted(
        {
            (str(each.person.id), role.school, _WORDS[kind])
            for each in people
            for role in each.roles
            if (kind := kind_of(role.role)) in kinds and kind is not None
        },
    )
    named = {school for _, school, _ in roles}
    orgs = [(each.key, each.name or each.key, "school") for each in schools if each.key in named]
    users = [(str(each.person.id), each.person.login, each.person.name.first, each.person.name.last) for each in people]
    return {
        "orgs.csv": _written(_ORGS, sorted(orgs)),
        "users.csv": _written(_USERS, users),
        "roles.csv": _written(_ROLES, roles),
    }


def _written(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "".join(",".join(map(_cell, row)) + "\r\n" for row in (header, *rows))


def _cell(text: str) -> str:
    safe = f"'{text}" if text.startswith(_FORMULA) else text
    return '"' + safe.replace('"', '""') + '"' if any(sign in safe for sign in ',"\r\n') else safe
