"""
What goes wrong in real gradebooks, planted in the records of the region.

Every function plants one kind of thing and notes where; a story is what the secretary or the family would say.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from attrs import evolve

from eszkola_cli.region.addresses import PLATFORM_DOMAIN, AddressBook
from eszkola_cli.region.model import Named, StudentEntry
from eszkola_cli.region.names import POLISH, surname_of
from eszkola_cli.region.plot import Plot
from eszkola_core.domain.stated import Sex

CUT_AFTER: Final = 11
"""The fields that are left of the row cut short: the student's own, none of the guardians'."""

_STUDENTS_WITHOUT_EMAIL: Final = {"SP1": 5, "LO2": 4, "ZS3": 3, "SI4": 2}
_GUARDIANS_WITHOUT_EMAIL: Final = {"SP1": 3, "LO2": 2, "ZS3": 1, "SI4": 1}


def plant(plot: Plot, addresses: AddressBook) -> None:
    """Plant everything; the rarest finds come first, so that there is somebody left for them."""
    _lost_zeros(plot)
    _namesakes(plot)
    _teachers(plot, addresses)
    _guardian_with_two_addresses(plot, addresses)
    _mistyped_id(plot)
    _cut_row(plot)
    _record_twice(plot, addresses)
    _wrong_ids(plot)
    _wrong_addresses(plot)
    _double_barrelled_surname(plot)
    _foreigners(plot)
    _twins(plot)
    _without_email(plot)


def _lost_zeros(plot: Plot) -> None:
    def starts_with_zero(entry: StudentEntry) -> bool:
        return entry.student.national_id.startswith("0")

    # A PESEL starts with 0 where the birth was in the first years of a century; when no student is that old any more,
    # the EMŠO of somebody born early in a month does.
    school = next(key for key in ("LO2", "ZS3", "SI4") if len(plot.find(key, starts_with_zero)) > 1)
    for code, story in (
        (
            "lost-zero-restorable",
            "A spreadsheet ate the zero in front of {}'s number, and the birth date tells that it was one.",
        ),
        (
            "lost-zero-held",
            "A spreadsheet ate the zero in front of {}'s number, and no birth date is there to tell.",
        ),
    ):
        entry = plot.pick(school, starts_with_zero)
        student = evolve(entry.student, national_id=entry.student.national_id[1:])
        born = entry.born if code == "lost-zero-restorable" else None
        plot.put(school, evolve(entry, student=student, born=born))
        plot.note(code, school, entry.key, story.format(student.name))


def _father(entry: StudentEntry) -> Named | None:
    """Return the guardian whose name a son could bear."""
    for guardian in entry.guardians:
        if guardian.first_name in POLISH.male and guardian.last_name == entry.student.last_name:
            return guardian
    return None


def _namesakes(plot: Plot) -> None:
    entry = plot.pick("LO2", lambda e: e.sex is Sex.MALE and _father(e) is not None)
    if father := _father(entry):
        son = evolve(entry.student, first_name=father.first_name, email=father.email)
        plot.put("LO2", evolve(entry, student=son))
        story = f"Father and son are both called {son.name} and read one mailbox."
        plot.note("namesakes-with-one-address", "LO2", entry.key, story)


def _teachers(plot: Plot, addresses: AddressBook) -> None:
    for work in ("SP1", "LO2"):
        teacher, school, entry = plot.pick_teacher(work)
        plot.put_guardian(school, entry, evolve(entry.guardians[0], national_id=""))
        story = f"{teacher.person.name} teaches at {work} and is a guardian here, where nobody asked for a PESEL."
        plot.note("teacher-is-guardian-without-pesel", school, entry.key, story)
    teacher, school, entry = plot.pick_teacher("LO2")
    person = teacher.person
    plot.put_staff("LO2", evolve(teacher, person=evolve(person, email=_another(addresses, person))))
    story = f"{person.name} gave LO2 one address as a teacher and {school} another as a guardian."
    plot.note("teacher-with-two-addresses", "LO2", teacher.key, story)
    for work in ("SP1", "LO2", "ZS3", "ZS3"):
        teacher, school, entry = plot.pick_teacher(work)
        story = f"{teacher.person.name} teaches at {work} and is a guardian here, with the same PESEL."
        plot.note("teacher-is-guardian", school, entry.key, story)


def _guardian_with_two_addresses(plot: Plot, addresses: AddressBook) -> None:
    _, elder = plot.pick_siblings("SP1", "LO2")
    guardian = elder.guardians[0]
    plot.put_guardian("LO2", elder, evolve(guardian, email=_another(addresses, guardian)))
    story = f"{guardian.name} gave LO2 another address than SP1."
    plot.note("guardian-with-two-addresses", "LO2", elder.key, story)


def _mistyped_id(plot: Plot) -> None:
    somebody = plot.pick_siblings("LO2", "LO2")[0].guardians[0]
    entry = plot.pick(
        "SP1",
        lambda e: is_stranger(e.guardians[0], somebody),
    )
    guardian = evolve(entry.guardians[0], national_id=somebody.national_id)
    plot.put_guardian("SP1", entry, guardian)
    story = f"The PESEL typed for {guardian.name} is in truth that of {somebody.name}, a guardian at LO2."
    plot.note("guardian-pesel-of-somebody-else", "SP1", entry.key, story)


def is_stranger(one: Named, other: Named) -> bool:
    """Return whether two people share no part of their names; the front of a surname is the same for both sexes."""
    return one.first_name != other.first_name and one.last_name[:4] != other.last_name[:4]


def _cut_row(plot: Plot) -> None:
    entries = plot.entries("SP1")
    middle = {entry.key for entry in entries[len(entries) // 4 : -len(entries) // 4]}
    entry = plot.pick("SP1", lambda e: e.key in middle)
    plot.put("SP1", evolve(entry, cut_after=CUT_AFTER))
    story = f"The row of {entry.student.name} breaks off before the guardians, in the middle of the file."
    plot.note("row-cut-short", "SP1", entry.key, story)


def _record_twice(plot: Plot, addresses: AddressBook) -> None:
    entry = plot.pick("SP1", lambda e: e.class_name.endswith("a"))
    student = evolve(entry.student, email=_another(addresses, entry.student))
    plot.repeat("SP1", evolve(entry, student=student, class_name=entry.class_name.replace("a", "b")))
    story = f"{student.name} stands twice under one record number, in two classes and with two addresses."
    plot.note("record-twice", "SP1", entry.key, story)


def _wrong_ids(plot: Plot) -> None:
    entry = plot.pick("SP1")
    number = entry.student.national_id
    wrong = evolve(entry.student, national_id=f"{number[:-1]}{(int(number[-1]) + 1) % 10}")
    plot.put("SP1", evolve(entry, student=wrong))
    plot.note("wrong-checksum", "SP1", entry.key, f"The PESEL of {wrong.name} ends in a wrong digit.")

    entry = plot.pick("LO2")
    if entry.born:
        plot.put("LO2", evolve(entry, born=entry.born + timedelta(days=1)))
    story = f"The birth date of {entry.student.name} is a day later than the one in the PESEL."
    plot.note("birth-date-disagrees", "LO2", entry.key, story)


def _wrong_addresses(plot: Plot) -> None:
    entry = plot.pick("ZS3")
    front, _ = entry.student.email.split("@")
    plot.put("ZS3", evolve(entry, student=evolve(entry.student, email=f"{front}@{PLATFORM_DOMAIN}")))
    story = f"{entry.student.name} gave the platform's own mailbox as the private one."
    plot.note("address-on-the-platform", "ZS3", entry.key, story)

    entry = plot.pick("SP1")
    guardian = evolve(entry.guardians[0], email=entry.guardians[0].email.replace("@", "@@"))
    plot.put_guardian("SP1", entry, guardian)
    plot.note("malformed-address", "SP1", entry.key, f"The address of {guardian.name} has one @ too many.")

    entry = plot.pick("ZS3")
    guardian = evolve(entry.guardians[0], email=entry.student.email)
    plot.put_guardian("ZS3", entry, guardian)
    story = f"{guardian.name} gave the address of the child, {entry.student.name}."
    plot.note("guardian-with-childs-address", "ZS3", entry.key, story)


def _double_barrelled_surname(plot: Plot) -> None:
    entry = plot.pick("SP1", lambda e: e.student.last_name != "Nowak")
    surname = f"Nowak-{surname_of(entry.sex, entry.student.last_name)}"
    student = evolve(entry.student, last_name=surname)
    plot.put("SP1", evolve(entry, student=student))
    plot.note("double-barrelled-surname", "SP1", entry.key, f"{student.name} bears the surnames of both families.")


def _foreigners(plot: Plot) -> None:
    for school in ("SP1", "LO2"):
        for entry in plot.entries(school):
            if entry.document:
                story = f"{entry.student.name} comes from Ukraine and has a passport but no PESEL."
                plot.note("foreigner-without-pesel", school, entry.key, story)


def _twins(plot: Plot) -> None:
    sister, brother = sorted(plot.twins(), key=lambda e: e.student.national_id)
    plot.put("SP1", evolve(brother, student=evolve(brother.student, email="")))
    story = f"{brother.student.name} and {sister.student.name} are twins; only the sister has an address."
    plot.note("twin-without-email", "SP1", brother.key, story)


def _without_email(plot: Plot) -> None:
    for school, wanted in _STUDENTS_WITHOUT_EMAIL.items():
        for _ in range(wanted):
            entry = plot.pick(school)
            plot.put(school, evolve(entry, student=evolve(entry.student, email="")))
            plot.note("student-without-email", school, entry.key, f"{entry.student.name} has no e-mail address.")
    for school, wanted in _GUARDIANS_WITHOUT_EMAIL.items():
        for _ in range(wanted):
            entry = plot.pick(school, lambda e: len(e.guardians) > 1)
            guardian = evolve(entry.guardians[1], email="")
            plot.put_guardian(school, entry, guardian, number=1)
            plot.note("guardian-without-email", school, entry.key, f"{guardian.name} has no e-mail address.")


def _another(addresses: AddressBook, person: Named) -> str:
    return addresses.issue(person.first_name, person.last_name, "PL")
