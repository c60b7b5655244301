"""The same school, asked of a service and read from a package, states the same."""

from __future__ import annotations

import csv
import io

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

HEADERS = {
    "orgs": ("sourcedId", "status", "name", "type"),
    "users": (
        "sourcedId", "status", "enabledUser", "userIds", "givenName", "familyName", "email", "sms", "phone",
        "agentSourcedIds",
    ),
    "roles": ("sourcedId", "userSourcedId", "role", "beginDate", "endDate", "orgSourcedId"),
    "classes": ("sourcedId", "status", "title", "classCode", "classType", "schoolSourcedId"),
    "enrollments": (
        "sourcedId", "status", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate", "endDate",
    ),
    "demographics": ("sourcedId", "status", "birthDate", "sex"),
}  # fmt: skip
NEW = "2999-01-01T00:00:00.000Z"

keys = st.sampled_from([f"u{at}" for at in range(6)])
schools = st.sampled_from(["o1", "o2", ""])
states = st.sampled_from(["active", "active", "active", "", "tobedeleted", "inactive"])
texts = st.sampled_from(["", "Kos", " Żółć'Đ ", "a,b", 'c"d', "Micha\ufffd", "=1+1", "x" * 300])
days = st.sampled_from(["", "2026-09-01", "2027-06-25T00:00:00.000Z", "31.12.2026", "soon", "03/04/2026"])
roles = st.sampled_from(
    ["student", "student", "guardian", "parent", "teacher", "ext:secretary", "aide", "principal", ""]
)

ROLE = st.fixed_dictionaries({"role": roles, "orgSourcedId": schools, "beginDate": days, "endDate": days})
USER = st.fixed_dictionaries(
    {
        "status": states,
        "enabledUser": st.sampled_from(["true", "TRUE", "", "false"]),
        "ids": st.lists(
            st.tuples(st.sampled_from(["PESEL", "emšo", "LDAP"]), st.sampled_from(["12230100013", "7", ""])), max_size=2
        ),
        "givenName": texts,
        "familyName": texts,
        "email": st.sampled_from(["", "a@dom.example", "nobody"]),
        "sms": st.sampled_from(["", "601234567"]),
        "phone": st.sampled_from(["", "774003020"]),
        "agents": st.lists(keys | st.just("u99"), max_size=3),
        "roles": st.lists(ROLE, max_size=3),
    }
)
ENROLMENT = st.fixed_dictionaries(
    {
        "status": states,
        "classSourcedId": st.sampled_from(["c0", "c1", "c2", "c9"]),
        "schoolSourcedId": schools,
        "userSourcedId": keys | st.just("u99"),
        "role": st.sampled_from(["student", "teacher", "proctor"]),
        "beginDate": days,
        "endDate": days,
    }
)
CLASS = st.fixed_dictionaries(
    {
        "status": states,
        "title": st.sampled_from(["1a", "1b", ""]),
        "classCode": st.sampled_from(["1c", ""]),
        "classType": st.sampled_from(["homeroom", "Homeroom", "scheduled"]),
        "schoolSourcedId": schools,
    }
)
DEMOGRAPHICS = st.fixed_dictionaries(
    {"status": states, "birthDate": days, "sex": st.sampled_from(["male", "female", "", "other", "?"])}
)
SCHOOL = st.fixed_dictionaries(
    {
        "users": st.dictionaries(keys, USER, max_size=6),
        "classes": st.lists(CLASS, max_size=3),
        "enrollments": st.lists(ENROLMENT, max_size=6),
        "demographics": st.dictionaries(keys, DEMOGRAPHICS, max_size=4),
    }
)
# Somebody with every field, so that no column is missing: where none has a field, a service says nothing of it.
WITNESS = {
    **dict.fromkeys(("status", "enabledUser", "givenName", "familyName", "email", "sms", "phone"), ""),
    "ids": [],
    "agents": [],
    "roles": [{"role": "aide", "orgSourcedId": "", "beginDate": "", "endDate": ""}],
}


