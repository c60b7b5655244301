"""What holds of every synthetic region, whatever its seed and day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.pl import pesel as pl_pesel

from eszkola_cli.region import make_region, second_day
from eszkola_cli.region.addresses import PLATFORM_DOMAIN, PRIVATE_DOMAINS
from eszkola_cli.region.model import StudentEntry
from eszkola_cli.region.people import years_before

regions = st.builds(make_region, st.integers(0, 10**6), today=st.dates(date(2018, 1, 1), date(2040, 12, 31)))
few = settings(max_examples=8, deadline=None)


@few
@given(made=regions)
def test_every_region_keeps_its_promises(made, read, region):
    """Whatever the seed and the day, everything is planted and everybody could be true."""
    files = read(made)

    assert Counter(each.code for each in made.anomalies) == Counter(each.code for each in region.anomalies)
    for row in files.students:
        if row.born and row.spot not in files.planted_at("birth-date-disagrees"):
            assert years_before(made.today, 20) < row.born <= years_before(made.today, 7)
    domains = PRIVATE_DOMAINS | {PLATFORM_DOMAIN}
    assert {person.email.rpartition("@")[2] for person in files.people() if person.email} == domains


@few
@given(made=regions)
def test_siblings_have_names_of_their_own_and_are_born_apart(made):
    """Children of one household differ in first name, and but for the twins by a year at least."""
    twins = {a.record for a in made.anomalies if a.code == "twin-without-email"}
    households: dict[int, list[StudentEntry]] = {}
    for school in made.schools:
        for entry in {entry.key: entry for entry in school.students}.values():
            households.setdefault(entry.household, []).append(entry)
    for children in households.values():
        assert len({child.student.first_name for child in children}) == len(children)
        if twins.isdisjoint(child.key for child in children):
            days = sorted(child.born for child in children if child.born)
            assert all(later - earlier >= timedelta(days=365) for earlier, later in pairwise(days))


@few
@given(made=regions)
def test_the_story_ends_before_anybody_comes_of_age(made):
    """The student of the story and the children of its guardians in two schools are younger than seventeen."""
    cast = made.cast
    for place in (*cast.guardian.places, *cast.student.places, *cast.mover.places):
        assert made.school(place.school).student(place.record).born > years_before(made.today, 17)


@few
@given(made=regions)
def test_the_owner_of_a_mistyped_number_is_a_stranger(made):
    """The two people whom one number is stated for share neither first nor last name."""
    [spot] = [anomaly for anomaly in made.anomalies if anomaly.code == "guardian-pesel-of-somebody-else"]
    wrong = made.school(spot.school).student(spot.record).guardians[0]
    for school in made.schools:
        for person in school.people():
            if person.national_id == wrong.national_id and person != wrong:
                assert person.first_name != wrong.first_name
                assert person.last_name != wrong.last_name


@few
@given(made=regions)
def test_the_news_spare_the_story_and_what_was_planted(made):
    """But for the new address, nothing changes in a record where something is planted or somebody plays."""
    _, *others = second_day(made).news
    cast = made.cast
    busy = {(anomaly.school, anomaly.record) for anomaly in made.anomalies}
    busy |= {
        (place.school, place.record)
        for character in (cast.guardian, cast.student, cast.teacher, cast.mover)
        for place in character.places
    }

    assert [change.code for change in others] == ["class-changed", "student-came", "teacher-left"]
    assert busy.isdisjoint((change.school, change.record) for change in others)


@few
@given(made=regions)
def test_staff_are_of_working_age(made, read):
    """Everybody who works for a school is between 25 and 66 years old."""
    for member in read(made).staff:
        born = pl_pesel.get_birth_date(member.person.number)
        assert years_before(made.today, 66) < born <= years_before(made.today, 25)


@few
@given(made=regions)
def test_guardians_are_twenty_to_forty_five_years_older(made, read):
    """No guardian is too young or too old for any of their children."""
    files = read(made)
    mistyped = files.planted_at("guardian-pesel-of-somebody-else")
    for row in files.students:
        if not row.born or row.spot in mistyped:
            continue
        for guardian in row.guardians:
            if guardian.number:
                born = row.scheme.get_birth_date(guardian.number)
                # A day more, because one of the birth dates was planted a day too late.
                assert years_before(row.born, 45) - timedelta(days=2) <= born <= years_before(row.born, 20)
