"""Who lives in the synthetic region: schools, classes, families, and what their numbers and names say."""

from __future__ import annotations

from collections import Counter, defaultdict

from eszkola_core.domain.stated import Sex


def test_the_schools_are_as_big_as_promised(files):
    """There are 700 students, one of them twice, each with one or two guardians, and 62 members of staff."""
    assert Counter(row.school for row in files.students) == {"SP1": 273, "LO2": 180, "ZS3": 140, "SI4": 108}
    assert Counter(row.school for row in files.staff) == {"SP1": 26, "LO2": 20, "ZS3": 16}
    assert {len(row.guardians) for row in files.students if row.fields != 11} == {1, 2}
    assert Counter(row.position for row in files.staff) == {"nauczyciel": 42, "sekretarz": 4, "teacher": 16}


def test_every_class_in_a_school_with_staff_has_one_homeroom_teacher(files):
    """Classes and homerooms are the same, one to one."""
    classes = {(row.school, row.class_name) for row in files.students if row.school != "SI4"}
    homerooms = [(row.school, row.homeroom) for row in files.staff if row.homeroom]

    assert sorted(homerooms) == sorted(classes)


def test_families_reach_into_other_classes_and_schools(files):
    """A guardian with several children is typed alike in all their rows; some have children in two schools."""
    children = defaultdict(set)
    for row in files.students:
        for guardian in row.guardians:
            children[guardian].add(row.spot)
    schools = Counter(tuple(sorted({school for school, _ in found})) for found in children.values() if len(found) > 1)

    assert schools["SP1",] >= 40
    assert schools["LO2", "SP1"] >= 20
    assert schools["SP1", "ZS3"] >= 15
    assert schools["SI4",] >= 20


def test_some_guardians_have_no_national_id(files):
    """About a third of the guardians' ids was never asked for, and the rest was."""
    guardians = [guardian for row in files.students for guardian in row.guardians]
    without = sum(not guardian.number for guardian in guardians)

    assert 0.2 < without / len(guardians) < 0.4


def test_numbers_and_rows_agree_on_the_sex(files):
    """Each format's word for the sex is what the number says."""
    words = {"F": {"K", "ž", "female"}, "M": {"M", "m", "male"}}
    for row in files.students:
        if row.told_birth:
            assert row.sex in words[row.scheme.get_gender(row.person.number)]


def test_polish_students_bear_the_form_of_their_sex(files):
    """No girl is called -ski and no boy -ska."""
    for row in files.students:
        if row.school != "SI4":
            his, hers = (("ski", "cki", "dzki"), ("ska", "cka", "dzka"))
            assert not row.person.last_name.endswith(his if row.sex in {"K", "female"} else hers)


def test_twins_are_of_two_sexes(region):
    """The twins are a girl and a boy, so that their PESELs can follow each other directly."""
    [spot] = [anomaly for anomaly in region.anomalies if anomaly.code == "twin-without-email"]
    entry = region.school(spot.school).student(spot.record)
    twins = [e for e in region.school(spot.school).students if (e.household, e.born) == (entry.household, entry.born)]

    assert {twin.sex for twin in twins} == {Sex.FEMALE, Sex.MALE}
