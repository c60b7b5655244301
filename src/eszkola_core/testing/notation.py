"""
Rosters in one line a record, for tests that a person can read.

::

    A/1: s Ala 1 ala, g Jan 8 jan     school A, record 1: student Ala with id 1 and address ala@example.com,
                                      guardian Jan with id 8 and address jan@example.com
    A/1: s Ala 1 -, g Jan - -         a dash: none is stated
    B/k: t Ewa 9 ewa                  school B, staff record k: a teacher
    A/2: s Olek ~ olek                a wave: the source has no such column
    A/2: s Olek 2 - 601234567        a fifth word is a telephone number
    A/3: s Iga p5 -, g=k7 Jan - -     a passport instead of an id; a guardian whom the source knows by its own key k7
    A/4: s Ida 4+p4 -                 both an id and a passport

A first name stands alone; the last name is ``Lis`` unless it is joined on with an underscore (``Jan_Kot``). Ids are
numbers that become valid PESELs of people born in 1980 and later, all different; eleven digits are one already. Roles
are ``s``, ``g``, ``t``, ``h`` (homeroom teacher) and ``y`` (secretary).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Final

from eszkola_core.domain.national_ids import PESEL
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import (
    Field,
    Reading,
    RosterKind,
    StatedId,
    StatedPerson,
    StatedRecord,
    StatedRoster,
    StatedSchool,
)

ROLES: Final = {
    "s": Role.STUDENT,
    "g": Role.GUARDIAN,
    "t": Role.TEACHER,
    "h": Role.HOMEROOM_TEACHER,
    "y": Role.SECRETARY,
}
_WEIGHTS: Final = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
ORIGIN: Final = "notation"
STUDENTS: Final = "students"


def pesel(number: int, *, born: date | None = None, male: bool = False) -> str:
    """
    Return a valid PESEL, another one for each *number*.

    >>> pesel(1), pesel(2)
    ('80010200120', '80010300240')
    """
    born = born or date(1980, 1, 1) + timedelta(days=number % 7000)
    century = {18: 80, 19: 0, 20: 20, 21: 40, 22: 60}[born.year // 100]
    day = f"{born.year % 100:02}{born.month + century:02}{born.day:02}"
    body = f"{day}{number % 1000:03}{int(male) + 2 * (number % 5) % 10}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + str(-total % 10)


def stated_id(word: str) -> StatedId:
    """Return the id that *word* stands for: a PESEL, or a Ukrainian passport."""
    if word.startswith("p"):
        return StatedId(f"FA{int(word[1:]):06}", "ua", "passport")
    return StatedId(word if len(word) == len(pesel(1)) else pesel(int(word)), PESEL)


def person(text: str) -> StatedPerson:
    """
    Return the person that *text* states: role, name, id, address, and a telephone number where there is a fifth word.

    Raises:
        ValueError: it has other than four or five words.
    """
    role, name, number, mail, *phone = text.split()
    if len(phone) > 1:
        raise ValueError(f"{text!r} has more than five words")
    first, _, last = name.partition("_")
    silent = {Field.NATIONAL_ID} if number == "~" else set()
    silent |= {Field.EMAIL} if mail == "~" else set()
    silent |= {Field.PHONE} if phone == ["~"] else set()
    role, _, own_key = role.partition("=")
    return StatedPerson(
        role=ROLES[role],
        key=own_key or None,
        first_name=first,
        last_name=last or "Lis",
        ids=tuple(map(stated_id, number.split("+"))) if number not in "-~" else (),
        email=(mail if "@" in mail else f"{mail}@example.com") if mail not in "-~" else "",
        phone=phone[0] if phone and phone[0] not in "-~" else "",
        silent=frozenset(silent),
    )


def record(text: str) -> tuple[str, StatedRecord]:
    """Return the school's key, and the record that *text* states in it."""
    place, _, people = text.partition(":")
    school, _, key = place.strip().partition("/")
    stated = tuple(person(each) for each in people.split(",") if each.strip())
    return school, StatedRecord(key=key, people=stated, source=f"{school}.csv", line=1)


def reading(
    *texts: str,
    empty: tuple[str, ...] = (),
    kind: RosterKind = RosterKind.BULK,
    complete: bool = True,
    origin: str = ORIGIN,
    shared_keys: bool = False,
) -> Reading:
    """
    Return what *texts* state, a roster for every list that is named.

    ``empty`` names schools whose list of students is stated to be empty.
    """
    lists: dict[tuple[str, str], list[StatedRecord]] = defaultdict(list)
    for school in empty:
        lists[(school, STUDENTS)] = []
    for text in texts:
        school, stated = record(text)
        first = stated.people[0].role if stated.people else Role.STUDENT
        lists[(school, STUDENTS if first in (Role.STUDENT, Role.GUARDIAN) else first.value)].append(stated)
    return Reading(
        rosters=tuple(
            StatedRoster(
                school=school,
                origin=origin,
                list=listed,
                records=tuple(records),
                kind=kind,
                complete=complete,
                shared_keys=shared_keys,
            )
            for (school, listed), records in lists.items()
        ),
        schools=tuple(StatedSchool(school, f"School {school}") for school in sorted({school for school, _ in lists})),
    )
