"""OneRoster: packages of rows that point at each other, as the standard means them and as they really come."""

from __future__ import annotations

from datetime import date

import pytest

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, RosterKind, Sex, StatedId
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.oneroster.package import Package

FILES = ("orgs", "users", "roles", "classes", "enrollments", "demographics")
ORGS = (
    "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
    "o1,,,First,school,,\no2,,,Second,school,,\nd1,,,Region,district,,\n"
)
USERS_11 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,"
    "username,userIds,givenName,familyName,email,agentSourcedIds,password\n"
)
PUPIL_11 = 'u1,,,true,o1,student,ewa,"{PESEL:12230100013},{LDAP:7}",Ewa,Kos,ewa@dom.example,"u2,u3",Sekret1!\n'
PARENT_11 = "u2,,,TRUE,o1,parent,ola,,Ola,Kos,ola@dom.example,u1,Sekret1!\n"
TEACHER_11 = 'u3,,,true,"o1, o2",teacher,jan,,Jan,Lis,jan@szkola.example,,Sekret1!\n'
USERS_12 = (
    "sourcedId,status,dateLastModified,enabledUser,"
    "username,userIds,givenName,familyName,email,agentSourcedIds,password\n"
)
ROLES = (
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,"
    "beginDate,endDate,orgSourcedId,userProfileSourcedId\n"
)


def manifest(version="1.1", **modes):
    """Return a manifest; a file is bulk unless *modes* say otherwise."""
    lines = [f"file.{name},{modes.get(name, 'absent')}" for name in FILES]
    return "propertyName,value\nmanifest.version,1.0\noneroster.version," + "\n".join([version, *lines])


def package_11(*users, **files):
    """Return a full 1.1 package of these users."""
    modes = {"orgs": "bulk", "users": "bulk"} | dict.fromkeys(files, "bulk")
    return {
        "manifest.csv": manifest(**modes),
        "orgs.csv": ORGS,
        "users.csv": USERS_11 + "".join(users),
        **{f"{name}.csv": text for name, text in files.items()},
    }


def package_12(users, roles, mode="bulk", **files):
    """Return a 1.2 package, full or of changes."""
    modes = dict.fromkeys(["orgs", "users", "roles", *files], mode)
    return {
        "manifest.csv": manifest("1.2", **modes),
        "orgs.csv": ORGS,
        "users.csv": USERS_12 + users,
        "roles.csv": ROLES + roles,
        **{f"{name}.csv": text for name, text in files.items()},
    }


def lists(reading):
    """Return the keys in each list of each school."""
    return {(roster.school, roster.list): [record.key for record in roster.records] for roster in reading.rosters}


def codes(reading):
    """Return the codes of the findings."""
    return sorted(finding.code for finding in reading.findings)


def first(reading, name="students"):
    """Return the first record of a list."""
    return next(roster.records[0] for roster in reading.rosters if roster.list == name and roster.records)


def held(reading):
    """Return why records are held."""
    return {
        (record.key, problem.code)
        for roster in reading.rosters
        for record in roster.records
        for problem in record.problems
    }


def test_a_package_states_students_guardians_and_staff(read_files):
    """Version 1.1 keeps roles with the users; only agents who are guardians become guardians."""
    reading = read_files(package_11(PUPIL_11, PARENT_11, TEACHER_11))
    assert reading.format == "oneroster-1.1"
    assert lists(reading) == {
        ("o1", "students"): ["u1"],
        ("o1", "teacher"): ["u3"],
        ("o2", "students"): [],
        ("o2", "teacher"): ["u3"],
    }
    pupil, parent = first(reading).people
    assert (pupil.key, pupil.ids, pupil.email) == ("u1", (StatedId("12230100013", "pl.pesel"),), "ewa@dom.example")
    assert (parent.role, parent.key, parent.first_name) == (Role.GUARDIAN, "u2", "Ola")
    assert codes(reading) == ["agent-not-guardian"]
    assert {(found.shared_keys, found.kind, found.origin) for found in reading.rosters} == {
        (True, RosterKind.BULK, "oneroster"),
    }
    assert [(school.key, school.name) for school in reading.schools] == [("o1", "First"), ("o2", "Second")]


