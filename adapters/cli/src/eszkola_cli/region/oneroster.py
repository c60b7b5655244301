"""A school as a OneRoster 1.2 bulk package of CSV files: users, roles, homeroom classes and who is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from attrs import field, frozen

from eszkola_cli.region.model import Named, School, StudentEntry
from eszkola_cli.region.tables import Row, csv_text
from eszkola_cli.region.zipped import zipped

_LIFECYCLE: Final = ("", "")  # a bulk file leaves status and dateLastModified empty
_COMMON: Final = ("sourcedId", "status", "dateLastModified")
_HEADERS: Final[Mapping[str, Row]] = {
    "academicSessions": (*_COMMON, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
    "classes": (
        *_COMMON, "title", "grades", "courseSourcedId", "classCode", "classType", "location", "schoolSourcedId",
        "termSourcedIds", "subjects", "subjectCodes", "periods",
    ),
    "courses": (
        *_COMMON, "schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjects", "subjectCodes",
    ),
    "demographics": (
        *_COMMON, "birthDate", "sex", "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican",
        "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity",
        "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus",
    ),
    "enrollments": (
        *_COMMON, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate",
    ),
    "orgs": (*_COMMON, "name", "type", "identifier", "parentSourcedId"),
    "roles": (
        *_COMMON, "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId",
    ),
    "users": (
        *_COMMON, "enabledUser", "username", "userIds", "givenName", "familyName", "middleName", "identifier", "email",
        "sms", "phone", "agentSourcedIds", "grades", "password", "userMasterIdentifier", "preferredGivenName",
        "preferredMiddleName", "preferredFamilyName", "primaryOrgSourcedId", "pronouns",
    ),
}  # fmt: skip
_ABSENT: Final = (
    "categories", "classResources", "courseResources", "lineItemLearningObjectiveIds", "lineItemScoreScales",
    "lineItems", "resources", "resultLearningObjectiveIds", "resultScoreScales", "results", "scoreScales",
    "userProfiles", "userResources",
)  # fmt: skip
_FIRST_MONTH: Final = 9
_YEAR: Final = "school-year"
_COURSE: Final = "homeroom"


@frozen(kw_only=True)
class _User:
    """A line of users.csv and all that hangs on it."""

    key: str
    person: Named
    role: str
    class_name: str = ""
    guardians: tuple[str, ...] = ()
    entry: StudentEntry | None = field(default=None, repr=False)


def bulk_package(school: School, today: date) -> bytes:
    """Return *school* as a package that replaces all that was known of it before."""
    return zipped(bulk_files(school, today))


def bulk_files(school: School, today: date) -> dict[str, bytes]:
    """Return the files of the package by name."""
    users = list(_users(school))
    rows: dict[str, list[Row]] = {
        "academicSessions": [_academic_year(today)],
        "classes": list(_classes(school, users)),
        "courses": [(_COURSE, *_LIFECYCLE, _YEAR, "Godzina wychowawcza", "GW", "", school.key, "", "")],
        "demographics": [_demographics(user.entry) for user in users if user.entry],
        "enrollments": list(_enrollments(school, users)),
        "orgs": [(school.key, *_LIFECYCLE, school.name, "school", school.key, "")],
        "roles": [
            (f"role-{user.key}", *_LIFECYCLE, user.key, "primary", user.role, "", "", school.key, "") for user in users
        ],
        "users": [_user_line(school, user) for user in users],
    }
    tables: dict[str, list[Row]] = {"manifest": [("propertyName", "value"), *_manifest()]}
    tables |= {name: [_HEADERS[name], *rows[name]] for name in _HEADERS}
    return {f"{name}.csv": csv_text(table).encode() for name, table in tables.items()}


def _users(school: School) -> Iterator[_User]:
    guardians: dict[str, Named] = {}
    for entry in school.students:
        agents = {f"g-{entry.household}-{number}": person for number, person in enumerate(entry.guardians, start=1)}
        guardians |= agents
        yield _User(
            key=entry.key,
            person=entry.student,
            role="student",
            class_name=entry.class_name,
            guardians=tuple(agents),
            entry=entry,
        )
    for key, person in guardians.items():
        yield _User(key=key, person=person, role="guardian")
    for member in school.staff:
        yield _User(key=member.key, person=member.person, role="teacher", class_name=member.homeroom)


def _user_line(school: School, user: _User) -> Row:
    number, person = user.person.national_id, user.person
    ids = f"{{PESEL:{number}}}" if number else ""
    name = (person.first_name, person.last_name, "")
    contact = (person.email, "", "")
    preferred = ("", "", "", "")
    return (
        *(user.key, *_LIFECYCLE, "true", user.key, ids, *name, "", *contact),
        *(",".join(user.guardians), "", "", *preferred, school.key, ""),
    )


def _classes(school: School, users: list[_User]) -> Iterator[Row]:
    for name in sorted({user.class_name for user in users if user.class_name}):
        course = ("", _COURSE, name, "homeroom", "", school.key)
        yield f"class-{name}", *_LIFECYCLE, name, *course, _YEAR, "", "", ""


def _enrollments(school: School, users: list[_User]) -> Iterator[Row]:
    for user in users:
        if user.class_name:
            is_primary = "true" if user.role == "teacher" else "false"
            place = (f"class-{user.class_name}", school.key, user.key)
            yield f"enrollment-{user.key}", *_LIFECYCLE, *place, user.role, is_primary, "", ""


def _demographics(entry: StudentEntry) -> Row:
    born = entry.born.isoformat() if entry.born else ""
    told = (entry.key, *_LIFECYCLE, born, entry.sex.value)
    return told + ("",) * (len(_HEADERS["demographics"]) - len(told))


def _academic_year(today: date) -> Row:
    start = today.year if today.month >= _FIRST_MONTH else today.year - 1
    days = (date(start, 9, 1).isoformat(), date(start + 1, 8, 31).isoformat())
    return _YEAR, *_LIFECYCLE, f"{start}/{start + 1}", "schoolYear", *days, "", str(start + 1)


def _manifest() -> Iterator[Row]:
    yield "manifest.version", "1.0"
    yield "oneroster.version", "1.2"
    for name in sorted([*_HEADERS, *_ABSENT]):
        yield f"file.{name}", "bulk" if name in _HEADERS else "absent"
    yield "source.systemName", "the synthetic region"
    yield "source.systemCode", "region"
