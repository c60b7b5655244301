"""
Rosters as the gradebook exports them: a JSON file for each school.

::

    {
        "school": "SP1",
        "students": [
            {
                "id": "17",
                "first_name": "Ola",
                "last_name": "Kot",
                "pesel": "…",
                "birth_date": "2015-01-31",
                "class": "1a",
                "guardians": [{"first_name": "Jan", "last_name": "Kot", "email": "…"}],
            }
        ],
    }

A source translates and decides nothing (GB1): texts are as they stand, and what cannot be read is said to be so. A key
that is not there is silent; one with an empty text says that there is nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from eszkola_core.domain.hidden import masked
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import (
    Field,
    Problem,
    Reading,
    StatedId,
    StatedPerson,
    StatedRecord,
    StatedRoster,
    StatedSchool,
)
from eszkola_core.errors import UnreadableSource
from eszkola_core.options import check_keys

if TYPE_CHECKING:
    from eszkola_core.ports.gradebook import GradebookSource

FORMAT: Final = "template-json"

_KEYS: Final[Mapping[Field, str]] = {
    Field.FIRST_NAME: "first_name",
    Field.LAST_NAME: "last_name",
    Field.NATIONAL_ID: "pesel",
    Field.EMAIL: "email",
    Field.PHONE: "phone",
    Field.BIRTH_DATE: "birth_date",
    Field.CLASS: "class",
}
_NEVER: Final = frozenset({Field.SEX, Field.DAYS})
"""What this gradebook has no word for."""


class JsonGradebook:
    """Reads the files of a gradebook (`GradebookSource`)."""

    def read(
        self,
        paths: Sequence[Path],
        *,
        format: str | None = None,  # noqa: A002 - the port calls it so
        school: str | None = None,
        known: Callable[[bytes], bool] | None = None,  # noqa: ARG002 - this adapter gives no stamps (GB8)
    ) -> Reading:
        """Return what *paths* state; folders stand for the ``.json`` files in them (GB4)."""
        if format not in (None, FORMAT):
            raise UnreadableSource(
                "this adapter reads one format", code="unknown-format", source=str(format), hint=f"--format {FORMAT}"
            )
        records: dict[str, list[StatedRecord]] = {}
        schools: dict[str, StatedSchool] = {}
        incomplete: set[str] = set()
        for path in sorted(_files(paths)):
            content = _content(path)
            key = _school(content, path, school)
            schools[key] = StatedSchool(key, _text(content, "name"))
            for row in content["students"]:
                if _text(row, "id"):
                    records.setdefault(key, []).append(_record(row, path.name))
                else:
                    incomplete.add(key)
        rosters = (
            StatedRoster(
                school=key,
                origin="template",
                list="students",
                records=tuple(records.get(key, ())),
                complete=key not in incomplete,
                version=FORMAT,
            )
            for key in sorted(schools)
        )
        return Reading(rosters=tuple(rosters), schools=tuple(schools[key] for key in sorted(schools)), format=FORMAT)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        yield from path.glob("*.json") if path.is_dir() else [path]


def _content(path: Path) -> Any:  # noqa: ANN401 - JSON
    """Return what stands in a file, as far as it must be to be a roster (GB2)."""
    try:
        content = json.loads(path.read_bytes())
    except OSError:
        raise _unreadable(path, "cannot be read", "look whether the file is there") from None
    except ValueError:
        raise _unreadable(path, "is no JSON", "export the file again") from None
    rows = content.get("students") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unreadable(path, "has no list of students", "export the file again")
    return content


def _school(content: Mapping[str, object], path: Path, named: str | None) -> str:
    """Return whose file it is: nothing is stated of another school than the one named (GB7)."""
    own = _text(content, "school")
    if not (own or named):
        raise _unreadable(path, "does not say of which school it is", "name the school: --school")
    if named and own and named != own:
        raise _unreadable(path, "is of another school", "leave --school out, or name the file of that school")
    return own or str(named)


def _unreadable(path: Path, what: str, hint: str) -> UnreadableSource:
    return UnreadableSource(f"{path.name} {what}", code="unreadable-source", source=path.name, hint=hint)


def _record(row: Mapping[str, Any], source: str) -> StatedRecord:
    guardians = row.get("guardians")
    rows = [each for each in guardians if isinstance(each, dict)] if isinstance(guardians, list) else []
    people = [_person(row, Role.STUDENT), *(_person(each, Role.GUARDIAN) for each in rows)]
    return StatedRecord(key=_text(row, "id"), people=tuple(people), source=source)


def _person(row: Mapping[str, object], role: Role) -> StatedPerson:
    problems: list[Problem] = []
    birth_date, pesel = _text(row, "birth_date"), _text(row, "pesel")
    born: date | None = None
    if birth_date:
        try:
            born = date.fromisoformat(birth_date)
        except ValueError:
            # Somebody may have put a national id into the wrong field (GB5).
            wrong = Problem(Field.BIRTH_DATE, "not-a-date", masked(birth_date), "write the date as 2015-01-31")
            problems.append(wrong)
    return StatedPerson(
        role=role,
        first_name=_text(row, "first_name"),
        last_name=_text(row, "last_name"),
        ids=(StatedId(pesel, scheme="pl.pesel"),) if pesel else (),
        email=_text(row, "email"),
        phone=_text(row, "phone"),
        birth_date=born,
        class_name=_text(row, "class"),
        silent=_NEVER | {field for field, key in _KEYS.items() if key not in row},
        problems=tuple(problems),
    )


def _text(row: Mapping[str, object], key: str) -> str:
    value = row.get(key, "")
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def plugin(options: Mapping[str, object], *, base: Path) -> JsonGradebook:  # noqa: ARG001 - all plug-ins are called so
    """Return the source that the table ``[gradebook]`` of ``eszkola.toml`` describes; it has no options."""
    check_keys(options, ())
    return JsonGradebook()


if TYPE_CHECKING:
    _kept: type[GradebookSource] = JsonGradebook
