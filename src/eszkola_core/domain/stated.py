"""
What a gradebook states, before any rule has looked at it.

A gradebook source translates a file into these records and decides nothing: texts are as they stood in the cell but
for spaces at both ends; dates are dates, because only the source knows the order of day and month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum

from attrs import evolve, field, frozen

from eszkola_core.domain.findings import Finding
from eszkola_core.domain.roles import Role


class Field(StrEnum):
    """The things that a record can state of a person; the names that findings and mapping files use."""

    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    NATIONAL_ID = "national_id"
    EMAIL = "email"
    PHONE = "phone"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    CLASS = "class"
    DAYS = "days"


class Sex(StrEnum):
    """The sex that a register states; a national id may encode it (ID-3)."""

    FEMALE = "female"
    MALE = "male"


@frozen(order=True)
class StatedId:
    """
    A national id as it stood in the file, not yet checked.

    ``scheme`` names the register where the column says so (``pl.pesel``, ``si.emso``), or is empty where the tenant's
    own schemes are to be tried. ``document`` holds the document's type (``passport``, …) where the cell holds another
    document's number (ID-5); ``scheme`` is then the issuing country's two letters.
    """

    text: str = field(repr=False)
    scheme: str = ""
    document: str = ""


@frozen
class Problem:
    """
    A field that the source could not translate: its last applied value stands (SYNC-7).

    ``value`` is masked by whoever makes the problem when it could be a national id or a password.
    """

    field: Field | None
    code: str
    value: str = ""
    hint: str = ""


@frozen(kw_only=True)
class StatedPerson:
    """
    One person named in one record.

    ``key`` is the source's own key of the *person*, where it has one (a OneRoster ``sourcedId``); else None, and the
    name stands in for it (ID-6b). ``silent`` names the fields whose column the source does not have: they say nothing,
    while an empty text says that there is none (SYNC-0). ``first_day`` and ``last_day`` bound the role, both inside.
    """

    role: Role
    key: str | None = None
    first_name: str = ""
    last_name: str = ""
    ids: tuple[StatedId, ...] = ()
    email: str = ""
    phone: str = ""
    birth_date: date | None = None
    sex: Sex | None = None
    class_name: str = ""
    first_day: date | None = None
    last_day: date | None = None
    silent: frozenset[Field] = frozenset()
    problems: tuple[Problem, ...] = ()


@frozen(kw_only=True)
class StatedRecord:
    """
    One student's entry with the guardians in it, or one staff member's.

    ``key`` is the source's own key of the record, unique in its school and list; None where the source has none, and
    the record is then known by the national id, or by name and birth date, of the first person in it. ``problems``
    that name no field hold the whole record. ``ended`` is set by a delta that marks the record as gone.
    """

    key: str | None
    people: tuple[StatedPerson, ...] = ()
    source: str = ""
    line: int = 0
    problems: tuple[Problem, ...] = ()
    ended: bool = False


@frozen
class Unread:
    """
    A record that nobody has looked into yet, with all that it is made of.

    ``trace`` is everything in the source that bears on what the record states, ways of reading included: where two of
    one list have the same, they state the same. ``read`` gives the record, or what is left of it: none where the source
    passes it over.
    """

    trace: str = field(repr=False)
    read: Callable[[], Iterable[StatedRecord]] = field(repr=False, eq=False)


class RosterKind(StrEnum):
    """Whether a roster replaces its own list, or only says what changed (SYNC-0)."""

    BULK = "bulk"
    DELTA = "delta"


@frozen(kw_only=True)
class StatedRoster:
    """
    One school's list from one source (SYNC-0).

    ``school`` is the school's key, ``origin`` the gradebook it comes from, ``list`` what is listed: ``students`` (with
    their guardians) or the value of a staff role. ``complete`` is False when the list ends nobody by absence: a line
    whose record key could not be read, a file cut short. ``cut`` says that the file was cut short. ``version`` names
    mapping and parser, so that a new one reads unchanged records again (SYNC-4d).
    ``shared_keys`` is True where a person's key means the same person in every school of the origin. ``silent_roles``
    are those that the source has no columns for: that it names none of them says nothing (SYNC-0). ``unread`` are the
    same records once more, some of them not read yet, where the source can tell what they are made of without.
    ``stamp`` stands for the whole source that the list came from, and for the ways of reading it; a source about which
    there is anything to say has none.
    """

    school: str
    origin: str
    list: str
    records: Iterable[StatedRecord]
    kind: RosterKind = RosterKind.BULK
    complete: bool = True
    cut: bool = False
    shared_keys: bool = False
    silent_roles: frozenset[Role] = frozenset()
    version: str = ""
    source: str = ""
    unread: Iterable[StatedRecord | Unread] | None = field(default=None, eq=False, repr=False)
    stamp: bytes = field(default=b"", eq=False, repr=False)


@frozen
class StatedSchool:
    """A school that the source names."""

    key: str
    name: str


@frozen
class Unopened:
    """
    A source that nobody has looked into, because what stands for all that is in it was known already.

    ``stamp`` stands for its content and for the ways in which it is read. ``read`` gives what it states.
    """

    stamp: bytes = field(repr=False)
    source: str
    read: Callable[[], Reading] = field(repr=False, eq=False)


@frozen(kw_only=True)
class Reading:
    """
    All that was read from the sources of one run.

    ``findings`` are those of files and of guesses (encoding, delimiter, format); ``people`` findings come later, from
    the rules. ``format`` names the format that was recognised. ``unopened`` are sources beside those that were read.
    """

    rosters: tuple[StatedRoster, ...]
    schools: tuple[StatedSchool, ...] = ()
    findings: tuple[Finding, ...] = ()
    format: str = ""
    unopened: tuple[Unopened, ...] = ()


def whole(reading: Reading) -> Reading:
    """Return *reading* with every source opened, for whoever keeps it or looks for more than an import does."""
    if not reading.unopened:
        return reading
    return together([evolve(reading, unopened=()), *(each.read() for each in reading.unopened)])


def together(readings: Iterable[Reading]) -> Reading:
    """Return what several readings state, for one run: a list that comes in several of them is one list."""
    parts = list(readings)
    return Reading(
        rosters=tuple(each for part in parts for each in part.rosters),
        schools=tuple(dict.fromkeys(each for part in parts for each in part.schools)),
        findings=tuple(sorted({each for part in parts for each in part.findings})),
        format=", ".join(sorted({part.format for part in parts} - {""})),
        unopened=tuple(each for part in parts for each in part.unopened),
    )