@pytest.mark.clause("GB5")
def test_passwords_become_no_value(read_files):
    """A password in users.csv is nowhere in what was read."""
    assert "Sekret1!" not in repr(read_files(package_11(PUPIL_11, PARENT_11, TEACHER_11)))


def test_ids_of_other_kinds_are_no_national_ids(read_files):
    """A package without PESEL and EMŠO among the userIds says nothing of national ids."""
    without = read_files(package_11(PUPIL_11.replace("PESEL", "LTI")))
    assert Field.NATIONAL_ID in first(without).people[0].silent
    other = PUPIL_11.replace("u1", "u4").replace("{PESEL:12230100013},{LDAP:7}", "{emšo:0101006500006}")
    with_ids = read_files(package_11(other))
    assert first(with_ids).people[0].ids == (StatedId("0101006500006", "si.emso"),)


@pytest.mark.parametrize(
    ("sms", "phone", "stated"),
    [("601234567", "774003020", "601234567"), ("", "774003020", "774003020"), ("", "", "")],
)
def test_a_number_for_text_messages_goes_before_another(read_files, sms, phone, stated):
    """One number a person, the one that text messages reach where there is one; without the columns nothing is said."""
    files = package_11(PUPIL_11)
    assert Field.PHONE in first(read_files(files)).people[0].silent
    header, row = files["users.csv"].splitlines()
    files["users.csv"] = f"{header},sms,phone\n{row},{sms},{phone}\n"

    (person, *_) = first(read_files(files)).people

    assert (person.phone, Field.PHONE in person.silent) == (stated, False)


def test_roles_of_their_own_have_days(read_files):
    """Version 1.2 keeps roles in a file, with days; several terms of one role are one record."""
    reading = read_files(
        package_12(
            "u1,,,true,ewa,,Ewa,Kos,,u2,\nu2,,,true,ola,,Ola,Kos,,,\n",
            "r1,,,u1,primary,student,2026-09-01,2027-01-31,o1,\nr2,,,u1,primary,student,2027-02-01,,o1,\n"
            "r3,,,u2,primary,guardian,2026-09-01T00:00:00.000Z,,o1,\n",
        ),
    )
    pupil, guardian = first(reading).people
    assert reading.format == "oneroster-1.2"
    assert (pupil.first_day, pupil.last_day, Field.DAYS in pupil.silent) == (date(2026, 9, 1), None, False)
    assert (guardian.role, guardian.first_day) == (Role.GUARDIAN, date(2026, 9, 1))


def test_a_bad_day_is_a_problem_of_the_days(read_files):
    """A role whose day cannot be read keeps the days that it had."""
    reading = read_files(package_12("u1,,,true,e,,Ewa,Kos,,,\n", "r1,,,u1,primary,student,soon,,o1,\n"))
    assert [(found.field, found.code) for found in first(reading).people[0].problems] == [(Field.DAYS, "bad-date")]


@pytest.mark.rule("ROLE-2b")
@pytest.mark.parametrize(
    "role", ["principal", "siteAdministrator", "districtAdministrator", "systemAdministrator", "administrator"]
)
def test_no_import_gives_a_role_above_the_secretary(read_files, role):
    """Administrators and heads are reported and not stated."""
    reading = read_files(package_12("u1,,,true,e,,Ewa,Kos,,,\n", f"r1,,,u1,primary,{role},,,o1,\n"))
    assert codes(reading) == ["role-not-importable"]
    assert not any(roster.records for roster in reading.rosters)


