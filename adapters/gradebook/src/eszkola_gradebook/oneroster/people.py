"""Users and demographics to persons."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Problem, Sex, StatedId, StatedPerson
from eszkola_gradebook.cells import REPLACED, read_date, read_id, read_sex
from eszkola_gradebook.oneroster.package import Entry, Package
from eszkola_gradebook.words import folded

DATES: Final = ("YYYY/MM/DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY")
"""Beside the standard's own form, which always counts; a text that two of them read differently is not decided."""
_SEXES: Final = {"male": Sex.MALE, "m": Sex.MALE, "female": Sex.FEMALE, "f": Sex.FEMALE, "unspecified": "", "other": ""}
_SCHEMES: Final = {"pesel": "pl.pesel", "emso": "si.emso"}
_USER_ID: Final = re.compile(r"\{([^:{}]+):([^{}]*)\}")
_TEXTS: Final = {Field.FIRST_NAME: "givenName", Field.LAST_NAME: "familyName", Field.EMAIL: "email"}
_PHONES: Final = ("sms", "phone")
"""Columns with a number; one that takes text messages goes before one that need not."""


class Persons:
    """The persons of a package, each known by its sourcedId in every school (SYNC-0)."""

    def __init__(self, package: Package) -> None:
        self.users: dict[str, Entry] = {}
        self.doubtful: dict[str, str] = {}
        for entry in package.rows("users"):
            self._add(entry)
        self._demographics = package.by_key("demographics")
        self._with_ids = any(_ids(entry) for entry in self.users.values())

    def _add(self, entry: Entry) -> None:
        """Keep a user; one that is damaged, or stands there twice and differently, is doubtful."""
        key = entry["sourcedId"]
        if not key:
            return
        other = self.users.setdefault(key, entry)
        if entry.fault:
            self.doubtful[key] = entry.fault.value
        elif other.values != entry.values:
            self.doubtful[key] = "user-twice"

    def problem(self, key: str) -> Problem | None:
        """Return why nothing can be said of this user; None if nothing is wrong."""
        code = self.doubtful.get(key)
        return Problem(None, code, hint="the user's row cannot be trusted: export the package again") if code else None

    def person(
        self,
        key: str,
        role: Role,
        days: tuple[str, str] | None = None,
        class_name: str | None = None,
    ) -> StatedPerson:
        """Return the user in one role; None for *days* or *class_name* says nothing of them."""
        entry = self.users[key]
        said = {about for about, column in _TEXTS.items() if entry.has(column)}
        found = _ids(entry)
        problems = [
            Problem(about, "damaged-text", hint="letters were lost before the export: export in UTF-8")
            for about, column in _TEXTS.items()
            if REPLACED in entry[column]
        ]
        problems += (problem for problem in found if isinstance(problem, Problem))
        birth, sex, told = self._told(key, problems)
        said |= told
        said |= {Field.PHONE} if any(map(entry.has, _PHONES)) else set()
        said |= {Field.NATIONAL_ID} if self._with_ids else set()
        said |= {Field.CLASS} if class_name is not None else set()
        said |= {Field.DAYS} if days else set()
        first, last = days or ("", "")
        return StatedPerson(
            role=role,
            key=key,
            first_name=entry["givenName"],
            last_name=entry["familyName"],
            ids=tuple(stated for stated in found if isinstance(stated, StatedId)),
            email=entry["email"],
            phone=next((entry[column] for column in _PHONES if entry[column]), ""),
            birth_date=birth,
            sex=sex,
            class_name=class_name or "",
            first_day=_day(first, Field.DAYS, problems),
            last_day=_day(last, Field.DAYS, problems),
            silent=frozenset(Field) - said,
            problems=tuple(problems),
        )

    def _told(self, key: str, problems: list[Problem]) -> tuple[date | None, Sex | None, set[Field]]:
        """Return birth date and sex, and which of them the demographics speak of; a missing row says nothing."""
        entry = self._demographics.get(key)
        if entry is None or entry.gone:
            return None, None, set()
        said = {about for about, column in ((Field.BIRTH_DATE, "birthDate"), (Field.SEX, "sex")) if entry.has(column)}
        sex = read_sex(entry["sex"], _SEXES)
        if isinstance(sex, Problem):
            problems.append(sex)
            sex = None
        return _day(entry["birthDate"], Field.BIRTH_DATE, problems), sex, said


def listed(text: str) -> tuple[str, ...]:
    """Return the values in a cell that holds several, each once and in order."""
    return tuple(sorted({part.strip() for part in text.split(",")} - {""}))


def _day(text: str, about: Field, problems: list[Problem]) -> date | None:
    day = read_date(text, DATES, about)
    if isinstance(day, Problem):
        problems.append(day)
        return None
    return day


def _ids(entry: Entry) -> list[StatedId | Problem]:
    """Return the national ids among a user's many ids."""
    found = [
        read_id(number.strip(), _SCHEMES[folded(kind)])
        for kind, number in _USER_ID.findall(entry["userIds"])
        if folded(kind) in _SCHEMES
    ]
    return [stated for stated in found if stated is not None]
