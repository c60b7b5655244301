"""Homerooms: the class that a student is said to be in, and whose teacher is a homeroom teacher."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from eszkola_core.domain.stated import Field, Problem
from eszkola_gradebook.oneroster.files import Entry
from eszkola_gradebook.oneroster.package import Package
from eszkola_gradebook.shelves import Cells
from eszkola_gradebook.words import folded


@frozen
class Taught:
    """A homeroom teacher's enrolment in the class whose sourcedId is ``room``."""

    user: str
    org: str
    room: str
    label: str
    entry: Entry
    gone: bool

    @property
    def days(self) -> tuple[str, str] | None:
        """From when to when, where the file can say it."""
        entry = self.entry
        return (entry["beginDate"], entry["endDate"]) if entry.has("beginDate") or entry.has("endDate") else None


class Homerooms:
    """The classes of type *homeroom* and who is enrolled in them."""

    def __init__(self, package: Package) -> None:
        self._classes = package.homerooms()
        self._of_students = package.shelves.new()
        self.taught: list[Taught] = []
        self._of_students.put(
            enrolled
            for entry in package.rows("enrollments")
            if not entry.fault and entry["classSourcedId"] in self._classes
            for enrolled in self._enrolled(entry)
        )
        known = bool(self._classes) and "enrollments" in package.files
        partial = package.delta("classes", "enrollments", "users", "roles")
        damaged = package.damaged("classes") or package.damaged("enrollments")
        self._whole = known and not partial and not damaged

    def _enrolled(self, entry: Entry) -> Iterator[tuple[str, Cells]]:
        """Yield the class of the student whom the row enrols, if it is one's, with the school; keep a teacher's."""
        room = self._classes[entry["classSourcedId"]]
        gone = entry.gone or room.gone
        org = room["schoolSourcedId"] or entry["schoolSourcedId"]
        label = room["title"] or room["classCode"]
        match folded(entry["role"]):
            case "student" if not gone:
                yield entry["userSourcedId"], (org, label)
            case "teacher":
                self.taught.append(Taught(entry["userSourcedId"], org, entry["classSourcedId"], label, entry, gone))

    def class_of(self, user: str, org: str) -> str | Problem | None:
        """Return a student's class: empty where there is none, None where the package does not say."""
        labels = {label for school, label in self._of_students.of(user) if school == org}
        if len(labels) > 1:
            return Problem(Field.CLASS, "several-classes", hint="enrol the student in one homeroom")
        return labels.pop() if labels else "" if self._whole else None

    def by_teacher(self) -> Iterator[tuple[tuple[str, str], list[Taught]]]:
        """Yield the classes of each teacher in each school, in a fixed order."""
        found: dict[tuple[str, str], list[Taught]] = {}
        for taught in sorted(self.taught, key=lambda taught: (taught.org, taught.user, taught.room, taught.gone)):
            found.setdefault((taught.user, taught.org), []).append(taught)
        yield from found.items()