@pytest.mark.rule("ROLE-1")
def test_roles_beyond_the_standard_may_be_named(read_files):
    """The standard has neither secretary nor homeroom teacher; ext: roles name them."""
    reading = read_files(
        package_12("u1,,,true,e,,Ewa,Kos,,,\n", "r1,,,u1,primary,ext:secretary,,,o1,\nr2,,,u1,secondary,aide,,,o1,\n")
    )
    assert lists(reading)["o1", "secretary"] == ["u1"]
    assert codes(reading) == ["role-not-used"]


def test_a_guardian_whom_no_student_names_is_reported(read_files):
    """A guardian without a child has no record to stand in."""
    reading = read_files(package_11(PUPIL_11.replace('"u2,u3"', ""), PARENT_11))
    assert codes(reading) == ["guardian-without-child"]
    assert len(first(reading).people) == 1


CLASSES = (
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId\n"
    "c1,,,1a,,,,homeroom,,o1\nc2,,,Physics,,,,scheduled,,o1\nc3,,,,,,1b,Homeroom,,o1\n"
)
ENROLMENTS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
)


def test_the_homeroom_is_the_class(read_files):
    """Only a homeroom is a student's class; who teaches it is a homeroom teacher, of each class one record."""
    rows = "e1,,,c1,o1,u1,student,,,\ne2,,,c2,o1,u1,student,,,\n"
    rows += "e3,,,c1,o1,u3,teacher,,2026-09-01,\ne4,,,c3,o1,u3,teacher,,,\n"
    other = PUPIL_11.replace("u1,,", "u4,,", 1)
    reading = read_files(package_11(PUPIL_11, other, TEACHER_11, classes=CLASSES, enrollments=ENROLMENTS + rows))
    classes = {record.key: record.people[0] for record in reading.rosters[1].records}
    assert reading.rosters[1].list == "students"
    assert (classes["u1"].class_name, classes["u4"].class_name) == ("1a", "")
    assert Field.CLASS not in classes["u4"].silent
    rooms = [
        (record.key, record.people[0].class_name, record.people[0].first_day) for record in reading.rosters[0].records
    ]
    assert rooms == [("u3/c1", "1a", date(2026, 9, 1)), ("u3/c3", "1b", None)]


@pytest.mark.rule("SYNC-0a")
def test_a_delta_that_names_one_of_two_homerooms_means_that_one(read_files):
    """The record of the other class is not touched, and a class that goes takes no other with it."""
    rows = "e4,active,2026-01-01,c3,o1,u3,teacher,,,\ne5,tobedeleted,2026-01-01,c1,o1,u3,teacher,,,\n"
    files = package_11(TEACHER_11, classes=CLASSES, enrollments=ENROLMENTS + rows)
    files["manifest.csv"] = manifest(orgs="bulk", users="delta", classes="delta", enrollments="delta")
    rooms = next(roster for roster in read_files(files).rosters if roster.list == "homeroom-teacher")
    assert {record.key: record.ended for record in rooms.records} == {"u3/c1": True, "u3/c3": False}


def test_two_homerooms_are_not_decided(read_files):
    """A student in two homerooms keeps the class that was applied last."""
    rows = "e1,,,c1,o1,u1,student,,,\ne2,,,c3,o1,u1,student,,,\n"
    reading = read_files(package_11(PUPIL_11, classes=CLASSES, enrollments=ENROLMENTS + rows))
    assert [(found.field, found.code) for found in first(reading).people[0].problems] == [
        (Field.CLASS, "several-classes")
    ]


def test_without_homerooms_the_class_is_silent(read_files):
    """Courses are no classes: a package that has nothing else says nothing of classes."""
    rows = "e1,,,c2,o1,u1,student,,,\n"
    courses = "\n".join(line for line in CLASSES.splitlines() if "omeroom" not in line) + "\n"
    reading = read_files(package_11(PUPIL_11, classes=courses, enrollments=ENROLMENTS + rows))
    assert Field.CLASS in first(reading).people[0].silent