def rows_of(school):
    """Return the rows of a package, without columns that only JSON has."""
    users = {**school["users"], "zz": WITNESS}
    return {
        "orgs": [
            {"sourcedId": "o1", "status": "active", "name": "Jedynka", "type": "school"},
            {"sourcedId": "o2", "status": "", "name": "Dwójka", "type": "School"},
            {"sourcedId": "d1", "status": "active", "name": "Powiat", "type": "district"},
        ],
        "users": [
            {
                **{name: value for name, value in each.items() if name not in {"ids", "agents", "roles"}},
                "sourcedId": key,
                "userIds": ",".join(f"{{{kind}:{number}}}" for kind, number in each["ids"]),
                "agentSourcedIds": ",".join(each["agents"]),
            }
            for key, each in users.items()
        ],
        "roles": [
            {**role, "sourcedId": key, "userSourcedId": key} for key, each in users.items() for role in each["roles"]
        ],
        "classes": [{**each, "sourcedId": f"c{at}"} for at, each in enumerate(school["classes"])],
        "enrollments": [{**each, "sourcedId": f"e{at}"} for at, each in enumerate(school["enrollments"])],
        "demographics": [{**each, "sourcedId": key} for key, each in {**school["demographics"], "zz": {}}.items()],
    }


def package(rows, mode):
    """Return the files."""
    files = {"manifest.csv": "propertyName,value\noneroster.version,1.2\n"}
    for name, header in HEADERS.items():
        files["manifest.csv"] += f"file.{name},{mode}\n"
        stream = io.StringIO()
        writer = csv.DictWriter(stream, header, restval="")
        writer.writeheader()
        writer.writerows(rows[name])
        files[f"{name}.csv"] = stream.getvalue()
    return files


def service(school, rows):
    """Return the lists that a service has."""

    def ref(key):
        return {"sourcedId": key, "type": "x", "href": "https://sis.example"} if key else None

    def stamped(records):
        return [{**each, "dateLastModified": NEW, "metadata": {"x": 1}} for each in records]

    def user(row):
        own = {**school["users"], "zz": WITNESS}[row["sourcedId"]]
        plain = {name: value or None for name, value in row.items() if name not in {"userIds", "agentSourcedIds"}}
        given = [
            {"role": role["role"], "org": ref(role["orgSourcedId"]), "beginDate": role["beginDate"],
             "endDate": role["endDate"] or None}
            for role in own["roles"]
        ]  # fmt: skip
        ids = [{"type": kind, "identifier": number} for kind, number in own["ids"]]
        return {**plain, "userIds": ids, "agents": [ref(key) for key in own["agents"]], "roles": given}

    def enrolment(row):
        plain = {name: value for name, value in row.items() if not name.endswith("SourcedId")}
        whose = {name: ref(row[f"{name}SourcedId"]) for name in ("user", "class", "school")}
        return {**plain, **whose}

    def group(row):
        plain = {name: value for name, value in row.items() if name != "schoolSourcedId"}
        return {**plain, "school": ref(row["schoolSourcedId"])}

    full = dict.fromkeys(HEADERS["demographics"])
    return {
        "orgs": stamped(rows["orgs"]),
        "users": stamped(map(user, rows["users"])),
        "classes": stamped(map(group, rows["classes"])),
        "enrollments": stamped(map(enrolment, rows["enrollments"])),
        "demographics": stamped({**full, **each} for each in rows["demographics"]),
    }


def sourceless(reading):
    """Return a reading without places in files."""
    rosters = [
        evolve(roster, source="", records=tuple(evolve(record, source="", line=0) for record in roster.records))
        for roster in reading.rosters
    ]
    findings = {(each.record, each.field, each.code, each.value, each.hint) for each in reading.findings}
    return rosters, reading.schools, reading.format, findings


@pytest.mark.rule("SYNC-0a")
@given(school=SCHOOL, page_size=st.sampled_from([2, 5, 1000]))
def test_a_full_reading_is_a_bulk_package(running, reader_of, read_files, school, page_size):
    """Every list, record, person, doubt and finding, whatever the pages."""
    rows = rows_of(school)
    running.reset()
    running.lists = service(school, rows)
    asked = reader_of().read(running, page_size=page_size, demographics=True)

    assert sourceless(asked) == sourceless(read_files(package(rows, "bulk")))


@given(school=SCHOOL)
def test_what_was_all_changed_is_a_delta_package(running, reader_of, read_files, school):
    """Where everything was changed nothing is missing from either, and both say the same."""
    rows = rows_of(school)
    running.reset()
    running.lists = service(school, rows)
    asked = reader_of().read(running, changed_hours=24, demographics=True)
    rosters, schools, name, findings = sourceless(asked)

    assert (rosters, schools, name, findings) == sourceless(read_files(package(rows, "delta")))
