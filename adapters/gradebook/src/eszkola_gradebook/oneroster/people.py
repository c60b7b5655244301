"""Users and demographics to persons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Problem, Sex, StatedId, StatedPerson
from eszkola_gradebook.cells import REPLACED, read_date, read_id, read_sex
from eszkola_gradebook.oneroster.files import Entry, sound
from eszkola_gradebook.oneroster.package import Package
from eszkola_gradebook.words import folded

DATES: Final = ("YYYY/MM/DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY")
"""Beside the standard's own form, which always counts; a text that two of them read differently is not decided."""
_SEXES: Final = {"male": Sex.MALE, "m": Sex.MALE, "female": Sex.FEMALE, "f": Sex.FEMALE, "unspecified": "", "other": ""}
_SCHEMES: Final = {"pesel": "pl.pesel", "emso": "si.emso"}
_USER_ID: Final = re.compile(r"\{([^:{}]+):([^{}]*)\}")
_TEXTS: Final = {Field.FIRST_NAME: "givenName", Field.LAST_NAME: "familyName", Field.EMAIL: "email"}
_DEMOGRAPHICS: Final = {Field.BIRTH_DATE: "birthDate", Field.SEX: "sex"}
_NOTHING: Final[frozenset[Field]] = frozenset()
_PHONES: Final = ("sms", "phone")
"""Columns with a number; one that takes text messages goes before one that need not."""
_REMEMBERED: Final = 1 << 10


class Persons:
    """The persons of a package, each known by its sourcedId in every school (SYNC-0)."""

    def __init__(self, package: Package) -> None:
        self._users = package.files.get("users")
        self._demographics = package.files.get("demographics")
        for _ in package.by_key("demographics"):
            pass  # Whoever stands there twice is said once, and not again with each role.
        self._said: frozenset[Field] = frozenset()
        if self._users is not None:
            self._said = _said(self._users.columns, with_ids=any(map(_ids, self._users.first("userIds"))))
        self._found: dict[str, tuple[Entry | None, Problem | None]] = {}

    def user(self, key: str) -> tuple[Entry | None, Problem | None]:
        """Return the row of a user, the first if there are several, and why nothing can be said of them, if so."""
        if key not in self._found:
            # A student's row is asked for again and again, and a guardian's for each child.
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[key] = self._looked_up(key)
        return self._found[key]

    def _looked_up(self, key: str) -> tuple[Entry | None, Problem | None]:
        """Return a user, and the doubt about one whose row is damaged, or stands there twice and differently."""
        rows = self._users.of(key) if key and self._users else ()
        doubts = ["user-twice" if entry.cells != rows[0].cells else "" for entry in rows]
        doubts = [entry.fault.value if entry.fault else doubt for entry, doubt in zip(rows, doubts, strict=True)]
        doubt = next(filter(None, reversed(doubts)), None)
        hint = "the user's row cannot be trusted: export the package again"
        return rows[0] if rows else None, Problem(None, doubt, hint=hint) if doubt else None

    def person(
        self,
        key: str,
        role: Role,
        days: tuple[str, str] | None = None,
        class_name: str | None = None,
    ) -> StatedPerson:
        """Return a user whose row can be trusted; None for *days* or *class_name* says nothing of them."""
        entry, doubt = self.user(key)
        if entry is None or doubt is not None:
            raise KeyError(key)
        first_name, last_name, email = (entry[column] for column in _TEXTS.values())
        problems: list[Problem] = []
        if REPLACED in first_name or REPLACED in last_name or REPLACED in email:
            problems += (
                Problem(about, "damaged-text", hint="letters were lost before the export: export in UTF-8")
                for about, column in _TEXTS.items()
                if REPLACED in entry[column]
            )
        found = _ids(entry["userIds"])
        problems += (problem for problem in found if isinstance(problem, Problem))
        birth, sex, told = self._told(key, problems)
        first, last = days or ("", "")
        return StatedPerson(
            role=role,
            key=key,
            first_name=first_name,
            last_name=last_name,
            ids=tuple(stated for stated in found if isinstance(stated, StatedId)),
            email=email,
            phone=next((entry[column] for column in _PHONES if entry[column]), ""),
            birth_date=birth,
            sex=sex,
            class_name=class_name or "",
            first_day=_day(first, Field.DAYS, problems),
            last_day=_day(last, Field.DAYS, problems),
            silent=_silent(self._said | told, of_class=class_name is None, of_days=not days),
            problems=tuple(problems),
        )

    def _told(self, key: str, problems: list[Problem]) -> tuple[date | None, Sex | None, frozenset[Field]]:
        """Return birth date and sex, and which of them the demographics speak of; a missing row says nothing."""
        entry = sound(self._demographics.of(key)) if self._demographics else None
        if entry is None or entry.gone:
            return None, None, _NOTHING
        said = frozenset(about for about, column in _DEMOGRAPHICS.items() if entry.has(column))
        sex = read_sex(entry["sex"], _SEXES)
        if isinstance(sex, Problem):
            problems.append(sex)
            sex = None
        return _day(entry["birthDate"], Field.BIRTH_DATE, problems), sex, said


@lru_cache(_REMEMBERED)
def _silent(said: frozenset[Field], *, of_class: bool, of_days: bool) -> frozenset[Field]:
    """Return what nothing is said of, which is the same for many."""
    silent = frozenset(Field) - said
    return silent - ({Field.CLASS} if not of_class else set()) - ({Field.DAYS} if not of_days else set())


def _said(columns: Mapping[str, int], *, with_ids: bool) -> frozenset[Field]:
    """Return what the users' columns speak of."""
    said = {about for about, column in _TEXTS.items() if column in columns}
    said |= {Field.PHONE} if any(column in columns for column in _PHONES) else set()
    return frozenset(said | ({Field.NATIONAL_ID} if with_ids else set()))


def listed(text: str) -> tuple[str, ...]:
    """Return the values in a cell that holds several, each once and in order."""
    return tuple(sorted({part.strip() for part in text.split(",")} - {""})) if text else ()


def _day(text: str, about: Field, problems: list[Problem]) -> date | None:
    day = read_date(text, DATES, about) if text else None
    if isinstance(day, Problem):
        problems.append(day)
        return None
    return day


def _ids(text: str) -> list[StatedId | Problem]:
    """Return the national ids among a user's many ids."""
    found = [
        read_id(number.strip(), _SCHEMES[folded(kind)])
        for kind, number in (_USER_ID.findall(text) if text else ())
        if folded(kind) in _SCHEMES
    ]
    return [stated for stated in found if stated is not None]