def test_demographics_speak_of_those_in_them(read_files):
    """Birth date and sex come from demographics; who has no row there is passed over in silence."""
    text = "sourcedId,status,dateLastModified,birthDate,sex\nu1,,,2012-03-01,female\n"
    reading = read_files(package_11(PUPIL_11, PARENT_11, demographics=text))
    pupil, parent = first(reading).people
    assert (pupil.birth_date, pupil.sex) == (date(2012, 3, 1), Sex.FEMALE)
    assert {Field.BIRTH_DATE, Field.SEX} <= parent.silent


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("u1,,", "u1,tobedeleted,"), "status-left-out"),
        (("u1,,", "u1,inactive,"), "status-left-out"),
        (("true", "FALSE"), "user-disabled"),
    ],
)
def test_who_is_marked_in_a_full_export_is_left_out_and_said(read_files, change, code):
    """A full export that marks somebody as gone or disabled does not list them; the report says so."""
    reading = read_files(package_11(PUPIL_11.replace(change[0], change[1], 1)))
    assert lists(reading) == {("o1", "students"): [], ("o2", "students"): []}
    assert codes(reading) == [code]


def test_status_active_in_a_full_export_is_harmless(read_files):
    """Real full exports fill in the status; who is active is simply there."""
    assert lists(read_files(package_11(PUPIL_11.replace("u1,,", "u1,active,"))))["o1", "students"] == ["u1"]


@pytest.mark.rule("SYNC-0b")
def test_a_delta_ends_what_it_marks(read_files):
    """In a package of changes a row marked as gone, or a disabled user, ends its record; nothing else is said."""
    reading = read_files(
        package_12(
            "u1,tobedeleted,2026-01-01,true,e,,Ewa,Kos,,,\nu3,active,2026-01-01,false,j,,Jan,Lis,,,\nu5,active,2026-01-01,true,i,,Iza,Bąk,,,\n",
            "r1,active,2026-01-01,u1,primary,student,,,o1,\nr2,active,2026-01-01,u3,primary,teacher,,,o1,\n"
            "r4,tobedeleted,2026-01-01,u4,primary,student,,,o1,\nr5,active,2026-01-01,u5,primary,teacher,,,o1,\n",
            mode="delta",
        ),
    )
    assert {(record.key, record.ended) for roster in reading.rosters for record in roster.records} == {
        ("u1", True),
        ("u3", True),
        ("u4", True),
        ("u5", False),
    }
    assert {roster.kind for roster in reading.rosters} == {RosterKind.DELTA}
    assert ("o2", "students") not in lists(reading)


def test_a_delta_that_renews_a_role_does_not_end_it(read_files):
    """An old role row marked as gone beside its new one leaves the role standing."""
    roles = "r1,tobedeleted,2026-01-01,u1,primary,student,,,o1,\nr2,active,2026-01-01,u1,primary,student,,,o1,\n"
    reading = read_files(package_12("u1,active,2026-01-01,true,e,,Ewa,Kos,,,\n", roles, mode="delta"))
    assert [(record.key, record.ended) for record in reading.rosters[0].records] == [("u1", False)]


@pytest.mark.rule("SYNC-7a")
def test_a_delta_that_does_not_show_the_guardian_holds_the_student(read_files):
    """A changed student whose agent is not in the package is held: to leave the agent out would end a link."""
    roles = "r1,active,2026-01-01,u1,primary,student,,,o1,\n"
    reading = read_files(package_12("u1,active,2026-01-01,true,e,,Ewa,Kos,,u2,\n", roles, mode="delta"))
    assert held(reading) == {("u1", "agent-unclear")}


@pytest.mark.rule("SYNC-7a")
def test_a_change_that_cannot_be_placed_is_said(read_files):
    """A guardian who comes without the row of a student who names them is read with none, and is a finding."""
    guardian = "u2,active,2026-01-01,true,o,,Ola,Kos,,,\n"
    reading = read_files(package_12(guardian, "r1,active,2026-01-01,u2,primary,parent,,,o1,\n", mode="delta"))
    assert codes(reading) == ["change-unplaced"]


