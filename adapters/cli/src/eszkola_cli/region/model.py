"""
What the synthetic region is made of: schools, their records, what was planted in them, and the people of the story.

A record holds what somebody typed, mistakes included; nothing here is checked. National ids and document numbers are
made up, and still never shown, because nobody who looks at a log can tell (ID-10).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import field, frozen

from eszkola_core.domain.stated import Sex


@frozen(kw_only=True)
class Named:
    """One person as a record names them; an empty text was not typed."""

    first_name: str
    last_name: str
    national_id: str = field(default="", repr=False)
    email: str = ""

    @property
    def name(self) -> str:
        """Return the name as one says it."""
        return f"{self.first_name} {self.last_name}"


@frozen
class Document:
    """What a foreigner without a national id shows instead (ID-5)."""

    kind: str
    country: str
    number: str = field(repr=False)


@frozen(kw_only=True)
class StudentEntry:
    """
    One student's record, with the guardians in it.

    ``household`` numbers the family, which no file tells. ``cut_after`` is the number of fields after which the row
    breaks off, None for a whole row.
    """

    key: str
    student: Named
    sex: Sex
    born: date | None
    class_name: str
    guardians: tuple[Named, ...]
    household: int
    document: Document | None = None
    cut_after: int | None = None


@frozen(kw_only=True)
class StaffEntry:
    """
    One staff member's record.

    ``homeroom`` is the class that they are the homeroom teacher of; ``household`` the family in which they are the
    guardian named first, 0 where they have no child in the region.
    """

    key: str
    person: Named
    secretary: bool = False
    homeroom: str = ""
    household: int = 0


@frozen(kw_only=True)
class School:
    """One school and its records, in the order of its files."""

    key: str
    name: str
    country: str
    students: tuple[StudentEntry, ...]
    staff: tuple[StaffEntry, ...]

    def student(self, key: str) -> StudentEntry:
        """Return the first record *key*; KeyError where there is none."""
        for entry in self.students:
            if entry.key == key:
                return entry
        raise KeyError(key)

    def people(self) -> Iterator[Named]:
        """Yield everybody whom a record names, as often as they are named."""
        for entry in self.students:
            yield entry.student
            yield from entry.guardians
        for member in self.staff:
            yield member.person


@frozen
class Anomaly:
    """Something wrong or unusual that was planted in the record ``record``; ``story`` is one sentence on it."""

    code: str
    school: str
    record: str
    story: str


@frozen
class Change:
    """Something that is different in the record ``record`` since the day before; ``story`` is one sentence on it."""

    code: str
    school: str
    record: str
    story: str


@frozen
class Place:
    """Where a person stands: a record of a school."""

    school: str
    record: str


@frozen
class Child:
    """A child of somebody in the story, and where it goes to school."""

    name: str
    place: Place


@frozen(kw_only=True)
class Character:
    """Somebody whom the story follows: who they are, the records that name them, their children."""

    name: str
    email: str
    national_id: str = field(repr=False)
    places: tuple[Place, ...]
    children: tuple[Child, ...] = ()


@frozen(kw_only=True)
class Cast:
    """
    The people of the story; nothing was planted in their records.

    ``guardian`` has children in two schools, ``student`` a national id and an e-mail address of their own, ``teacher``
    is a guardian in another school; ``mover`` is a guardian in two schools, and the second day states ``new_address``
    for them in the first place only.
    """

    guardian: Character
    student: Character
    teacher: Character
    mover: Character
    new_address: str


@frozen(kw_only=True)
class Region:
    """Some schools on one day; ``news`` tells what changed since the day before, and is empty on the first day."""

    name: str
    platform_domain: str
    seed: int
    today: date
    schools: tuple[School, ...]
    anomalies: tuple[Anomaly, ...]
    cast: Cast
    news: tuple[Change, ...] = ()

    def school(self, key: str) -> School:
        """Return the school *key*; KeyError where there is none."""
        for school in self.schools:
            if school.key == key:
                return school
        raise KeyError(key)
