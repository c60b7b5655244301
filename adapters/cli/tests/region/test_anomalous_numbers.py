"""National ids that are missing, mistyped, cut, or somebody else's: only where they were planted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from stdnum.exceptions import InvalidChecksum
from stdnum.pl import pesel as pl_pesel
from stdnum.si import emso as si_emso

from eszkola_cli.region import make_region


def test_foreigners_have_a_passport_instead_of_a_pesel(files, planted):
    """A document stands in the three columns where the PESEL is missing, and nowhere else."""
    for [row] in planted("foreigner-without-pesel"):
        kind, number, country = row.document
        assert (row.person.number, kind, country) == ("", "passport", "UA")
        assert len(number) == 8
    foreign = files.planted_at("foreigner-without-pesel")
    assert sorted(row.spot for row in files.students if not row.person.number) == foreign
    assert sorted(row.spot for row in files.students if any(row.document)) == foreign


def test_one_pesel_has_a_wrong_checksum(files, planted):
    """Only the planted number fails its checksum."""
    [[row]] = planted("wrong-checksum")

    with pytest.raises(InvalidChecksum):
        pl_pesel.validate(row.person.number)
    lost = files.planted_at("lost-zero-restorable", "lost-zero-held")
    wrong = [
        row
        for row in files.students
        for person in (row.person, *row.guardians)
        if person.number and row.spot not in lost and not row.scheme.is_valid(person.number)
    ]
    assert sorted(row.spot for row in wrong) == files.planted_at("wrong-checksum")
    assert all(pl_pesel.is_valid(member.person.number) for member in files.staff)


def test_one_birth_date_disagrees(files, planted):
    """Only the planted date is another than the one in the number, and by a day."""
    [[row]] = planted("birth-date-disagrees")

    assert row.born - pl_pesel.get_birth_date(row.person.number) == timedelta(days=1)
    disagreeing = [row for row in files.students if row.born and row.told_birth not in {None, row.born}]
    assert sorted(row.spot for row in disagreeing) == files.planted_at("birth-date-disagrees")


def test_a_lost_zero_can_be_put_back_where_the_birth_date_is_stated(planted):
    """With its zero the number is valid; one row states the date in it, the other states none."""
    [[restorable]] = planted("lost-zero-restorable")
    [[held]] = planted("lost-zero-held")

    for row in (restorable, held):
        assert len(row.person.number) == 10
        assert pl_pesel.is_valid(f"0{row.person.number}")
    assert pl_pesel.get_birth_date(f"0{restorable.person.number}") == restorable.born
    assert held.born is None


def test_zeros_are_lost_in_slovenia_when_no_polish_student_has_one(read):
    """From 2030 on no student was born before 2010, and the zero of an EMŠO is lost instead."""
    later = make_region(today=date(2035, 2, 2))
    files = read(later)
    [restorable] = [a for a in later.anomalies if a.code == "lost-zero-restorable"]
    [row] = files.at(restorable)

    assert restorable.school == "SI4"
    assert si_emso.get_birth_date(f"0{row.person.number}") == row.born


def test_a_mistyped_pesel_is_somebody_elses(files, planted):
    """The number belongs to a guardian at another school who shares no name with the one it was typed for."""
    [[row]] = planted("guardian-pesel-of-somebody-else")
    wrong = row.guardians[0]
    owners = {person for person in files.people() if person.number == wrong.number} - {wrong}

    [owner] = owners
    assert owner.first_name != wrong.first_name
    assert owner.last_name != wrong.last_name