def test_an_ending_that_cannot_be_placed_is_said(read_files):
    """A guardian who ends without the child's row, and a user without a role row, are findings."""
    reading = read_files(
        package_12(
            "u2,tobedeleted,2026-01-01,true,o,,Ola,Kos,,,\nu9,tobedeleted,2026-01-01,true,x,,Iga,Mak,,,\n",
            "r1,active,2026-01-01,u2,primary,parent,,,o1,\n",
            mode="delta",
        ),
    )
    assert sorted(codes(reading)) == ["ending-unplaced", "user-without-role"]


@pytest.mark.rule("SYNC-7a")
def test_a_damaged_row_of_a_guardian_holds_the_student(read_files):
    """A guardian whose row is too short is in doubt, and so is the record that names them."""
    reading = read_files(package_11(PUPIL_11, "u2,,,true,o1,parent\n"))
    assert held(reading) == {("u1", "agent-unclear")}
    assert not any(roster.complete for roster in reading.rosters)


@pytest.mark.rule("SYNC-7a")
def test_one_user_in_two_different_rows_is_held(read_files):
    """Two rows of one user that differ hold the record; equal ones are one."""
    twice = read_files(package_11(PUPIL_11, PUPIL_11.replace("Ewa", "Ada")))
    assert held(twice) == {("u1", "user-twice")}
    assert lists(read_files(package_11(PUPIL_11, PUPIL_11)))["o1", "students"] == ["u1"]


def test_a_role_without_its_user_is_held(read_files):
    """A full export whose role row points nowhere counts the record as present."""
    assert held(read_files(package_12("", "r1,,,u1,primary,student,,,o1,\n"))) == {("u1", "user-unknown")}


@pytest.mark.rule("SYNC-7a")
def test_a_cut_file_of_users_ends_nobody(read_files):
    """A package whose users break off is incomplete as a whole."""
    reading = read_files(package_11(PUPIL_11, "u2,,,tr"))
    assert {(roster.complete, roster.cut) for roster in reading.rosters} == {(False, True)}
    assert "file-cut" in codes(reading)


@pytest.mark.clause("GB3")
def test_a_role_without_a_school_makes_its_list_incomplete(read_files):
    """Whose school cannot be read may be missed in any."""
    lost = TEACHER_11.replace("u3", "u5").replace('"o1, o2"', "")
    reading = read_files(package_11(TEACHER_11, lost))
    assert codes(reading) == ["org-missing"]
    assert {(roster.list, roster.complete) for roster in reading.rosters} == {("students", True), ("teacher", False)}


def test_slips_of_the_header_are_read_and_said(read_files):
    """Headers that only can mean one thing are read under the name that the standard gives them."""
    files = package_11(PUPIL_11, PARENT_11)
    files["users.csv"] = files["users.csv"].replace("agentSourcedIds", "agents").replace("userIds", "userId")
    reading = read_files(files)
    assert len(first(reading).people) == 2
    assert codes(reading) == ["agent-unknown", "header-mistake", "header-mistake"]


def test_a_package_without_a_manifest_is_read_as_full(read_files):
    """Without a manifest the files are taken as they are, which is said; marks of a delta make it end nobody."""
    files = package_11(PUPIL_11, PARENT_11)
    del files["manifest.csv"]
    reading = read_files(files)
    assert ("manifest-missing" in codes(reading), {roster.complete for roster in reading.rosters}) == (True, {True})
    files["users.csv"] += TEACHER_11.replace("u3,,", "u3,tobedeleted,")
    assert {roster.complete for roster in read_files(files).rosters} == {False}


