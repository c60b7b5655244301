"""Third-party rosters and gradebooks: what comes out of each, where they are at hand."""

from __future__ import annotations

import pytest

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.gradebook import FileGradebook

LONGSIGHT = "rosters/oneroster-1.2_longsight"
TEACHERS_ONLY = {("org-1", "students"): (0, 0), ("org-1", "teacher"): (2, 2)}
CASES = {
    "rosters/oneroster-1.1_catalyst_Test_full_data_set": {
        ("org-sch-222-456", "students"): (3, 3),
        ("org-sch-222-456", "teacher"): (2, 2),
    },
    "rosters/oneroster-1.1_oat_BaseCSV": {("12345", "students"): (1, 1), ("54321", "students"): (1, 1)},
    "rosters/oneroster-1.1_rosterhub_en": {("or0001", "students"): (20, 20)},
    "rosters/oneroster-1.2_catalyst_oneroster_test_data": {("ORG_1", "students"): (1, 1)},
    "rosters/sds-v1_100users": {
        ("10001", "students"): (60, 60),
        ("10001", "teacher"): (7, 7),
        ("10002", "students"): (26, 26),
        ("10002", "teacher"): (5, 5),
    },
    "rosters/sds-v1_min": {
        ("10001", "students"): (22, 22),
        ("10001", "teacher"): (2, 2),
        ("10002", "students"): (0, 0),
    },
    "rosters/sds-v2.1": {
        ("110001", "students"): (1, 1),
        ("110002", "teacher"): (1, 1),
        ("110003", "students"): (3, 6),
        ("110003", "teacher"): (1, 1),
        ("110004", "teacher"): (1, 1),
    },
    "gradebook/derived/librus_csv2sou_cp1250.csv": {("sp1", "students"): (100, 100)},
    "gradebook/derived/sio_utf8.csv": {("sp1", "students"): (100, 100)},
    "gradebook/egradebook_small": {
        ("sp1", "students"): (100, 250),
        ("sp1", "teacher"): (15, 15),
        ("sp1", "homeroom-teacher"): (5, 5),
    },
    **{
        f"{LONGSIGHT}/{name}": TEACHERS_ONLY
        for name in (
            "valid_02_rostering_bulk_package",
            "valid_04_gradebook_bulk_package",
            "valid_06_resources_bulk_package",
            "valid_08_full_bulk_package",
            "negative_15_semantic_validation_failure",
        )
    },
    **{
        f"{LONGSIGHT}/{name}": {}
        for name in (
            "valid_01_manifest_only_package",
            "negative_03_unknown_zip_entry",
            "negative_05_manifest_marks_present_file_absent",
            "negative_09_delta_lifecycle_datetime_failure",
            "negative_11_delta_lifecycle_required_failure",
            "negative_13_missing_target_file_failure",
        )
    },
}
REFUSED = {
    "rosters/oneroster-1.1_oat_columns": "folder-without-tables",
    "gradebook/klassroom_sample-class.xlsx": "header-not-recognised",
    f"{LONGSIGHT}/negative_07_schema_header_and_metadata_failures": "package-file-missing",
}


def named(name):
    """Return the school to name: only a gradebook's tables have to be told theirs."""
    return "sp1" if name.startswith("gradebook/") else None


@pytest.mark.parametrize("name", CASES)
def test_a_known_export_states_what_it_holds(vectors, name):
    """Every export gives its schools, lists, records and people, and none of them is in doubt."""
    reading = FileGradebook().read([vectors / name], school=named(name))
    records = {(roster.school, roster.list): list(roster.records) for roster in reading.rosters}
    counted = {key: (len(found), sum(len(record.people) for record in found)) for key, found in records.items()}
    assert counted == CASES[name]
    assert not [problem for found in records.values() for record in found for problem in record.problems]
    assert all(roster.complete for roster in reading.rosters)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_feed_accounts_is_refused(vectors, name):
    """Folders without tables, workbooks of grades and users without roles are refused with their reason."""
    with pytest.raises(UnreadableSource) as refused:
        FileGradebook().read([vectors / name], school=named(name))
    assert refused.value.code == REFUSED[name]


@pytest.mark.clause("GB7")
@pytest.mark.rule("SYNC-6d")
@pytest.mark.parametrize("name", [name for name, held in CASES.items() if held and named(name) is None])
def test_a_file_of_another_school_than_the_one_named_is_refused(vectors, name):
    """What says itself whose it is can be held to it: nothing of it is read for another school."""
    with pytest.raises(UnreadableSource) as refused:
        FileGradebook().read([vectors / name], school="sp1")
    assert refused.value.code == "school-differs"
    schools = {school for school, _ in CASES[name]}
    if len(schools) == 1:
        assert FileGradebook().read([vectors / name], school=schools.pop()).rosters


def test_every_roster_at_hand_has_a_case(vectors):
    """No third-party roster or gradebook is passed over."""
    folders = [
        *(vectors / "rosters").iterdir(),
        *(vectors / LONGSIGHT).iterdir(),
        *(vectors / "gradebook/derived").iterdir(),
    ]
    there = {path.relative_to(vectors).as_posix() for path in folders if path.is_dir() or path.suffix == ".csv"}
    known = {*CASES, *REFUSED, LONGSIGHT}
    assert {name for name in there if name not in known} == set()


def test_the_names_in_an_old_encoding_are_those_of_the_dump(vectors):
    """The cp1250 table was made from the dump in UTF-8: both give the same names and ids."""

    def names(name):
        (students,) = (
            roster.records
            for roster in FileGradebook().read([vectors / name], school="sp1").rosters
            if roster.list == "students"
        )
        return {(found.people[0].last_name, found.people[0].first_name, found.people[0].ids) for found in students}

    assert names("gradebook/derived/librus_csv2sou_cp1250.csv") == names("gradebook/egradebook_small")
