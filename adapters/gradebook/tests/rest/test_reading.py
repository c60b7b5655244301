"""What a OneRoster service states: the same as its package would."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, RosterKind, Sex, StatedId
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.gradebook import FileGradebook, formats

OLD, NEW = "2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"


def lists(reading):
    """Return the keys in each list of each school."""
    return {(roster.school, roster.list): [record.key for record in roster.records] for roster in reading.rosters}


def codes(reading):
    """Return the codes of the findings."""
    return sorted(finding.code for finding in reading.findings)


def record(reading, key, name="students"):
    """Return a record of a list."""
    (found,) = [each for r in reading.rosters if r.list == name for each in r.records if each.key == key]
    return found


def family(make):
    """Return a student of 1a, her mother, and her homeroom teacher."""
    return make.school(
        make.user(
            "u1", agents=[make.ref("u2", "user")], userIds=[{"type": "PESEL", "identifier": "12230100013"}], sms="601"
        ),
        make.user("u2", "guardian", agents=[make.ref("u1", "user")]),
        make.user("u3", "teacher"),
        classes=[make.room("c1", "1a"), make.room("c2", "Fizyka", kind="scheduled")],
        enrollments=[
            make.enrolled("e1", "u1", "c1"),
            make.enrolled("e2", "u1", "c2"),
            make.enrolled("e3", "u3", "c1", "teacher", beginDate="2026-09-01"),
        ],
        demographics=[{"sourcedId": "u1", "birthDate": "2012-03-01", "sex": "female"}],
    )


def test_a_service_states_students_guardians_and_staff(site, reader, make):
    """Users with roles, agents, ids and homerooms become the lists that a package makes."""
    site.lists = family(make)
    reading = reader.read(site, demographics=True)

    assert (reading.format, codes(reading)) == ("oneroster-1.2", [])
    assert lists(reading) == {
        ("o1", "homeroom-teacher"): ["u3/c1"],
        ("o1", "students"): ["u1"],
        ("o1", "teacher"): ["u3"],
    }
    student, guardian = record(reading, "u1").people
    assert (student.ids, student.phone, student.class_name) == ((StatedId("12230100013", "pl.pesel"),), "601", "1a")
    assert (student.birth_date, student.sex) == (date(2012, 3, 1), Sex.FEMALE)
    assert (guardian.role, guardian.key) == (Role.GUARDIAN, "u2")
    (teacher,) = record(reading, "u3/c1", "homeroom-teacher").people
    assert (teacher.class_name, teacher.first_day) == ("1a", date(2026, 9, 1))
    assert {(each.kind, each.complete, each.origin, each.shared_keys) for each in reading.rosters} == {
        (RosterKind.BULK, True, "oneroster", True)
    }
    assert {each.source for each in reading.rosters} == {"sis:/ims/oneroster/rostering/v1p2/users"}
    assert [(each.key, each.name) for each in reading.schools] == [("o1", "Szkoła o1")]


def test_a_format_says_nothing_of_a_service(site, reader, make):
    """It is for the files beside it, whichever it is."""
    site.lists = make.school(make.user("u1"))
    source = FileGradebook(services={"sis": reader.service(site)})
    for name in formats():
        assert source.read([Path("service:sis")], format=name, school="sp9").format == "oneroster-1.2"


def test_a_service_and_files_are_read_together(site, reader, make, tmp_path):
    """What either states of a school stands in one reading."""
    site.lists = make.school(make.user("u1"))
    table = tmp_path / "a.csv"
    table.write_text("Nr kartoteki;Nazwisko;Imię;Oddział\n7;Wąs;Jan;1a\n", encoding="utf-8")
    source = FileGradebook(services={"sis": reader.service(site)})
    reading = source.read([table, Path("service:sis")], school="sp1")
    assert {(each.school, each.origin) for each in reading.rosters} == {("o1", "oneroster"), ("sp1", "uonet")}


def test_nothing_more_is_asked_for_than_is_read(site, reader, make):
    """No request names a password or a profile, and without leave nobody asks for birth dates."""
    site.lists = family(make)
    reading = reader.read(site)

    assert site.paths() == ["/token", "/orgs", "/classes", "/users", "/enrollments"]
    assert not [url for url in site.asked if "password" in url or "userProfiles" in url]
    assert Field.BIRTH_DATE in record(reading, "u1").people[0].silent


def test_a_service_that_chooses_no_fields_gives_the_same(site, reader, make):
    """Told to be bare, only pages are asked for; passwords that come along become no value."""
    site.lists = family(make)
    chosen, bare = reader.read(site), reader.read(site, bare=True)

    assert bare == chosen
    assert "fields" not in site.asked[-1]
    assert "Sekret1!" not in repr(bare)


def test_a_field_that_no_record_has_says_nothing(site, reader, make):
    """As a column that is not there; where one record has it, its absence in another is a statement."""
    site.lists = make.school(make.user("u1"), make.user("u2"))
    for each in site.lists["users"]:
        del each["email"]
    assert Field.EMAIL in record(reader.read(site), "u1").people[0].silent

    site.lists["users"][1]["email"] = None
    assert Field.EMAIL not in record(reader.read(site), "u1").people[0].silent


def test_demographics_that_are_not_permitted_are_a_finding(site, reader, make):
    """The rest is read, and nothing is said of birth dates."""
    site.lists = family(make)
    answer = make.answer

    def refuse(handler):
        if "demographics" in handler.path:
            answer(handler, 403, make.error("forbidden"))
            return True
        return False

    site.faults = [refuse] * 6
    reading = reader.read(site, demographics=True)
    assert codes(reading) == ["demographics-refused"]
    assert Field.BIRTH_DATE in record(reading, "u1").people[0].silent


# What was changed


def changed(lists, *keys, when=NEW):
    """Stamp records as changed."""
    for records in lists.values():
        for each in records:
            each["dateLastModified"] = when if each["sourcedId"] in keys else OLD
    return lists


def test_a_delta_asks_for_what_was_changed(site, reader, make):
    """A changed student comes with the guardians, who were not, and nobody else; nobody ends."""
    site.lists = changed(family(make), "u1")
    reading = reader.read(site, changed_hours=24)

    assert lists(reading) == {("o1", "students"): ["u1"]}
    assert [each.key for each in record(reading, "u1").people] == ["u1", "u2"]
    assert {each.kind for each in reading.rosters} == {RosterKind.DELTA}
    assert [path for path in site.paths() if path.startswith("/users/")] == ["/users/u2"]
    assert Field.CLASS in record(reading, "u1").people[0].silent


def test_a_changed_guardian_comes_in_the_childs_record(site, reader, make):
    """The child is asked for, and the child's other guardian too."""
    site.lists = family(make)
    site.lists["users"][0]["agents"].append(make.ref("u4", "user"))
    site.lists["users"].append(make.user("u4", "guardian"))
    changed(site.lists, "u2")
    reading = reader.read(site, changed_hours=24)

    assert [each.key for each in record(reading, "u1").people] == ["u1", "u2", "u4"]
    assert codes(reading) == []