def test_a_manifest_is_believed_about_absent_files(read_files):
    """A file that the manifest calls absent is not read, one that it forgets is, and both are said."""
    files = package_11(PUPIL_11, demographics="sourcedId,birthDate\nu1,2012-03-01\n")
    files["manifest.csv"] = manifest(orgs="bulk", users="bulk")
    reading = read_files(files)
    assert (first(reading).people[0].birth_date, codes(reading)) == (
        None,
        ["agent-unknown", "agent-unknown", "manifest-differs"],
    )
    files["manifest.csv"] = files["manifest.csv"].replace("file.demographics,absent", "")
    assert first(read_files(files)).people[0].birth_date == date(2012, 3, 1)


@pytest.mark.clause("GB2")
@pytest.mark.parametrize(
    ("missing", "code"),
    [("users.csv", "package-file-missing"), ("roles.csv", "package-file-missing")],
)
def test_a_promised_file_of_people_must_be_there(read_files, missing, code):
    """Without the users or roles that its manifest promises, a package is not read at all."""
    files = package_12("u1,,,true,e,,Ewa,Kos,,,\n", "r1,,,u1,primary,student,,,o1,\n")
    del files[missing]
    with pytest.raises(UnreadableSource) as refused:
        read_files(files)
    assert refused.value.code == code


@pytest.mark.clause("GB2")
def test_users_without_any_role_are_refused(read_files):
    """A full export that nowhere says who has which role would end everybody."""
    files = package_12("u1,,,true,e,,Ewa,Kos,,,\n", "")
    del files["roles.csv"]
    files["manifest.csv"] = manifest("1.2", users="bulk", orgs="bulk")
    with pytest.raises(UnreadableSource) as refused:
        read_files(files)
    assert refused.value.code == "package-file-missing"


def test_a_full_export_and_changes_of_one_list_are_not_mixed(read_files):
    """Two packages in one call may not say of one list that it is whole and that it only changed."""
    full = package_12("u1,,,true,e,,Ewa,Kos,,,\n", "r1,,,u1,primary,student,,,o1,\n")
    changes = package_12(
        "u4,active,2026-01-01,true,e,,Ada,Kos,,,\n", "r4,active,2026-01-01,u4,primary,student,,,o1,\n", mode="delta"
    )
    files = {f"a/{name}": text for name, text in full.items()} | {f"b/{name}": text for name, text in changes.items()}
    with pytest.raises(UnreadableSource) as refused:
        read_files(files)
    assert refused.value.code == "kinds-differ"


@pytest.mark.clause("GB2")
@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("status,enabledUser,orgSourcedIds,role\n", "column-missing"),
        ("sourcedId,email,Email,enabledUser,role\n", "column-twice"),
    ],
)
def test_users_that_cannot_be_told_apart_are_refused(read_files, header, code):
    """Without the column that tells users apart, or with one twice, the package is not read."""
    files = package_11()
    files["users.csv"] = header
    with pytest.raises(UnreadableSource) as refused:
        read_files(files)
    assert refused.value.code == code


@pytest.mark.clause("GB3")
def test_a_user_without_an_id_makes_every_list_incomplete(read_files):
    """Nobody knows who a row without a sourcedId is, so nobody is missed."""
    reading = read_files(package_11(PUPIL_11.replace("u1,,", ",,", 1), TEACHER_11))
    assert not any(roster.complete for roster in reading.rosters)
    reading = read_files(package_12("u1,,,true,e,,Ewa,Kos,,,\n", "r1,,,,primary,student,,,o1,\n"))
    assert held(reading) == {(None, "record-key-missing")}
    assert not any(roster.complete for roster in reading.rosters)


def test_a_sex_that_means_nothing_is_a_problem_of_the_sex(read_files):
    """A word for the sex that the standard does not have holds that field; unspecified says nothing."""
    head = "sourcedId,birthDate,sex\n"
    bad = read_files(package_11(PUPIL_11, demographics=head + "u1,,x9\n"))
    assert [(found.field, found.code) for found in first(bad).people[0].problems] == [(Field.SEX, "unknown-word")]
    none = read_files(package_11(PUPIL_11, demographics=head + "u1,,unspecified\n"))
    assert (first(none).people[0].sex, first(none).people[0].problems) == (None, ())


