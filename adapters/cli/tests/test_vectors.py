"""What importing the known exports of others comes to, counted, and that importing them again changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

SHIPPED = Path(__file__).parent / "data/rosters"
LONGSIGHT = "oneroster-1.2_longsight"

# By profile: person-claims created and held, accounts opened. The profile open asks for names only, so everybody named
# opens, once a person.
ROSTERS = {
    "oneroster-1.1_catalyst_Test_full_data_set": (5, 0, 5),  # three students and two teachers; agents are no guardians
    "oneroster-1.1_oat_BaseCSV": (2, 0, 2),  # one student in each of two schools
    "oneroster-1.1_rosterhub_en": (20, 0, 20),  # twenty students of one school
    "oneroster-1.2_catalyst_oneroster_test_data": (1, 0, 1),  # one student
    "sds-v1_100users": (98, 0, 98),  # 60 and 26 students, 7 and 5 teachers
    "sds-v1_min": (0, 24, 0),  # 22 students and two teachers, none of whom has a name
    "sds-v2.1": (10, 0, 8),  # eight users; one guardian stands beside two children, one teacher in two schools
    f"{LONGSIGHT}/valid_02_rostering_bulk_package": (2, 0, 2),  # two teachers of one name, who stay two
    f"{LONGSIGHT}/valid_04_gradebook_bulk_package": (2, 0, 2),
    f"{LONGSIGHT}/valid_06_resources_bulk_package": (2, 0, 2),
    f"{LONGSIGHT}/valid_08_full_bulk_package": (2, 0, 2),
    f"{LONGSIGHT}/negative_15_semantic_validation_failure": (2, 0, 2),  # what is wrong there, accounts do not use
}
NOBODY = {
    f"{LONGSIGHT}/valid_01_manifest_only_package": [],
    f"{LONGSIGHT}/negative_03_unknown_zip_entry": ["file-not-used"],
    f"{LONGSIGHT}/negative_05_manifest_marks_present_file_absent": ["manifest-differs"],
    f"{LONGSIGHT}/negative_09_delta_lifecycle_datetime_failure": ["user-without-role"],
    f"{LONGSIGHT}/negative_11_delta_lifecycle_required_failure": ["user-without-role"],
    f"{LONGSIGHT}/negative_13_missing_target_file_failure": [],
}
REFUSED = {
    "oneroster-1.1_oat_columns": "folder-without-tables",
    f"{LONGSIGHT}/negative_07_schema_header_and_metadata_failures": "package-file-missing",
}
GRADEBOOKS = {
    # A hundred students with a PESEL; 29 have an address with a Polish letter before the @, which no mail reaches.
    ("derived/librus_csv2sou_cp1250.csv", "uonet"): (100, 0, 71),
    ("derived/librus_csv2sou_cp1250.csv", "opolska"): (100, 0, 71),
    # The same students without addresses: nobody opens.
    ("derived/sio_utf8.csv", "uonet"): (100, 0, 0),
    ("derived/sio_utf8.csv", "opolska"): (100, 0, 0),
    # 100 students, 150 guardians, 15 teachers of whom five look after a class: 265 people, 84 without a usable address.
    ("egradebook_small", "uonet"): (270, 0, 181),
    # Of the 115 who are no guardians 32 have no usable address; guardians wait for their application.
    ("egradebook_small", "opolska"): (270, 0, 83),
}


@pytest.fixture
def roster(request):
    """Return where a roster lies: in the copies that ship, else among the optional ones."""

    def find(name):
        shipped = SHIPPED / name
        return shipped if shipped.exists() else request.getfixturevalue("vectors") / "rosters" / name

    return find


def check_twice(house, source, expected, *more):
    """Import a source twice, and hold the counts of both against what is expected."""
    first = house.run("roster", "apply", source, *more, "--json").json
    assert (first["created"], first["held"], first["opened"]) == expected
    assert first["run"] == 1
    before = house.dump()
    second = house.run("roster", "apply", source, *more, "--json").json
    assert second["run"] is None
    told = [second[name] for name in ("created", "changed", "ended", "opened", "held", "unchanged")]
    assert told == [0, 0, 0, 0, expected[1], expected[0]]
    assert house.dump() == before


@pytest.mark.rule("SYNC-4a")
@pytest.mark.parametrize("name", ROSTERS)
def test_a_known_roster_opens_accounts_once(installed, roster, name):
    """Everybody in it is counted once and opens, and the same roster again changes not one row."""
    check_twice(installed("open"), roster(name), ROSTERS[name])


@pytest.mark.rule("SYNC-4a")
@pytest.mark.parametrize(("name", "profile"), GRADEBOOKS)
def test_a_known_gradebook_opens_accounts_once(installed, vectors, name, profile):
    """Whoever has what the profile asks for opens, and the same gradebook again changes not one row."""
    check_twice(installed(profile), vectors / "gradebook" / name, GRADEBOOKS[name, profile], "--school", "sp1")


@pytest.mark.parametrize("name", NOBODY)
def test_a_package_without_people_makes_nobody(installed, roster, name):
    """A package that names nobody with a role is done, and says what is strange about it."""
    told = installed("open").run("roster", "apply", roster(name), "--json")
    assert told.code == 0
    assert told.json["run"] is None
    assert sorted({each["code"] for each in told.json["findings"]}) == NOBODY[name]


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("name", REFUSED)
def test_a_package_that_cannot_feed_accounts_is_refused(installed, roster, name):
    """What says nothing of people, or not who they are, ends with its reason and exit code 1."""
    told = installed("open").run("roster", "apply", roster(name), "--json")
    assert told.code == 1
    assert [each["code"] for each in told.json["findings"]] == [REFUSED[name]]


def test_every_roster_at_hand_has_a_row(vectors):
    """No third-party roster is passed over."""
    folder = vectors / "rosters"
    there = {path.relative_to(folder).as_posix() for path in (*folder.iterdir(), *(folder / LONGSIGHT).glob("*/"))}
    assert there - {LONGSIGHT} == {*ROSTERS, *NOBODY, *REFUSED}