def test_a_changed_guardian_without_a_known_child_is_a_finding(site, reader, make):
    """What cannot be placed is said, and waits for the next full reading."""
    site.lists = changed(family(make), "u2")
    site.lists["users"][1]["agents"] = []
    reading = reader.read(site, changed_hours=24)

    assert (lists(reading), codes(reading)) == ({}, ["change-unplaced"])


def test_whoever_changes_class_is_asked_for(site, reader, make):
    """An enrolment tells of one class: the user and all classes of theirs are read beside it."""
    site.lists = family(make)
    site.lists["classes"].append(make.room("c3", "1b"))
    site.lists["enrollments"] += [
        make.enrolled("e4", "u1", "c3"),
        make.enrolled("e5", "u3", "c3", "teacher"),
    ]
    site.lists["enrollments"][0]["status"] = "tobedeleted"
    changed(site.lists, "e1", "e4", "e5")
    reading = reader.read(site, changed_hours=24)

    assert record(reading, "u1").people[0].class_name == "1b"
    homerooms = {
        each.key: each.people[0].class_name for r in reading.rosters for each in r.records if "homeroom" in r.list
    }
    assert homerooms == {"u3/c1": "1a", "u3/c3": "1b"}


@pytest.mark.rule("SYNC-0b")
def test_a_delta_ends_what_it_marks(site, reader, make):
    """Whoever is to be deleted ends; in a full reading they are left out and said."""
    site.lists = family(make)
    site.lists["users"][0]["status"] = "tobedeleted"
    changed(site.lists, "u1")
    assert record(reader.read(site, changed_hours=24), "u1").ended

    whole = reader.read(site)
    assert "status-left-out" in codes(whole)
    assert lists(whole)["o1", "students"] == []


def test_where_many_are_missing_the_whole_list_is_read(site, reader, make):
    """Asking one by one has an end."""
    parents = [make.user(f"p{at}", "guardian") for at in range(501)]
    site.lists = make.school(
        make.user("u1", agents=[make.ref(each["sourcedId"], "user") for each in parents]), *parents
    )
    changed(site.lists, "u1")
    reading = reader.read(site, changed_hours=24)

    assert len(record(reading, "u1").people) == 502
    assert not [path for path in site.paths() if path.startswith("/users/")]


def test_a_service_that_ignores_filters_is_told(site, reader, make):
    """A delta of such a service would be the whole list again for each user."""
    site.lists, site.filters = changed(family(make), "e1"), False
    with pytest.raises(UnreadableSource) as refused:
        reader.read(site, changed_hours=24)
    assert refused.value.code == "filter-ignored"


def test_a_key_of_any_letters_is_asked_for(site, reader, make):
    """Slashes, spaces and question marks stay inside the key."""
    key = "ą/ ?#%2F"
    site.lists = changed(make.school(make.user("u1", agents=[make.ref(key, "user")]), make.user(key, "parent")), "u1")
    assert len(record(reader.read(site, changed_hours=24), "u1").people) == 2