def test_two_demographics_of_one_user_say_nothing(read_files):
    """Rows that differ under one sourcedId are not chosen between, and are said."""
    text = "sourcedId,birthDate\nu1,2012-03-01\nu1,2012-03-02\n"
    reading = read_files(package_11(PUPIL_11, demographics=text))
    assert Field.BIRTH_DATE in first(reading).people[0].silent
    assert "row-twice" in codes(reading)


def test_a_promised_file_that_is_missing_says_nothing(read_files):
    """A file without which people can still be read is missed aloud, and its fields are silent."""
    files = package_11(PUPIL_11)
    files["manifest.csv"] = manifest("1.0", orgs="bulk", users="bulk", demographics="delta")
    reading = read_files(files)
    assert {"manifest-differs", "version-unknown"} <= set(codes(reading))
    assert Field.BIRTH_DATE in first(reading).people[0].silent


def test_a_disabled_teacher_has_no_homeroom(read_files):
    """A full export that disables a user leaves out their homeroom too; a delta ends it."""
    rows = "e3,,,c1,o1,u3,teacher,,,\n"
    disabled = TEACHER_11.replace("true", "false")
    full = read_files(package_11(disabled, classes=CLASSES, enrollments=ENROLMENTS + rows))
    assert set(lists(full)) == {("o1", "students"), ("o2", "students")}
    files = package_11(TEACHER_11, classes=CLASSES, enrollments=ENROLMENTS + rows.replace("e3,", "e3,tobedeleted"))
    files["manifest.csv"] = manifest(orgs="bulk", users="delta", classes="delta", enrollments="delta")
    delta = read_files(files)
    rooms = next(roster for roster in delta.rosters if roster.list == "homeroom-teacher")
    assert [(record.key, record.ended, rooms.kind) for record in rooms.records] == [("u3/c1", True, RosterKind.DELTA)]


def test_a_package_may_be_named(read_files):
    """The format of a package may be told; told of another file it does not fit."""
    assert read_files(package_11(PUPIL_11), format="oneroster").format == "oneroster-1.1"
    with pytest.raises(UnreadableSource) as refused:
        read_files({"u.csv": "Nazwisko;Imię\n"}, format="oneroster", school="sp1")
    assert refused.value.code == "header-not-recognised"


@pytest.mark.rule("SYNC-7a")
def test_damaged_roles_hold_the_student_whose_guardian_they_hide(read_files):
    """Where the row that makes an agent a guardian may be the lost one, no link is ended."""
    users = "u1,,,true,ewa,,Ewa,Kos,,u2,\nu2,,,true,ola,,Ola,Kos,,,\n"
    reading = read_files(package_12(users, "r1,,,u1,primary,student,,,o1,\nr2,,,u2,prim"))
    assert held(reading) == {("u1", "agent-unclear")}
    assert {(roster.complete, roster.cut) for roster in reading.rosters} == {(False, True)}


def test_what_the_whole_package_tells_is_asked_for_once(read_files, monkeypatch):
    """Whether rows were lost takes a walk over all of them, which is not made anew for every student with guardians."""
    walks = []
    damaged = Package.damaged

    def walk(package, file):
        walks.append(file)
        return damaged(package, file)

    monkeypatch.setattr(Package, "damaged", walk)
    counted = []
    for count in (1, 40):
        walks.clear()
        pupils = [PUPIL_11.replace("u1,", f"p{at},") for at in range(count)]
        assert len(lists(read_files(package_11(*pupils, PARENT_11)))["o1", "students"]) == count
        counted.append(len(walks))
    assert counted[0] == counted[1]
